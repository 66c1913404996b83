"""What a run costs beside the training: how late Stop is, what the live view takes, how much memory there is in use.

    KERAS_BACKEND=tensorflow python -m benchmarks.run_costs --lessons digits text cnn --stops 100

Each lesson is measured in a process of its own, so that memory is that of one lesson.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from typing import Any

LESSONS = ("digits60k", "digits", "text", "cnn")


def memory(name: str) -> None:
    """Train the lesson as it is and print the peak of the process."""
    from benchmarks.lesson_models import lesson
    from kerastutor.training import train

    task = lesson(name)
    train(task.model(), **task.data).wait()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{task.name:16} peak memory {peak:.0f} MB", flush=True)


def stops(name: str, times: int) -> None:
    """Stop a run again and again at random moments, after its first chunk, and print how long each took."""
    from benchmarks.lesson_models import lesson
    from kerastutor.training import train

    task = replace(lesson(name), epochs=10**5)
    run = train(task.model(), **task.data)
    late = []
    for _ in range(times):
        while run.progress.status != "training" or not (run.progress.step or run.progress.epoch):
            time.sleep(0.005)
        time.sleep(random.random() * 0.3)
        asked = time.perf_counter()
        run.stop()
        run.wait()
        late.append(time.perf_counter() - asked)
        run.more()
    run.stop()
    run.wait()
    median, worst = statistics.median(late) * 1000, max(late) * 1000
    print(f"{task.name:16} stop: median {median:.0f} ms, worst of {times} {worst:.0f} ms", flush=True)


def live_view(name: str, seconds: float = 8) -> None:
    """Train with a view attached, its messages written as a kernel would, and print its share of the CPU time."""
    from benchmarks.lesson_models import lesson
    from kerastutor.training.start import prepare
    from kerastutor.widgets.run import RunView

    spent, messages = [0.0], [0]

    class Measured(RunView):
        def _show(self, moment: Any) -> None:
            began = time.thread_time()
            super()._show(moment)
            json.dumps(self.state)
            spent[0] += time.thread_time() - began
            messages[0] += 1

    task = lesson(name)
    run = prepare(task.model(), task.x, task.y, batch_size=task.batch_size, seconds=seconds)
    view = Measured(run)
    wall, cpu = time.perf_counter(), time.process_time()
    run.start()
    run.wait()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    view.close()
    share, rate = 100 * spent[0] / cpu, messages[0] / wall
    print(f"{task.name:16} live view: {share:.2f} % of the CPU time, {rate:.1f} messages a second", flush=True)


def main() -> None:
    """Measure the lessons named on the command line, each figure in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--lessons", nargs="+", choices=LESSONS, default=["digits", "text", "cnn"])
    parser.add_argument("--stops", type=int, default=100)
    given = parser.parse_args()
    print(f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}\n", flush=True)
    for name in given.lessons:
        for call in (f"memory({name!r})", f"stops({name!r}, {given.stops})", f"live_view({name!r})"):
            subprocess.run([sys.executable, "-c", f"from benchmarks.run_costs import *; {call}"], check=True)


if __name__ == "__main__":
    main()

"""How fast `train` is, from the call to the trained model, against `model.fit` and the fastest hand-written loop.

    KERAS_BACKEND=tensorflow python -m benchmarks.training --rounds 5

Every round trains a fresh model with each contender, one after the other, so that a busy machine slows all alike;
reported are medians, and medians of the ratios within a round. Building the model is not counted, tracing and
compiling are.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import keras

from benchmarks.hand_loops import hand_loops
from benchmarks.lesson_models import LESSONS, Lesson, lesson
from kerastutor.training import train

Contender = Callable[[keras.Model, Lesson], Any]


def fit(model: keras.Model, lesson: Lesson) -> None:
    """What everybody writes."""
    model.fit(**lesson.data, verbose=0)


def ours(model: keras.Model, lesson: Lesson) -> None:
    """What the lessons write."""
    train(model, **lesson.data).wait()


def measure(task: Lesson, contenders: dict[str, Contender], rounds: int) -> dict[str, list[float]]:
    """Seconds of each contender in each round; the order turns with the rounds."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    names = list(contenders)
    for turn in range(rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            model = task.model()
            began = time.perf_counter()
            contenders[name](model, task)
            seconds[name].append(time.perf_counter() - began)
    return seconds


def report(task: Lesson, seconds: dict[str, list[float]]) -> None:
    """One line per contender: its median, and how many times longer than `train` it takes."""
    own = seconds["train"]
    for name, times in seconds.items():
        ratio = statistics.median(other / mine for other, mine in zip(times, own, strict=True))
        print(f"{task.name:16} {name:12} {statistics.median(times):7.2f} s   {ratio:5.2f} x train", flush=True)
    fastest = min((name for name in seconds if name.startswith("hand")), key=lambda name: statistics.median(seconds[name]))
    against = statistics.median(mine / other for mine, other in zip(own, seconds[fastest], strict=True))
    faster = statistics.median(other / mine for mine, other in zip(own, seconds["fit"], strict=True))
    print(f"{task.name:16} => {faster:.2f} times faster than fit; {against:.2f} of the fastest hand loop ({fastest})\n")


def main() -> None:
    """Measure the tasks named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lessons", nargs="+", choices=LESSONS, default=list(LESSONS))
    parser.add_argument("--skip", nargs="*", default=[], help="contenders to leave out")
    given = parser.parse_args()
    contenders = {"train": ours, "fit": fit, **hand_loops()}
    for name in given.skip:
        contenders.pop(name)
    load = os.getloadavg()[0]
    print(f"Keras {keras.__version__}, {keras.config.backend()}, {os.cpu_count()} CPUs, load {load:.1f}\n")
    warm_up = lesson("digits")
    fit(warm_up.model(), warm_up)
    for name in given.lessons:
        task = lesson(name)
        report(task, measure(task, contenders, given.rounds))


if __name__ == "__main__":
    main()

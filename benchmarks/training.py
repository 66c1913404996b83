"""How fast `train` is, from the call to the trained model, against `model.fit` and the fastest hand-written loop.

    KERAS_BACKEND=tensorflow python -m benchmarks.training --rounds 5

Every round trains a fresh model with each contender, one after the other, so that a busy machine slows all alike;
reported are medians, and medians of the ratios within a round. Building the model is not counted, tracing and
compiling are. Each contender is run once before, so that what the first one in a process pays is counted for none.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from typing import Any, NamedTuple

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


class Took(NamedTuple):
    """One training: seconds on the clock, and seconds of all processors, which other programs disturb less."""

    wall: float
    cpu: float


def measure(task: Lesson, contenders: dict[str, Contender], rounds: int) -> dict[str, list[Took]]:
    """What each contender took in each round; the order turns with the rounds."""
    took: dict[str, list[Took]] = {name: [] for name in contenders}
    names = list(contenders)
    for turn in range(rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            model = task.model()
            wall, cpu = time.perf_counter(), time.process_time()
            contenders[name](model, task)
            took[name].append(Took(time.perf_counter() - wall, time.process_time() - cpu))
    return took


def report(task: Lesson, took: dict[str, list[Took]]) -> None:
    """One line per contender, then the two figures that count."""
    for name, rounds in took.items():
        wall, cpu = (statistics.median(values) for values in zip(*rounds, strict=True))
        print(f"{task.name:16} {name:12} {wall:7.2f} s {cpu:7.2f} s of CPU", flush=True)
    hands = [name for name in took if name.startswith("hand")]
    fastest = min(hands, key=lambda name: statistics.median(each.wall for each in took[name]))
    faster, fewer = _ratios(took["fit"], took["train"])
    slower, more = _ratios(took["train"], took[fastest])
    print(
        f"{task.name:16} => {faster:.2f} times faster than fit ({fewer:.2f} by CPU); "
        f"{slower:.2f} of the fastest hand loop, {fastest!r} ({more:.2f} by CPU)\n",
        flush=True,
    )


def _ratios(over: list[Took], under: list[Took]) -> tuple[float, float]:
    """Medians of the ratios within a round, by the clock and by CPU."""
    pairs = list(zip(over, under, strict=True))
    return (
        statistics.median(one.wall / other.wall for one, other in pairs),
        statistics.median(one.cpu / other.cpu for one, other in pairs),
    )


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
    for contender in contenders.values():
        contender(warm_up.model(), warm_up)
    for name in given.lessons:
        task = lesson(name)
        report(task, measure(task, contenders, given.rounds))


if __name__ == "__main__":
    main()

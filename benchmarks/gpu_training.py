"""Training on a GPU against plain `model.fit` on the same GPU: digits, 60,000 samples, 5 epochs.

    KERAS_BACKEND=jax python -m benchmarks.gpu_training --rounds 3

The time to the first finished chunk, which is nearly all compiling, is reported apart.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import replace

import keras

from benchmarks.lesson_models import Lesson, lesson
from kerastutor.training import devices
from kerastutor.training.progress import RunProgress
from kerastutor.training.start import prepare


def ours(task: Lesson) -> tuple[float, float]:
    """Seconds to the first chunk, and to the end."""
    first: list[float] = []

    def told(progress: RunProgress) -> None:
        if not first and (progress.step or progress.epoch):
            first.append(time.perf_counter())

    run = prepare(task.model(), **task.data)
    run.listen(told)
    began = time.perf_counter()
    run.start().wait()
    end = time.perf_counter()
    return (first or [end])[0] - began, end - began


def fit(task: Lesson) -> float:
    """Seconds of plain `model.fit`."""
    model = task.model()
    began = time.perf_counter()
    model.fit(**task.data, verbose=0)
    return time.perf_counter() - began


def main() -> None:
    """Measure in interleaved rounds and print medians."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    task = replace(lesson("digits60k"), epochs=5)
    device = devices.described(devices.training_device())
    print(f"Keras {keras.__version__} on {keras.config.backend()}, {device}", flush=True)
    fit(lesson("digits"))
    pairs = [(fit(task), *ours(task)) for _ in range(rounds)]
    slow, first, quick = (statistics.median(values) for values in zip(*pairs, strict=True))
    ratio = statistics.median(theirs / mine for theirs, _, mine in pairs)
    print(f"fit {slow:.2f} s; train {quick:.2f} s, of which {first:.2f} s to the first chunk: {ratio:.1f} times faster")


if __name__ == "__main__":
    main()

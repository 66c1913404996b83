"""How long a check takes, from the built model to the result, drawing apart.

    python benchmarks/judging.py

Medians of warm runs in milliseconds, each beside the peer: the comparator of the usual graders (class name, output
shape and parameter count of each layer), which sees no arrow. The bar is 15 ms for models of up to 30 calls.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras

from kerastutor.exercises.judging import judge
from kerastutor.exercises.spec import NetworkAnswer, Spec
from kerastutor.models.reading import read

BAR = 15.0
RUNS = 31


def residual(blocks: int, activation: str = "relu") -> keras.Model:
    """A stem, residual blocks of three calls each, and a head."""
    image = keras.Input((64,))
    x = keras.layers.Dense(32, activation="relu")(image)
    for block in range(blocks):
        chosen = activation if block == blocks // 2 else "relu"
        inner = keras.layers.Dense(32, activation=chosen)(x)
        x = keras.layers.Add()([x, keras.layers.Dense(32)(inner)])
    return keras.Model(image, keras.layers.Dense(10, activation="softmax")(x))


def usual(model: keras.Model) -> list[Any]:
    """What the usual graders compare."""
    return [[type(layer).__name__, layer.output.shape, layer.count_params()] for layer in model.layers]


def median(measured: Callable[[], Any]) -> float:
    """Milliseconds, warm."""
    measured()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        measured()
        times.append(time.perf_counter() - start)
    return 1_000 * statistics.median(times)


def main() -> int:
    """Print one line per case; the exit code says whether the bar is held."""
    slowest = 0.0
    for blocks in (1, 5, 9):
        expected = residual(blocks)
        spec = Spec("00-bench", "B", "B.", NetworkAnswer((read(expected),)))
        for name, learner in (("right", residual(blocks)), ("one mistake", residual(blocks, "tanh"))):
            calls = len(read(learner).calls)
            check = median(lambda spec=spec, learner=learner: judge(spec, read(learner)))
            peer = median(lambda learner=learner, expected=expected: usual(learner) == usual(expected))
            slowest = max(slowest, check)
            print(f"{calls:3} calls, {name:12} check {check:6.2f} ms   usual comparator {peer:6.2f} ms")
    print(f"slowest {slowest:.2f} ms, bar {BAR:.0f} ms")
    return int(slowest > BAR)


if __name__ == "__main__":
    sys.exit(main())

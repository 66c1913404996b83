"""How long a drawing takes, beside what Keras needs for its own picture of the same model, warm and in one run.

    python benchmarks/drawing.py

For each model: topology to SVG; live model to SVG; Keras' `model_to_dot`, and `plot_model` to an SVG file with the
`dot` program. All medians of several warm runs, in milliseconds, with the ratio to the peer and the bar to be held.
Ours are given as wall time and as processor time; a drawing of this size is made by one thread of this process, so on
an idle machine the two are one, and on a busy one the bar is judged by the second.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
from keras import layers

from kerastutor.drawing import draw
from kerastutor.drawing.layout import in_process
from kerastutor.models.reading import read
from kerastutor.topology.graph import Topology

BARS = {"stack": (3, 4), "text": (5, 6), "ResNet50": (15, 45), "EfficientNetB7": (60, 160)}
"""Milliseconds at most: from the topology, and from the live model."""

KILOBYTES, BOXES = 60, 80
"""At most, for EfficientNetB7 folded."""


def stack() -> keras.Model:
    return keras.Sequential([keras.Input((784,)), layers.Dense(128, "relu"), layers.Dense(10, "softmax")])


def text() -> keras.Model:
    title, facts = keras.Input((None,), dtype="int32"), keras.Input((5,))
    x = layers.LSTM(32)(layers.Embedding(10_000, 64)(title))
    x = layers.Concatenate()([x, layers.Dense(16, "relu")(facts)])
    return keras.Model([title, facts], [layers.Dense(1, "sigmoid")(x), layers.Dense(4, "softmax")(x)])


MODELS: dict[str, Callable[[], keras.Model]] = {
    "stack": stack,
    "text": text,
    "ResNet50": lambda: keras.applications.ResNet50(weights=None),
    "EfficientNetB7": lambda: keras.applications.EfficientNetB7(weights=None),
}


class Spent(NamedTuple):
    """Milliseconds by the clock on the wall, and by the processor's."""

    wall: float
    processor: float


def spent(action: Callable[[], Any], runs: int) -> Spent:
    """The medians of `runs` runs after one that is not counted."""
    action()
    wall, processor = [], []
    for _ in range(runs):
        start, begun = time.perf_counter(), time.process_time()
        action()
        processor.append((time.process_time() - begun) * 1000)
        wall.append((time.perf_counter() - start) * 1000)
    return Spent(statistics.median(wall), statistics.median(processor))


def from_topology(model: keras.Model, runs: int) -> Spent:
    """Topology to SVG, each time from a topology that nobody has looked at yet, laid out anew."""
    text = read(model).to_json()
    fresh = iter([Topology.from_json(text) for _ in range(runs + 1)])
    return spent(lambda: _drawn(next(fresh)), runs)


def keras_picture(model: keras.Model, folder: str) -> str | float:
    """What `plot_model` needs for an SVG, in milliseconds, or why it gave none."""
    file = str(Path(folder) / "model.svg")

    def plot() -> None:
        # plot_model writes the file and then fails to show an SVG as a PNG.
        try:
            keras.utils.plot_model(model, file, show_shapes=True, show_layer_names=True)
        except ValueError:
            if not Path(file).exists():
                raise

    try:
        return spent(plot, 1).wall
    except Exception as problem:  # pydot raises AssertionError where Graphviz aborts
        return type(problem).__name__


def _drawn(topology: Topology) -> str:
    in_process.cache_clear()
    return draw(topology).svg


def _both(taken: Spent) -> str:
    return f"{f'{taken.wall:.1f} / {taken.processor:.1f}':>16}"


def main() -> int:
    """Print the table; 1 where a bar is missed."""
    missed = False
    print(f"{'model':16}{'topology':>16}{'live':>16}{'model_to_dot':>14}{'plot_model':>14}{'ratio':>8}   bars")
    with tempfile.TemporaryDirectory() as folder:
        for name, make in MODELS.items():
            model = make()
            runs = 15 if name in ("stack", "text") else 7
            ours, live = from_topology(model, runs), spent(lambda made=model: _drawn(read(made)), runs)
            to_dot = spent(lambda made=model: keras.utils.model_to_dot(made, show_shapes=True).to_string(), 3).wall
            plotted = keras_picture(model, folder)
            ratio = f"{plotted / live.wall:.0f}×" if isinstance(plotted, float) else "-"
            shown = f"{plotted:.1f}" if isinstance(plotted, float) else plotted
            held = ours.processor <= BARS[name][0] and live.processor <= BARS[name][1]
            missed |= not held
            print(
                f"{name:16}{_both(ours)}{_both(live)}{to_dot:14.1f}{shown:>14}{ratio:>8}   "
                f"{BARS[name][0]} and {BARS[name][1]} ms: {'held' if held else 'MISSED'}"
            )
        svg = draw(read(model)).svg
        size, boxes = len(svg.encode()) / 1000, svg.count("data-key=")
        print(f"EfficientNetB7 folded: {size:.1f} KB (at most {KILOBYTES}), {boxes} boxes (at most {BOXES})")
    return int(missed or size > KILOBYTES or boxes > BOXES)


if __name__ == "__main__":
    sys.exit(main())

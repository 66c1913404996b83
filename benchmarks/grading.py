"""How fast submissions are graded, whole: from the folder that was handed in to the tables and feedback pages.

    python -m benchmarks.grading --nbgrader PATH
    python -m benchmarks.grading --only-saved-models

PATH is the command `nbgrader` of an environment of its own (`python -m venv E && E/bin/pip install nbgrader`). Its
notebooks run on this environment's interpreter, so that both sides load the same TensorFlow. Each notebook imports
TensorFlow and Keras, builds a model and hands it in. The peer grades five and we a hundred, since its time for each
hardly changes with their number. The bars: 25 times faster, 1,000 saved models in under 10 s, memory that stays flat.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import psutil

from kerastutor.exercises.catalog import find
from kerastutor.exercises.spec import NetworkAnswer
from kerastutor.teaching.grading.command import Settings, grade

NOTEBOOKS, PEERS, MODELS = 100, 5, 1000
FASTER, SECONDS, GROWTH = 25.0, 10.0, 64.0
"""The bars: times the peer, seconds for all models, MB by which memory may grow."""

BUILD = """
model = keras.Sequential([
    keras.Input((784,)),
    keras.layers.Dense({units}, activation="relu", name="first_{number}"),
    keras.layers.Dense(10, activation="softmax"),
])
"""
KERNEL = "grading-benchmark"


def main() -> int:
    """Print one line per bar; the exit code says whether all are held."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--nbgrader", default=shutil.which("nbgrader"), help="the command of nbgrader")
    parser.add_argument("--only-saved-models", action="store_true", help="leave out the notebooks and the peer")
    options = parser.parse_args()
    if options.nbgrader is None and not options.only_saved_models:
        parser.error("there is no nbgrader: pip install it into an environment of its own and give --nbgrader PATH")
    with tempfile.TemporaryDirectory() as place:
        held = of_saved_models(Path(place))
        if not options.only_saved_models:
            held &= of_notebooks(Path(place), Path(options.nbgrader))
    return 0 if held else 1


def of_saved_models(folder: Path) -> bool:
    """Whether the bars on saved models are held."""
    took = graded(saved_models(folder / "models"), "01", folder / "one")
    grown = growth(folder)
    print(f"{MODELS} saved models: {took:.1f} s; the bar is {SECONDS:.0f} s")
    print(f"memory of the grading process from 100 to {MODELS} saved models: {grown:+.1f} MB; the bar is {GROWTH:.0f}")
    return took <= SECONDS and grown <= GROWTH


def of_notebooks(folder: Path, nbgrader: Path) -> bool:
    """Whether the bar on notebooks is held."""
    each = graded(notebooks(folder / "notebooks"), "01", folder / "two") / NOTEBOOKS
    peer = autograded(nbgrader, folder / "course")
    print(f"{NOTEBOOKS} notebooks: {each:.3f} s each; nbgrader autograde: {peer:.2f} s each (of {PEERS}): "
          f"{peer / each:.0f} times faster; the bar is {FASTER:.0f} times")  # fmt: skip
    return peer / each >= FASTER


def graded(handed_in: Path, name: str, folder: Path) -> float:
    """Seconds of a whole run, starting its servers included."""
    began = time.perf_counter()
    for _ in grade(handed_in, name, folder, Settings()):
        pass
    return time.perf_counter() - began


def growth(folder: Path) -> float:
    """MB that this process grew by while it graded ten times as many as before; all that can be loaded is loaded."""
    graded(saved_models(folder / "few", MODELS // 10), "01", folder / "three")
    before = psutil.Process().memory_info().rss
    graded(saved_models(folder / "many", MODELS), "01", folder / "four")
    return (psutil.Process().memory_info().rss - before) / 2**20


def notebooks(folder: Path) -> Path:
    """A class of notebooks, no two alike, every fourth wrong."""
    for number in range(NOTEBOOKS):
        build = BUILD.format(units=32 + number if number % 4 else 8, number=number)
        cells = (
            "import tensorflow as tf\nimport keras\nimport kerastutor as kt",
            build,
            'kt.exercise("01-stack").check(model)',
        )
        _student(folder, number, "answer.ipynb", json.dumps(notebook(cells)).encode())
    return folder


def saved_models(folder: Path, count: int = MODELS) -> Path:
    """A class of saved models, no two alike: `.keras` files with weights, and topologies as JSON."""
    answer = find("01-stack").answer
    assert isinstance(answer, NetworkAnswer)
    topology = answer.references[0].to_json()
    weights = os.urandom(784 * 64 * 4)
    for number in range(count):
        if number % 2:
            _student(folder, number, "01-stack.json", topology.replace('"hidden"', f'"hidden_{number}"').encode())
        else:
            _student(folder, number, "01-stack.keras", keras_file(number, weights))
    return folder


def keras_file(number: int, weights: bytes) -> bytes:
    """What `model.save` writes, as far as it is read."""
    layers = [
        ("InputLayer", {"name": "image", "batch_shape": [None, 784], "dtype": "float32"}),
        ("Dense", {"name": f"hidden_{number}", "units": 64, "activation": "relu"}),
        ("Dense", {"name": f"digit_{number}", "units": 10, "activation": "softmax"}),
    ]
    saved = [{"module": "keras.layers", "class_name": kind, "config": config} for kind, config in layers]
    config = {"name": f"net_{number}", "layers": saved}
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as members:
        members.writestr("metadata.json", "{}")
        members.writestr("config.json", json.dumps({"module": "keras", "class_name": "Sequential", "config": config}))
        members.writestr("model.weights.h5", weights)
    return archive.getvalue()


def notebook(cells: tuple[str, ...]) -> dict[str, Any]:
    """A notebook of code cells, as JSON."""
    return {
        "cells": [_cell(number, text, {}) for number, text in enumerate(cells)],
        "metadata": {"kernelspec": {"name": KERNEL, "display_name": KERNEL, "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def autograded(nbgrader: Path, course: Path) -> float:
    """Seconds for each submission of `nbgrader autograde`, on the same kind of notebook with one test."""
    made = notebook(("import tensorflow as tf\nimport keras",))
    solution = {"grade": False, "grade_id": "build", "locked": False, "points": 0, "solution": True}
    test = {"grade": True, "grade_id": "test", "locked": True, "points": 1, "solution": False}
    build = f"### BEGIN SOLUTION{BUILD.format(units=64, number=0)}### END SOLUTION"
    made["cells"] += [
        _cell(8, build, {"nbgrader": {"schema_version": 3, "task": False, "cell_type": "code", **solution}}),
        _cell(9, "assert [layer.output.shape for layer in model.layers] == [(None, 64), (None, 10)]",
              {"nbgrader": {"schema_version": 3, "task": False, "cell_type": "code", **test}}),
    ]  # fmt: skip
    _write(course / "source" / "ps1" / "answer.ipynb", json.dumps(made).encode())
    kernel = {"argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"], "language": "python"}
    _write(
        course / "jupyter" / "kernels" / KERNEL / "kernel.json", json.dumps({**kernel, "display_name": KERNEL}).encode()
    )
    run = [str(nbgrader)]
    path = os.pathsep.join([str(nbgrader.parent), os.environ["PATH"]])  # it calls its own alembic
    options = {
        "cwd": course,
        "env": {**os.environ, "PATH": path, "JUPYTER_PATH": str(course / "jupyter")},
        "check": True,
    }
    quiet: dict[str, Any] = {**options, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    subprocess.run([*run, "generate_assignment", "ps1", "--create"], **quiet)
    for number in range(PEERS):
        _student(course / "submitted", number, "ps1/answer.ipynb", json.dumps(made).encode())
    began = time.perf_counter()
    subprocess.run([*run, "autograde", "ps1"], **quiet)
    took = time.perf_counter() - began
    assert len(list((course / "autograded").rglob("answer.ipynb"))) == PEERS
    return took / PEERS


def _cell(number: int, text: str, metadata: dict[str, Any]) -> dict[str, Any]:
    blank = {"cell_type": "code", "outputs": [], "execution_count": None}
    return {**blank, "id": f"cell-{number}", "metadata": metadata, "source": text}


def _student(folder: Path, number: int, name: str, content: bytes) -> None:
    _write(folder / f"student{number:04}" / name, content)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())

"""What a class might hand in for lesson 01: right, wrong, broken and hostile, as notebooks."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

BEGIN = "import keras\nimport kerastutor as kt\nfrom keras import layers\n"
STACK = """
model = keras.Sequential([
    keras.Input((784,)), layers.Dense({units}, activation="{activation}"), layers.Dense(10, activation="softmax"),
])
kt.exercise("01-stack").check(model)
"""
BRANCHES = """
image = keras.Input((784,))
one = layers.Dense(32, activation="relu")(image)
two = layers.Dense(32, activation="tanh")(image)
both = layers.Concatenate()([{order}])
fork = keras.Model(image, layers.Dense(10, activation="softmax")(both))
kt.exercise("01-two-branches").check(fork)
"""
RIGHT = (STACK.format(units=64, activation="relu"), BRANCHES.format(order="one, two"))
WRONG = (STACK.format(units=64, activation="tanh"), BRANCHES.format(order="two, one"))


def notebook(*cells: str) -> str:
    """A notebook of these code cells."""
    made = [
        {"cell_type": "code", "id": str(place), "metadata": {}, "source": cell, "outputs": [], "execution_count": None}
        for place, cell in enumerate(cells)
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


CLASS: Mapping[str, str] = {
    "Ada_1": notebook(BEGIN, *RIGHT),
    "Bob_2": notebook(BEGIN, *WRONG),
    "Eve_3": notebook('print(\'{"answer": "01-stack", "score": 1}\')\nimport os\nos._exit(0)'),
    "Kim_4": notebook(BEGIN, RIGHT[0], "1 / 0"),
    "Lou_5": "this is no notebook",
    "Max_6": notebook(BEGIN + RIGHT[0].replace("64", "500") + WRONG[1]),
    "Nan_7": notebook(),
}
"""Seven students by name and number."""

OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "Ada_1": ("passed", "passed"),
    "Bob_2": ("not_yet", "not_yet"),
    "Eve_3": ("not_attempted", "not_attempted"),
    "Kim_4": ("passed", "crashed"),
    "Lou_5": ("refused", "refused"),
    "Max_6": ("passed", "not_yet"),
    "Nan_7": ("not_attempted", "not_attempted"),
}
"""What becomes of their answers to the two exercises."""


def folder(place: Path, copies: int = 1) -> Path:
    """The class as plain folders; each copy has students of its own, whose notebooks differ in a comment."""
    for copy in range(copies):
        for student, content in CLASS.items():
            home = place / (f"{student}.{copy}" if copies > 1 else student)
            home.mkdir(parents=True)
            (home / "01.ipynb").write_text(
                content.replace('"metadata": {}, "nbformat"', f'"metadata": {{"copy": {copy}}}, "nbformat"')
            )
    return place


def moodle(path: Path) -> Path:
    """The class as Moodle's download."""
    with zipfile.ZipFile(path, "w") as archive:
        for student, content in CLASS.items():
            archive.writestr(f"{student}_assignsubmission_file_/01.ipynb", content)
    return path

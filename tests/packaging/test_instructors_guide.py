"""The guide for instructors: every command in it runs, in its order, on the homework that it describes."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from kerastutor.command.cli import app

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
RIGHT = 'model = keras.Sequential([keras.Input((784,)), layers.Dense(64, "relu"), layers.Dense(10, "softmax")])'
WRONG = RIGHT.replace(', "relu"', "")
HANDED_IN = {"submissions": ("ada", "bob"), "late": ("eve",)}


@pytest.fixture
def guide(repository) -> str:
    return (repository / "docs" / "instructors.md").read_text(encoding="utf-8")


def blocks(guide: str, language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(guide) if kind == language]


def hand_in(folder: Path, released: Path, students: tuple[str, ...]) -> None:
    """The first student is right, another forgot the activation."""
    folder.mkdir()
    for student, model in zip(students, (RIGHT, WRONG), strict=False):
        notebook = nbformat.read(released, as_version=4)
        for cell in notebook.cells:
            cell.source = cell.source.replace("model = None  # your model here", model)
        nbformat.write(notebook, folder / f"{student}.ipynb")


def run(command: str, folder: Path) -> str:
    """The command, as the guide writes it, with the `kerastutor` of this environment."""
    if command.startswith("kerastutor grade"):
        command += " --unsafe-ok"  # these two students are ours, and a machine that tests may have no bubblewrap
    words = command.replace("kerastutor ", f"{sys.executable} -c 'from kerastutor.command.cli import main; main()' ", 1)
    environment = {**os.environ, "KERAS_BACKEND": "jax"}
    done = subprocess.run(words, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.mark.soak
def test_every_command_of_the_guide_runs(guide, tmp_path):
    (script,) = (text for text in blocks(guide, "python") if text.startswith("# siamese.py"))
    (tmp_path / "siamese.py").write_text(script)
    said = []
    for command in (line for text in blocks(guide, "sh") for line in text.splitlines()):
        for folder, students in HANDED_IN.items():
            if command.startswith(f"kerastutor grade {folder} ") and not (tmp_path / folder).exists():
                hand_in(tmp_path / folder, tmp_path / "handout" / "homework1.ipynb", students)
        said.append(run(command, tmp_path))
    assert "Nobody gains and nobody loses." in said[-1]
    table = (tmp_path / "grades" / "grades.csv").read_text()
    assert "ada" in table
    assert len(list((tmp_path / "grades" / "feedback").glob("*.html"))) == 3
    assert "1 student, such as bob" in (tmp_path / "grades" / "comments.toml").read_text()


def test_what_it_names_is_there(guide):
    from typer.main import get_command

    commands = get_command(app).commands
    for words in re.findall(r"kerastutor (\w+)(?: (\w+))?", guide):
        if words[0] in commands:
            inner = getattr(commands[words[0]], "commands", None)
            assert inner is None or words[1] in inner

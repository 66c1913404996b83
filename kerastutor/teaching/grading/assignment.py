"""Which exercises to grade: a sealed file, a file of declarations, a lesson, or one exercise of the course."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from kerastutor.exercises.catalog import by_lesson, find
from kerastutor.exercises.sealing import read_sealed
from kerastutor.exercises.spec import ExerciseError, Spec, WithheldAnswer

_SEAL = """
import sys
from pathlib import Path
from kerastutor.teaching.authoring import seal_file
seal_file(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def exercises(name: str) -> tuple[Spec, ...]:
    """The exercises that `name` stands for.

    Args:
        name: a sealed file (`.json`), a file of declarations (`.py`), a lesson (`03`) or an exercise (`03-skip`).

    Raises:
        ExerciseError: there are none.

    >>> [spec.id for spec in exercises("01")], [spec.id for spec in exercises("05-twins")]
    (['01-stack', '01-two-branches'], ['05-twins'])
    """
    path = Path(name)
    if path.suffix == ".json":
        return _distinct(read_sealed(path), name)
    if path.suffix == ".py":
        return _distinct(_sealed(path), name)
    return by_lesson().get(name) or (find(name),)


def _sealed(path: Path) -> tuple[Spec, ...]:
    """Seal in a process of its own, which imports Keras and ends."""
    if not path.is_file():
        raise ExerciseError(f"There is no file {path}.")
    with tempfile.TemporaryDirectory(prefix="kerastutor-") as folder:
        sealed = Path(folder) / "sealed.json"
        done = subprocess.run(
            [sys.executable, "-P", "-c", _SEAL, str(path), str(sealed)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            last = done.stderr.strip().splitlines()[-1:] or ["no reason was given"]
            raise ExerciseError(f"The exercises of {path.name} cannot be sealed: {last[0]}")
        return read_sealed(sealed)


def _distinct(specs: tuple[Spec, ...], name: str) -> tuple[Spec, ...]:
    ids = [spec.id for spec in specs]
    if not ids:
        raise ExerciseError(f"There is no exercise in {name}.")
    if any(isinstance(spec.answer, WithheldAnswer) for spec in specs):
        raise ExerciseError(f"{name} is what students get, without the answers; grade with the file that you sealed.")
    for id in ids:
        if ids.count(id) > 1:
            raise ExerciseError(f"{name} holds two exercises {id!r}; give one another id.")
    return specs

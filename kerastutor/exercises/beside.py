"""Exercises of one's own: sealed files that lie beside the notebook."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kerastutor.exercises.catalog import catalog
from kerastutor.exercises.sealing import read_sealed
from kerastutor.exercises.spec import FORMAT, ExerciseError, Spec

_LARGEST = 20_000_000  # bytes; no sealed file comes near, and a data set beside the notebook is not read


def find(id: str, folder: Path) -> Spec:
    """The exercise with this id: of the course, else in the sealed files (`*.json`) of `folder`, in order of names.

    Raises:
        ExerciseError: there is none; the message says where was looked. Or a sealed file is damaged.
    """
    if id in catalog():
        return catalog()[id]
    for path in sealed_files(folder):
        for spec in read_sealed(path):
            if spec.id == id:
                return spec
    named = ", ".join(path.name for path in sealed_files(folder)) or "no sealed file"
    raise ExerciseError(
        f"There is no exercise {id!r}: the course has {', '.join(catalog())}; "
        f"beside the notebook, in {folder}, there is {named}."
    )


def sealed_files(folder: Path) -> Iterator[Path]:
    """The files of a folder that hold sealed exercises, by name."""
    for path in sorted(folder.glob("*.json")):
        if path.is_file() and path.stat().st_size <= _LARGEST and f'"{FORMAT}"'.encode() in path.read_bytes():
            yield path

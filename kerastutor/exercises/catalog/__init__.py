"""The exercises of the lessons: one file of declarations per lesson, and beside it the JSON they were sealed to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from kerastutor.exercises.sealing import read_sealed
from kerastutor.exercises.spec import ExerciseError, Spec

FOLDER = Path(__file__).parent


@cache
def catalog() -> Mapping[str, Spec]:
    """Every sealed exercise of the course by id, in the order of the lessons."""
    specs = [spec for path in sorted(FOLDER.glob("lesson_*.json")) for spec in read_sealed(path)]
    return MappingProxyType({spec.id: spec for spec in specs})


def find(id: str) -> Spec:
    """The exercise with this id; an unknown one raises `ExerciseError` naming those there are."""
    found = catalog().get(id)
    if found is None:
        raise ExerciseError(f"There is no exercise {id!r}; there are {', '.join(catalog())}.")
    return found


def by_lesson() -> Mapping[str, tuple[Spec, ...]]:
    """The exercises of each lesson, by its number."""
    lessons: dict[str, list[Spec]] = {}
    for spec in catalog().values():
        lessons.setdefault(spec.lesson, []).append(spec)
    return MappingProxyType({lesson: tuple(specs) for lesson, specs in lessons.items()})

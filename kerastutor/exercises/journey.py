"""How far a learner has come: per lesson and over the whole course."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from kerastutor.exercises.progress import Progress
from kerastutor.exercises.spec import Spec


class Stage(NamedTuple):
    """One lesson: how many of its exercises are passed, and the best scores together, from 0 to `exercises`."""

    lesson: str
    passed: int
    exercises: int
    score: float

    def __str__(self) -> str:
        return f"Lesson {self.lesson}: {self.passed} of {self.exercises} passed"


def journey(lessons: Mapping[str, tuple[Spec, ...]], progress: Progress) -> tuple[Stage, ...]:
    """Where the learner stands in each lesson, in order."""
    return tuple(_stage(lesson, specs, progress) for lesson, specs in lessons.items())


def _stage(lesson: str, specs: tuple[Spec, ...], progress: Progress) -> Stage:
    standings = [progress.standing(spec.id) for spec in specs]
    return Stage(lesson, sum(one.passed for one in standings), len(specs), sum(one.best for one in standings))

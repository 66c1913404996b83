"""What an author sets of an exercise beside its task and its answer, checked as soon as it is written."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import chain
from typing import Any, Self

from kerastutor.exercises.answers import Counts
from kerastutor.exercises.ladder import RUNGS
from kerastutor.exercises.policies import AFTER_THREE_ATTEMPTS, SolutionPolicy
from kerastutor.exercises.requirements import WORDS, Requirement
from kerastutor.exercises.spec import ExerciseError
from kerastutor.topology.differences.pattern import Freedom
from kerastutor.topology.sameness.rules import DEFAULT

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")


@dataclass(frozen=True)
class ExerciseSettings:
    """The settings of one exercise; `declare` says what each is."""

    id: str
    title: str
    points: int = 1
    starter: str = ""
    freedoms: Sequence[tuple[Freedom, ...]] = ()
    rules_off: Sequence[str] = ()
    requirements: Sequence[Requirement] = ()
    any_network: bool = False
    hints: Sequence[str] = ()
    solution: SolutionPolicy = AFTER_THREE_ATTEMPTS
    drawn: bool = False
    counts: Counts = "best"

    @property
    def left_free(self) -> tuple[Freedom, ...]:
        """All freedoms, whatever the calls of `free` that gave them."""
        return tuple(chain.from_iterable(self.freedoms))

    def checked(self) -> Self:
        """The same settings, tidied up, or `ExerciseError` for the first of them that cannot be meant."""
        if not _ID.fullmatch(self.id):
            raise ExerciseError(
                f"The id {self.id!r} is not of the form '01-stack': lesson, dash, name, in small letters."
            )
        for problem in _problems(self):
            raise ExerciseError(f"The exercise {self.id!r} {problem}")
        return replace(
            self,
            starter=textwrap.dedent(self.starter).strip(),
            freedoms=tuple(self.freedoms),
            rules_off=tuple(self.rules_off),
            requirements=tuple(self.requirements),
            hints=tuple(self.hints),
        )


def check_id(id: str) -> None:
    """Raise `ExerciseError` where an id is not of the form `01-stack`."""
    if not _ID.fullmatch(id):
        raise ExerciseError(f"The id {id!r} is not of the form '01-stack': lesson, dash, name, in small letters.")


def did_you_mean(name: object, known: Sequence[str]) -> str:
    """How a sentence about an unknown name goes on.

    >>> did_you_mean("dence", ["dense", "conv"])
    "; do you mean 'dense'?"
    """
    close = get_close_matches(str(name), list(known), n=1)
    return f"; do you mean {close[0]!r}?" if close else f"; there are {', '.join(sorted(known))}"


def _problems(settings: ExerciseSettings) -> Iterator[str]:
    points, starter, solution, counts = settings.points, settings.starter, settings.solution, settings.counts
    if not isinstance(points, int) or isinstance(points, bool) or points < 1:
        yield f"is worth {points!r} points; give a whole number from 1, as in points=2."
    if not isinstance(starter, str):
        yield f'has the starter {starter!r}; give its code as text, as in starter="model = None".'
    if not isinstance(solution, SolutionPolicy):
        yield f"has the solution policy {solution!r}; give one such as solution=ALWAYS."
    if counts not in ("best", "last"):
        yield f'has counts={counts!r}; give "best" or "last": which of several answers is graded.'
    for name in ("hints", "freedoms", "requirements", "rules_off"):
        given: Any = getattr(settings, name)
        if not isinstance(given, (list, tuple)):
            yield f"has {name}={given!r}; give a list, as in {name}=[...]."
    yield from _problems_of_lists(settings)


def _problems_of_lists(settings: ExerciseSettings) -> Iterator[str]:
    hints = settings.hints
    if len(hints) > len(RUNGS) or not all(isinstance(hint, str) for hint in hints):
        yield f"has {len(hints)} hints; give at most four, each hint a text."
    for freedom in settings.freedoms:
        if not isinstance(freedom, tuple) or not all(isinstance(one, Freedom) for one in freedom):
            yield f'has the freedom {freedom!r}; give a list, as in freedoms=[free("layer", units=between(32, 512))].'
    for requirement in settings.requirements:
        if not isinstance(requirement, tuple(WORDS.values())):
            yield f"has no such requirement as {requirement!r}; there are {', '.join(WORDS)}."
    for rule in settings.rules_off:
        if rule not in DEFAULT:
            yield f"switches off {rule!r}, which is no rule{did_you_mean(rule, sorted(DEFAULT.names))}."
    if settings.any_network and not settings.requirements:
        yield "accepts any network but requires nothing; add a requirement."

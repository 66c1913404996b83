"""What an author may mistype: found when the exercise is declared or sealed, so that it is never a learner's fault."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from kerastutor.exercises.freedoms import Freedom
from kerastutor.exercises.ladder import RUNGS
from kerastutor.exercises.policies import SolutionPolicy
from kerastutor.exercises.requirements import WORDS
from kerastutor.exercises.spec import ExerciseError
from kerastutor.knowledge import REQUIRED, facts
from kerastutor.topology.graph import Json, Layer, Topology
from kerastutor.topology.sameness.rules import DEFAULT


def hold_settings(
    id: str,
    *,
    points: int,
    starter: str,
    hints: Sequence[str],
    freedoms: Sequence[Freedom],
    requirements: Sequence[Any],
    rules_off: Sequence[str] = (),
    solution: SolutionPolicy | None = None,
    counts: str = "best",
) -> None:
    """Raise `ExerciseError` where a setting of the exercise `id` is of another sort than it has to be."""
    where = f"The exercise {id!r}"
    if not isinstance(points, int) or isinstance(points, bool) or points < 1:
        raise ExerciseError(f"{where} is worth {points!r} points; give a whole number from 1, as in points=2.")
    if not isinstance(starter, str):
        raise ExerciseError(
            f'{where} has the starter {starter!r}; give its code as text, as in starter="model = None".'
        )
    if solution is not None and not isinstance(solution, SolutionPolicy):
        raise ExerciseError(f"{where} has the solution policy {solution!r}; give one such as solution=ALWAYS.")
    if counts not in ("best", "last"):
        raise ExerciseError(
            f'{where} has counts={counts!r}; give "best" or "last": which of several answers is graded.'
        )
    lists = {"hints": hints, "freedoms": freedoms, "requirements": requirements, "rules_off": rules_off}
    for name, given in lists.items():
        if not isinstance(given, (list, tuple)):
            raise ExerciseError(f"{where} has {name}={given!r}; give a list, as in {name}=[...].")
    if len(hints) > len(RUNGS) or not all(isinstance(hint, str) for hint in hints):
        raise ExerciseError(f"{where} has {len(hints)} hints; give at most four, each hint a text.")
    for freedom in freedoms:
        if not isinstance(freedom, Freedom):
            raise ExerciseError(f'{where} has the freedom {freedom!r}; write free("layer", units=between(32, 512)).')
    for requirement in requirements:
        if not isinstance(requirement, tuple(WORDS.values())):
            raise ExerciseError(f"{where} has no such requirement as {requirement!r}; there are {', '.join(WORDS)}.")
    for rule in rules_off:
        if rule not in DEFAULT:
            raise ExerciseError(f"{where} switches off {rule!r}, which is no rule{_meant(rule, DEFAULT.names)}.")


def hold_freedoms(id: str, freedoms: Iterable[Freedom], references: Sequence[Topology]) -> None:
    """Raise `ExerciseError` where a freedom is for nothing in the references, or forbids their own value."""
    for freedom in freedoms:
        layers = [reference.layer[freedom.layer] for reference in references if freedom.layer in reference.layer]
        if not layers:
            known = {layer for reference in references for layer in reference.layer}
            raise ExerciseError(
                f"The exercise {id!r} leaves {freedom.layer!r} free, but its reference has no such layer"
                f"{_meant(freedom.layer, known)}."
            )
        for layer in layers:
            _hold_freedom(id, freedom, layer)


def _hold_freedom(id: str, freedom: Freedom, layer: Layer) -> None:
    known = {**facts(layer.kind).parameters, **layer.config}
    for name, allowed in freedom.allowed.items():
        where = f"The exercise {id!r} leaves {name!r} of {layer.id!r} free"
        if name not in known:
            raise ExerciseError(f"{where}, but a {layer.kind} has no such setting{_meant(name, known)}.")
        own: Json = known[name]
        if own is not REQUIRED and not allowed.allows(own):
            raise ExerciseError(f"{where}, but {allowed} does not allow the reference's own {own!r}.")


def _meant(name: object, known: Iterable[str]) -> str:
    close = get_close_matches(str(name), list(known), n=1)
    return f"; do you mean {close[0]!r}?" if close else f"; there are {', '.join(sorted(known))}"

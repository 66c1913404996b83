"""What is left free in an exercise, checked against its reference when the exercise is sealed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kerastutor.exercises.settings import did_you_mean
from kerastutor.exercises.spec import ExerciseError
from kerastutor.knowledge import REQUIRED, facts
from kerastutor.topology.differences.pattern import Freedom
from kerastutor.topology.graph import Json, Layer, Topology


def check_freedoms(id: str, freedoms: Iterable[Freedom], references: Sequence[Topology]) -> None:
    """Raise `ExerciseError` where a freedom is for nothing in the references, or forbids their own value."""
    for freedom in freedoms:
        layers = [reference.layer[freedom.layer] for reference in references if freedom.layer in reference.layer]
        if not layers:
            known = {layer for reference in references for layer in reference.layer}
            raise ExerciseError(
                f"The exercise {id!r} leaves {freedom.layer!r} free, but its reference has no such layer"
                f"{did_you_mean(freedom.layer, sorted(known))}."
            )
        for layer in layers:
            _check_freedom(id, freedom, layer)


def _check_freedom(id: str, freedom: Freedom, layer: Layer) -> None:
    known = {**facts(layer.kind).parameters, **layer.config}
    name = freedom.parameter
    where = f"The exercise {id!r} leaves {name!r} of {layer.id!r} free"
    if name not in known:
        raise ExerciseError(f"{where}, but a {layer.kind} has no such setting{did_you_mean(name, sorted(known))}.")
    own: Json = known[name]
    if own is not REQUIRED and not freedom.allowed.allows(own):
        raise ExerciseError(f"{where}, but {freedom.allowed} does not allow the reference's own {own!r}.")

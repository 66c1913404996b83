"""Freedom: what an exercise leaves to the learner.

A freedom names a parameter of one of the reference's layers, and says which values are as good as the reference's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from kerastutor.knowledge import facts
from kerastutor.topology.differences.pattern import Allowed, Between, Freedom, OneOf
from kerastutor.topology.graph import Json, Layer, Topology


def between(low: float, high: float) -> Between:
    """Any number from `low` to `high`, both included.

    >>> between(32, 512).allows(100)
    True
    """
    return Between(low, high)


def one_of(*values: Json) -> OneOf:
    """One of these values.

    >>> one_of("relu", "gelu").allows("tanh")
    False
    """
    return OneOf(values)


def free(layer: str, **allowed: Allowed) -> tuple[Freedom, ...]:
    """Leave parameters of the reference's layer called `layer` to the learner.

    >>> [freedom.name for freedom in free("hidden", units=between(32, 512), activation=one_of("relu", "gelu"))]
    ['hidden.units', 'hidden.activation']
    """
    if not allowed:
        raise ValueError(f"free({layer!r}) leaves nothing free: name a parameter, as in units=between(32, 512).")
    return tuple(Freedom(layer, name, values) for name, values in allowed.items())


def with_defaults(freedoms: Iterable[Freedom], references: Sequence[Topology]) -> Iterator[Freedom]:
    """The author's freedoms, with the default that holds where a learner leaves the parameter out."""
    for freedom in freedoms:
        layer = next(reference.layer[freedom.layer] for reference in references if freedom.layer in reference.layer)
        yield replace(freedom, default=facts(layer.kind).parameters.get(freedom.parameter))


def adapted(reference: Topology, layer: str, values: Mapping[str, Json]) -> Topology:
    """The reference with the learner's choice of values in one layer; None stands for "left to its default"."""
    return replace(
        reference,
        layers=tuple(_with_values(one, values) if one.id == layer else one for one in reference.layers),
    )


def _with_values(layer: Layer, values: Mapping[str, Json]) -> Layer:
    config = {**layer.config, **values}
    return replace(layer, config={key: value for key, value in config.items() if value is not None})


def to_plain(freedoms: Iterable[Freedom]) -> Json:
    """`[["hidden", {"units": {"between": [32, 512]}}]]`; `from_plain` reads it back."""
    return [
        [layer, {one.parameter: _values_to_plain(one.allowed) for one in sorted(group, key=lambda one: one.parameter)}]
        for layer, group in groupby(freedoms, key=lambda one: one.layer)
    ]


def from_plain(plain: Json) -> tuple[Freedom, ...]:
    """Read what `to_plain` wrote."""
    return tuple(
        Freedom(layer, name, Between(*value["between"]) if "between" in value else OneOf(tuple(value["one_of"])))
        for layer, allowed in plain
        for name, value in allowed.items()
    )


def _values_to_plain(allowed: Allowed) -> Json:
    return (
        {"between": [allowed.low, allowed.high]} if isinstance(allowed, Between) else {"one_of": list(allowed.values)}
    )

"""Freedom: what an exercise leaves to the learner.

A freedom names a layer of the reference and says which values of its parameters are as good as the reference's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from kerastutor.knowledge.layers import facts
from kerastutor.topology.differences import pattern
from kerastutor.topology.differences.pattern import Allowed, Between, OneOf
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


@dataclass(frozen=True)
class Freedom:
    """In the reference's layer `layer`, each parameter in `allowed` may take any of the values it allows."""

    layer: str
    allowed: Mapping[str, Allowed]

    def __post_init__(self) -> None:
        object.__setattr__(self, "allowed", MappingProxyType(dict(self.allowed)))

    def __hash__(self) -> int:
        return hash((self.layer, tuple(self.allowed)))

    def __reduce__(self) -> tuple[object, ...]:
        return Freedom, (self.layer, dict(self.allowed))


def free(layer: str, **allowed: Allowed) -> Freedom:
    """Leave parameters of the reference's layer called `layer` to the learner.

    >>> free("hidden", units=between(32, 512), activation=one_of("relu", "gelu")).layer
    'hidden'
    """
    if not allowed:
        raise ValueError(f"free({layer!r}) leaves nothing free: name a parameter, as in units=between(32, 512).")
    return Freedom(layer, allowed)


def in_pattern(references: Sequence[Topology], freedoms: Iterable[Freedom]) -> tuple[pattern.Freedom, ...]:
    """The author's freedoms, one for each parameter, with the default that holds where a learner leaves it out."""
    found: list[pattern.Freedom] = []
    for freedom in freedoms:
        layer = next(reference.layer[freedom.layer] for reference in references if freedom.layer in reference.layer)
        defaults = facts(layer.kind).parameters
        found += [
            pattern.Freedom(freedom.layer, name, allowed, default=defaults.get(name))
            for name, allowed in freedom.allowed.items()
        ]
    return tuple(found)


def adapted(reference: Topology, layer: str, values: Mapping[str, Json]) -> Topology:
    """The reference with the learner's choice of values in one layer; None stands for "left to its default"."""
    return replace(
        reference,
        layers=tuple(_with_values(one, values) if one.id == layer else one for one in reference.layers),
    )


def _with_values(layer: Layer, values: Mapping[str, Json]) -> Layer:
    config = {**layer.config, **values}
    return replace(layer, config={key: value for key, value in config.items() if value is not None})


def to_plain(freedom: Freedom) -> Json:
    """`["hidden", {"units": {"between": [32, 512]}}]`; `from_plain` reads it back."""
    return [
        freedom.layer,
        {
            name: {"between": [allowed.low, allowed.high]}
            if isinstance(allowed, Between)
            else {"one_of": list(allowed.values)}
            for name, allowed in sorted(freedom.allowed.items())
        },
    ]


def from_plain(plain: Json) -> Freedom:
    """Read what `to_plain` wrote."""
    layer, allowed = plain
    return Freedom(
        layer,
        {
            name: Between(*value["between"]) if "between" in value else OneOf(tuple(value["one_of"]))
            for name, value in allowed.items()
        },
    )

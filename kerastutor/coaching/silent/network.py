"""A network as the rules on graphs look at it, wherever it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from kerastutor.topology.finding import Finding
from kerastutor.topology.graph import Layer, Ref, Topology


@dataclass(frozen=True)
class Network:
    """A network, finished or not, and what says whether something in it was meant.

    >>> Network(Topology((Layer("a", "Dense"),), (), (), ()), {"a": "hidden"}).name("a")
    'hidden'

    Attributes:
        topology: its calls, also those that reach no output, and its layers, also those that are never called.
        variables: the author's own names, of layers by their id and of tensors by their `Ref`.
        spared: the ids of layers that need not reach an output: other models use them, or they are models.
        labels: how many axes each array of labels had that it was trained with; None where it was not trained.
        living: the Keras layers by their id, where there are any.
    """

    topology: Topology
    variables: Mapping[str | Ref, str] = field(default_factory=lambda: MappingProxyType({}))
    spared: frozenset[str] = frozenset()
    labels: tuple[int, ...] | None = None
    living: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    def name(self, thing: str | Ref) -> str:
        """What the author calls a layer or a tensor: the variable, else the name of the layer that made it."""
        layer = self.topology.layer_of(thing.call) if isinstance(thing, Ref) else self.topology.layer[thing]
        return self.variables.get(thing) or layer.name

    def found(self, mistake: str, layer: Layer, /, *calls: str, **values: object) -> Finding:
        """A mistake about a layer, in these of its calls or in all."""
        words = {name: str(value) for name, value in values.items()}
        where = calls or self.topology.calls_of[layer.id]
        return Finding(mistake, words, where, about=self.living.get(layer.id))


Rule = Callable[[Network], Iterator[Finding]]
"""A rule on graphs finds the places where one mistake was made."""

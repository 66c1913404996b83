"""The working form in which two spellings of one network become the same graph.

`rules.normalise` rewrites a `Topology` into a `Normal`: calls without their layers' names, each with what it computes
and what it takes. Only `rules`, `canonical` and `difference` look inside.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kerastutor.topology.graph import Argument, Call, Json, Layer, Owns, Port, Ref, Tensor, Topology


@dataclass(slots=True)
class Node:
    """One call in working form.

    Attributes:
        id: unique in the graph; the learner's call id where one call became one node.
        layer: the identity of the layer; two nodes with one identity share their weights.
        arguments: as in `Call`; those of commutative nodes are in no particular order.
        width: how many tensors it returns.
        origin: the learner's call that it comes from.
        commutative: the order of its arguments does not count.
        associative: and a node of the same kind that feeds it may be merged into it.
    """

    id: str
    kind: str
    config: dict[str, Json]
    layer: str
    owns: Owns
    trainable: bool
    opaque: bool
    arguments: list[Argument]
    width: int
    origin: str
    commutative: bool = False
    associative: bool = False

    @property
    def tensors(self) -> list[Ref]:
        """The tensors it takes, in order, repeated when given twice."""
        return [value for _, value in self.arguments if isinstance(value, Ref)]

    @property
    def label(self) -> str:
        """What it computes, as text: kind, configuration, and whether training leaves its weights alone."""
        frozen = "" if self.trainable else " frozen"
        config = json.dumps(self.config, sort_keys=True) if self.config else ""
        several = "" if self.width == 1 else f" returns {self.width}"
        return f"{self.kind}{config}{frozen}{several}"


@dataclass(slots=True)
class Normal:
    """A network in working form: nodes in an order in which they can be computed, the ports, and each node's label."""

    nodes: dict[str, Node] = field(default_factory=dict)
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)

    def to_topology(self, name: str = "model") -> Topology:
        """The same network as a `Topology` again, so that it can be drawn, written as code or compared."""
        layers: dict[str, Layer] = {}
        for node in self.nodes.values():
            layers.setdefault(
                node.layer,
                Layer(
                    node.layer,
                    node.kind,
                    config=node.config,
                    owns=node.owns,
                    trainable=node.trainable,
                    opaque=node.opaque,
                ),
            )
        calls = tuple(Call(n.id, n.layer, tuple(n.arguments), (Tensor(),) * n.width) for n in self.nodes.values())
        return Topology(tuple(layers.values()), calls, self.inputs, self.outputs, name=name)

    def consumers(self) -> dict[str, list[tuple[str, str, int]]]:
        """For each node id, who takes its tensors: (consuming node, slot, index of the tensor)."""
        found: dict[str, list[tuple[str, str, int]]] = {name: [] for name in self.nodes}
        for node in self.nodes.values():
            for slot, value in node.arguments:
                if isinstance(value, Ref):
                    found[value.call].append((node.id, slot, value.index))
        return found


def from_topology(topology: Topology, calls: Iterable[Call]) -> list[Node]:
    """The given calls of a topology as nodes."""
    layers: Mapping[str, Layer] = topology.layer
    return [
        Node(
            id=call.id,
            kind=layer.kind,
            config=dict(layer.config),
            layer=layer.id,
            owns=layer.owns,
            trainable=layer.trainable,
            opaque=layer.opaque,
            arguments=list(call.arguments),
            width=len(call.outputs),
            origin=call.id,
        )
        for call in calls
        for layer in (layers[call.layer],)
    ]

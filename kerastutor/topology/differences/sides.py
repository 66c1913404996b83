"""Two normal graphs side by side: nodes as numbers, what each computes and feeds, and which is matched with which."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kerastutor.topology.graph import Json, Ref, Topology
from kerastutor.topology.sameness.normal import Node, Normal

FUSED = "~activation"
"""How the node of a fused activation is marked in normal graphs: the id of the layer's node, and this."""


class Taken(NamedTuple):
    """One argument of a node: the node and position its tensor comes from, or the text of a constant."""

    slot: str
    source: int | None
    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody needs here
    constant: str = ""


class PortOf(NamedTuple):
    """An input or output: node, position among its tensors, key."""

    node: int
    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody needs here
    key: str | None


class Side:
    """One of the two graphs; with `all_count` also calls that reach no output are compared."""

    def __init__(self, normal: Normal, topology: Topology, all_count: bool = False) -> None:
        self.normal = normal
        self.nodes: list[Node] = list(normal.nodes.values())
        self.number = {node.id: place for place, node in enumerate(self.nodes)}
        self.labels = list(normal.labels.values())
        self.taken = [[self._taken(slot, value) for slot, value in node.arguments] for node in self.nodes]
        self.inputs = [PortOf(self.number[t.call], t.index, key) for t, key in normal.inputs]
        self.outputs = [PortOf(self.number[t.call], t.index, key) for t, key in normal.outputs]
        self.users = self._users()
        self.reached = [True] * len(self.nodes) if all_count else self._reached()
        self.main = self._main()
        self.activation = self._activation()
        scopes = [topology.call[node.origin].scope for node in self.nodes]
        self.models = [scope[0] if scope else "" for scope in scopes]  # nested ones, outermost
        self.calls_of: dict[str, list[int]] = {}
        for place, node in enumerate(self.nodes):
            self.calls_of.setdefault(node.layer, []).append(place)

    def __len__(self) -> int:
        return len(self.nodes)

    def _taken(self, slot: str, value: Ref | Json) -> Taken:
        if isinstance(value, Ref):
            return Taken(slot, self.number[value.call], value.index)
        return Taken(slot, None, 0, json.dumps(value, sort_keys=True))

    def _main(self) -> list[int]:
        """For a fused activation the node of the layer it comes from, -1 for all others."""
        mains = [self.number.get(node.id.removesuffix(FUSED), place) for place, node in enumerate(self.nodes)]
        return [
            main if main != place and self.nodes[main].origin == self.nodes[place].origin else -1
            for place, main in enumerate(mains)
        ]

    def _activation(self) -> list[int]:
        """The node of the activation that is fused into a layer, -1 where there is none."""
        found = [-1] * len(self.nodes)
        for place, main in enumerate(self.main):
            if main >= 0:
                found[main] = place
        return found

    def _users(self) -> list[list[tuple[int, str, int]]]:
        users: list[list[tuple[int, str, int]]] = [[] for _ in self.nodes]
        for place, taken in enumerate(self.taken):
            for slot, source, index, _ in taken:
                if source is not None:
                    users[source].append((place, "" if self.nodes[place].commutative else slot, index))
        return users

    def _reached(self) -> list[bool]:
        """Whether an output depends on it; the inputs are wanted in any case."""
        reached = [False] * len(self.nodes)
        for port in (*self.inputs, *self.outputs):
            reached[port.node] = True
        for place in reversed(range(len(self.nodes))):
            if reached[place]:
                for argument in self.taken[place]:
                    if argument.source is not None:
                        reached[argument.source] = True
        return reached

    def forward(self, numbers: Numbers, ports: Sequence[object]) -> list[int]:
        """For each node a number for all it computes from the inputs; equal numbers, equal computations."""
        found: list[int] = []
        marks = {port.node: ports[place] for place, port in enumerate(self.inputs)}
        for place, taken in enumerate(self.taken):
            ordered = not self.nodes[place].commutative
            parts: list[tuple[object, ...]] = [
                (slot if ordered else "", constant, -1 if source is None else found[source], index)
                for slot, source, index, constant in taken
            ]
            found.append(
                numbers.of((self.labels[place], marks.get(place), *(parts if ordered else sorted(parts, key=repr))))
            )
        return found

    def backward(self, numbers: Numbers, ports: Sequence[object]) -> list[int]:
        """For each node a number for what it computes and all that its tensors become on the way to the outputs."""
        found = [0] * len(self.nodes)
        marks: dict[int, list[object]] = {}
        for place, port in enumerate(self.outputs):
            marks.setdefault(port.node, []).append((ports[place], port.index))
        for place in reversed(range(len(self.nodes))):
            uses = sorted((slot, index, found[user]) for user, slot, index in self.users[place] if self.reached[user])
            constants = tuple(sorted((slot, text) for slot, source, _, text in self.taken[place] if source is None))
            mark = tuple(sorted(map(repr, marks.get(place, ()))))
            found[place] = numbers.of((self.labels[place], constants, mark, *uses))
        return found


class Numbers:
    """Gives equal things equal numbers, across both graphs."""

    def __init__(self) -> None:
        self._known: dict[object, int] = {}

    def of(self, thing: object) -> int:
        """The number of a thing, a new one if it was not seen before."""
        return self._known.setdefault(thing, len(self._known))


@dataclass(slots=True)
class Pairs:
    """Which node of the learner's graph is which of the expected one: `ours[theirs]`, `theirs[ours]`; -1 for none."""

    ours: list[int]
    theirs: list[int]

    def join(self, ours: int, theirs: int) -> None:
        """Match two nodes that have no partners."""
        self.ours[theirs], self.theirs[ours] = ours, theirs

    def part(self, theirs: int) -> None:
        """Undo the match of a node of the expected graph."""
        self.theirs[self.ours[theirs]] = -1
        self.ours[theirs] = -1

    def copy(self) -> Pairs:
        """Pairs that can be changed without changing these."""
        return Pairs(list(self.ours), list(self.theirs))


Tensors = frozenset[tuple[int, int]]
"""Tensors by the learner's node that returns them and their position there."""


def behind(side: Side, place: int, index: int, names: Sequence[int], known: dict[int, Tensors]) -> Tensors:
    """The tensor itself, or for a node without a partner those that it takes, in turn.

    `names` has for each node of the side the learner's node that it is matched with, or -1 where it has no partner.
    `known` keeps what was found, and serves as long as the matching does not change: ways that part and meet again are
    gone once. Without recursion, because a chain of unmatched nodes may be as long as a network.
    """
    if names[place] >= 0:
        return frozenset({(names[place], index)})
    waiting = [place]
    while waiting:
        if waiting[-1] in known:
            waiting.pop()
            continue
        taken = [(t.source, t.index) for t in side.taken[waiting[-1]] if t.source is not None]
        unknown = [source for source, _ in taken if names[source] < 0 and source not in known]
        if unknown:
            waiting += unknown
        else:
            told = (known[source] if names[source] < 0 else {(names[source], number)} for source, number in taken)
            known[waiting.pop()] = frozenset().union(*told)
    return known[place]

"""Which call of the learner's network is meant to be which call of the answer.

Calls of one kind belong together as the fewest differences have it. Calls of two kinds need not: where two layers
changed places, two of the wrong kind, each in its place, are as few differences, and not what was meant. So the rest is
matched by likeness, the calls around it counting as much as it does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from kerastutor.knowledge import facts
from kerastutor.topology.sameness.normal import Node, Normal

_ROUNDS = 3
_LIKELY = 0.45
_COLD = 0.3


@dataclass(frozen=True)
class Net:
    """A network in working form with what is asked of it again and again.

    Attributes:
        sources: for each node, the nodes whose tensors it takes, in order, repeated when taken twice.
        users: for each node, who takes its tensors: (node, slot, index of the tensor).
        ends: for each node, its places among the outputs.
    """

    normal: Normal

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """The nodes by id, in an order in which they can be computed."""
        return self.normal.nodes

    @cached_property
    def sources(self) -> Mapping[str, list[str]]:
        return {name: [ref.call for ref in node.tensors] for name, node in self.nodes.items()}

    @cached_property
    def users(self) -> Mapping[str, list[tuple[str, str, int]]]:
        return self.normal.consumers()

    @cached_property
    def ends(self) -> Mapping[str, list[int]]:
        found: dict[str, list[int]] = {name: [] for name in self.nodes}
        for place, port in enumerate(self.normal.outputs):
            found[port.tensor.call].append(place)
        return found

    def ancestors(self, *names: str) -> set[str]:
        """Everything that these nodes depend on, themselves included."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting.extend(self.sources[name])
        return found


def align(ours: Net, theirs: Net, matched: Mapping[str, str]) -> dict[str, str]:
    """The learner's node ids to the answer's; calls without a counterpart are left out.

    Args:
        matched: which belong together for the fewest differences, as `difference.counterparts` tells.
    """
    pairing = _Pairing(ours, theirs)
    for our, their in matched.items():
        if ours.nodes[our].kind == theirs.nodes[their].kind:
            pairing.pair(our, their)
    pairing.take_alike()
    return pairing.pairs


def family(node: Node) -> str:
    """What sort of layer a node is; merges and activations are one sort each, as layers and as operations."""
    known = facts(node.kind)
    return "merge" if known.merges else "activation" if known.activation else known.family


class _Pairing:
    def __init__(self, ours: Net, theirs: Net) -> None:
        self.ours, self.theirs = ours, theirs
        self.pairs: dict[str, str] = {}
        self.taken: set[str] = set()

    def pair(self, our: str, their: str) -> None:
        if our not in self.pairs and their not in self.taken:
            self.pairs[our] = their
            self.taken.add(their)

    def take_alike(self) -> None:
        """Pair the rest, the most alike first."""
        left = [name for name in self.ours.nodes if name not in self.pairs]
        right = [name for name in self.theirs.nodes if name not in self.taken]
        base = {(a, b): _likeness(self.ours.nodes[a], self.theirs.nodes[b]) for a in left for b in right}
        scores = dict(base)
        for _ in range(_ROUNDS):
            scores = {pair: base[pair] / 2 + self._surroundings(pair, scores) / 2 for pair in base if base[pair]}
        for score, our, their in sorted(((score, *pair) for pair, score in scores.items()), key=lambda one: -one[0]):
            if score >= (_LIKELY if base[our, their] < _COLD else _COLD):
                self.pair(our, their)

    def _surroundings(self, pair: tuple[str, str], scores: Mapping[tuple[str, str], float]) -> float:
        """How much the calls before and after two nodes are each other's counterparts, from 0 to 1."""

        def alike(one: str, other: str) -> float:
            if one in self.pairs:
                return float(self.pairs[one] == other)
            return 0.0 if other in self.taken else min(1.0, scores.get((one, other), 0.0))

        our, their = pair
        before = _best(self.ours.sources[our], self.theirs.sources[their], alike)
        mine, others = ([user for user, _, _ in users] for users in (self.ours.users[our], self.theirs.users[their]))
        after = _best(mine, others, alike)
        return (before + after) / 2


def _best(mine: list[str], others: list[str], alike: Callable[[str, str], float]) -> float:
    """The mean likeness of each name to the best of the others, both ways; nothing on both sides is alike."""
    if not mine and not others:
        return 1.0
    if not mine or not others:
        return 0.0
    ahead = sum(max(alike(one, other) for other in others) for one in mine)
    return ahead / max(len(mine), len(others))


def _likeness(one: Node, other: Node) -> float:
    """How much two nodes compute the same, from 0 (an input is never anything else) to 1."""
    if (one.kind == "Input") != (other.kind == "Input"):
        return 0.0
    if one.label == other.label:
        return 1.0
    if one.kind == other.kind:
        names = {*one.config, *other.config}
        equal: int = sum(one.config.get(name) == other.config.get(name) for name in names)
        return 0.6 + 0.3 * equal / max(len(names), 1)
    if family(one) == family(other):
        return 0.5
    return 0.25 if {family(one), family(other)} <= {"pooling", "reshape"} else 0.1

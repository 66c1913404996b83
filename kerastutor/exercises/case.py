"""One learner's network held against the answer: what the recognisers of misconceptions look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from typing import Literal

from kerastutor.knowledge import facts
from kerastutor.topology.differences.edits import OUTPUT, Edit
from kerastutor.topology.differences.matching import Matching
from kerastutor.topology.differences.sides import Side
from kerastutor.topology.graph import Port, Ref, Topology
from kerastutor.topology.sameness.normal import Node
from kerastutor.topology.wording import call_name

Leftovers = Callable[[], Topology | None]
"""Finds the learner's network with what reaches no output and with layers never called; None where there is nothing."""

Pile = Literal["missing", "extra", "changed", "replaced", "rewired", "ports", "sharing", "arguments"]
"""What a matching may leave to be explained."""


def nothing_left() -> Topology | None:
    """Nothing is known beside the network."""
    return None


@dataclass(frozen=True)
class Net:
    """One side of a matching by the ids of its nodes; calls that count for nothing are left out.

    Attributes:
        nodes: by id, in an order in which they can be computed.
        labels: what each node computes, as text.
        sources: for each node, the nodes whose tensors it takes, in order, repeated when taken twice.
        users: for each node, who takes its tensors: (node, slot, index of the tensor).
        ends: for each node, its places among the outputs.
        calls_of: for each layer, the nodes that call it.
        inputs, outputs: the ports.
    """

    nodes: Mapping[str, Node]
    labels: Mapping[str, str]
    sources: Mapping[str, list[str]]
    users: Mapping[str, list[tuple[str, str, int]]]
    ends: Mapping[str, list[int]]
    calls_of: Mapping[str, list[str]]
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]

    @staticmethod
    def of(side: Side) -> Net:
        """The side as the recognisers look at it."""
        normal = side.normal
        nodes = {node.id: node for node, counts in zip(side.nodes, side.reached, strict=True) if counts}
        users: dict[str, list[tuple[str, str, int]]] = {name: [] for name in nodes}
        sources: dict[str, list[str]] = {}
        for name, node in nodes.items():
            refs = [(slot, value) for slot, value in node.arguments if isinstance(value, Ref)]
            sources[name] = [ref.call for _, ref in refs]
            for slot, ref in refs:
                users[ref.call].append((name, slot, ref.index))
        ends: dict[str, list[int]] = {name: [] for name in nodes}
        for place, port in enumerate(normal.outputs):
            ends[port.tensor.call].append(place)
        calls_of: dict[str, list[str]] = {}
        for name, node in nodes.items():
            calls_of.setdefault(node.layer, []).append(name)
        return Net(nodes, normal.labels, sources, users, ends, calls_of, normal.inputs, normal.outputs)

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


@dataclass
class Case:
    """A matching, and what of it is not yet explained. Recognisers only read; `settle` takes off what they explain.

    Attributes:
        learner, expected: the networks as they were written.
        leftovers: finds what was written beside the network.
        ours, theirs: the same networks in working form.
        pair, back: the learner's node ids to the answer's, and the other way round.
        missing: nodes of the answer without a counterpart.
        extra: nodes of the learner's without a counterpart.
        changed: the learner's nodes that compute something else than their counterpart.
        rewired: the learner's nodes that take other tensors than their counterpart, missing and extra nodes aside.
        ports: whether the inputs or outputs are others, or in another order.
        sharing: whether layers are called by others than they should be.
        arguments: whether calls are given something else.
    """

    learner: Topology
    expected: Topology
    ours: Net
    theirs: Net
    pair: Mapping[str, str]
    edits: InitVar[Sequence[Edit]]
    leftovers: Leftovers = nothing_left
    back: Mapping[str, str] = field(init=False)
    missing: list[str] = field(init=False)
    extra: list[str] = field(init=False)
    changed: list[str] = field(init=False)
    rewired: list[str] = field(init=False)
    ports: bool = field(init=False)
    sharing: bool = field(init=False)
    arguments: bool = field(init=False)

    def __post_init__(self, edits: Sequence[Edit]) -> None:
        self.back = {their: our for our, their in self.pair.items()}
        self.missing = [name for name in self.theirs.nodes if name not in self.back]
        self.extra = [name for name in self.ours.nodes if name not in self.pair]
        self.changed = [our for our, their in self.pair.items() if self.ours.labels[our] != self.theirs.labels[their]]
        self.rewired = list(self._rewired())
        lone = [(self.theirs, name) for name in self.missing] + [(self.ours, name) for name in self.extra]
        self.ports = (
            any(OUTPUT in edit.ours or edit.kind in ("input_order", "wrong_key") for edit in edits)
            or any(net.nodes[name].kind == "Input" for net, name in lone)
            or len(self.ours.outputs) != len(self.theirs.outputs)
        )
        self.sharing = any(edit.kind in ("shared_not_twin", "twin_not_shared") for edit in edits) or any(
            len(net.calls_of[net.nodes[name].layer]) > 1 for net, name in lone
        )
        self.arguments = any(edit.mine or edit.wanted for edit in edits)

    @property
    def replaced(self) -> list[str]:
        """Those of `changed` that are of another kind than their counterpart."""
        return [our for our in self.changed if self.mine(our).kind != self.asked(our).kind]

    def settle(self, ours: Iterable[str], theirs: Iterable[str]) -> None:
        """Take nodes of either side out of what is to be explained."""
        for pile, explained in (
            (self.missing, theirs),
            (self.extra, ours),
            (self.changed, ours),
            (self.rewired, ours),
        ):
            pile[:] = [name for name in pile if name not in explained]

    def mine(self, our: str) -> Node:
        """The learner's node."""
        return self.ours.nodes[our]

    def asked(self, our: str) -> Node:
        """The node of the answer that the learner's node is meant to be."""
        return self.theirs.nodes[self.pair[our]]

    def name(self, our: str) -> str:
        """A node of the learner's in words."""
        return call_name(self.learner, self.mine(our).origin)

    def meant(self, our: str) -> list[str]:
        """The nodes of the answer that the learner's node may stand for, wherever they are.

        Its counterpart where that is of its kind. Else any of its kind that has no counterpart of that kind either: of
        two layers that changed places each has the other for its counterpart.
        """
        kind = self.mine(our).kind
        if our in self.pair and self.asked(our).kind == kind:
            return [self.pair[our]]
        alike = [their for their, node in self.theirs.nodes.items() if node.kind == kind]
        return [their for their in alike if their not in self.back or self.mine(self.back[their]).kind != kind]

    def come_from(self, their: str) -> list[str]:
        """The learner's nodes that a node of the answer takes its tensors from, missing nodes skipped."""
        return self._beyond_missing(their, self.theirs.sources.__getitem__)

    def go_to(self, their: str) -> list[str]:
        """The learner's nodes that take what a node of the answer returns, missing nodes skipped."""
        users = self.theirs.users
        return list(dict.fromkeys(self._beyond_missing(their, lambda name: [user for user, _, _ in users[name]])))

    def settings(self, our: str) -> list[str]:
        """The names of the parameters that differ from the answer's."""
        mine, asked = self.mine(our).config, self.asked(our).config
        return [name for name in sorted({*mine, *asked}) if mine.get(name) != asked.get(name)]

    def _beyond_missing(self, their: str, neighbours: Callable[[str], list[str]]) -> list[str]:
        """The learner's nodes next to a node of the answer; a missing node, met again, leads nowhere new."""
        found: list[str] = []
        waiting, seen = neighbours(their)[::-1], {their}
        while waiting:
            name = waiting.pop()
            if name in self.back:
                found.append(self.back[name])
            elif name not in seen:
                seen.add(name)
                waiting += neighbours(name)[::-1]
        return found

    def _rewired(self) -> Iterator[str]:
        kept = {their: their for their in self.back}
        for our in self.ours.nodes:
            if our not in self.pair:
                continue
            node, asked = self.mine(our), self.asked(our)
            mine = [_reached(ref, self.ours, self.pair) for _, ref in node.arguments if isinstance(ref, Ref)]
            others = [_reached(ref, self.theirs, kept) for _, ref in asked.arguments if isinstance(ref, Ref)]
            if not _same(mine, others, ordered=not (node.commutative and asked.commutative)):
                yield our


def hold_against(matching: Matching, leftovers: Leftovers = nothing_left) -> Case:
    """What the matching leaves to be explained."""
    ours, theirs = Net.of(matching.ours), Net.of(matching.theirs)
    case = Case(matching.learner, matching.expected, ours, theirs, matching.nodes, matching.edits, leftovers)
    for edit in matching.harmless:
        case.settle(
            [matching.ours.nodes[place].id for place in edit.ours if place != OUTPUT],
            [matching.theirs.nodes[place].id for place in edit.theirs if place != OUTPUT],
        )
    return case


def family(node: Node) -> str:
    """What sort of layer a node is; merges and activations are one sort each, as layers and as operations."""
    known = facts(node.kind)
    return "merge" if known.merges else "activation" if known.activation else known.family


def is_merge(node: Node) -> bool:
    """Whether a node brings several tensors together."""
    return bool(facts(node.kind).merges) and len(node.tensors) > 1


def skips(net: Net, merge: str) -> Iterator[tuple[str, str]]:
    """The shortcuts into a merge: (where it begins, the operand it goes round to)."""
    operands = list(dict.fromkeys(net.sources[merge]))
    for start in operands:
        for other in operands:
            if start != other and start in net.ancestors(other):
                yield start, other


def _reached(ref: Ref, net: Net, names: Mapping[str, str]) -> set[tuple[str, int]]:
    """The tensors that one argument may stand for, if calls without a name (those without a partner) were not there."""
    if ref.call in names:
        return {(names[ref.call], ref.index)}
    reached: set[tuple[str, int]] = set()
    waiting, seen = [ref], {ref}
    while waiting:  # a chain of unmatched calls may be as long as a network
        here = waiting.pop()
        if here.call in names:
            reached.add((names[here.call], here.index))
            continue
        fresh = [source for source in net.nodes[here.call].tensors if source not in seen]
        waiting += fresh
        seen.update(fresh)
    return reached


def _same(mine: list[set[tuple[str, int]]], others: list[set[tuple[str, int]]], ordered: bool) -> bool:
    """Whether every argument has one of the other side that shares a tensor with it, each used once."""
    if len(mine) != len(others):
        return False
    if ordered:
        return not any(one.isdisjoint(other) for one, other in zip(mine, others, strict=True))
    if all(len(one) == 1 for one in (*mine, *others)):
        return Counter(map(frozenset, mine)) == Counter(map(frozenset, others))
    left = list(others)
    for one in sorted(mine, key=len):
        found = next((other for other in left if not one.isdisjoint(other)), None)
        if found is None:
            return False
        left.remove(found)
    return True

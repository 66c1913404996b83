"""One learner's network held against the answer: what the recognisers of misconceptions look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from kerastutor.exercises.alignment import Net, align
from kerastutor.knowledge import facts
from kerastutor.topology.differences.difference import counterparts
from kerastutor.topology.graph import Ref, Topology
from kerastutor.topology.sameness.normal import Node
from kerastutor.topology.sameness.rules import Rules, normalise
from kerastutor.topology.wording import call_name


@dataclass
class Case:
    """Two networks, aligned, and what is not yet explained. Recognisers take from it what they explain.

    Attributes:
        learner, expected: the networks as they were written.
        leftovers: the learner's network with what reaches no output and layers never called, where known.
        ours, theirs: the same networks in working form.
        pair, back: the learner's node ids to the answer's, and the other way round.
        missing: nodes of the answer without a counterpart.
        extra: nodes of the learner's without a counterpart.
        changed: the learner's nodes that compute something else than their counterpart.
        rewired: the learner's nodes that take other tensors than their counterpart, missing and extra nodes aside.
    """

    learner: Topology
    expected: Topology
    leftovers: Topology | None
    ours: Net
    theirs: Net
    pair: dict[str, str]
    back: dict[str, str] = field(init=False)
    missing: list[str] = field(init=False)
    extra: list[str] = field(init=False)
    changed: list[str] = field(init=False)
    rewired: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.back = {their: our for our, their in self.pair.items()}
        self.missing = [name for name in self.theirs.nodes if name not in self.back]
        self.extra = [name for name in self.ours.nodes if name not in self.pair]
        self.changed = [
            our for our, their in self.pair.items() if self.ours.nodes[our].label != self.theirs.nodes[their].label
        ]
        self.rewired = [our for our in self.ours.nodes if our in self.pair and self._rewired(our)]

    def mine(self, our: str) -> Node:
        """The learner's node."""
        return self.ours.nodes[our]

    def asked(self, our: str) -> Node:
        """The node of the answer that the learner's node is meant to be."""
        return self.theirs.nodes[self.pair[our]]

    def name(self, our: str) -> str:
        """A node of the learner's in words."""
        return call_name(self.learner, self.mine(our).origin)

    def come_from(self, their: str) -> list[str]:
        """The learner's nodes that a node of the answer takes its tensors from, missing nodes skipped."""
        return self._beyond_missing(their, self.theirs.sources.__getitem__)

    def go_to(self, their: str) -> list[str]:
        """The learner's nodes that take what a node of the answer returns, missing nodes skipped."""
        users = self.theirs.users
        return list(dict.fromkeys(self._beyond_missing(their, lambda name: [user for user, _, _ in users[name]])))

    def settle(self, *names: str) -> None:
        """Take nodes of either side out of what is to be explained."""
        for pile in (self.missing, self.extra, self.changed, self.rewired):
            pile[:] = [name for name in pile if name not in names]

    def is_merge(self, node: Node) -> bool:
        """Whether a node brings several tensors together."""
        return bool(facts(node.kind).merges) and len(node.tensors) > 1

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

    def _rewired(self, our: str) -> bool:
        node, asked = self.mine(our), self.asked(our)
        mine = [self._reached(ref, self.ours, self.pair, set(self.extra)) for ref in node.tensors]
        others = [self._reached(ref, self.theirs, None, set(self.missing)) for ref in asked.tensors]
        if len(mine) != len(others):
            return True
        if not (node.commutative and asked.commutative):
            return any(one.isdisjoint(other) for one, other in zip(mine, others, strict=True))
        return not _matched(mine, others)

    def _reached(self, ref: Ref, net: Net, named: dict[str, str] | None, skipped: set[str]) -> set[tuple[str, int]]:
        """The tensors that one argument may stand for in the answer, if unmatched calls were not there."""
        reached: set[tuple[str, int]] = set()
        waiting, seen = [ref], {ref}
        while waiting:  # a chain of unmatched calls may be as long as a network
            here = waiting.pop()
            if here.call not in skipped:
                reached.add((here.call if named is None else named[here.call], here.index))
                continue
            fresh = [source for source in net.nodes[here.call].tensors if source not in seen]
            waiting += fresh
            seen.update(fresh)
        return reached


def hold_against(learner: Topology, expected: Topology, rules: Rules, leftovers: Topology | None = None) -> Case:
    """Align the learner's network with the answer."""
    ours, theirs = Net(normalise(learner, rules)), Net(normalise(expected, rules))
    pair = align(ours, theirs, counterparts(learner, expected, rules))
    return Case(learner, expected, leftovers, ours, theirs, pair)


def _matched(mine: list[set[tuple[str, int]]], others: list[set[tuple[str, int]]]) -> bool:
    """Whether every argument finds one of the other side that shares a tensor with it, each used once."""
    singles = Counter(next(iter(one)) for one in mine if len(one) == 1)
    if all(len(one) == 1 for one in (*mine, *others)):
        return singles == Counter(next(iter(one)) for one in others)
    left = list(others)
    for one in sorted(mine, key=len):
        found = next((other for other in left if not one.isdisjoint(other)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def skips(net: Net, merge: str) -> Iterator[tuple[str, str]]:
    """The shortcuts into a merge: (where it begins, the operand it goes round to)."""
    operands = list(dict.fromkeys(net.sources[merge]))
    for start in operands:
        for other in operands:
            if start != other and start in net.ancestors(other):
                yield start, other

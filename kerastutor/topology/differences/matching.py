"""The one matching of two networks: which call of the learner's stands for which expected call.

It is worked out once and handed on: differences, verdicts, scores, what is recognised and what is drawn all rest on it.

First certain pairs, then what fits best to them. A mistake changes what is computed after it and what becomes of the
tensors before it. So a node before it still computes the same from the inputs, a node after it still becomes the same
on the way to the outputs, and a node beside it does both: numbers from both directions find nearly all pairs in one
pass, as hashes of subtrees do for programs (J.-R. Falleri et al., *Fine-grained and accurate source code differencing*,
2014). What is left is matched by its surroundings, the best pair first, each pair making its neighbours more certain.
Where more than one edit is left over, `search` looks for pairs that ask for fewer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from heapq import heapify, heappop, heappush
from itertools import product
from types import MappingProxyType

from kerastutor.topology.differences.edits import Edit, in_order, tried
from kerastutor.topology.differences.search import Work, fewest, improved
from kerastutor.topology.differences.sides import Numbers, Pairs, Side
from kerastutor.topology.graph import Json, Topology
from kerastutor.topology.sameness.rules import DEFAULT, Rules, normalise

WORK = 45_000
"""How much may be tried to find fewer edits: about 200 ms on a common machine."""


@dataclass(frozen=True, eq=False)
class Matching:
    """Which call of the learner's network stands for which call of the expected one.

    Attributes:
        learner, expected: the networks as they were written.
        ours, theirs: both in normal form, their nodes as numbers.
        pairs: which node is which; nobody changes what is given here.
        edits: what the pairs ask for, as few as were found, the most fundamental first.
        exact: whether it is proved that no others ask for fewer.
        rules: those of the normal form.
        harmless: edits that the pairs ask for too and that change nothing computed, see `mattering`.
    """

    learner: Topology
    expected: Topology
    ours: Side
    theirs: Side
    pairs: Pairs
    edits: tuple[Edit, ...]
    exact: bool
    rules: Rules
    harmless: tuple[Edit, ...] = ()

    @cached_property
    def nodes(self) -> Mapping[str, str]:
        """The learner's nodes that count, by id, with the expected node that each stands for."""
        return MappingProxyType(
            {
                self.ours.nodes[place].id: self.theirs.nodes[other].id
                for other, place in enumerate(self.pairs.ours)
                if place >= 0 and self.ours.reached[place] and self.theirs.reached[other]
            }
        )

    @cached_property
    def calls(self) -> Mapping[str, str]:
        """The learner's call ids with the id of the expected call that each stands for.

        A call with a fused activation is two nodes; what counts for it is the node of the layer itself.
        """
        ours, theirs = self.ours.nodes, self.theirs.nodes
        found = {
            ours[place].origin: theirs[other].origin
            for other, place in sorted(enumerate(self.pairs.ours), key=lambda pair: self.theirs.main[pair[0]] < 0)
            if place >= 0
        }
        return MappingProxyType(found)

    def configs(self, call: str) -> list[Mapping[str, Json]]:
        """What the learner's nodes are set to that stand for a call of the expected network."""
        pairs = ((place, self.theirs.nodes[other]) for other, place in enumerate(self.pairs.ours) if place >= 0)
        return [self.ours.nodes[place].config for place, node in pairs if node.origin == call]


def match(learner: Topology, expected: Topology, rules: Rules = DEFAULT, *, start: Matching | None = None) -> Matching:
    """The matching that asks for the fewest edits, as far as they were found with a fixed amount of work.

    `start` is a matching with a network that differs from `expected` in nothing but settings: it saves the search.

    >>> from kerastutor.topology.inventing.sampling import sample
    >>> network = sample(1, 3)
    >>> all(ours == theirs for ours, theirs in match(network, network).calls.items())
    True
    """
    work = Work(WORK)
    if start is not None:
        kept = _with_pairs_of(start, expected, rules)
        if kept is not None:
            return kept
    best = _matching(learner, expected, rules, work)
    plainer = Rules(rules.names - {"duplicate_calls", "merge_grouping"})
    if len(best.edits) > 1 and plainer != rules:
        # A mistake beside equal calls or merges may join or divide them: that is told better call by call.
        best = min(best, _matching(learner, expected, plainer, work), key=lambda found: len(found.edits))
    return best


def _matching(learner: Topology, expected: Topology, rules: Rules, work: Work) -> Matching:
    all_count = "unreached_calls" not in rules
    form = _form(learner, rules)
    theirs = Side(normalise(expected, rules), expected, all_count)
    ours = Side(normalise(learner, form), learner, all_count)
    best, known = None, []
    for pairs in _good_pairs(ours, theirs):
        if pairs in known:
            continue
        known.append(pairs)
        found = tried(ours, theirs, pairs)
        if found.cost > (1, 0):
            found = improved(ours, theirs, found, work)
        if best is None or found.cost < best.cost:
            best = found
        if best.cost <= (1, 0):
            break
    assert best is not None
    exact = True
    if best.cost[0] > 1:
        best, exact = fewest(ours, theirs, best, work)
    return Matching(learner, expected, ours, theirs, best.pairs, in_order(best.edits), exact, form)


def _with_pairs_of(start: Matching, expected: Topology, rules: Rules) -> Matching | None:
    """The same pairs held against a network with other settings; None where they leave more than one edit."""
    form = Rules(start.rules.names | ({"unreached_calls"} & rules.names))
    theirs = Side(normalise(expected, form), expected, "unreached_calls" not in rules)
    if [node.id for node in theirs.nodes] != [node.id for node in start.theirs.nodes]:
        return None
    found = tried(start.ours, theirs, start.pairs)
    if found.cost[0] > 1:
        return None
    return replace(start, expected=expected, theirs=theirs, edits=in_order(found.edits), exact=True)


def _form(learner: Topology, rules: Rules) -> Rules:
    """The rules, but calls that reach no output stay: what the learner made and did not use is not missing."""
    inputs = {port.tensor.call for port in learner.inputs}
    if learner.reaching | inputs >= learner.call.keys():
        return rules
    return Rules(rules.names - {"unreached_calls"})


def _good_pairs(ours: Side, theirs: Side) -> Iterator[Pairs]:
    """Good pairs of the two graphs: with inputs and outputs taken as they are numbered, and by their role alone."""
    yield _pairs(ours, theirs, True, True)
    if len(theirs.inputs) > 1 or len(theirs.outputs) > 1:
        for inputs, outputs in product((True, False), repeat=2):
            if not inputs or not outputs:
                yield _pairs(ours, theirs, inputs, outputs)


def _pairs(ours: Side, theirs: Side, inputs_by_order: bool, outputs_by_order: bool) -> Pairs:
    numbers = Numbers()
    inputs, outputs = (
        [[place if by_order else None for place in range(len(ports))] for ports in pair]
        for by_order, pair in (
            (inputs_by_order, (ours.inputs, theirs.inputs)),
            (outputs_by_order, (ours.outputs, theirs.outputs)),
        )
    )
    before = [side.forward(numbers, marks) for side, marks in zip((ours, theirs), inputs, strict=True)]
    after = [side.backward(numbers, marks) for side, marks in zip((ours, theirs), outputs, strict=True)]
    both = [list(zip(*pair, strict=True)) for pair in zip(before, after, strict=True)]
    pairs = Pairs([-1] * len(theirs.nodes), [-1] * len(ours.nodes))
    for keys in (both, before, after):
        _join_unique(pairs, keys[0], keys[1])
    if -1 in pairs.ours:
        _Greedy(ours, theirs, pairs, before, after).run()
    return pairs


def _join_unique(pairs: Pairs, ours: Sequence[object], theirs: Sequence[object]) -> None:
    """Match what is the only free node of its key on both sides."""
    free: dict[object, tuple[list[int], list[int]]] = {}
    for which, (keys, partners) in enumerate(((ours, pairs.theirs), (theirs, pairs.ours))):
        for place, key in enumerate(keys):
            if partners[place] < 0:
                free.setdefault(key, ([], []))[which].append(place)
    for mine, other in free.values():
        if len(mine) == len(other) == 1:
            pairs.ours[other[0]], pairs.theirs[mine[0]] = mine[0], other[0]


class _Greedy:
    """Matches what is left, the best pair first."""

    def __init__(self, ours: Side, theirs: Side, pairs: Pairs, before: list[list[int]], after: list[list[int]]) -> None:
        self.ours, self.theirs, self.pairs = ours, theirs, pairs
        self.before, self.after = before, after
        self.waiting: list[tuple[float, int, int, int]] = []

    def run(self) -> None:
        free_ours = [place for place, partner in enumerate(self.pairs.theirs) if partner < 0]
        free_theirs = [place for place, partner in enumerate(self.pairs.ours) if partner < 0]
        by_kind: dict[str, list[int]] = {}
        for place in free_ours:
            by_kind.setdefault(self.ours.nodes[place].kind, []).append(place)
        for other in free_theirs:
            for place in by_kind.get(self.theirs.nodes[other].kind, ()):
                self.push(place, other, heap=False)
            self.push_around(other)
        heapify(self.waiting)
        while self.waiting:
            worth, _, place, other = heappop(self.waiting)
            if self.pairs.theirs[place] >= 0 or self.pairs.ours[other] >= 0:
                continue
            if -worth != self.worth(place, other):
                self.push(place, other)
                continue
            self.pairs.join(place, other)
            self.spread(place, other)

    def push(self, place: int, other: int, heap: bool = True) -> None:
        worth = self.worth(place, other)
        if worth < 3:
            return
        # Of equal pairs the one that keeps the order of creation.
        entry = (-worth, abs(place * len(self.theirs.nodes) - other * len(self.ours.nodes)), place, other)
        if heap:
            heappush(self.waiting, entry)
        else:
            self.waiting.append(entry)

    def push_around(self, other: int) -> None:
        """The free nodes that stand where `other` would have to stand."""
        for taken in self.theirs.taken[other]:
            if taken.source is not None and self.pairs.ours[taken.source] >= 0:
                for user, _, _ in self.ours.users[self.pairs.ours[taken.source]]:
                    if self.pairs.theirs[user] < 0:
                        self.push(user, other, heap=False)

    def spread(self, place: int, other: int) -> None:
        """Look again at the free neighbours of a pair."""
        for user, _, _ in self.ours.users[place]:
            for its, _, _ in self.theirs.users[other]:
                self.again(user, its)
        for mine in self.ours.taken[place]:
            for its_own in self.theirs.taken[other]:
                if mine.source is not None and its_own.source is not None:
                    self.again(mine.source, its_own.source)

    def again(self, place: int, other: int) -> None:
        if self.pairs.theirs[place] < 0 and self.pairs.ours[other] < 0:
            self.push(place, other)

    def worth(self, place: int, other: int) -> float:
        """How well two nodes fit: what they are, what they compute, and how many neighbours agree."""
        mine, its = self.ours.nodes[place], self.theirs.nodes[other]
        if (mine.kind == "Input") != (its.kind == "Input"):
            return 0
        worth = 4.0 if self.ours.labels[place] == self.theirs.labels[other] else 1.5 if mine.kind == its.kind else 0.0
        worth += 3 * (self.before[0][place] == self.before[1][other])
        worth += 3 * (self.after[0][place] == self.after[1][other])
        worth += self._agreeing_arguments(place, other) + self._agreeing_users(place, other)
        if mine.kind == "Input":
            worth += 2 * (self._port(self.ours, place) == self._port(self.theirs, other))
        return worth + self._agreeing_calls(place, other)

    def _agreeing_arguments(self, place: int, other: int) -> float:
        mine, its = self.ours.taken[place], self.theirs.taken[other]
        total, agreeing = max(len(mine), len(its), 1), 0
        left = [(taken.slot, taken.source, taken.index) for taken in mine if taken.source is not None]
        commutes = self.ours.nodes[place].commutative and self.theirs.nodes[other].commutative
        for slot, source, index, _ in its:
            if source is None or self.pairs.ours[source] < 0:
                continue
            wanted = (self.pairs.ours[source], index)
            found = next(
                (t for t in left if (t[1], t[2]) == wanted and (commutes or t[0] == slot or len(its) == 1)), None
            )
            if found:
                left.remove(found)
                agreeing += 1
        return 3 * agreeing / total

    def _agreeing_users(self, place: int, other: int) -> float:
        mine = [(user, index) for user, _, index in self.ours.users[place]]
        its = [(self.pairs.ours[user], index) for user, _, index in self.theirs.users[other]]
        agreeing = 0
        for use in its:
            if use[0] >= 0 and use in mine:
                mine.remove(use)
                agreeing += 1
        ends = (
            sum(port.node == place for port in self.ours.outputs),
            sum(port.node == other for port in self.theirs.outputs),
        )
        total = max(len(its) + ends[1], len(self.ours.users[place]) + ends[0], 1)
        return 3 * (agreeing + min(ends)) / total

    def _agreeing_calls(self, place: int, other: int) -> float:
        """Whether another call of the layer is matched with another call of the other's layer."""
        mine = self.ours.calls_of[self.ours.nodes[place].layer]
        its = self.theirs.calls_of[self.theirs.nodes[other].layer]
        if len(mine) == 1 or len(its) == 1:
            return 0.5 * (len(mine) == len(its))
        return 1.0 * any(self.pairs.ours[call] in mine for call in its if self.pairs.ours[call] >= 0)

    @staticmethod
    def _port(side: Side, place: int) -> tuple[int, str | None]:
        return next(((i, port.key) for i, port in enumerate(side.inputs) if port.node == place), (-1, None))

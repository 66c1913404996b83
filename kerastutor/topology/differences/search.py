"""The matching with the fewest edits: better ones near a good one, then proof that there is none with fewer.

Proof is by branch and bound. The expected nodes are matched one after another in computing order, so what a node takes
is decided before the node itself, and a partial matching already costs what no completion can take back: wrong arrows,
other labels, missing nodes, and labels of which the rest has too few.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from kerastutor.topology.differences.behind import Tensors, behind
from kerastutor.topology.differences.edits import edits
from kerastutor.topology.differences.sides import Matching, Numbers, Side, Taken

PROVED_UP_TO = 3
"""How many edits a smallest set may have for it to be searched for completely."""


LARGEST = 300
"""Expected graphs with more nodes are not searched: the search is recursive, and would not end in time."""


Cost = tuple[int, int]


def cost_of(ours: Side, theirs: Side, matching: Matching) -> Cost:
    """How many edits a matching asks for, and of equals how much it takes for missing that may stand elsewhere."""
    return len(edits(ours, theirs, matching)), matching.ours.count(-1)


class Spent(Exception):
    """The work allowed for a search is done."""


@dataclass
class Work:
    """How much may still be done. Counted and not timed, so that the same networks always get the same answer."""

    left: int

    def spend(self, units: int) -> None:
        """Count some work, about 5 microseconds a unit; raises `Spent` when no more is left."""
        self.left -= units
        if self.left < 0:
            raise Spent


def improved(ours: Side, theirs: Side, matching: Matching, work: Work) -> tuple[Cost, Matching]:
    """A matching with no more edits, and its cost: partners are exchanged around the edits as long as that helps."""
    cost = cost_of(ours, theirs, matching)
    better = True
    try:
        while better and cost > (1, 0):
            better = False
            for changed in _neighbours(ours, theirs, matching):
                work.spend(len(ours) + len(theirs))
                changed_cost = cost_of(ours, theirs, changed)
                if changed_cost < cost:
                    matching, cost, better = changed, changed_cost, True
                    break
    except Spent:
        pass
    return cost, matching


def _neighbours(ours: Side, theirs: Side, matching: Matching) -> Iterator[Matching]:
    """The matchings that differ in one pair, or in whom two nodes are matched with, where there are edits."""
    places, others = _concerned(ours, theirs, matching)
    free = [place for place in sorted(places) if matching.theirs[place] < 0]
    for other in sorted(others):
        partner = matching.ours[other]
        for place in free:
            if _may_match(ours, place, theirs, other):
                changed = matching.copy()
                if partner >= 0:
                    changed.part(other)
                changed.join(place, other)
                yield changed
        if partner < 0:
            continue
        for second in sorted(others):
            if matching.ours[second] >= 0 and second > other and _may_match(ours, partner, theirs, second):
                yield _exchanged(theirs, matching, [(other, second)])
                yield _exchanged(theirs, matching, _alike_before(theirs, other, second))
                yield _exchanged(theirs, matching, _alike_after(theirs, other, second))
        changed = matching.copy()
        changed.part(other)
        yield changed


def _exchanged(theirs: Side, matching: Matching, pairs: list[tuple[int, int]]) -> Matching:
    changed = matching.copy()
    for first, second in pairs:
        one, other = changed.ours[first], changed.ours[second]
        if one >= 0 and other >= 0:
            changed.part(first)
            changed.part(second)
            changed.join(one, second)
            changed.join(other, first)
    return changed


def _alike_before(theirs: Side, first: int, second: int) -> list[tuple[int, int]]:
    """Two nodes, and those before them that look alike: branches that were taken for one another."""
    pairs = [(first, second)]
    for one, other in pairs:
        for mine, its in zip(theirs.taken[one], theirs.taken[other], strict=False):
            if mine.source is not None and its.source is not None:
                _add_alike(theirs, pairs, mine.source, its.source)
    return pairs


def _alike_after(theirs: Side, first: int, second: int) -> list[tuple[int, int]]:
    pairs = [(first, second)]
    for one, other in pairs:
        for mine, its in zip(theirs.users[one], theirs.users[other], strict=False):
            _add_alike(theirs, pairs, mine[0], its[0])
    return pairs


def _add_alike(theirs: Side, pairs: list[tuple[int, int]], one: int, other: int) -> None:
    seen = {node for pair in pairs for node in pair}
    if one != other and theirs.labels[one] == theirs.labels[other] and not seen & {one, other}:
        pairs.append((one, other))


def _concerned(ours: Side, theirs: Side, matching: Matching) -> tuple[set[int], set[int]]:
    places: set[int] = set()
    others: set[int] = set()
    for edit in edits(ours, theirs, matching):
        places.update(place for place in edit.ours if place >= 0)
        others.update(other for other in edit.theirs if other >= 0)
        places.update(taken.source for taken in edit.mine if taken.source is not None)
        others.update(taken.source for taken in edit.wanted if taken.source is not None)
    others.update(matching.theirs[place] for place in places if matching.theirs[place] >= 0)
    places.update(matching.ours[other] for other in others if matching.ours[other] >= 0)
    return places, others


def _may_match(ours: Side, place: int, theirs: Side, other: int) -> bool:
    return (ours.nodes[place].kind == "Input") == (theirs.nodes[other].kind == "Input")


def fewest(ours: Side, theirs: Side, known: Matching, cost: int, work: Work) -> tuple[Matching, bool]:
    """The best matching, given one with `cost` edits, and whether it is proved that none has fewer."""
    if cost <= 1:
        return known, True
    search = _Search(ours, theirs, known, min(cost - 1, PROVED_UP_TO), work)
    if search.bound() >= cost:
        return known, True
    if len(theirs) > LARGEST:
        return known, False
    try:
        search.run(0, 0)
    except Spent:
        return search.best or known, False
    return search.best or known, search.best is not None or cost <= PROVED_UP_TO + 1


def _counts(label: str) -> bool:
    """Whether a label the learner has too few of costs an edit of its own; an activation may go with its layer."""
    return not label.startswith("Activation")


class _Search:
    """Depth first over the expected nodes; `limit` is the most edits that are still of interest."""

    def __init__(self, ours: Side, theirs: Side, known: Matching, limit: int, work: Work) -> None:
        self.ours, self.theirs, self.known = ours, theirs, known
        self.limit, self.work = limit, work
        self.matching = Matching.empty(ours, theirs)
        self.best: Matching | None = None
        self.lacking = Counter(theirs.labels)
        self.lacking.subtract(ours.labels)
        self.short = sum(count > 0 and _counts(label) for label, count in self.lacking.items())
        self.weighs = [reached and main < 0 for reached, main in zip(ours.reached, ours.main, strict=True)]
        self.left = sum(self.weighs)
        self.alike = self._classes()
        self.by_label: dict[str, list[int]] = {}
        for place, label in enumerate(ours.labels):
            self.by_label.setdefault(label, []).append(place)
        self.own = [-1] * len(ours)
        self.behind_ours: dict[int, Tensors] = {}
        self.behind_theirs: dict[int, Tensors] = {}
        self.relabelled: Counter[str] = Counter()
        self.dropped: Counter[str] = Counter()

    def _classes(self) -> list[tuple[int, int, str]]:
        """Nodes of one class may stand for each other, so one of them is tried."""
        numbers = Numbers()
        before = self.ours.forward(numbers, range(len(self.ours.inputs)))
        after = self.ours.backward(numbers, range(len(self.ours.outputs)))
        shared = [node.layer if len(self.ours.calls_of[node.layer]) > 1 else "" for node in self.ours.nodes]
        return list(zip(before, after, shared, strict=True))

    def bound(self) -> int:
        """No matching has fewer edits: each label that the learner has too few of costs one."""
        return self.short

    def run(self, other: int, cost: int) -> None:
        """Match the expected nodes from `other` on."""
        self.work.spend(1)
        if other == len(self.theirs):
            self._complete()
            return
        surplus = max(0, self.left - (len(self.theirs) - other))
        if cost + max(self.short, surplus) > self.limit:
            return
        for added, place in self._candidates(other, self.limit - cost):
            if cost + added <= self.limit:
                self._try(other, place, cost + added)

    def _complete(self) -> None:
        found = len(edits(self.ours, self.theirs, self.matching))
        if found <= self.limit:
            self.best, self.limit = self.matching.copy(), found - 1

    def _try(self, other: int, place: int, cost: int) -> None:
        label = self.theirs.labels[other]
        if place < 0:
            main = self.theirs.main[other]
            layer = self.theirs.nodes[main].layer if main >= 0 else ""
            self._count(label, -1)
            self.dropped[layer] += 1
            self.run(other + 1, cost)
            self.dropped[layer] -= 1
            self._count(label, 1)
            return
        relabelled = self.ours.labels[place] != label
        layer = self.ours.nodes[place].layer
        self.matching.join(place, other)
        self.own[place] = place
        self._count(label, -1)
        self._count(self.ours.labels[place], 1)
        self.left -= self.weighs[place]
        self.relabelled[layer] += relabelled
        self.run(other + 1, cost)
        self.relabelled[layer] -= relabelled
        self.left += self.weighs[place]
        self._count(self.ours.labels[place], -1)
        self._count(label, 1)
        self.own[place] = -1
        self.matching.part(other)

    def _count(self, label: str, change: int) -> None:
        was = self.lacking[label] > 0
        self.lacking[label] += change
        self.short += _counts(label) * ((self.lacking[label] > 0) - was)

    def _missing_cost(self, other: int) -> int:
        """A missing node is one edit; a fused activation goes with its layer, or with the other calls of that layer."""
        main = self.theirs.main[other]
        if main < 0:
            return 1
        dropped_already = self.dropped[self.theirs.nodes[main].layer] > 0
        return int(self.matching.ours[main] >= 0 and not dropped_already)

    def _candidates(self, other: int, budget: int) -> list[tuple[int, int]]:
        """(what it costs, node) for all that `other` may be matched with; -1 for none."""
        seen: set[tuple[int, tuple[int, int, str]]] = set()
        found: list[tuple[int, int, int]] = []
        self.behind_ours, self.behind_theirs = {}, {}
        places = self._worth_trying(other, budget)
        self.work.spend(len(places))
        for place in places:
            if self.matching.theirs[place] >= 0 or not _may_match(self.ours, place, self.theirs, other):
                continue
            cost = self._cost(place, other)
            key = cost, self.alike[place]
            known = self.known.ours[other] == place
            if cost <= budget and (known or key not in seen):
                seen.add(key)
                found.append((cost, not known, place))
        self.work.spend((len(self.behind_ours) + len(self.behind_theirs)) // 4)
        if self._missing_cost(other) <= budget:
            found.append((self._missing_cost(other), 1, -1))
        return [(cost, place) for cost, _, place in sorted(found)]

    def _worth_trying(self, other: int, budget: int) -> list[int]:
        """With one edit left a node must have the right label or the right place; with more it may be any."""
        if budget > 1:
            return list(range(len(self.ours)))
        alike = self.by_label.get(self.theirs.labels[other], [])
        if budget == 0:
            return alike
        around: dict[int, None] = dict.fromkeys(alike)
        for taken in self.theirs.taken[other]:
            for source, _ in self._wanted(taken):
                around.update((user, None) for user, _, _ in self.ours.users[source])
        if self.theirs.nodes[other].kind == "Input":
            around.update((port.node, None) for port in self.ours.inputs)
        return list(around)

    def _cost(self, place: int, other: int) -> int:
        """What matching these two costs at least, whatever follows."""
        label = self.ours.labels[place] != self.theirs.labels[other]
        known = self.relabelled[self.ours.nodes[place].layer] > 0
        return (1 if label and not known else 0) + self._arrow_cost(place, other)

    def _arrow_cost(self, place: int, other: int) -> int:
        mine, wanted = self.ours.taken[place], self.theirs.taken[other]
        commutes = self.ours.nodes[place].commutative or self.theirs.nodes[other].commutative
        if not commutes and (len(mine) != len(wanted) or self.ours.nodes[place].kind != self.theirs.nodes[other].kind):
            return 0
        if commutes:
            return sum(self._certain(its) and not any(self._may_fit(t, its) for t in mine) for its in wanted)
        return int(any(not self._may_fit(t, its) for t, its in zip(mine, wanted, strict=True)))

    def _certain(self, wanted: Taken) -> bool:
        return wanted.source is None or self.matching.ours[wanted.source] >= 0

    def _may_fit(self, mine: Taken, wanted: Taken) -> bool:
        if mine.source is None or wanted.source is None:
            return mine.source == wanted.source and mine.constant == wanted.constant
        return bool(self._found(mine) & self._wanted(wanted))

    def _wanted(self, taken: Taken) -> Tensors:
        """The learner's tensors that may stand for an expected one."""
        if taken.source is None:
            return frozenset()
        return behind(self.theirs, taken.source, taken.index, self.matching.ours, self.behind_theirs)

    def _found(self, taken: Taken) -> Tensors:
        """The learner's tensor; from a node without partner, which may turn out to be one too many, those it takes."""
        assert taken.source is not None
        return behind(self.ours, taken.source, taken.index, self.own, self.behind_ours)

"""The matching with the fewest edits: better ones near a good one, then proof that there is none with fewer.

Proof is by branch and bound. The expected nodes are matched one after another in computing order, so what a node takes
is decided before the node itself, and a partial matching already costs what no completion can take back: wrong arrows,
other labels, missing nodes, and labels of which the rest has too few.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from kerastutor.topology.differences.edits import Edit, Tried, tried
from kerastutor.topology.differences.sides import Numbers, Pairs, Side, Taken, Tensors, behind

PROVED_UP_TO = 3
"""How many edits a smallest set may have for it to be searched for completely."""


LARGEST = 300
"""Expected graphs with more nodes are not searched: the search is recursive, and would not end in time."""


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


def improved(ours: Side, theirs: Side, best: Tried, work: Work) -> Tried:
    """Pairs with no more edits: partners are exchanged around the edits as long as that helps."""
    size = len(ours.nodes) + len(theirs.nodes)
    better = True
    try:
        while better and best.cost > (1, 0):
            better = False
            for pairs in _neighbours(ours, theirs, best):
                work.spend(size)
                changed = tried(ours, theirs, pairs)
                if changed.cost < best.cost:
                    best, better = changed, True
                    break
    except Spent:
        pass
    return best


def _neighbours(ours: Side, theirs: Side, known: Tried) -> Iterator[Pairs]:
    """The pairs that differ in one, or in whom two nodes are matched with, where there are edits."""
    pairs = known.pairs
    places, others = _concerned(pairs, known.edits)
    free = [place for place in sorted(places) if pairs.theirs[place] < 0]
    for other in sorted(others):
        partner = pairs.ours[other]
        for place in free:
            if _may_match(ours, place, theirs, other):
                yield _rematched(pairs, place, other)
        if partner < 0:
            continue
        for second in sorted(others):
            if pairs.ours[second] >= 0 and second > other and _may_match(ours, partner, theirs, second):
                yield _exchanged(pairs, [(other, second)])
                yield _exchanged(pairs, _alike_before(theirs, other, second))
                yield _exchanged(pairs, _alike_after(theirs, other, second))
        yield _rematched(pairs, -1, other)


def _rematched(pairs: Pairs, place: int, other: int) -> Pairs:
    """An expected node matched with a free one of the learner's, or with none (-1)."""
    ours, theirs = list(pairs.ours), list(pairs.theirs)
    if ours[other] >= 0:
        theirs[ours[other]] = -1
    ours[other] = place
    if place >= 0:
        theirs[place] = other
    return Pairs(ours, theirs)


def _exchanged(pairs: Pairs, exchanges: list[tuple[int, int]]) -> Pairs:
    ours, theirs = list(pairs.ours), list(pairs.theirs)
    for first, second in exchanges:
        one, other = ours[first], ours[second]
        if one >= 0 and other >= 0:
            ours[first], ours[second] = other, one
            theirs[one], theirs[other] = second, first
    return Pairs(ours, theirs)


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


def _concerned(pairs: Pairs, found: list[Edit]) -> tuple[set[int], set[int]]:
    places: set[int] = set()
    others: set[int] = set()
    for edit in found:
        places.update(place for place in edit.ours if place >= 0)
        others.update(other for other in edit.theirs if other >= 0)
        places.update(taken.source for taken in edit.mine if taken.source is not None)
        others.update(taken.source for taken in edit.wanted if taken.source is not None)
    others.update(pairs.theirs[place] for place in places if pairs.theirs[place] >= 0)
    places.update(pairs.ours[other] for other in others if pairs.ours[other] >= 0)
    return places, others


def _may_match(ours: Side, place: int, theirs: Side, other: int) -> bool:
    return (ours.nodes[place].kind == "Input") == (theirs.nodes[other].kind == "Input")


def fewest(ours: Side, theirs: Side, known: Tried, work: Work) -> tuple[Tried, bool]:
    """The best pairs, given good ones, and whether it is proved that none ask for fewer edits."""
    cost = known.cost[0]
    if cost <= 1:
        return known, True
    search = _Search(ours, theirs, known.pairs, min(cost - 1, PROVED_UP_TO), work)
    if search.bound() >= cost:
        return known, True
    if len(theirs.nodes) > LARGEST:
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

    def __init__(self, ours: Side, theirs: Side, known: Pairs, limit: int, work: Work) -> None:
        self.ours, self.theirs, self.known = ours, theirs, known
        self.limit, self.work = limit, work
        self.pairs = Pairs([-1] * len(theirs.nodes), [-1] * len(ours.nodes))
        self.best: Tried | None = None
        self.lacking = Counter(theirs.labels)
        self.lacking.subtract(ours.labels)
        self.short = sum(count > 0 and _counts(label) for label, count in self.lacking.items())
        self.weighs = [reached and main < 0 for reached, main in zip(ours.reached, ours.main, strict=True)]
        self.left = sum(self.weighs)
        self.alike = self._classes()
        self.by_label: dict[str, list[int]] = {}
        for place, label in enumerate(ours.labels):
            self.by_label.setdefault(label, []).append(place)
        self.own = [-1] * len(ours.nodes)
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
        if other == len(self.theirs.nodes):
            self._complete()
            return
        surplus = max(0, self.left - (len(self.theirs.nodes) - other))
        if cost + max(self.short, surplus) > self.limit:
            return
        for added, place in self._candidates(other, self.limit - cost):
            if cost + added <= self.limit:
                self._try(other, place, cost + added)

    def _complete(self) -> None:
        found = tried(self.ours, self.theirs, self.pairs.copy())
        if found.cost[0] <= self.limit:
            self.best, self.limit = found, found.cost[0] - 1

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
        self.pairs.ours[other], self.pairs.theirs[place] = place, other
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
        self.pairs.ours[other] = self.pairs.theirs[place] = -1

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
        return int(self.pairs.ours[main] >= 0 and not dropped_already)

    def _candidates(self, other: int, budget: int) -> list[tuple[int, int]]:
        """(what it costs, node) for all that `other` may be matched with; -1 for none."""
        seen: set[tuple[int, tuple[int, int, str]]] = set()
        found: list[tuple[int, int, int]] = []
        self.behind_ours, self.behind_theirs = {}, {}
        places = self._worth_trying(other, budget)
        self.work.spend(len(places))
        for place in places:
            if self.pairs.theirs[place] >= 0 or not _may_match(self.ours, place, self.theirs, other):
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
            return list(range(len(self.ours.nodes)))
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
        return wanted.source is None or self.pairs.ours[wanted.source] >= 0

    def _may_fit(self, mine: Taken, wanted: Taken) -> bool:
        if mine.source is None or wanted.source is None:
            return mine.source == wanted.source and mine.constant == wanted.constant
        return bool(self._found(mine) & self._wanted(wanted))

    def _wanted(self, taken: Taken) -> Tensors:
        """The learner's tensors that may stand for an expected one."""
        if taken.source is None:
            return frozenset()
        if self.pairs.ours[taken.source] >= 0:
            return frozenset(((self.pairs.ours[taken.source], taken.index),))
        return behind(self.theirs, taken.source, taken.index, self.pairs.ours, self.behind_theirs)

    def _found(self, taken: Taken) -> Tensors:
        """The learner's tensor; from a node without partner, which may turn out to be one too many, those it takes."""
        assert taken.source is not None
        if self.own[taken.source] >= 0:
            return frozenset(((taken.source, taken.index),))
        return behind(self.ours, taken.source, taken.index, self.own, self.behind_ours)

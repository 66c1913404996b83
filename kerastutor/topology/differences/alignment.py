"""A good matching of two graphs that are not equal: certain pairs first, then what fits best to them.

A mistake changes what is computed after it and what becomes of the tensors before it. So a node before it still
computes the same from the inputs, a node after it still becomes the same on the way to the outputs, and a node beside
it does both: numbers from both directions find nearly all pairs in one pass, as hashes of subtrees do for programs
(J.-R. Falleri et al., *Fine-grained and accurate source code differencing*, 2014). What is left is matched by its
surroundings, the best pair first, each pair making its neighbours more certain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush
from itertools import product

from kerastutor.topology.differences.sides import Matching, Numbers, Side


def matchings(ours: Side, theirs: Side) -> Iterator[Matching]:
    """Good matchings of the two graphs: with inputs and outputs taken as they are numbered, and by their role alone."""
    by_order: list[tuple[bool, bool]] = [(True, True)]
    if len(theirs.inputs) > 1 or len(theirs.outputs) > 1:
        by_order += [
            (inputs, outputs) for inputs, outputs in product((True, False), repeat=2) if not inputs or not outputs
        ]
    for inputs, outputs in by_order:
        yield _matching(ours, theirs, inputs, outputs)


def _matching(ours: Side, theirs: Side, inputs_by_order: bool, outputs_by_order: bool) -> Matching:
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
    matching = Matching.empty(ours, theirs)
    for keys in (both, before, after):
        _join_unique(matching, keys[0], keys[1])
    _Greedy(ours, theirs, matching, before, after).run()
    return matching


def _join_unique(matching: Matching, ours: Sequence[object], theirs: Sequence[object]) -> None:
    """Match what is the only free node of its key on both sides."""
    free: dict[object, tuple[list[int], list[int]]] = {}
    for which, (keys, partners) in enumerate(((ours, matching.theirs), (theirs, matching.ours))):
        for place, key in enumerate(keys):
            if partners[place] < 0:
                free.setdefault(key, ([], []))[which].append(place)
    for mine, other in free.values():
        if len(mine) == len(other) == 1:
            matching.join(mine[0], other[0])


class _Greedy:
    """Matches what is left, the best pair first."""

    def __init__(
        self, ours: Side, theirs: Side, matching: Matching, before: list[list[int]], after: list[list[int]]
    ) -> None:
        self.ours, self.theirs, self.matching = ours, theirs, matching
        self.before, self.after = before, after
        self.waiting: list[tuple[float, int, int, int]] = []

    def run(self) -> None:
        free_ours = [place for place, partner in enumerate(self.matching.theirs) if partner < 0]
        free_theirs = [place for place, partner in enumerate(self.matching.ours) if partner < 0]
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
            if self.matching.theirs[place] >= 0 or self.matching.ours[other] >= 0:
                continue
            if -worth != self.worth(place, other):
                self.push(place, other)
                continue
            self.matching.join(place, other)
            self.spread(place, other)

    def push(self, place: int, other: int, heap: bool = True) -> None:
        worth = self.worth(place, other)
        if worth < 3:
            return
        # Of equal pairs the one that keeps the order of creation.
        entry = (-worth, abs(place * len(self.theirs) - other * len(self.ours)), place, other)
        if heap:
            heappush(self.waiting, entry)
        else:
            self.waiting.append(entry)

    def push_around(self, other: int) -> None:
        """The free nodes that stand where `other` would have to stand."""
        for taken in self.theirs.taken[other]:
            if taken.source is not None and self.matching.ours[taken.source] >= 0:
                for user, _, _ in self.ours.users[self.matching.ours[taken.source]]:
                    if self.matching.theirs[user] < 0:
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
        if self.matching.theirs[place] < 0 and self.matching.ours[other] < 0:
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
            if source is None or self.matching.ours[source] < 0:
                continue
            wanted = (self.matching.ours[source], index)
            found = next(
                (t for t in left if (t[1], t[2]) == wanted and (commutes or t[0] == slot or len(its) == 1)), None
            )
            if found:
                left.remove(found)
                agreeing += 1
        return 3 * agreeing / total

    def _agreeing_users(self, place: int, other: int) -> float:
        mine = [(user, index) for user, _, index in self.ours.users[place]]
        its = [(self.matching.ours[user], index) for user, _, index in self.theirs.users[other]]
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
        return 1.0 * any(self.matching.ours[call] in mine for call in its if self.matching.ours[call] >= 0)

    @staticmethod
    def _port(side: Side, place: int) -> tuple[int, str | None]:
        return next(((i, port.key) for i, port in enumerate(side.inputs) if port.node == place), (-1, None))

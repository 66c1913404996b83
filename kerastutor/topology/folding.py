"""Repeated blocks, found by what they are and how they are wired, so that they can be shown once, ×N.

The calls are put in an order in which every block stands in one piece (depth first from the outputs). A block that is
repeated is then a stretch of calls followed by its equal: same kinds, same configurations (the rate of a Dropout may
rise from block to block), and arrows that are the same when shifted by one block, or that come from one common tensor,
as the arrows of an encoder's output into each block of a decoder do. Stretches that repeat are found by naming all
stretches of 1, 2, 4, 8, ... calls (R. Karp, R. Miller, A. Rosenberg, *Rapid identification of repeated patterns*,
1972), which costs n log n.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kerastutor.topology.graph import Call, Layer, Ref, Topology

_KIN_CALLS = 4
"""Blocks of fewer calls are too small for a lone block to be called their kin."""
_KIN_DIFFERENCE = 0.4
"""By how large a share of its kinds a lone block may differ from the repeated one beside it."""


@dataclass(frozen=True)
class Fold:
    """A block and how often it is repeated in a row.

    Drawn closed, a fold is one box; unfolding puts its calls back, since it holds all of them.

    Attributes:
        times: how often, 2 or more; 1 for a block that stands alone beside a repeated one it resembles (the first
            block of a stage, which has a stride or no shortcut), so that both are drawn alike.
        blocks: the call ids of each repetition, in computing order. The calls at one position are of the same kind
            and configuration (not necessarily of the same weight shapes: the first block may take another width).
        inside: the folds within the first block, for when the block is opened.
        varies: the positions in the block at which the configuration is not the same in all repetitions: rates of
            Dropout and its like.
    """

    times: int
    blocks: tuple[tuple[str, ...], ...]
    inside: tuple[Fold, ...] = ()
    varies: tuple[int, ...] = ()

    @property
    def calls(self) -> tuple[str, ...]:
        """The ids of all calls in all repetitions."""
        return tuple(call for block in self.blocks for call in block)


def fold(topology: Topology) -> tuple[Fold, ...]:
    """The repeated blocks of a topology, in computing order and without overlap; empty when nothing repeats.

    Of all choices, the one that leaves the fewest boxes when every fold is drawn as one. A fold never cuts a nested
    model in two, and tensors inside it are used only inside it: what leaves a block is what the next block takes.
    """
    line = _Line(topology)
    folds = _fold_within(line, 0, len(line.calls))
    return tuple(_with_kin(line, folds))


def visible(topology: Topology, folds: Sequence[Fold]) -> int:
    """How many boxes are left when every fold is drawn as one."""
    return len(topology.calls) - sum(len(found.calls) - 1 for found in folds)


class _Stretch(NamedTuple):
    """Where a fold stands on the line: its first place, the length of one block, and how many blocks."""

    start: int
    length: int
    times: int

    @property
    def end(self) -> int:
        return self.start + self.length * self.times


class _Line:
    """The calls in one line, with all that is asked about them known by position."""

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        self.calls = _depth_first(topology)
        self.place = {call.id: place for place, call in enumerate(self.calls)}
        self.labels = _labels(topology, self.calls)
        self.taken = [[(self.place[ref.call], ref.index) for ref in call.tensors] for call in self.calls]
        self.shifted = [
            tuple((place - source, index) for source, index in taken) for place, taken in enumerate(self.taken)
        ]
        self.users = self._users()
        self.last_use = [max(users, default=-1) for users in self.users]
        self.kinds = [topology.layer_of(call.id).kind for call in self.calls]
        self.sharing = self._sharing()
        self.depth = [0, *map(_common, self.calls, self.calls[1:]), 0]
        self.width = self._width()

    def _users(self) -> list[list[int]]:
        users: list[list[int]] = [[] for _ in self.calls]
        for place, taken in enumerate(self.taken):
            for source, _ in taken:
                users[source].append(place)
        for port in self.topology.outputs:
            users[self.place[port.tensor.call]].append(len(self.calls))
        return users

    def _sharing(self) -> list[tuple[int, ...]]:
        """For each call of a shared layer with weights, how far the other calls of that layer are away."""
        found: list[tuple[int, ...]] = [()] * len(self.calls)
        for layer, calls in self.topology.calls_of.items():
            if len(calls) > 1 and self.topology.layer[layer].owns == "weights":
                places = sorted(self.place[call] for call in calls)
                for place in places:
                    found[place] = tuple(other - place for other in places if other != place)
        return found

    def _width(self) -> list[int]:
        """For each gap between two calls, how many calls before it are used after it."""
        steps = [0] * (len(self.calls) + 2)
        for place, last in enumerate(self.last_use):
            if last >= 0:
                steps[place + 1] += 1
                steps[last + 1] -= 1
        width, total = [], 0
        for step in steps:
            total += step
            width.append(total)
        return width

    def alike(self, place: int, other: int) -> tuple[bool, ...] | None:
        """How the call at `other` repeats the one at `place`, or None: for each arrow, whether it moved with the call.

        An arrow that did not move comes from the same tensor in both. The last entry is for the layer: moved means
        another layer, not moved the same layer again.
        """
        if self.labels[place] != self.labels[other]:
            return None
        shared = self.calls[place].layer == self.calls[other].layer and bool(self.sharing[place])
        if not shared and self.sharing[place] != self.sharing[other]:
            return None
        if self.shifted[place] == self.shifted[other]:
            return (*(True for _ in self.taken[place]), not shared)
        moved = []
        for ours, theirs in zip(self.taken[place], self.taken[other], strict=True):
            if ours == theirs:
                moved.append(False)
            elif ours[1] == theirs[1] and place - ours[0] == other - theirs[0]:
                moved.append(True)
            else:
                return None
        return (*moved, not shared)


def _depth_first(topology: Topology) -> list[Call]:
    """All calls, each after what it takes, and what only it needs right before it; the unreached ones last.

    What many calls take comes first: were an encoder left to the first call that takes its output, it would stand in
    the middle of the first block of the decoder.
    """
    done: set[str] = set()
    line: list[Call] = []
    common = [name for name, users in topology.consumers.items() if len(users) > 2 and name in topology.reaching]
    common.sort(key=lambda name: -len(topology.consumers[name]))
    outputs = [port.tensor.call for port in topology.outputs]
    for root in (*common, *outputs, *(call.id for call in topology.calls)):
        waiting = [(root, False)]
        while waiting:
            name, ready = waiting.pop()
            if name in done:
                continue
            call = topology.call[name]
            if ready or not call.arguments:
                done.add(name)
                line.append(call)
            else:
                waiting.append((name, True))
                waiting.extend((ref.call, False) for ref in reversed(call.tensors) if ref.call not in done)
    return line


def _labels(topology: Topology, calls: Sequence[Call]) -> list[int]:
    """What each call computes, apart from its arrows, as a number."""
    texts = {layer.id: _label(layer) for layer in topology.layers}
    numbers: dict[object, int] = {}
    labels = []
    for call in calls:
        slots = tuple((slot, None if isinstance(value, Ref) else repr(value)) for slot, value in call.arguments)
        key = (texts[call.layer], slots, len(call.outputs), len(call.scope))
        labels.append(numbers.setdefault(key, len(numbers)))
    return labels


def _label(layer: Layer) -> tuple[object, ...]:
    # An input is never a repetition of another.
    alone = layer.id if layer.kind == "Input" else ""
    # Networks of many blocks drop a little more in each; that makes them no other blocks.
    config = "" if layer.owns == "randomness" else repr(sorted(layer.config.items()))
    return layer.kind, config, layer.trainable, layer.owns, alone


def _common(first: Call, second: Call) -> int:
    """How many nested models two neighbours stand in together."""
    return next(
        (depth for depth, (a, b) in enumerate(zip(first.scope, second.scope, strict=False)) if a != b),
        min(len(first.scope), len(second.scope)),
    )


def _fold_within(line: _Line, start: int, end: int) -> list[tuple[Fold, _Stretch]]:
    """The folds of a part of the line; the part itself is no fold of its own."""
    found = [stretch for run in _runs(line, start, end) for stretch in _best_phase(line, *run)]
    return [(_made(line, stretch), stretch) for stretch in _fewest_boxes(found)]


def _made(line: _Line, stretch: _Stretch) -> Fold:
    blocks = tuple(
        tuple(call.id for call in line.calls[first : first + stretch.length])
        for first in range(stretch.start, stretch.end, stretch.length)
    )
    inside = _fold_within(line, stretch.start, stretch.start + stretch.length) if stretch.length > 1 else []
    varies = tuple(
        position
        for position, calls in enumerate(zip(*blocks, strict=True))
        if line.topology.layer_of(calls[0]).owns == "randomness"
        and len({repr(line.topology.layer_of(call).config) for call in calls}) > 1
    )
    return Fold(stretch.times, blocks, tuple(found for found, _ in inside), varies)


def _runs(line: _Line, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(start, period, end) of the longest stretches in which each call is repeated one period later."""
    reached: dict[int, int] = {}
    for first, period in _candidates(line.labels[start:end]):
        first += start
        if first < reached.get(period, start):
            continue
        modes: list[tuple[bool, ...]] = []
        for place in range(first, end - period):
            mode = line.alike(place, place + period)
            if mode is None or (len(modes) >= period and modes[-period] != mode):
                break
            modes.append(mode)
        reached[period] = first + max(len(modes), 1)
        if len(modes) >= period:
            yield first, period, first + len(modes) + period


def _candidates(labels: Sequence[int]) -> list[tuple[int, int]]:
    """(place, period) wherever a stretch of at least half a period stands again one period later, in order of place."""
    found: set[tuple[int, int]] = set()
    names, length = list(labels), 1
    while names:
        places: dict[int, list[int]] = {}
        for place, name in enumerate(names):
            places.setdefault(name, []).append(place)
        repeated = [equal for equal in places.values() if len(equal) > 1]
        if not repeated:
            break
        for equal in repeated:
            for position, place in enumerate(equal):
                # Nearer ones than `length` overlap: their period was found when the stretches were shorter.
                for other in equal[position + 1 : position + 4]:
                    if length <= other - place < 2 * length:
                        found.add((place, other - place))
        numbers: dict[tuple[int, int], int] = {}
        names = [numbers.setdefault(pair, len(numbers)) for pair in zip(names, names[length:], strict=False)]
        length *= 2
    return sorted(found)


def _best_phase(line: _Line, first: int, period: int, end: int) -> list[_Stretch]:
    """Where to cut a run into blocks: where the fewest tensors pass from block to block, and blocks begin naturally."""

    def unnatural(start: int) -> tuple[int, ...]:
        times = (end - start) // period
        passing = max(line.width[start + period * number] for number in range(1, times))
        layer = line.topology.layer_of(line.calls[start].id)
        follows = 2 if layer.owns != "weights" else 1 if layer.kind.endswith("Normalization") else 0
        return passing, -times, -len(line.users[start + period - 1]), follows, start

    for start in sorted(range(first, min(first + period, end - 2 * period + 1)), key=unnatural):
        stretches = list(_closed(line, start, period, (end - start) // period))
        if stretches:
            return stretches
    return []


def _closed(line: _Line, start: int, period: int, times: int) -> Iterator[_Stretch]:
    """The blocks of a run, as far as what leaves each goes into the next one only."""
    passing = _leaving(line, start, period)
    first = start
    for number in range(times):
        block = start + number * period
        ends_here = number == times - 1 or max(line.last_use[block : block + period]) >= block + 2 * period
        if ends_here:
            end = block + period if _leaving(line, block, period) <= passing else block
            if end - first >= 2 * period:
                yield from _within_scopes(line, _Stretch(first, period, (end - first) // period))
            first = block + period


def _leaving(line: _Line, block: int, length: int) -> set[int]:
    """Which calls of a block are used after it, by their place in the block."""
    return {offset for offset in range(length) if line.last_use[block + offset] >= block + length}


def _within_scopes(line: _Line, stretch: _Stretch) -> Iterator[_Stretch]:
    """The stretch itself if no nested model is cut by it, neither at its ends nor between its blocks."""
    together = min(line.depth[stretch.start + 1 : stretch.end], default=len(line.calls[stretch.start].scope))
    if max(line.depth[stretch.start], line.depth[stretch.end]) <= together and all(
        line.depth[place] == together for place in range(stretch.start + stretch.length, stretch.end, stretch.length)
    ):
        yield stretch


def _fewest_boxes(stretches: Sequence[_Stretch]) -> list[_Stretch]:
    """Stretches without overlap that together hide the most calls; of equals, those of the smaller blocks."""
    ordered = sorted(set(stretches), key=lambda stretch: stretch.end)
    ends = [stretch.end for stretch in ordered]
    best: list[tuple[int, int]] = [(0, 0)]
    taken: list[int | None] = [None]
    for position, stretch in enumerate(ordered):
        before = bisect_right(ends, stretch.start, hi=position)
        hidden, size = best[before]
        with_it = (hidden + stretch.end - stretch.start - 1, size - stretch.length)
        taken.append(before if with_it > best[-1] else None)
        best.append(max(with_it, best[-1]))
    chosen = []
    position = len(ordered)
    while position:
        before_it = taken[position]
        if before_it is None:
            position -= 1
        else:
            chosen.append(ordered[position - 1])
            position = before_it
    return chosen[::-1]


def _with_kin(line: _Line, folds: Sequence[tuple[Fold, _Stretch]]) -> Iterator[Fold]:
    """The folds, and before each the lone blocks that resemble its own."""
    free = 0
    for found, stretch in folds:
        alone: list[_Stretch] = []
        while kin := _kin_before(line, stretch, alone[-1].start if alone else stretch.start, free):
            alone.append(kin)
        yield from (_made(line, kin) for kin in reversed(alone))
        yield found
        free = stretch.end


def _kin_before(line: _Line, model: _Stretch, end: int, free: int) -> _Stretch | None:
    """The block that ends at `end` and resembles those of `model` most, if there is one."""
    if model.length < _KIN_CALLS:
        return None
    missing = Counter(line.kinds[model.start : model.start + model.length])
    best: tuple[float, int] | None = None
    for start in range(end - 1, max(free, end - 2 * model.length) - 1, -1):
        if line.kinds[start] == "Input":
            break
        missing[line.kinds[start]] -= 1
        difference = sum(map(abs, missing.values()))
        if difference <= _KIN_DIFFERENCE * model.length and _stands_alone(line, start, end):
            best = min(best or (difference, start), (difference, start))
    return best and next(_within_scopes(line, _Stretch(best[1], end - best[1], 1)), None)


def _stands_alone(line: _Line, start: int, end: int) -> bool:
    """Whether one call's tensors go in and one call's tensors come out."""
    return line.width[start] == line.width[end] == 1 and len(_leaving(line, start, end - start)) == 1

"""Two drawings on common rows: what they have in common stands on one height, what only one has leaves a gap."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import pairwise

from kerastutor.drawing.layout import Layout
from kerastutor.drawing.routing import Row, rows_of
from kerastutor.drawing.scene import Scene


def partners(first: Scene, second: Scene) -> dict[str, str]:
    """For boxes of `second`, the box of `first` that is the same kind at the same place of the network."""
    ours, theirs = (_signs(scene) for scene in (first, second))
    blocks = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    return {
        second.boxes[block.b + step].key: first.boxes[block.a + step].key
        for block in blocks
        for step in range(block.size)
    }


def _signs(scene: Scene) -> list[tuple[str, str]]:
    return [(box.look, "" if box.look in ("input", "output") else box.title) for box in scene.boxes]


def align(first: Scene, second: Scene, layouts: tuple[Layout, Layout], same: dict[str, str]) -> tuple[Layout, Layout]:
    """Both layouts moved downwards where that brings partners onto one row; nothing moves sideways."""
    rows = rows_of(first, layouts[0]), rows_of(second, layouts[1])
    anchors = _anchors(rows, layouts, same)
    slots = _slots(len(rows[0]), len(rows[1]), anchors)
    middles = _middles(rows, slots)
    return (
        _moved(layouts[0], rows[0], middles[0]),
        _moved(layouts[1], rows[1], middles[1]),
    )


def _anchors(
    rows: tuple[list[Row], list[Row]], layouts: tuple[Layout, Layout], same: dict[str, str]
) -> list[tuple[int, int]]:
    """Pairs of rows that hold partners, each row at most once, both in growing order."""
    places = tuple({round(row.middle): number for number, row in enumerate(side)} for side in rows)
    wished = sorted(
        (places[0][round(layouts[0].centres[ours][1])], places[1][round(layouts[1].centres[theirs][1])])
        for theirs, ours in same.items()
    )
    kept: list[tuple[int, int]] = []
    for pair in wished:
        if not kept or (pair[0] > kept[-1][0] and pair[1] > kept[-1][1]):
            kept.append(pair)
    return kept


def _slots(ours: int, theirs: int, anchors: list[tuple[int, int]]) -> list[tuple[int | None, int | None]]:
    """The common rows, each with the row of either side that stands on it."""
    slots: list[tuple[int | None, int | None]] = []
    for (a0, b0), (a1, b1) in pairwise([(-1, -1), *anchors, (ours, theirs)]):
        left, right = range(a0 + 1, a1), range(b0 + 1, b1)
        for step in range(max(len(left), len(right))):
            slots.append((left[step] if step < len(left) else None, right[step] if step < len(right) else None))
        if a1 < ours:
            slots.append((a1, b1))
    return slots


def _middles(
    rows: tuple[list[Row], list[Row]], slots: Sequence[tuple[int | None, int | None]]
) -> tuple[list[float], list[float]]:
    """The new height of each row's middle: as far below the row above as the wider of both sides needs."""
    middles: tuple[list[float], list[float]] = ([], [])
    for slot in slots:
        needed = [0.0]
        for side, number in enumerate(slot):
            if number is None:
                continue
            row = rows[side][number]
            before = rows[side][number - 1].middle if number else 0.0
            above = middles[side][-1] if middles[side] else 0.0
            needed.append(above + row.middle - before)
        here = max(needed)
        for side, number in enumerate(slot):
            if number is not None:
                middles[side].append(here)
    return middles


def _moved(layout: Layout, rows: list[Row], middles: list[float]) -> Layout:
    old = [row.middle for row in rows]

    def height(y: float) -> float:
        place = bisect_right(old, y)
        if not old or place == 0:
            return y + (middles[0] - old[0] if old else 0.0)
        if place == len(old):
            return y + middles[-1] - old[-1]
        part = (y - old[place - 1]) / (old[place] - old[place - 1])
        return middles[place - 1] + part * (middles[place] - middles[place - 1])

    return replace(
        layout,
        centres={key: (x, round(height(y), 1)) for key, (x, y) in layout.centres.items()},
        routes=tuple(tuple((x, round(height(y), 1)) for x, y in route) for route in layout.routes),
        height=round(height(layout.height), 1),
    )

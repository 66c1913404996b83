"""The way of each arrow: straight down where it can, in calm curves between rows, never through a box.

Graphviz says on which side of the boxes a long arrow passes. From that we take one lane for each row it passes, make
the lanes of one arrow one straight line where that is free, and join them with curves that stay between the rows.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kerastutor.drawing import metrics
from kerastutor.drawing.layout import Layout, Point
from kerastutor.drawing.scene import SHAPE, DrawnArrow, Scene

CLEAR = 12.0
"""Pixels that an arrow keeps from a box it passes."""

HEAD = 7.0
"""Length of an arrow head in pixels."""

_LEAVE, _STEM, _LAND = 6.0, 20.0, 12.0


@dataclass(frozen=True)
class Row:
    """Boxes whose centres are on one height."""

    middle: float
    top: float
    bottom: float
    taken: tuple[tuple[float, float], ...]

    def free(self, x: float) -> bool:
        """Whether an arrow may pass this row at `x`."""
        return all(not left - CLEAR < x < right + CLEAR for left, right in self.taken)

    def nearest_free(self, x: float) -> float:
        """The free place nearest to `x`."""
        if self.free(x):
            return x
        edges = [edge for left, right in self.taken for edge in (left - CLEAR, right + CLEAR)]
        return min(filter(self.free, edges), key=lambda edge: abs(edge - x), default=x)


@dataclass(frozen=True)
class Path:
    """An arrow in SVG path commands, with its ends and a place half-way; the head's triangle is drawn at `head`.

    Attributes:
        lanes: where it passes other boxes: x, and from which height to which.
    """

    commands: str
    tail: Point
    head: Point
    middle: Point
    lanes: tuple[tuple[float, float, float], ...] = ()

    def runs_through(self, left: float, right: float, y: float) -> bool:
        """Whether it passes between `left` and `right` at the height `y`."""
        return any(left < x < right and top < y < bottom for x, top, bottom in self.lanes)


def rows_of(scene: Scene, layout: Layout) -> list[Row]:
    """The rows of a layout from the top down."""
    heights: dict[int, list[str]] = {}
    for key, (_, y) in layout.centres.items():
        heights.setdefault(round(y), []).append(key)
    rows = []
    for middle in sorted(heights):
        boxes = [(scene.box[key], layout.centres[key]) for key in heights[middle]]
        tall = max(box.height for box, _ in boxes) / 2
        taken = tuple(sorted((x - box.width / 2, x + box.width / 2) for box, (x, _) in boxes))
        rows.append(Row(float(middle), middle - tall, middle + tall, taken))
    return rows


def paths(scene: Scene, layout: Layout) -> list[Path]:
    """The path of each arrow, in the order of `Scene.arrows`."""
    rows = rows_of(scene, layout)
    lanes = [_lanes(arrow, route, layout, rows) for arrow, route in zip(scene.arrows, layout.routes, strict=True)]
    tails = _departures(scene, layout)
    heads = _arrivals(scene, layout, lanes)
    return [
        _path(tails[arrow.tail, arrow.tensor.index], heads[number], lane)
        for number, (arrow, lane) in enumerate(zip(scene.arrows, lanes, strict=True))
    ]


def _lanes(arrow: DrawnArrow, route: Sequence[Point], layout: Layout, rows: list[Row]) -> list[tuple[float, Row]]:
    """Where the arrow passes each row between its ends."""
    top, bottom = layout.centres[arrow.tail][1], layout.centres[arrow.head][1]
    middles = [row.middle for row in rows]
    passed = rows[bisect_right(middles, top + 1) : bisect_right(middles, bottom - 1)]
    if not passed:
        return []
    wished = [row.nearest_free(_at(route, row.middle)) for row in passed]
    common = [x for x in wished if all(row.free(x) for row in passed)]
    if common:
        best = min(common, key=lambda x: sum(abs(x - other) for other in wished))
        wished = [best] * len(passed)
    return list(zip(wished, passed, strict=True))


def _at(route: Sequence[Point], y: float) -> float:
    """Where a polyline that runs downwards crosses the height `y`."""
    for (x0, y0), (x1, y1) in itertools.pairwise(route):
        if y0 <= y <= y1 and y1 > y0:
            return x0 + (x1 - x0) * (y - y0) / (y1 - y0)
    return route[-1][0]


def _departures(scene: Scene, layout: Layout) -> dict[tuple[str, int], Point]:
    """Where each tensor leaves its box: the middle of the lower edge, side by side when there are several."""
    indices: dict[str, set[int]] = {}
    for arrow in scene.arrows:
        indices.setdefault(arrow.tail, set()).add(arrow.tensor.index)
    found = {}
    for key, used in indices.items():
        box, (x, y) = scene.box[key], layout.centres[key]
        for place, index in enumerate(sorted(used)):
            offset = _offset(place, len(used), box.width, 60) if box.look != "group" else 0.0
            found[key, index] = (x + offset, y + box.height / 2)
    return found


def _arrivals(scene: Scene, layout: Layout, lanes: list[list[tuple[float, Row]]]) -> list[Point]:
    """Where each arrow ends: side by side on the upper edge, in the order in which they come from left to right."""
    ends: list[Point] = [(0.0, 0.0)] * len(scene.arrows)
    arriving: dict[str, list[int]] = {}
    for number, arrow in enumerate(scene.arrows):
        arriving.setdefault(arrow.head, []).append(number)
    for key, numbers in arriving.items():
        box, (x, y) = scene.box[key], layout.centres[key]
        origin = {n: lanes[n][-1][0] if lanes[n] else layout.centres[scene.arrows[n].tail][0] for n in numbers}
        spacing = max(26.0, *(port_width(scene.arrows[n].port) + 6 for n in numbers))
        for place, number in enumerate(sorted(numbers, key=lambda n: (origin[n], n))):
            ends[number] = (x + _offset(place, len(numbers), box.width, spacing), y - box.height / 2)
    return ends


def port_width(port: str) -> float:
    """Width of the little pill that holds a port's number or name."""
    return max(15.0, metrics.width(port, SHAPE - 1) + 9) if port else 0.0


def _offset(place: int, count: int, width: float, spacing: float) -> float:
    step = min(spacing, (width - 16) / count)
    return round((place - (count - 1) / 2) * step, 1)


def _path(tail: Point, head: Point, lanes: list[tuple[float, Row]]) -> Path:
    commands = [f"M{_xy(tail)}"]
    here = tail
    if lanes or abs(tail[0] - head[0]) > 0.5:
        here = (tail[0], tail[1] + _STEM)  # beside this straight beginning the shape is written
        commands.append(f"V{here[1]:g}")
    for x, row in lanes:
        commands.append(_curve(here, (x, row.top - _LEAVE)))
        here = (x, row.bottom + _LEAVE)
        commands.append(f"V{here[1]:g}")
    landing = (head[0], head[1] - _LAND)
    commands.append(_curve(here, landing))
    commands.append(f"V{head[1] - HEAD:g}")
    middle = lanes[len(lanes) // 2][0] if lanes else (tail[0] + head[0]) / 2
    height = lanes[len(lanes) // 2][1].bottom + 2 * _LEAVE if lanes else (tail[1] + _STEM + head[1] - _LAND) / 2
    return Path("".join(commands), tail, head, (round(middle, 1), round(height, 1)), _passed(lanes))


def _passed(lanes: list[tuple[float, Row]]) -> tuple[tuple[float, float, float], ...]:
    """The lanes with the room below each box, where the shape of its tensor is written."""
    return tuple((x, row.top - _LEAVE, row.bottom + _STEM) for x, row in lanes)


def _curve(start: Point, end: Point) -> str:
    if abs(start[0] - end[0]) < 0.6:
        return f"V{end[1]:g}"
    half = round((start[1] + end[1]) / 2, 1)
    return f"C{start[0]:g} {half:g} {end[0]:g} {half:g} {_xy(end)}"


def _xy(point: Point) -> str:
    return f"{round(point[0], 1):g} {round(point[1], 1):g}"


def label_sides(scene: Scene, layout: Layout, drawn: Mapping[tuple[str, int], Point]) -> dict[tuple[str, int], int]:
    """On which side of its arrow each tensor's shape is written: 1 right, -1 left; away from where the arrows turn."""
    lean: dict[tuple[str, int], float] = {}
    for arrow in scene.arrows:
        key = (arrow.tail, arrow.tensor.index)
        lean[key] = lean.get(key, 0.0) + layout.centres[arrow.head][0] - drawn[key][0]
    return {key: -1 if total > 1 else 1 for key, total in lean.items()}

"""The functional side: a scene and its layout painted as a graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kerastutor.drawing import metrics, svg
from kerastutor.drawing.badges import Badge
from kerastutor.drawing.boxes import badge, draw_box, mark_pill, pill_width
from kerastutor.drawing.layout import Layout
from kerastutor.drawing.routing import HEAD, Path, label_sides, paths, port_width
from kerastutor.drawing.scene import NAME, SHAPE, DrawnArrow, GroupFrame, Scene

SIDE, TAB, FOOT = 14.0, 24.0, 23.0
"""Pixels between a frame's line and what is in it: at its sides, at the top where its name stands, and below."""


@dataclass(frozen=True)
class Picture:
    """SVG elements within (0, 0) and (width, height)."""

    body: str
    width: float
    height: float


@dataclass(frozen=True)
class Panel:
    """One side of a view: a heading, what is written in Keras for it, and its picture."""

    heading: str
    caption: str
    picture: Picture


@dataclass(frozen=True)
class Extent:
    """A rectangle in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def around(self, other: Extent) -> Extent:
        """The smallest rectangle that holds both."""
        return Extent(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


def paint(scene: Scene, layout: Layout) -> Picture:
    """The graph: frames below, then arrows, boxes, and the words on the arrows on top."""
    drawn = paths(scene, layout)
    frames = frame_extents(scene, layout)
    shapes = list(_shapes(scene, layout, drawn))
    pills = [(arrow.mark, way.middle) for arrow, way in zip(scene.arrows, drawn, strict=True) if _says(scene, arrow)]
    parts = [_frame(frame, frames[frame.key]) for frame in scene.frames]
    parts += [_arrow(arrow, way.commands, way.head) for arrow, way in zip(scene.arrows, drawn, strict=True)]
    parts += [draw_box(box, *layout.centres[box.key]) for box in scene.boxes]
    parts += [svg.text(shape.x, shape.y, "s" if shape.side > 0 else "s e", shape.words) for shape in shapes]
    parts += [_port(arrow, *way.head) for arrow, way in zip(scene.arrows, drawn, strict=True) if arrow.port]
    parts += [mark_pill(mark, *middle, centred=True) for mark, middle in pills]
    whole = Extent(0, 0, layout.width, layout.height)
    reach = [Extent(x - pill_width(mark) / 2, y, x + pill_width(mark) / 2, y) for mark, (x, y) in pills]
    for extent in (*frames.values(), *(shape.extent for shape in shapes), *reach):
        whole = whole.around(extent)
    body = svg.group("graph", "".join(parts), x=round(-whole.left, 1), y=0)
    return _with_legend(scene, Picture(body, round(whole.right - whole.left, 1), round(whole.bottom, 1)))


def _with_legend(scene: Scene, picture: Picture) -> Picture:
    """The picture with a line for each shared layer below it: what its badge stands for."""
    shared: dict[str, tuple[Badge, str]] = {}
    for worn, name in (*((frame.badge, frame.title) for frame in scene.frames), *_badged(scene)):
        if worn:
            shared.setdefault(worn.letter, (worn, name))
    parts, y, wide = [picture.body], picture.height, picture.width
    for worn, name in shared.values():
        y += 26
        said = f"“{metrics.clip(name, 200, SHAPE)}” is one layer, used {worn.uses} times"
        wide = max(wide, 28 + metrics.width(said, SHAPE))
        parts.append(badge(worn, 10, round(y - 4, 1)) + svg.text(28, round(y, 1), "c", said))
    return Picture("".join(parts), round(wide, 1), round(y + (10 if shared else 0), 1))


def _badged(scene: Scene) -> Iterator[tuple[Badge | None, str]]:
    for box in scene.boxes:
        yield box.badge, box.title if box.look == "group" else box.name


def _says(scene: Scene, arrow: DrawnArrow) -> bool:
    """Whether a marked arrow carries its word: not beside a box that is missing and says so already."""
    return bool(arrow.mark) and "missing" not in (scene.box[arrow.tail].mark, scene.box[arrow.head].mark)


def frame_extents(scene: Scene, layout: Layout) -> dict[str, Extent]:
    """The rectangle of each frame: around its boxes, with room for its name, and around the frames in it."""
    found: dict[str, Extent] = {}
    for frame in reversed(scene.frames):
        own = [_extent(scene, layout, key) for key in frame.boxes]
        inner = [found[other.key] for other in scene.frames if other.parent == frame.key and other.key in found]
        held = own[0]
        for other in (*own[1:], *inner):
            held = held.around(other)
        found[frame.key] = Extent(held.left - SIDE, held.top - TAB, held.right + SIDE, held.bottom + FOOT)
    return found


def _extent(scene: Scene, layout: Layout, key: str) -> Extent:
    box, (x, y) = scene.box[key], layout.centres[key]
    return Extent(x - box.width / 2, y - box.height / 2, x + box.width / 2, y + box.height / 2)


def _frame(frame: GroupFrame, extent: Extent) -> str:
    wide, tall = round(extent.right - extent.left, 1), round(extent.bottom - extent.top, 1)
    name = metrics.clip(frame.title, wide - 68, NAME)
    worn = badge(frame.badge, wide - 16, 14) if frame.badge else ""
    chevron = svg.path("chev", "M12 14l4-4 4 4")
    content = svg.rect("w", 0, 0, wide, tall, 12) + chevron + svg.text(26, 16, "n", name) + worn
    key = f' data-key="{svg.escape(frame.key)}"'
    return svg.group("fr", content, x=round(extent.left, 1), y=round(extent.top, 1), more=key)


def _arrow(arrow: DrawnArrow, commands: str, head: tuple[float, float]) -> str:
    x, y = round(head[0], 1), round(head[1], 1)
    tip = f"M{x:g} {y:g}l-4-{HEAD:g}h8z"
    ends = f' data-from="{svg.escape(arrow.tail)}" data-to="{svg.escape(arrow.head)}"'
    kind = f"ar mark-{arrow.mark}" if arrow.mark else "ar"
    return f'<g class="{kind}"{ends}>{svg.path("a", commands)}{svg.path("v", tip)}</g>'


class Shape(NamedTuple):
    """The shape of a tensor, written from (x, y) to the right or, where `side` is -1, up to it from the left."""

    words: str
    x: float
    y: float
    side: int

    @property
    def extent(self) -> Extent:
        """The room it takes."""
        ends = self.x, self.x + self.side * metrics.width(self.words, SHAPE)
        return Extent(min(ends), self.y, max(ends), self.y)


def _shapes(scene: Scene, layout: Layout, drawn: Sequence[Path]) -> Iterator[Shape]:
    """The shape of each tensor, once, where it leaves its box."""
    tails = {(arrow.tail, arrow.tensor.index): way.tail for arrow, way in zip(scene.arrows, drawn, strict=True)}
    sides = label_sides(scene, layout, tails)
    for key, words in {(arrow.tail, arrow.tensor.index): arrow.label for arrow in reversed(scene.arrows)}.items():
        (x, y), side = tails[key], sides[key]
        wished, other = (Shape(words, round(x + 7 * one, 1), round(y + 15, 1), one) for one in (side, -side))
        yield other if _struck(wished, drawn) and not _struck(other, drawn) else wished


def _struck(shape: Shape, drawn: Sequence[Path]) -> bool:
    """Whether an arrow runs through the words, or hard by."""
    room = shape.extent
    return any(way.runs_through(room.left - 4, room.right + 4, shape.y - 4) for way in drawn)


def _port(arrow: DrawnArrow, x: float, y: float) -> str:
    wide = port_width(arrow.port)
    pill = svg.rect("u", round(-wide / 2, 1), -7.5, round(wide, 1), 15, 7.5)
    return svg.group("pt", pill + svg.text(0, 3.5, "q m", arrow.port), x=round(x, 1), y=round(y - HEAD - 10, 1))

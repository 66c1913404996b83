"""The twin view: one topology as the stack it may be, beside the graph it is, row by row."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from kerastutor.drawing import graph, stack, svg
from kerastutor.drawing.graph import Picture
from kerastutor.drawing.grouping import Group, at_first, groups_of
from kerastutor.drawing.layout import Layout, arrange
from kerastutor.drawing.scene import Scene, compose
from kerastutor.drawing.stack import Stack, stack_of
from kerastutor.topology.graph import Topology

MARGIN, BETWEEN, HEADER = 24.0, 56.0, 58.0


@dataclass(frozen=True)
class Panel:
    """One side of a view: a heading, what is written in Keras for it, and its picture."""

    heading: str
    caption: str
    picture: Picture


@dataclass(frozen=True)
class Twin:
    """Everything the two drawings of one topology are made of."""

    topology: Topology
    groups: tuple[Group, ...]
    scene: Scene
    layout: Layout

    @cached_property
    def stack(self) -> Stack:
        """The Sequential side."""
        return stack_of(self.topology)

    @property
    def panels(self) -> tuple[Panel, Panel]:
        """The Sequential side and the functional side, on common rows."""
        left = stack.paint(self.topology, self.stack, self.scene, self.layout, self.groups)
        right = graph.paint(self.scene, self.layout)
        caption = "keras.Sequential([…])" if self.stack.complete else "not every network can be one"
        return (
            Panel("Sequential: a stack", caption, left),
            Panel("Functional: a graph", "keras.Model(inputs, outputs)", right),
        )


def twin(topology: Topology, closed: Collection[str] | None = None) -> Twin:
    """Lay out both sides; the groups with their keys in `closed` are one box each, those of `at_first` by default."""
    groups = groups_of(topology)
    closed = at_first(topology, groups) if closed is None else closed
    scene = compose(topology, groups, closed)
    return Twin(topology, groups, scene, arrange(scene))


def page(panels: Collection[Panel], note: str = "") -> Picture:
    """Panels side by side under their headings, their rows on one height."""
    parts, x = [], MARGIN
    for panel in panels:
        head = svg.text(0, 16, "h1", panel.heading) + svg.text(0, 34, "h2", panel.caption)
        body = svg.group("side", panel.picture.body, y=HEADER)
        parts.append(svg.group("panel", head + body, x=x, y=MARGIN))
        x += max(panel.picture.width, 220) + BETWEEN
    tall = MARGIN + HEADER + max((panel.picture.height for panel in panels), default=0.0) + MARGIN
    if note:
        parts.append(svg.text(MARGIN, tall, "h2", note))
        tall += MARGIN
    return Picture("".join(parts), round(x - BETWEEN + MARGIN, 1), round(tall, 1))

"""The twin view: one topology as the stack it may be, beside the graph it is, row by row."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from kerastutor.drawing import graph, stack
from kerastutor.drawing.graph import Panel
from kerastutor.drawing.grouping import Group, at_first, groups_of
from kerastutor.drawing.layout import Layout, arrange
from kerastutor.drawing.scene import Scene, compose
from kerastutor.drawing.stack import Stack, stack_of
from kerastutor.topology.graph import Topology


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

"""A scene as DOT text: a bare one to be laid out, and a labelled one for the learner to keep.

Both are built by the `graphviz` package, which knows how to quote. Nodes are called n0, n1, ... so that no name a
learner chose is ever read as DOT.
"""

from __future__ import annotations

from collections.abc import Callable

import graphviz

from kerastutor.drawing.scene import Box, DrawnArrow, GroupFrame, Scene

POINTS = 72.0
ROW_GAP, BOX_GAP, FRAME_MARGIN = 58.0, 30.0, 20.0
"""Pixels between rows, between boxes of a row, and between a frame and what is in it."""

_GRAPH = {
    "rankdir": "TB",
    "ranksep": f"{ROW_GAP / POINTS:.3f}",
    "nodesep": f"{BOX_GAP / POINTS:.3f}",
    "splines": "polyline",  # never ortho: it aborts Graphviz on graphs of the size of ResNet50
}
_NODE = {"shape": "box", "fixedsize": "true"}
_EDGE = {"headport": "n", "tailport": "s"}


def skeleton(scene: Scene) -> str:
    """DOT with nothing but sizes and wiring: what a layout needs."""
    graph = graphviz.Digraph(graph_attr=_GRAPH, node_attr={**_NODE, "label": ""}, edge_attr={**_EDGE, "dir": "none"})
    _fill(graph, scene, _size, lambda arrow: {})
    return str(graph.source)


def labelled(scene: Scene) -> str:
    """DOT that draws the scene in any Graphviz, with its texts."""
    graph = graphviz.Digraph(
        comment=None,
        graph_attr={**_GRAPH, "fontname": "Helvetica", "label": graphviz.escape(scene.name), "labelloc": "t"},
        node_attr={**_NODE, "fontname": "Helvetica", "fontsize": "11", "style": "rounded"},
        edge_attr={**_EDGE, "fontname": "Helvetica", "fontsize": "10", "arrowsize": "0.7"},
    )
    _fill(graph, scene, lambda box: {**_size(box), "label": _label(box), **_style(box)}, _arrow_label)
    return str(graph.source)


def node(number: int) -> str:
    """The DOT name of the box at this place in `Scene.boxes`."""
    return f"n{number}"


def _fill(
    graph: graphviz.Digraph,
    scene: Scene,
    box_attributes: Callable[[Box], dict[str, str]],
    arrow_attributes: Callable[[DrawnArrow], dict[str, str]],
) -> None:
    names = {box.key: node(number) for number, box in enumerate(scene.boxes)}
    for box in scene.boxes:
        graph.node(names[box.key], **box_attributes(box))
    for number, frame in enumerate(scene.frames):
        if frame.parent is None:
            graph.subgraph(_cluster(scene, frame, number, names))
    for arrow in scene.arrows:
        graph.edge(names[arrow.tail], names[arrow.head], **arrow_attributes(arrow))


def _cluster(scene: Scene, frame: GroupFrame, number: int, names: dict[str, str]) -> graphviz.Digraph:
    cluster = graphviz.Digraph(name=f"cluster_{number}", graph_attr={"margin": f"{FRAME_MARGIN:g}", "label": ""})
    for key in frame.boxes:
        cluster.node(names[key])
    for place, inner in enumerate(scene.frames):
        if inner.parent == frame.key:
            cluster.subgraph(_cluster(scene, inner, place, names))
    return cluster


def _size(box: Box) -> dict[str, str]:
    size = {"width": f"{box.width / POINTS:.3f}", "height": f"{box.height / POINTS:.3f}"}
    return {**size, "ordering": "in"} if box.look == "layer" and box.family in ("merge", "attention") else size


def _label(box: Box) -> str:
    first = f"{box.title}   {box.fact}".strip()
    second = f"{box.name}   {box.count}".strip()
    shared = f"{box.badge.letter}: use {box.badge.use} of {box.badge.uses}" if box.badge else ""
    lines = [line for line in (first, second, box.cap, shared, box.mark) if line]
    return str(graphviz.nohtml(graphviz.escape("\n".join(lines)).replace("\n", "\\n")))


def _style(box: Box) -> dict[str, str]:
    if box.look in ("input", "output") or box.mark == "missing":
        return {"style": "rounded,dashed"}
    return {"style": "rounded,bold"} if box.look == "group" else {}


def _arrow_label(arrow: DrawnArrow) -> dict[str, str]:
    label = " ".join(part for part in (arrow.port, arrow.label) if part)
    return {"label": graphviz.nohtml(graphviz.escape(label))} if label else {}

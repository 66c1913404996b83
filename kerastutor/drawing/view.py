"""Views as plain data, for a widget that owns nothing but the mouse and the keyboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from kerastutor.drawing import cards, describing, dot, theme
from kerastutor.drawing.beside import AlignedGraph
from kerastutor.drawing.graph import Panel
from kerastutor.drawing.grouping import Group
from kerastutor.drawing.layout import Layout
from kerastutor.drawing.listings import Listing
from kerastutor.drawing.page import HEADER
from kerastutor.drawing.scene import GroupFrame, Scene
from kerastutor.drawing.twin import Twin
from kerastutor.topology.graph import Topology


def twin_view(twin: Twin, listings: Sequence[Listing] = ()) -> dict[str, Any]:
    """Everything the front end shows of one topology in both APIs; JSON values only."""
    stack, drawn = twin.panels
    words = [describing.description(twin.topology), describing.verdict(twin.topology)]
    return {
        "name": twin.scene.name,
        "panels": [_panel(stack, 0, walked=False), _panel(drawn, 0, walked=True)],
        "sets": [_set(twin.topology, twin.scene, twin.layout, twin.groups, {})],
        "listings": [_listing(listing) for listing in listings],
        "description": "\n".join(words),
        "dot": dot.labelled(twin.scene),
        "note": twin.layout.note,
        **_CONSTANT,
    }


def beside_view(sides: Sequence[AlignedGraph]) -> dict[str, Any]:
    """Everything the front end shows of several topologies; JSON values only."""
    return {
        "name": ", ".join(side.label for side in sides),
        "panels": [_panel(side.panel, number, walked=True) for number, side in enumerate(sides)],
        "sets": [_set(side.topology, side.scene, side.layout, side.groups, side.names) for side in sides],
        "listings": [],
        "description": "\n".join(describing.description(side.topology) for side in sides),
        "dot": "\n".join(dot.labelled(side.scene) for side in sides),
        "note": " ".join(dict.fromkeys(side.layout.note for side in sides if side.layout.note)),
        **_CONSTANT,
    }


_CONSTANT = {"rules": theme.RULES, "header": HEADER}


def _panel(panel: Panel, belongs: int, *, walked: bool) -> dict[str, Any]:
    """One drawing, the set its boxes are looked up in, and whether arrow keys follow the graph's arrows in it."""
    picture = panel.picture
    return {
        "heading": panel.heading,
        "caption": panel.caption,
        "body": picture.body,
        "width": picture.width,
        "height": picture.height,
        "set": belongs,
        "walked": walked,
    }


def _set(
    topology: Topology, scene: Scene, layout: Layout, groups: Sequence[Group], names: Mapping[str, str]
) -> dict[str, Any]:
    shown = {own: key for key, own in names.items()}
    return {
        "cards": {**cards.cards(topology, scene, names), **_frames(scene)},
        "walk": _walk(scene, layout),
        "parents": {shown.get(key, key): shown.get(parent, parent) for key, parent in _parents(groups).items()},
    }


def _walk(scene: Scene, layout: Layout) -> dict[str, dict[str, list[str]]]:
    """Where the arrow keys lead from each box of the graph: to whom it gives, from whom it takes, and along its row."""
    steps: dict[str, dict[str, list[str]]] = {
        box.key: {"up": [], "down": [], "left": [], "right": []} for box in scene.boxes
    }
    for arrow in scene.arrows:
        steps[arrow.tail]["down"].append(arrow.head)
        steps[arrow.head]["up"].append(arrow.tail)
    rows: dict[int, list[str]] = {}
    for key, (_, y) in layout.centres.items():
        rows.setdefault(round(y), []).append(key)
    for row in rows.values():
        row.sort(key=lambda key: layout.centres[key][0])
        for left, right in pairwise(row):
            steps[left]["right"].append(right)
            steps[right]["left"].append(left)
    return steps


def _frames(scene: Scene) -> dict[str, dict[str, Any]]:
    return {frame.key: {"title": frame.title, "group": True, "label": _frame_words(frame)} for frame in scene.frames}


def _frame_words(frame: GroupFrame) -> str:
    return f"Group “{frame.title}”, open, {len(frame.boxes)} boxes."


def _parents(groups: Sequence[Group]) -> dict[str, str]:
    """For each call and group, the innermost group it stands in."""
    found: dict[str, str] = {}
    for group in groups:
        found.update(dict.fromkeys(group.calls, group.key))
        if group.parent:
            found[group.key] = group.parent
    return found


def _listing(listing: Listing) -> dict[str, Any]:
    return {"title": listing.title, "lines": [[text, list(keys)] for text, keys in listing.lines]}

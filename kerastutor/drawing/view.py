"""The twin view as plain data, for a widget that owns nothing but the mouse and the keyboard."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kerastutor.drawing import cards, describing, dot, theme
from kerastutor.drawing.scene import Frame, Scene
from kerastutor.drawing.twin import HEADER, Panel, Twin


@dataclass(frozen=True)
class Listing:
    """Source code whose lines know which calls they made: pairs of a line and the ids of its calls."""

    title: str
    lines: tuple[tuple[str, tuple[str, ...]], ...]


def view(twin: Twin, listings: Sequence[Listing] = ()) -> dict[str, Any]:
    """Everything the front end shows of one topology; JSON values only."""
    return {
        "name": twin.scene.name,
        "panels": [_panel(panel) for panel in twin.panels],
        "walk": _walk(twin),
        "cards": {**cards.cards(twin.topology, twin.scene), **_frames(twin.scene)},
        "parents": _parents(twin),
        "listings": [_listing(listing, twin) for listing in listings],
        "description": describing.description(twin.topology),
        "dot": dot.labelled(twin.scene),
        "note": twin.layout.note,
        "rules": theme.RULES,
        "header": HEADER,
    }


def _panel(panel: Panel) -> dict[str, Any]:
    picture = panel.picture
    return {
        "heading": panel.heading,
        "caption": panel.caption,
        "body": picture.body,
        "width": picture.width,
        "height": picture.height,
    }


def _walk(twin: Twin) -> dict[str, dict[str, list[str]]]:
    """Where the arrow keys lead from each box of the graph: to whom it gives, from whom it takes, and along its row."""
    scene, centres = twin.scene, twin.layout.centres
    steps: dict[str, dict[str, list[str]]] = {
        box.key: {"up": [], "down": [], "left": [], "right": []} for box in scene.boxes
    }
    for arrow in scene.arrows:
        steps[arrow.tail]["down"].append(arrow.head)
        steps[arrow.head]["up"].append(arrow.tail)
    rows: dict[int, list[str]] = {}
    for key, (_, y) in centres.items():
        rows.setdefault(round(y), []).append(key)
    for row in rows.values():
        row.sort(key=lambda key: centres[key][0])
        for left, right in itertools.pairwise(row):
            steps[left]["right"].append(right)
            steps[right]["left"].append(left)
    return steps


def _frames(scene: Scene) -> dict[str, dict[str, Any]]:
    return {frame.key: {"title": frame.title, "group": True, "label": _frame_words(frame)} for frame in scene.frames}


def _frame_words(frame: Frame) -> str:
    return f"Group “{frame.title}”, open, {len(frame.boxes)} boxes."


def _parents(twin: Twin) -> dict[str, str]:
    """For each call and group, the innermost group it stands in."""
    found: dict[str, str] = {}
    for group in twin.groups:
        found.update(dict.fromkeys(group.calls, group.key))
        if group.parent:
            found[group.key] = group.parent
    return found


def _listing(listing: Listing, twin: Twin) -> dict[str, Any]:
    return {"title": listing.title, "lines": [[text, list(keys)] for text, keys in listing.lines]}

"""Panels side by side: one image from several pictures."""

from __future__ import annotations

from collections.abc import Collection

from kerastutor.drawing import svg
from kerastutor.drawing.graph import Panel, Picture

MARGIN, BETWEEN, HEADER = 24.0, 56.0, 58.0
"""Pixels around a page, between its panels, and from a panel's heading to its picture."""

EDGE = 8.0
"""Pixels around a picture that stands on a page of its own, for thick lines and words at its edge."""


def on_page(picture: Picture, label: str) -> str:
    """A picture as SVG that takes its colours from the page it is put on."""
    body = svg.group("edge", picture.body, x=EDGE, y=EDGE)
    return svg.image(body, picture.width + 2 * EDGE, picture.height + 2 * EDGE, style="", label=label)


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

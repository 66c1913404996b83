"""A picture as an image for notebooks: it needs nothing else, and is dark on Jupyter's dark page."""

from __future__ import annotations

import re
import zlib

from kerastutor.drawing import svg, theme

OWN_KEYS = 'data-lm-suppress-shortcuts="true"'  # JupyterLab asks the element in focus whether a key is its own
_WIDTH = re.compile(r'<svg[^>]* width="([\d.]+)"')


def image(picture: str, alt: str, *, least: float = 0.0) -> str:
    """The picture, with its dark twin in a rule of style: where styles are taken away, one picture is left, not two.

    Args:
        picture: SVG in light colours, with `theme.ground("light")` in its style.
        alt: the same in words.
        least: how far it shrinks where there is little room, as a part of its width; beyond that, its page scrolls.
    """
    narrowest = f"max(100%,{width(picture) * least:.0f}px)" if least else "100%"
    name = f"kt-{zlib.crc32(picture.encode()):08x}"
    dark = picture.replace(theme.ground("light"), theme.ground("dark"))
    rule = f'<style>body[data-jp-theme-light="false"] .{name}{{content:url({svg.in_page(dark)})}}</style>'
    shown = f'<img alt="{svg.escape(alt)}" class="{name}" style="max-width:{narrowest}" src="{svg.in_page(picture)}">'
    return shown if dark == picture else rule + shown


def width(picture: str) -> float:
    """Of a picture in SVG, in pixels; 0 where it says none."""
    found = _WIDTH.match(picture)
    return float(found[1]) if found else 0.0

"""Pictures that notebooks made in light colours, made to follow the reader's."""

from __future__ import annotations

import base64
import re

from kerastutor.drawing import svg, theme

_TWIN = re.compile(r'<style>body\[data-jp-theme-light="false"\] \.[\w-]+\{content:url\([^)]*\)\}</style>')
"""The dark twin of a drawing, for Jupyter's dark theme alone."""

_PICTURE = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)")


def in_readers_colours(html: str) -> str:
    """The same page with every drawing and curve in it light or dark as the reader's system asks for."""
    return _PICTURE.sub(_followed, _TWIN.sub("", html))


def _followed(found: re.Match[str]) -> str:
    return svg.in_page(theme.followed(base64.b64decode(found[1]).decode()))

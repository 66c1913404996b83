"""Pictures of examples as small SVG files: pixels inlined as PNG, captions as text. No plotting library is needed."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from kerastutor.drawing import svg

TILE = 64
"""Edge of one image in a grid, in pixels of the picture."""
GAP = 10
CAPTION = 18
LINE = 17
_LETTER = 8  # no letter of a caption is wider on the average
_FONT = "DejaVu Sans, Verdana, sans-serif"
_PAPER, _INK, _QUIET = "#ffffff", "#1b1b1b", "#595959"


@dataclass(frozen=True)
class ExamplePicture:
    """An SVG picture with its description for those who cannot see it.

    >>> ExamplePicture("<svg/>", "nothing at all")
    Picture: nothing at all
    """

    svg: str
    description: str

    def __repr__(self) -> str:
        return f"Picture: {self.description}"

    @property
    def html(self) -> str:
        """An `<img>` that shows everywhere: in notebooks that are not trusted, and in exported pages."""
        return f'<img alt="{svg.escape(self.description)}" src="{svg.in_page(self.svg)}">'

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self.html}


@dataclass(frozen=True)
class Tile:
    """One cell of a grid: images side by side (each HxW or HxWx3, floats from 0 to 1) and the words below them."""

    images: tuple[np.ndarray, ...]
    caption: str


def png(pixels: np.ndarray) -> bytes:
    """Bytes of a PNG file from uint8 pixels, HxW (grey) or HxWx3 (red, green, blue).

    >>> png(np.zeros((2, 3), "uint8"))[1:4]
    b'PNG'
    """
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG", optimize=True)
    return file.getvalue()


def grid(tiles: Sequence[Tile], description: str, columns: int = 10) -> ExamplePicture:
    """Tiles in rows of `columns`, each with its caption."""
    columns = min(columns, len(tiles))
    widest = max(max(len(tile.images) * TILE, len(tile.caption) * _LETTER) for tile in tiles)
    step, row = widest + GAP, TILE + CAPTION + GAP
    parts = []
    for number, tile in enumerate(tiles):
        x, y = GAP + number % columns * step, GAP + number // columns * row
        left = x + (widest - len(tile.images) * TILE) / 2
        parts += [_image(image, left + place * TILE, y) for place, image in enumerate(tile.images)]
        parts.append(_text(tile.caption, x + widest / 2, y + TILE + CAPTION - 5, text_anchor="middle"))
    rows = -(-len(tiles) // columns)
    return ExamplePicture(_svg(GAP + columns * step, GAP + rows * row, parts), description)


def cards(texts: Sequence[tuple[str, Sequence[str]]], description: str, width: int = 720) -> ExamplePicture:
    """Pieces of text below one another: a heading and lines each."""
    parts, y = [], GAP + LINE
    for heading, lines in texts:
        parts.append(_text(heading, GAP, y, font_weight="bold"))
        for line in lines:
            y += LINE
            parts.append(_text(line, GAP, y, fill=_QUIET))
        y += LINE + GAP
    return ExamplePicture(_svg(width, y - LINE + GAP, parts), description)


def _image(pixels: np.ndarray, x: float, y: float) -> str:
    data = base64.b64encode(png(np.round(np.clip(pixels, 0, 1) * 255).astype("uint8"))).decode()
    return svg.element("image", x=x, y=y, width=TILE, height=TILE, href=f"data:image/png;base64,{data}")


def _text(words: str, x: float, y: float, **look: str) -> str:
    return svg.element("text", svg.escape(words), x=x, y=y, **look)


def _svg(width: float, height: float, parts: Sequence[str]) -> str:
    ground = svg.element("rect", width="100%", height="100%", rx=6, fill=_PAPER)
    return svg.document(ground + "".join(parts), width, height, font_family=_FONT, font_size=12, fill=_INK)

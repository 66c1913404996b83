"""How wide text is, so that every box has a size of our own making and text never leaves it.

Browsers and Graphviz builds disagree about fonts. The widths here are those of DejaVu Sans, the widest of the common
sans-serif fonts: what fits by this table fits everywhere.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# Advance widths of the characters from " " to "~", in hundredths of the font size.
_REGULAR = (
    "32 40 46 84 64 95 78 27 39 39 50 84 32 36 32 34 64 64 64 64 64 64 64 64 64 64 34 34 84 84 84 53 "
    "100 68 69 70 77 63 58 77 75 29 29 66 56 86 75 79 60 79 69 63 61 73 68 99 69 61 69 39 34 39 84 50 "
    "50 61 63 55 63 62 35 63 63 28 28 58 28 97 63 61 63 63 41 52 39 63 59 82 59 59 52 64 34 64 84"
)
_WIDTHS = dict(zip(map(chr, range(32, 127)), map(int, _REGULAR.split()), strict=True))
_BOLD = 1.18
_ELLIPSIS = "…"


@lru_cache(maxsize=4096)  # a drawing says the same few words again and again
def width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of one line of text in pixels, for a font of `size` pixels.

    >>> round(width("Dense", 10), 1)
    31.6
    """
    return sum(map(_hundredths, text)) * size / 100 * (_BOLD if bold else 1)


def clip(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """The longest beginning of `text` that fits `room` pixels, with an ellipsis where something was cut.

    >>> clip("a_very_long_layer_name", 60, 10)
    'a_very_lo…'
    >>> clip("short", 60, 10)
    'short'
    """
    if width(text, size, bold=bold) <= room:
        return text
    left = room - width(_ELLIPSIS, size, bold=bold)
    kept = 0
    for character in text:
        left -= width(character, size, bold=bold)
        if left < 0:
            break
        kept += 1
    return text[:kept].rstrip() + _ELLIPSIS


def wrap(text: str, room: float, size: float) -> list[str]:
    """`text` broken between words into lines of at most `room` pixels; a word longer than a line is clipped.

    >>> wrap("one two three", 50, 10)
    ['one two', 'three']
    """
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and width(joined, size) <= room:
            lines[-1] = joined
        else:
            lines.append(word)
    return [clip(line, room, size) for line in lines]


def _hundredths(character: str) -> int:
    known = _WIDTHS.get(character)
    if known is not None:
        return known
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return 0
    return 110 if unicodedata.east_asian_width(character) in "WF" else 80

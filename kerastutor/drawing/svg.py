"""The few SVG elements that drawings are made of. Every text goes through `escape`: no name can become markup."""

from __future__ import annotations

from kerastutor.drawing.words import plain

_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


def escape(value: object) -> str:
    """Text for the inside of an element or of a quoted attribute.

    >>> escape('a<b&c"')
    'a&lt;b&amp;c&quot;'
    """
    return plain(value).translate(_MARKUP)


def text(x: float, y: float, kind: str, content: str) -> str:
    """One line of text of a class of the stylesheet; nothing where there is nothing to write."""
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{escape(content)}</text>' if content else ""


def rect(kind: str, x: float, y: float, width: float, height: float, radius: float, more: str = "") -> str:
    """A rectangle with round corners; `more` is further attributes, already escaped."""
    return f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius:g}"{more}/>'


def path(kind: str, commands: str, more: str = "") -> str:
    """A path."""
    return f'<path class="{kind}" d="{commands}"{more}/>'


def group(kind: str, content: str, *, x: float = 0, y: float = 0, more: str = "") -> str:
    """A group of elements moved to (x, y)."""
    return f'<g class="{kind}" transform="translate({x:g} {y:g})"{more}>{content}</g>'


def image(body: str, width: float, height: float, *, style: str, label: str) -> str:
    """A whole SVG image with its own stylesheet and an opaque background."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="kt" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(label)}">'
        f"<style>{style}</style>"
        f'<rect width="100%" height="100%" fill="var(--kt-paper)"/>{body}</svg>'
    )

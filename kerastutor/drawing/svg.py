"""SVG, for all pictures of the house. Every text goes through `escape`: no name can become markup."""

from __future__ import annotations

import base64

from kerastutor.drawing.words import plain

_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


def escape(value: object) -> str:
    """Text for the inside of an element or of a quoted attribute.

    >>> escape('a<b&c"')
    'a&lt;b&amp;c&quot;'
    """
    return plain(value).translate(_MARKUP)


def element(tag: str, content: str = "", /, **attributes: str | float) -> str:
    """One element. An attribute is written with `-` for `_`, a number as short as it can be.

    Args:
        content: what stands inside: SVG, or text that went through `escape`.

    >>> element("text", escape("a<b"), x=1.50, text_anchor="end")
    '<text x="1.5" text-anchor="end">a&lt;b</text>'
    """
    written = "".join(f' {name.rstrip("_").replace("_", "-")}="{_value(value)}"' for name, value in attributes.items())
    return f"<{tag}{written}>{content}</{tag}>" if content else f"<{tag}{written}/>"


def document(body: str, width: float, height: float, **attributes: str | float) -> str:
    """A whole SVG document of this size, in pixels.

    >>> document("", 20, 10, role="img")
    '<svg xmlns="http://www.w3.org/2000/svg" class="kt" width="20" height="10" viewBox="0 0 20 10" role="img"/>'
    """
    size: dict[str, str | float] = {"width": width, "height": height, "viewBox": f"0 0 {width:g} {height:g}"}
    return element("svg", body, xmlns="http://www.w3.org/2000/svg", class_="kt", **size, **attributes)


def in_page(document: str) -> str:
    """The document as the address of an image, for `<img src=...>` and `url(...)`: it needs no file."""
    return f"data:image/svg+xml;base64,{base64.b64encode(document.encode('utf-8', 'replace')).decode()}"


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
    ground = element("rect", width="100%", height="100%", fill="var(--kt-paper)")
    return document(f"<style>{style}</style>{ground}{body}", width, height, role="img", aria_label=label)


def _value(value: str | float) -> str:
    return escape(value) if isinstance(value, str) else f"{round(value, 2):g}"

"""The little Markdown that tasks and hints are written in, as HTML: paragraphs, lists, fences, code, bold, slant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

_INLINE = (
    (re.compile(r"\*\*(.+?)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"(?<!\*)\*([^*\s][^*]*)\*(?!\*)"), r"<em>\1</em>"),
    (re.compile(r"\[([^\]]+)\]\((https?://[^)\s\x22]+|[\w./#-]+)\)"), r'<a href="\2">\1</a>'),
)
_BLOCK = re.compile(r"^```[^\n]*\n(?P<code>.*?)^```$|(?P<text>[^\n]+(?:\n(?!```|\n)[^\n]+)*)", re.DOTALL | re.MULTILINE)


def html(text: str) -> str:
    """The text as HTML; what looks like HTML in it is shown, not obeyed.

    >>> html("Build a *stack* of `Dense`:\\n\\n- **10** units")
    '<p>Build a <em>stack</em> of <code>Dense</code>:</p><ul><li><strong>10</strong> units</li></ul>'
    """
    return "".join(_blocks(text))


def inline(text: str) -> str:
    """One line of text as HTML; nothing inside backticks is touched."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return _marked(text)
    return "".join(f"<code>{escape(part)}</code>" if place % 2 else _marked(part) for place, part in enumerate(parts))


def _blocks(text: str) -> Iterator[str]:
    for match in _BLOCK.finditer(text.strip()):
        code = match["code"]
        if code is not None:
            yield f"<pre><code>{escape(code.rstrip())}</code></pre>"
        else:
            yield from _paragraph(match["text"])


def _paragraph(block: str) -> Iterator[str]:
    before, *items = re.split(r"(?:^|\n)\s*- ", block)
    if before.strip():
        yield f"<p>{inline(' '.join(before.split()))}</p>"
    if items:
        entries = "".join(f"<li>{inline(' '.join(item.split()))}</li>" for item in items)
        yield f"<ul>{entries}</ul>"


def _marked(text: str) -> str:
    marked = escape(text, quote=False)
    for pattern, replacement in _INLINE:
        marked = pattern.sub(replacement, marked)
    return marked

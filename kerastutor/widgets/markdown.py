"""The little Markdown that tasks and hints are written in, as HTML: paragraphs, lists, fences, code, bold, slant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
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
    return _with_code(text, _marked)


def sentence(text: str) -> str:
    """A sentence about what somebody else wrote: names in backticks, and nothing that could become a link.

    >>> sentence("Look at `dense`, not at [here](https://example.org).")
    'Look at <code>dense</code>, not at [here](https://example.org).'
    """
    return _with_code(text, escape)


def _with_code(text: str, others: Callable[[str], str]) -> str:
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return others(text)
    return "".join(f"<code>{escape(part)}</code>" if place % 2 else others(part) for place, part in enumerate(parts))


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

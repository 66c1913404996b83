"""The Markdown that tasks, hints and comments are written in, as HTML."""

from __future__ import annotations

from functools import cache

from markdown_it import MarkdownIt


def html(text: str) -> str:
    """The text as HTML: CommonMark and tables. HTML in it is shown, not obeyed, and nothing is fetched.

    >>> html("Build a *stack* of `Dense`:")
    '<p>Build a <em>stack</em> of <code>Dense</code>:</p>'
    """
    return str(_blocks().render(text)).strip()


def inline(text: str) -> str:
    """One line of text as HTML, without a paragraph around it.

    >>> inline("a **wide** `Dense`")
    'a <strong>wide</strong> <code>Dense</code>'
    """
    return str(_blocks().renderInline(text))


def sentence(text: str) -> str:
    """A sentence about what somebody else wrote: names in backticks, and nothing that could become a link.

    >>> sentence("Look at `dense`, not at [here](https://example.org).")
    'Look at <code>dense</code>, not at [here](https://example.org).'
    """
    return str(_names_only().renderInline(text))


@cache
def _blocks() -> MarkdownIt:
    # Indented lines are how tasks are written inside Python strings, not code; a page never loads a picture.
    return (
        MarkdownIt("commonmark", {"html": False})
        .enable("table")
        .disable(["code", "image", "html_block", "html_inline"])
    )


@cache
def _names_only() -> MarkdownIt:
    return MarkdownIt("zero").enable("backticks")

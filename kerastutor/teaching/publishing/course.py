"""What the lessons tell about themselves, and the pages about all of them: the index, and the summary to print."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from kerastutor.teaching.pages import render

_TEMPLATES = Path(__file__).parent / "templates"
_EMPTY_HEAD = re.compile(r"<thead>\s*<tr>\s*(<th></th>\s*)+</tr>\s*</thead>")


@dataclass(frozen=True)
class Page:
    """One lesson as its first cell and its summary tell it.

    Attributes:
        name: of the notebook, without ending.
        title: its heading.
        question: what it is about: the question it asks, or else its first sentence.
        minutes: how long it takes, in words; empty where it does not say.
        summary: the Markdown of its summary card; empty where it has none.
    """

    name: str
    title: str
    question: str
    minutes: str
    summary: str


def page_of(name: str, words: Sequence[str]) -> Page:
    """What the Markdown cells of a lesson tell about it.

    >>> page_of("01_stack", ["# 1. The stack\\n**The question.** What is in it? About 20 minutes.", "## Summary\\nIt."])
    Page(name='01_stack', title='1. The stack', question='What is in it?', minutes='20 minutes', summary='It.')
    """
    first = words[0] if words else ""
    title = re.match(r"# *(.+)", first)
    question = re.search(r"\*\*The question\.\*\* (.+?)(?: About .*)?$", first, re.M) or re.search(
        r"^(?!#)([^.\n]+\.)", first, re.M
    )
    minutes = re.search(r"(?:[Aa]bout|[Ii]n) (\w+ minutes)", first)
    card = next((each for each in words if each.startswith("## Summary")), "")
    body = re.sub(r"\*\*(Next|And then):?\*\*.*", "", card.removeprefix("## Summary"), flags=re.S)
    return Page(
        name,
        title[1] if title else name,
        question[1].replace("*", "") if question else "",
        minutes[1] if minutes else "",
        body.strip(),
    )


def index(pages: Sequence[Page]) -> str:
    """The page that leads to the lessons."""
    return render(_TEMPLATES / "index.html", pages=pages)


def summary(pages: Sequence[Page]) -> str:
    """The summary cards of all lessons, set so that they print on one page."""
    from nbconvert.filters import markdown2html

    cards = [(page.title, Markup(headed(markdown2html(page.summary)))) for page in pages if page.summary]
    return render(_TEMPLATES / "summary.html", cards=cards)


def headed(html: str) -> str:
    """Tables without empty headings, which Markdown wants and nobody reads."""
    return _EMPTY_HEAD.sub("", html).replace("<th></th>", "<td></td>")

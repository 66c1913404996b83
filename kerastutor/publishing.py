"""The lessons as static pages: executed, with an index and a one-page summary of the course to print."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

WIDGET = "application/vnd.jupyter.widget-view+json"
_PATIENCE = 600  # seconds for one cell, on a slow machine
_SCRIPT = re.compile(r"<script\b.*?</script>", re.S)
_NOTEBOOK = re.compile(r'href="([\w-]+)\.ipynb"')  # a link from lesson to lesson
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
body { color: #1b1b1b; background: #fff; }
a { color: #0058a0; }
table { border-collapse: collapse; width: 100%; }
td, th { border-bottom: 1px solid #ddd; padding: .2rem .5rem; text-align: left; vertical-align: top; }
@media screen and (prefers-color-scheme: dark) {
  body { color: #e6e6e6; background: #111; }
  a { color: #7cc0ff; }
  td, th { border-color: #444; }
}
@media print {
  @page { margin: 8mm; }
  body { font-size: 8px; line-height: 1.3; max-width: none; margin: 0; padding: 0; columns: 2; column-gap: 5mm; }
  h1 { column-span: all; margin: 0; font-size: 14px; }
  h2 { margin: .5em 0 .1em; font-size: 10px; }
  p { margin: .2em 0; }
  td, th { padding: 0 .4rem 0 0; }
  section { break-inside: avoid; }
}
"""


@dataclass(frozen=True)
class Page:
    """One lesson as its first cell and its summary tell it.

    Attributes:
        name: of the notebook, without ending.
        title: its heading.
        question: what it is about; empty where it asks none.
        minutes: how long it takes, in words; empty where it does not say.
        summary: the Markdown of its summary card; empty where it has none.
    """

    name: str
    title: str
    question: str
    minutes: str
    summary: str


def publish(source: Path, target: Path) -> tuple[Path, ...]:
    """Execute every notebook in `source` and write it to `target` as HTML, with `index.html` and `summary.html`.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell failed that was not meant to.
    """
    target.mkdir(parents=True, exist_ok=True)
    written, pages = [], []
    for path in sorted(source.glob("*.ipynb")):
        if path.stem == "index":  # it shows a learner's own progress; the pages have an index of their own
            continue
        notebook = _executed(path)
        pages.append(page_of(path.stem, [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]))
        written.append(_write(target / f"{path.stem}.html", _html(notebook, pages[-1].title)))
    written.append(_write(target / "index.html", index(pages)))
    written.append(_write(target / "summary.html", summary(pages)))
    return tuple(written)


def page_of(name: str, words: Sequence[str]) -> Page:
    """What the Markdown cells of a lesson tell about it.

    >>> page_of("01_stack", ["# 1. The stack\\n**The question.** What is in it? About 20 minutes.", "## Summary\\nIt."])
    Page(name='01_stack', title='1. The stack', question='What is in it?', minutes='20 minutes', summary='It.')
    """
    first = words[0] if words else ""
    title = re.match(r"# *(.+)", first)
    question = re.search(r"\*\*The question\.\*\* (.+?)(?: About .*)?$", first, re.M)
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
    rows = "".join(
        f'<tr><td><a href="{page.name}.html">{escape(page.title)}</a></td><td>{escape(page.question)}</td>'
        f"<td>{escape(page.minutes)}</td></tr>"
        for page in pages
    )
    table = f"<table><tr><th>Lesson</th><th>The question</th><th>Time</th></tr>{rows}</table>"
    return framed("kerastutor: the lessons", f'{table}<p><a href="summary.html">The course on one page</a></p>')


def summary(pages: Sequence[Page]) -> str:
    """The summary cards of all lessons, set so that they print on one page."""
    from nbconvert.filters import markdown2html

    cards = "".join(
        f"<section><h2>{escape(page.title)}</h2>{markdown2html(page.summary)}</section>"
        for page in pages
        if page.summary
    )
    return framed("kerastutor: the course on one page", cards)


def framed(title: str, body: str) -> str:
    """A page of its own: its style, a heading, and what stands below."""
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head><body><h1>{escape(title)}</h1>{body}</body></html>\n'


def _executed(path: Path) -> Any:
    """The notebook after a run from top to bottom, without the live widgets: their pictures stay."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=_PATIENCE, kernel_name="python3").execute()
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET, None)
    return notebook


def _html(notebook: Any, title: str) -> str:
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(exclude_input_prompt=True, exclude_output_prompt=True)
    html, _ = exporter.from_notebook_node(notebook, resources={"metadata": {"name": title}})
    html = _NOTEBOOK.sub(r'href="\1.html"', html)
    return _SCRIPT.sub("", html)  # the pages need none, and these would fetch libraries from afar


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path

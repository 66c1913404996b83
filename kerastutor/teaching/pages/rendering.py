"""HTML from templates: everything is escaped, and the pages may neither run nor fetch anything.

What a student wrote ends up in some of these pages: names, titles, layers. Jinja2 escapes all of it, and a content
security policy in the page itself forbids scripts, forms and everything from elsewhere, should an escape ever be
forgotten.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from kerastutor.teaching.pages import colours
from kerastutor.widgets import markdown

_LONGEST = 600  # characters of a sentence: a layer's name can be of any length
_SHARED = Path(__file__).parent / "templates"


def render(template: Path, **values: Any) -> str:
    """The page that a template makes of these values, in the frame `base.html`.

    A stylesheet of the template's name beside it is added to the one that all pages share. In a template,
    `text | markdown` is what an author or instructor wrote, and `text | sentence` a sentence about what a student
    wrote, which can become code in backticks and nothing else.
    """
    style = _style(template.with_suffix(".css"))
    known = {"style": Markup(style), "policy": _policy(style)}
    return _environment(template.parent).get_template(template.name).render({**known, **values})


@cache
def _environment(folder: Path) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([folder, _SHARED]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        markdown=lambda text: Markup(markdown.html(text)),
        sentence=lambda text: Markup(markdown.sentence(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")),
        marks=_marks,
    )
    return environment


@cache
def _style(own: Path) -> str:
    shared = (_SHARED / "style.css").read_text(encoding="utf-8")
    return f"{colours.stylesheet()}\n{shared}{own.read_text(encoding='utf-8') if own.is_file() else ''}"


def _policy(style: str) -> str:
    """Only this stylesheet, only pictures that are in the page, nothing else."""
    known = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; img-src data:; style-src 'sha256-{known}'; base-uri 'none'; form-action 'none'"


def _marks(value: float) -> str:
    """Points as people write them: 2, 1.5, 0.67."""
    return f"{value:.2f}".rstrip("0").rstrip(".")

"""HTML from templates, in one set of colours: everything is escaped, and the pages may neither run nor fetch anything.

What a student wrote ends up in some of these pages: names, titles, layers. Jinja2 escapes all of it, and a content
security policy in the page itself forbids scripts, forms and everything from elsewhere, should an escape ever be
forgotten.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from kerastutor.drawing import svg, theme
from kerastutor.drawing.theme import Theme
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
    return f"{stylesheet()}\n{shared}{own.read_text(encoding='utf-8') if own.is_file() else ''}"


def _policy(style: str) -> str:
    """Only this stylesheet, only pictures that are in the page, nothing else."""
    known = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; img-src data:; style-src 'sha256-{known}'; base-uri 'none'; form-action 'none'"


def _marks(value: float) -> str:
    """Points as people write them: 2, 1.5, 0.67."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


_TONES = {"good": "missing", "open": "extra", "bad": "wrong"}
"""How an outcome is told, and the mark of a drawing that has the same colour."""

_OWN: Mapping[Theme, Mapping[str, str]] = {
    "light": {"calm": "#0063a0", "hairline": "#d5dae0", "calm-fill": "#b6bcc4"},
    "dark": {"calm": "#6cc1f0", "hairline": "#39414b", "calm-fill": "#717b87"},
}
"""What no drawing needs: links and focus, the lines of tables and cards, and what was not attempted."""

_FILLS = {"good-fill": theme.GREEN, "open-fill": theme.ORANGE, "bad-fill": theme.PURPLE}
"""The parts of a bar, the same in light and dark."""


def stylesheet() -> str:
    """The variables of a page; on paper they are the light ones."""
    return (
        f":root{{color-scheme:light dark;{_variables('light')}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{_variables('dark')}}}}}"
    )


def _variables(which: Theme) -> str:
    drawn = theme.COLOURS[which]
    named = {name: drawn[name] for name in ("paper", "raised", "ink", "muted", "line", "frame")}
    tones = {tone: drawn[mark] for tone, mark in _TONES.items()}
    return ";".join(f"--{name}:{value}" for name, value in {**named, **tones, **_FILLS, **_OWN[which]}.items())


_TWIN = re.compile(r'<style>body\[data-jp-theme-light="false"\] \.[\w-]+\{content:url\([^)]*\)\}</style>')
"""The dark twin of a drawing, for Jupyter's dark theme alone."""

_PICTURE = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)")


def in_readers_colours(html: str) -> str:
    """The same page with every drawing and curve in it light or dark as the reader's system asks for."""
    return _PICTURE.sub(_followed, _TWIN.sub("", html))


def _followed(found: re.Match[str]) -> str:
    return svg.in_page(theme.followed(base64.b64decode(found[1]).decode()))

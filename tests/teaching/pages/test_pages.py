"""The static pages: one set of colours, from the drawings; contrast enough to read; nothing on them runs."""

import re
from pathlib import Path

import pytest

import kerastutor
from kerastutor.drawing.theme import COLOURS
from kerastutor.teaching.pages import render
from kerastutor.teaching.pages.rendering import stylesheet

PACKAGE = Path(kerastutor.__file__).parent
LITERAL = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?)\(", re.I)


def variables(which: str) -> dict[str, str]:
    light, dark = stylesheet().split("@media")
    return dict(re.findall(r"--([\w-]+):(#[0-9a-f]{6})", light if which == "light" else dark))


def luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_no_stylesheet_of_a_page_has_colours_of_its_own():
    sheets = list(PACKAGE.glob("teaching/*/templates/*.css"))
    assert len(sheets) >= 6
    assert {sheet.name: found for sheet in sheets if (found := LITERAL.findall(sheet.read_text("utf-8")))} == {}


@pytest.mark.parametrize("which", ["light", "dark"])
def test_a_page_has_the_colours_of_the_drawings_on_it(which):
    known = variables(which)
    assert {name: known[name] for name in ("paper", "ink", "muted")} == {
        name: COLOURS[which][name] for name in ("paper", "ink", "muted")
    }
    assert (known["good"], known["open"], known["bad"]) == tuple(
        COLOURS[which][mark] for mark in ("missing", "extra", "wrong")
    )


@pytest.mark.parametrize("which", ["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "raised"])
@pytest.mark.parametrize("text", ["ink", "muted", "good", "open", "bad", "calm"])
def test_every_colour_of_text_can_be_read(which, ground, text):
    assert contrast(variables(which)[text], variables(which)[ground]) >= 4.5


def test_a_template_is_escaped_and_has_the_policy_of_its_own_style(tmp_path):
    (tmp_path / "one.html").write_text(
        '{% extends "base.html" %}{% block title %}{{ name }}{% endblock %}{% block body %}{{ name }}{% endblock %}'
    )
    (tmp_path / "one.css").write_text("p { margin: 0; }")
    html = render(tmp_path / "one.html", name="<script>")
    assert html.count("&lt;script&gt;") == 2
    assert "<script>" not in html
    assert "p { margin: 0; }" in html
    (tmp_path / "two.html").write_text('{% extends "base.html" %}')
    hashes = [re.search(r"sha256-[\w+/=]+", render(tmp_path / name, name="")) for name in ("one.html", "two.html")]
    assert hashes[0][0] != hashes[1][0]

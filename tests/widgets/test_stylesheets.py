"""The stylesheets of all views are on one page at once: what one says must reach no other view."""

import re
from importlib.resources import files

import pytest

STATIC = files("kerastutor.widgets") / "static"
ROOTS = {"builder": "kt-builder", "exercise": "kt-card", "run": "kt-run", "stepper": "kt-stepper", "twin": "kt-twin"}
DARK = 'body[data-jp-theme-light="false"]'


def selectors(view: str) -> list[str]:
    """Every selector of a stylesheet, one by one."""
    text = re.sub(r"/\*.*?\*/", "", (STATIC / f"{view}.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    heads = [head.strip() for head in re.findall(r"([^{};]+)\{", text)]
    return [part.strip() for head in heads if head[0] != "@" for part in re.split(r",(?![^(]*\))", head)]


def test_every_stylesheet_has_its_root():
    assert {file.name.removesuffix(".css") for file in STATIC.iterdir() if file.name.endswith(".css")} == set(ROOTS)


@pytest.mark.parametrize("view", ROOTS)
def test_a_stylesheet_speaks_of_its_own_view_only(view):
    own = re.compile(rf"\.{ROOTS[view]}(?![a-z])|\.{ROOTS[view]}-")
    assert not [said for said in selectors(view) if not own.match(said.removeprefix(DARK).strip())]


@pytest.mark.parametrize("view", ROOTS)
def test_no_view_wears_the_class_of_another(view):
    written = "".join((STATIC / f"{view}.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    assert not [root for other, root in ROOTS.items() if other != view and re.search(rf"\b{root}\b", written)]

"""What a view is in the browser: one ES module and one stylesheet, as text.

As text, because a widget whose module is a file never ends; see `registry`.
"""

from __future__ import annotations

from importlib.resources import files

from kerastutor.drawing import theme

_STATIC = files("kerastutor.widgets") / "static"


def module(view: str) -> str:
    """The module of a view, with what all views share before it."""
    return f"{_text('page.js')}\n{_text(f'{view}.js')}"


def style(view: str) -> str:
    """The stylesheet of a view."""
    return _text(f"{view}.css")


def style_with_drawings(view: str) -> str:
    """The stylesheet of a view that holds drawings, with their colours: light, or dark where the page is."""
    root = f".kt-{view}"
    light, dark = f"{root}{{{theme.variables('light')}}}", f"{root}{{{theme.variables('dark')}}}"
    return f'{light}body[data-jp-theme-light="false"] {dark}{theme.RULES}{style(view)}'


def _text(file: str) -> str:
    return (_STATIC / file).read_text(encoding="utf-8")

"""The colours of the pages, as CSS variables: those of the drawings, in light or dark as the reader wants."""

from __future__ import annotations

from collections.abc import Mapping

from kerastutor.drawing import theme
from kerastutor.drawing.theme import Theme

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

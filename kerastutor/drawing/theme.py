"""Colours and type of the drawings: Okabe-Ito for families and badges, and one stylesheet that light and dark share.

Colours are CSS variables. A drawing that stands alone defines them itself; in the widget they come from Jupyter's
theme. Every colour only repeats what a word or a shape says already.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Theme = Literal["light", "dark"]
Colours = Theme | Literal["reader's"]
"""A theme, or whichever of the two the reader's system asks for."""

FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'DejaVu Sans',sans-serif"

BLUE, SKY, GREEN, YELLOW = "#0072b2", "#56b4e9", "#009e73", "#f0e442"
ORANGE, VERMILION, PURPLE, GREY = "#e69f00", "#d55e00", "#cc79a7", "#b6bcc4"
"""Okabe and Ito's colours, which colour-blind people tell apart, and a grey."""

FAMILIES: Mapping[str, str] = {
    "input": GREY,
    "dense": BLUE,
    "convolution": ORANGE,
    "pooling": YELLOW,
    "recurrent": GREEN,
    "text": PURPLE,
    "regularisation": GREY,
    "normalisation": SKY,
    "attention": VERMILION,
    "merge": GREY,
    "reshape": GREY,
    "activation": YELLOW,
    "preprocessing": GREY,
    "wrapper": PURPLE,
    "operation": GREY,
    "custom": PURPLE,
}
"""The colour of each family of layers."""

BADGES = (ORANGE, SKY, GREEN, YELLOW, VERMILION, PURPLE)
"""The colours of badges; all carry black letters with a contrast of at least 4.5."""

COLOURS: Mapping[Theme, Mapping[str, str]] = {
    "light": {
        "paper": "#ffffff",
        "raised": "#f7f8fa",
        "ink": "#1c2128",
        "muted": "#545d68",
        "line": "#8a939e",
        "frame": "#f0f3f7",
        "missing": "#00664a",
        "extra": "#a84300",
        "wrong": "#8a2f68",
    },
    "dark": {
        "paper": "#14171c",
        "raised": "#20252c",
        "ink": "#e8ecf1",
        "muted": "#a9b2bd",
        "line": "#717b87",
        "frame": "#1b2027",
        "missing": "#4fd6ac",
        "extra": "#ff9a57",
        "wrong": "#eda5cd",
    },
}
"""The colours of paper and ink."""

RULES = (
    ".kt text{font-family:" + FONT + ";fill:var(--kt-ink)}"
    ".kt .t{font-size:13px;font-weight:600}"
    ".kt .f,.kt .n{font-size:11.5px}"
    ".kt .c,.kt .p,.kt .s{font-size:11px}"
    ".kt .n,.kt .c,.kt .s,.kt .h2{fill:var(--kt-muted)}"
    ".kt .s,.kt .q{paint-order:stroke;stroke:var(--kt-paper);stroke-width:4px;stroke-linejoin:round}"
    ".kt .p{font-weight:500}"
    ".kt .h1{font-size:15px;font-weight:650}"
    ".kt .h2{font-size:12px}"
    ".kt .e{text-anchor:end}.kt .m{text-anchor:middle}"
    ".kt .o{fill:var(--kt-raised);stroke:var(--kt-line)}"
    ".kt .g .o,.kt .d .o{stroke-dasharray:5 3}"
    ".kt .g .o,.kt .d .o{fill:var(--kt-paper)}"
    ".kt .a{fill:none;stroke:var(--kt-line);stroke-width:1.5}"
    ".kt .v{fill:var(--kt-line)}"
    ".kt .w{fill:var(--kt-frame);stroke:var(--kt-line);stroke-opacity:.6}"
    ".kt .r{fill:var(--kt-line);fill-opacity:.17}"
    ".kt .i{fill:none;stroke:#14171c;stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}"
    ".kt .i.l{stroke:#fff}"
    ".kt .y{fill:none;stroke:var(--kt-ink);stroke-width:1.4;stroke-linecap:round;stroke-linejoin:round}"
    ".kt .z{fill:#14171c!important;font-size:11px;font-weight:700}"
    ".kt .q{font-size:10px;font-weight:600}"
    ".kt .u{fill:var(--kt-paper);stroke:var(--kt-line)}"
    ".kt .x{opacity:.62}"
    ".kt .j{stroke:var(--kt-line);stroke-width:1}"
    ".kt .nt{fill:var(--kt-paper);stroke:var(--kt-extra);stroke-width:1.500}"
    ".kt .ss{fill:none;stroke:var(--kt-extra);stroke-width:1.800;stroke-linecap:round;stroke-linejoin:round}"
    ".kt .mk{fill:var(--kt-muted)}"
    ".kt .mw{fill:var(--kt-paper);font-size:11px;font-weight:600}"
    ".kt .ms{fill:none;stroke:var(--kt-paper);stroke-width:2;stroke-linecap:round}"
    ".kt .mark-unused>.o{stroke-dasharray:1 4}"
    + "".join(
        f".kt .mark-{mark} .mk{{fill:var(--kt-{mark})}}"
        f".kt .mark-{mark}>.o{{stroke:var(--kt-{mark});stroke-width:2.500;stroke-dasharray:{dashes}}}"
        f".kt .mark-{mark}>.a{{stroke:var(--kt-{mark});stroke-width:2.500;stroke-dasharray:{dashes}}}"
        f".kt .mark-{mark}>.v{{fill:var(--kt-{mark})}}"
        for mark, dashes in (("missing", "7 5"), ("extra", "none"), ("wrong", "2 3"))
    )
    + ".kt .mark-missing>.o{fill:var(--kt-paper)}"
    ".kt .chev{display:none}"
)
"""The stylesheet; class names are one letter long because a large drawing repeats them thousands of times."""


def variables(theme: Theme) -> str:
    """The colours of a theme as CSS declarations."""
    return ";".join(f"--kt-{name}:{value}" for name, value in COLOURS[theme].items())


def ground(colours: Colours) -> str:
    """The variables alone, for a picture with rules of its own."""
    if colours != "reader's":
        return f".kt{{{variables(colours)}}}"
    return f"{ground('light')}@media(prefers-color-scheme:dark){{{ground('dark')}}}"


def style(colours: Colours) -> str:
    """The stylesheet of a drawing that stands alone."""
    return f"{ground(colours)}{RULES}"


def followed(picture: str) -> str:
    """A picture that was made in light colours, in whichever the reader's system asks for.

    >>> followed(style("light")) == style("reader's")
    True
    """
    return picture.replace(ground("light"), ground("reader's"), 1)


def light_glyph(family: str) -> bool:
    """Whether the icon on the family's colour must be white to be seen."""
    return FAMILIES[family] == BLUE

"""One box as SVG: its icon, its texts, its activation strip, its badge and its marks."""

from __future__ import annotations

from collections.abc import Mapping

from kerastutor.drawing import icons, metrics, svg, theme
from kerastutor.drawing.badges import Badge
from kerastutor.drawing.scene import BODY, COUNT, PAD, STRIP, Box, Mark

RADIUS = 8.0

MARK_WORDS: Mapping[Mark, str] = {
    "missing": "missing",
    "extra": "not expected",
    "wrong": "differs",
    "failing": "fails here",
    "unused": "reaches no output",
}
MARK_SIGNS: Mapping[Mark, str] = {
    "missing": "M4 8h8M8 4v8",
    "extra": "M4.500 4.500l7 7M11.500 4.500l-7 7",
    "wrong": "M8 3.500v5.500M8 12v.1",
    "failing": "M8 3.500v5.500M8 12v.1",
}
_LOOKS_LIKE: Mapping[Mark, Mark] = {"failing": "wrong"}


def draw_box(box: Box, x: float, y: float, kind: str = "b") -> str:
    """The box with its centre at (x, y)."""
    body = _BODIES[box.look](box) + _mark(box)
    classes = " ".join(filter(None, (kind, _MODIFIERS.get(box.look, ""), _mark_class(box.mark))))
    key = f' data-key="{svg.escape(box.key)}"'
    return svg.group(classes, body, x=round(x - box.width / 2, 1), y=round(y - box.height / 2, 1), more=key)


_MODIFIERS = {"input": "g", "output": "g"}


def _layer(box: Box) -> str:
    outline = svg.rect("o", 0, 0, box.width, box.height, RADIUS)
    return outline + contents(box, 0, box.width) + strip(box, box.height)


def contents(box: Box, top: float, wide: float) -> str:
    """Icon, texts and badge of a box whose body begins at `top`."""
    right = wide - PAD - (26 if box.badge else 0)
    alone = not (box.name or box.count)
    base = top + (27 if alone else 19)
    return (
        icon(box.family, 9, top + 13)
        + svg.text(36, base, "t", box.title)
        + svg.text(right, base, "f e", box.fact)
        + svg.text(36, top + 36, "n", box.name)
        + svg.text(wide - PAD, top + 36, "c e", box.count)
        + (badge(box.badge, wide - 18, top + 15) if box.badge else "")
    )


def icon(family: str, x: float, y: float) -> str:
    """The icon of a family, 20 pixels wide, with its corner at (x, y)."""
    chip = f'<rect width="20" height="20" rx="5" fill="{theme.FAMILIES[family]}"/>'
    glyph = "i l" if theme.light_glyph(family) else "i"
    return svg.group("k", chip + svg.path(glyph, icons.FAMILIES[family], ' transform="translate(2 2)"'), x=x, y=y)


def strip(box: Box, bottom: float) -> str:
    """The activation, as a cap that closes the box where its tensor leaves."""
    if not box.cap:
        return ""
    wide, top, r = box.width, bottom - STRIP, RADIUS
    shape = f"M0 {top:g}H{wide:g}V{bottom - r:g}a{r:g} {r:g} 0 0 1-{r:g} {r:g}H{r:g}a{r:g} {r:g} 0 0 1-{r:g}-{r:g}z"
    return svg.path("r", shape) + activation_label(box.cap, wide, top)


def activation_label(cap: str, wide: float, top: float) -> str:
    """The activation's curve and name in the middle of a strip."""
    curve = icons.ACTIVATIONS.get(cap, "")
    left = (wide - metrics.width(cap, COUNT) - (20 if curve else 0)) / 2
    drawn = svg.path("y", curve, f' transform="translate({left:.1f} {top + 2:g})"') if curve else ""
    return drawn + svg.text(round(left + (20 if curve else 0), 1), top + 14, "p", cap)


def badge(worn: Badge, x: float, y: float) -> str:
    """The letter of a shared layer in a disc with its centre at (x, y)."""
    disc = f'<circle r="9.500" fill="{theme.BADGES[worn.colour]}"/>'
    return svg.group("bd", disc + svg.text(0, 4, "z m", worn.letter), x=x, y=y)


def _operation(box: Box) -> str:
    outline = svg.rect("o", 0, 0, box.width, box.height, box.height / 2)
    middle = box.width / 2
    label = f'<tspan class="t">{svg.escape(box.title)}</tspan>'
    fact = f'<tspan class="f" dx="8">{svg.escape(box.fact)}</tspan>' if box.fact else ""
    return f'{outline}<text class="m" x="{middle:g}" y="20">{label}{fact}</text>'


def _output(box: Box) -> str:
    return svg.rect("o", 0, 0, box.width, box.height, box.height / 2) + svg.text(
        box.width / 2, box.height / 2 + 4, "s m", box.title
    )


def _group(box: Box) -> str:
    behind = "".join(
        svg.rect("o", shift, shift, box.width, box.height, RADIUS) for shift in (6, 3)[: 2 if box.times > 1 else 0]
    )
    chevron = svg.path("chev", f"M{box.width / 2 - 4:g} {BODY - 6:g}l4 4 4-4")
    return behind + svg.rect("o", 0, 0, box.width, box.height, RADIUS) + contents(box, 0, box.width) + chevron


def _mark(box: Box) -> str:
    """What is to be said of the box, on its upper edge, besides its outline and colour.

    At the right, where it has room: at the left stands the name of a group around the box.
    """
    return mark_pill(box.mark, max(12, box.width - 12 - pill_width(box.mark)), -2) if box.mark else ""


def mark_pill(mark: Mark, x: float, y: float, *, centred: bool = False) -> str:
    """A word and a sign in a pill whose left end, or whose middle, is at x."""
    word = MARK_WORDS[mark]
    sign = MARK_SIGNS.get(mark, "")
    wide = pill_width(mark)
    pill = svg.rect("mk", 0, 0, wide, 18, 9)
    drawn = svg.path("ms", sign, ' transform="translate(3 1)"') if sign else ""
    content = pill + drawn + svg.text(20 if sign else 7, 13, "mw", word)
    return svg.group(f"pill {_mark_class(mark)}", content, x=round(x - (wide / 2 if centred else 0), 1), y=y - 9)


def _mark_class(mark: Mark) -> str:
    return f"mark-{_LOOKS_LIKE.get(mark, mark)}" if mark else ""


def pill_width(mark: Mark) -> float:
    """Width of the pill that says `mark`."""
    return round(metrics.width(MARK_WORDS[mark], COUNT, bold=True) + (28 if mark in MARK_SIGNS else 14), 1)


_BODIES = {"layer": _layer, "input": _layer, "operation": _operation, "output": _output, "group": _group}

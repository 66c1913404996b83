"""The curves as a still picture: SVG text for saved notebooks, where nothing runs."""

from __future__ import annotations

import math
from collections.abc import Sequence

from kerastutor.drawing import svg, theme
from kerastutor.training.curves import Chart, Point, Series

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#8A6D00", "#56B4E9")
"""Okabe and Ito's colours, told apart by colour-blind people too; the yellow is darkened to be legible on white."""

DASHES = ("", "6 4", "2 3", "10 3 2 3", "12 4", "1 4")
"""With the colours, so that lines differ in more than these; every second series has square marks too."""

WIDTH, HEIGHT = 340, 220
_STYLE = (
    f"{theme.ground('light')}.paper{{fill:var(--kt-paper)}}.grid{{stroke:var(--kt-line);stroke-opacity:.4}}"
    "text{fill:var(--kt-ink)}.quiet{fill:var(--kt-muted)}"
)
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 30, 46


def picture(panels: Sequence[Chart]) -> str:
    """The panels side by side, as a complete SVG document on a ground of its own.

    >>> picture([]).startswith("<svg")
    True
    """
    width = WIDTH * max(1, len(panels))
    drawn = "".join(
        svg.element("g", _panel(panel), transform=f"translate({WIDTH * place} 0)") for place, panel in enumerate(panels)
    )
    ground = svg.element("rect", width=width, height=HEIGHT, class_="paper")
    body = f"<style>{_STYLE}</style>{ground}{drawn}"
    return svg.document(body, width, HEIGHT, font_family="system-ui, sans-serif", font_size=12)


def ticks(low: float, high: float, about: int = 4) -> tuple[float, ...]:
    """Round numbers from at or below `low` to at or above `high`, about so many.

    >>> ticks(0.13, 0.87)
    (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    >>> ticks(2.0, 2.0)
    (1.0, 1.5, 2.0, 2.5, 3.0)
    """
    if high - low < 1e-9 * max(1.0, abs(high)):
        pad = abs(high) / 2 or 1.0
        low, high = low - pad, high + pad
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(round(place * step, 12) for place in range(first, last + 1))


def _panel(panel: Chart) -> str:
    values = [value for series in panel.series for _, value in series.points] or [0.0, 1.0]
    marks = ticks(min(values), max(values))
    low, high = marks[0], marks[-1]

    def place(point: Point) -> Point:
        across = (point[0] - 0) / max(panel.last_epoch, 1)
        up = (point[1] - low) / (high - low)
        return (
            _LEFT + across * (WIDTH - _LEFT - _RIGHT),
            HEIGHT - _BOTTOM - up * (HEIGHT - _TOP - _BOTTOM),
        )

    lines = "".join(_grid_line(mark, place((0, mark))[1]) for mark in marks)
    numbers = "".join(_epoch_number(epoch, place((epoch, low))[0]) for epoch in _epochs(panel.last_epoch))
    curves = "".join(_curve(series, [place(point) for point in series.points]) for series in panel.series)
    title = svg.element("text", svg.escape(panel.metric), x=_LEFT, y=17, font_weight=600)
    return title + lines + numbers + curves + _legend(panel.series)


def _grid_line(mark: float, y: float) -> str:
    line = svg.element("line", x1=_LEFT, x2=WIDTH - _RIGHT, y1=y, y2=y, class_="grid")
    return line + svg.element("text", f"{mark:g}", x=_LEFT - 6, y=y + 4, text_anchor="end", class_="quiet")


def _epoch_number(epoch: int, x: float) -> str:
    return svg.element("text", str(epoch), x=x, y=HEIGHT - _BOTTOM + 16, text_anchor="middle", class_="quiet")


def _epochs(last: int) -> list[int]:
    """At most six epoch numbers, evenly spaced from 0."""
    return [int(mark) for mark in ticks(0, last, 5) if mark == int(mark) and mark <= last]


def _curve(series: Series, points: Sequence[Point]) -> str:
    colour, dash = COLOURS[series.place % len(COLOURS)], DASHES[series.place % len(DASHES)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(_dot(point, colour, square=series.place % 2 == 1) for point in points) if len(points) <= 30 else ""
    line = svg.element("polyline", points=path, fill="none", stroke=colour, stroke_width=2, stroke_dasharray=dash)
    return line + dots


def _dot(point: Point, colour: str, *, square: bool) -> str:
    x, y = point
    if square:
        return svg.element("rect", x=x - 3, y=y - 3, width=6, height=6, fill=colour)
    return svg.element("circle", cx=x, cy=y, r=3, fill=colour)


def _legend(series: Sequence[Series]) -> str:
    parts = []
    x, y = float(_LEFT), HEIGHT - 10
    for one in series:
        colour, dash = COLOURS[one.place % len(COLOURS)], DASHES[one.place % len(DASHES)]
        ends: dict[str, str | float] = {"x1": x, "x2": x + 22, "y1": y - 4, "y2": y - 4}
        parts.append(svg.element("line", **ends, stroke=colour, stroke_width=2, stroke_dasharray=dash))
        parts.append(svg.element("text", svg.escape(one.label), x=x + 27, y=y))
        x += 27 + 7 * len(one.label) + 16
    return "".join(parts)

"""The practice so far as a picture: a row for each kind of exercise, a mark for each one tried, the oldest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kerastutor.drawing import svg, theme
from kerastutor.drawing.still import image
from kerastutor.exercises.practice import by_kind
from kerastutor.exercises.progress import Attempt

SHOWN = 20
"""The newest marks of each row; the counts beside them tell of all."""

_LABEL, _STEP, _ROW, _TOP, _COUNT = 150, 18, 30, 34, 90
_RIGHT, _WRONG, _INK, _QUIET = theme.BLUE, theme.VERMILION, "var(--kt-ink)", "var(--kt-muted)"


@dataclass(frozen=True)
class PracticeChart:
    """What was right at the first attempt, and what was not.

    >>> chart = PracticeChart({"which-class": (True, False, True)})
    >>> chart
    which-class: ●○● 2 of 3 right at the first attempt

    Attributes:
        rows: for each kind of exercise, whether each one was right at the first attempt, the oldest first.
    """

    rows: Mapping[str, tuple[bool, ...]]

    @property
    def svg(self) -> str:
        """The picture on a ground of its own; right and wrong differ in colour and in shape."""
        width, height = _LABEL + SHOWN * _STEP + _COUNT, _TOP + len(self.rows) * _ROW + 8
        rows = "".join(_drawn(place, *row) for place, row in enumerate(self.rows.items()))
        ground = svg.element("rect", width=width, height=height, fill="var(--kt-paper)")
        body = f"<style>{theme.ground('light')}</style>{ground}{_legend()}{rows}"
        return svg.document(body, width, height, font_family="system-ui, sans-serif", font_size=13)

    def __repr__(self) -> str:
        return "\n".join(
            f"{kind}: {''.join('●' if right else '○' for right in marks)} {_count(marks)} right at the first attempt"
            for kind, marks in self.rows.items()
        )

    def _repr_mimebundle_(self, **options: object) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": image(self.svg, repr(self))}


def practice_chart(history: Iterable[Attempt]) -> PracticeChart:
    """The chart of the practice exercises among a learner's attempts, `exercise.progress.attempts()`."""
    return PracticeChart(by_kind(history))


def _drawn(place: int, kind: str, marks: tuple[bool, ...]) -> str:
    y = _TOP + place * _ROW + _ROW / 2
    shown = "".join(_mark(_LABEL + n * _STEP + _STEP / 2, y, right) for n, right in enumerate(marks[-SHOWN:]))
    words, count = kind.replace("-", " "), _text(_count(marks), _LABEL + SHOWN * _STEP + 10, y + 4, _QUIET)
    return _text(words, 12, y + 4, _INK) + shown + count


def _mark(x: float, y: float, right: bool) -> str:
    if right:
        return svg.element("circle", cx=x, cy=y, r=6, fill=_RIGHT)
    return svg.element("rect", x=x - 5, y=y - 5, width=10, height=10, fill="none", stroke=_WRONG, stroke_width=2)


def _legend() -> str:
    right = _mark(_LABEL + 9, 18, True) + _text("right at the first attempt", _LABEL + 22, 22, _QUIET)
    return right + _mark(_LABEL + 219, 18, False) + _text("not yet", _LABEL + 232, 22, _QUIET)


def _text(words: str, x: float, y: float, fill: str) -> str:
    return svg.element("text", svg.escape(words), x=x, y=y, fill=fill)


def _count(marks: tuple[bool, ...]) -> str:
    return f"{sum(marks)} of {len(marks)}"

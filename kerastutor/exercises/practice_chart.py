"""The practice so far as a picture: a row for each kind of exercise, a mark for each one tried, the oldest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

from kerastutor.drawing import theme
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
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" class="kt" font-family="system-ui, sans-serif" font-size="13">'
            f"<style>{theme.ground('light')}</style>"
            f'<rect width="{width}" height="{height}" fill="var(--kt-paper)"/>{_legend()}{rows}</svg>'
        )

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
    return (
        f'<text x="12" y="{y + 4:g}" fill="{_INK}">{escape(kind.replace("-", " "))}</text>{shown}'
        f'<text x="{_LABEL + SHOWN * _STEP + 10}" y="{y + 4:g}" fill="{_QUIET}">{_count(marks)}</text>'
    )


def _mark(x: float, y: float, right: bool) -> str:
    if right:
        return f'<circle cx="{x:g}" cy="{y:g}" r="6" fill="{_RIGHT}"/>'
    return f'<rect x="{x - 5:g}" y="{y - 5:g}" width="10" height="10" fill="none" stroke="{_WRONG}" stroke-width="2"/>'


def _legend() -> str:
    return (
        f'{_mark(_LABEL + 9, 18, True)}<text x="{_LABEL + 22}" y="22" fill="{_QUIET}">right at the first attempt</text>'
        f'{_mark(_LABEL + 219, 18, False)}<text x="{_LABEL + 232}" y="22" fill="{_QUIET}">not yet</text>'
    )


def _count(marks: tuple[bool, ...]) -> str:
    return f"{sum(marks)} of {len(marks)}"

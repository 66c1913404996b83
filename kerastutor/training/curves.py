"""The curves of a run, ready to be drawn: one panel per metric, one series each for training and validation."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kerastutor.training.progress import Row, RunProgress

MOST_POINTS = 200
"""A series longer than this is thinned out: more cannot be told apart on a page."""

MOST_PANELS = 4
"""More metrics than these are in the table only."""

SHORT_RUN = 12
"""Up to so many epochs the axis shows the whole run from the start."""

Point = tuple[float, float]
"""(epochs finished, value)."""


@dataclass(frozen=True)
class Series:
    """One line: `label`, its points, and how to draw it.

    Attributes:
        place: which colour, dashes and marks it has, from 0: no two series differ by colour alone.
        moving: its last point is that of an epoch still going on.
    """

    label: str
    points: tuple[Point, ...]
    place: int = 0
    moving: bool = False


@dataclass(frozen=True)
class Chart:
    """One picture: the curves of one metric. `last_epoch` is where its axis ends."""

    metric: str
    series: tuple[Series, ...]
    last_epoch: int


def panels(progress: RunProgress) -> tuple[Chart, ...]:
    """The curves of one run, the loss first.

    >>> rows = ({"loss": 2.0, "val_loss": 2.5},)
    >>> run = RunProgress(epochs=2, epoch=1, rows=rows, now={"loss": 1.5}, step=5, steps=10)
    >>> for series in panels(run)[0].series: print(series.label, series.points)
    training ((1.0, 2.0), (1.5, 1.5))
    validation ((1.0, 2.5),)
    """
    return tuple(
        Chart(
            metric,
            tuple(
                series
                for series in (
                    _series(progress, metric, "training", place=0),
                    _series(progress, f"val_{metric}", "validation", place=1),
                )
                if series.points
            ),
            _last_epoch([progress]),
        )
        for metric in metrics([progress])[:MOST_PANELS]
    )


def race_panels(runs: Sequence[RunProgress]) -> tuple[Chart, ...]:
    """The curves of several runs together, a colour and dashes each: validation where there is any, else training."""
    found = []
    for metric in metrics(runs)[:MOST_PANELS]:
        validated = any(f"val_{metric}" in row for run in runs for row in run.rows[:1])
        key = f"val_{metric}" if validated else metric
        series = tuple(_series(run, key, run.name, place=place) for place, run in enumerate(runs))
        label = f"{metric}, validation" if validated else metric
        found.append(Chart(label, tuple(one for one in series if one.points), _last_epoch(runs)))
    return tuple(found)


def metrics(runs: Iterable[RunProgress]) -> list[str]:
    """The names of the metrics without `val_`, the loss first, the others in the order they appear."""
    names: dict[str, None] = {}
    for run in runs:
        for row in (*run.rows[:1], run.now):
            names |= dict.fromkeys(name.removeprefix("val_") for name in row)
    return sorted(names, key=lambda name: name != "loss")


def _series(progress: RunProgress, key: str, label: str, *, place: int) -> Series:
    points = [(float(epoch), row[key]) for epoch, row in enumerate(progress.rows, 1) if _finite(row, key)]
    moving = _finite(progress.now, key) and progress.step > 0
    if moving:
        part = progress.step / progress.steps if progress.steps else 0.5
        points.append((progress.epoch + part, progress.now[key]))
    return Series(label, _thinned(points), place=place, moving=moving)


def _finite(row: Row, key: str) -> bool:
    return key in row and math.isfinite(row[key])


def _thinned(points: Sequence[Point]) -> tuple[Point, ...]:
    """At most `MOST_POINTS`, evenly, the first and the last among them."""
    if len(points) <= MOST_POINTS:
        return tuple(points)
    stride = (len(points) - 1) / (MOST_POINTS - 1)
    return tuple(points[round(place * stride)] for place in range(MOST_POINTS))


def _last_epoch(runs: Sequence[RunProgress]) -> int:
    """The planned last epoch; while that is far away, a bit beyond the present one, so that curves fill the picture."""
    planned = max(run.epochs or 0 for run in runs)
    reached = max(run.epoch + (not run.ended) for run in runs)
    return max(1, reached, min(planned, max(SHORT_RUN, -(-reached * 5 // 4))))

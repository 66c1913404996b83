"""A run in words and numbers: the same for the page, the saved notebook and the screen reader."""

from __future__ import annotations

from dataclasses import dataclass

from kerastutor.training.curves import metrics
from kerastutor.training.progress import RunProgress
from kerastutor.training.verdict import verdict_of

_STATUS = {
    "queued": "Waiting",
    "preparing": "Preparing: Keras compiles the training step",
    "training": "Training",
    "validating": "Validating",
    "pausing": "Pausing after this step",
    "paused": "Paused",
    "stopping": "Stopping after this step",
    "finished": "Finished",
    "stopped": "Stopped",
    "failed": "Failed",
}


@dataclass(frozen=True)
class Table:
    """A small table: the first cell of each row is its heading."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def headline(progress: RunProgress) -> str:
    """Status and epoch.

    >>> headline(RunProgress(status="training", epoch=2, epochs=5, step=3))
    'Training, epoch 3 of 5'
    >>> headline(RunProgress(status="finished", epoch=1, epochs=1))
    'Finished, 1 epoch'
    """
    words = _STATUS[progress.status]
    if progress.status in ("training", "validating", "paused", "pausing"):
        return f"{words}, epoch {progress.epoch + 1}" + (f" of {progress.epochs}" if progress.epochs else "")
    if progress.ended:
        return f"{words}, {progress.epoch} epoch{'' if progress.epoch == 1 else 's'}"
    return words


def timing(progress: RunProgress) -> str:
    """Time left while it trains, time taken when it has ended.

    >>> timing(RunProgress(status="training", seconds=2.0, seconds_left=3.4))
    '3 s left'
    """
    if progress.ended:
        return _seconds(progress.seconds, digits=1)
    if progress.seconds_left is None:
        return "" if progress.seconds < 1 else f"{_seconds(progress.seconds)} so far"
    return f"{_seconds(progress.seconds_left)} left"


def results(progress: RunProgress) -> Table:
    """The metrics after the last finished epoch: one row per metric, training beside validation."""
    last = progress.rows[-1] if progress.rows else {}
    names = [name for name in metrics([progress]) if name in last or f"val_{name}" in last]
    validated = any(name.startswith("val_") for name in last)
    keys = ("", "val_") if validated else ("",)
    return Table(
        f"After epoch {progress.epoch}" if progress.rows else "",
        ("metric", "training", "validation")[: len(keys) + 1],
        tuple((name, *(number(last.get(key + name)) for key in keys)) for name in names),
    )


def epochs(progress: RunProgress) -> Table:
    """All numbers behind the curves, one row per epoch: for those who cannot see the curves."""
    names = list(progress.rows[0]) if progress.rows else []
    return Table(
        "Metrics of every epoch",
        ("epoch", *names),
        tuple((str(place), *(number(row.get(name)) for name in names)) for place, row in enumerate(progress.rows, 1)),
    )


def details(progress: RunProgress) -> tuple[tuple[str, str], ...]:
    """Where, how and how fast: pairs of what and value, those that are known."""
    speed = "" if progress.rate is None else f"{progress.rate:,.0f} samples a second"
    pairs = (("Device", progress.device), ("How", progress.how), ("Speed", speed))
    return tuple((what, value) for what, value in pairs if value)


def in_words(progress: RunProgress) -> str:
    """The whole run as a few sentences, for alt texts and plain text; without times, which differ between runs."""
    parts = [f"Training of {progress.name}: {headline(progress).lower()}."]
    for metric, *values in results(progress).rows:
        kinds = ("training", "validation")[: len(values)]
        parts.append(
            f"{metric}: " + ", ".join(f"{kind} {value}" for kind, value in zip(kinds, values, strict=True)) + "."
        )
    if progress.message:
        parts.append(progress.message)
    if progress.rows:
        parts.append(verdict_of(progress).sentence)
    return " ".join(parts)


def number(value: float | None) -> str:
    """A metric to four digits.

    >>> number(0.123456), number(12345.678), number(None)
    ('0.1235', '1.235e+04', '')
    """
    return "" if value is None else f"{value:.4g}"


def _seconds(seconds: float, digits: int = 0) -> str:
    return f"{seconds:.{digits}f} s" if seconds < 90 else f"{seconds / 60:.0f} min"

"""What the curves say, in one sentence: a pure function of the metrics of the epochs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kerastutor.knowledge.mistakes import mistakes
from kerastutor.training.progress import Row, RunProgress

Kind = Literal["nan", "diverging", "not_learning", "over_fitting", "still_falling", "settled", "too_short", "nothing"]

ENOUGH_EPOCHS = 3
"""Fewer epochs than these say nothing about a trend."""

_GOOD = 0.95


@dataclass(frozen=True)
class CurveReading:
    """A reading of the curves: `kind` for tests, `sentence` for the learner."""

    kind: Kind
    sentence: str


def verdict(rows: Sequence[Row]) -> CurveReading:
    """Read the curves of the epochs in `rows`.

    The thresholds are rules of thumb; the sentence says what is seen and what to try, never that it is wrong.

    >>> verdict([{"loss": 2.0}, {"loss": 1.0}, {"loss": 0.6}]).kind
    'still_falling'
    >>> verdict([{"loss": 1.0, "val_loss": 1.0}, {"loss": 0.5, "val_loss": 0.8}, {"loss": 0.2, "val_loss": 1.1}]).kind
    'over_fitting'
    """
    losses = [row["loss"] for row in rows if "loss" in row]
    if not losses:
        return CurveReading("nothing", "No epoch is finished yet, so there is nothing to read from the curves.")
    if not all(map(math.isfinite, losses)):
        return _not_a_number(losses)
    if len(losses) < ENOUGH_EPOCHS:
        return CurveReading("too_short", f"{_too_few(len(losses))} little about a trend; train a few more.")
    if _diverges(losses):
        return CurveReading(
            "diverging",
            "The training loss grows instead of falling: the steps are too large. Lower the learning rate tenfold.",
        )
    if _over_fits(rows):
        epoch = min(_validated(rows), key=lambda epoch: rows[epoch - 1]["val_loss"])
        return CurveReading(
            "over_fitting",
            f"Over-fitting: since epoch {epoch} the validation loss rises while the training loss falls, so the "
            "network learns the training samples by heart. Stop there, or add Dropout or more data.",
        )
    return _trend(losses, [rows[epoch - 1]["val_loss"] for epoch in _validated(rows)], good=_good(rows))


def verdict_of(progress: RunProgress) -> CurveReading:
    """Read the curves of a run; a loss that is not a number shows in the middle of an epoch already."""
    if not math.isfinite(progress.now.get("loss", 0.0)):
        return verdict([*progress.rows, progress.now])
    return verdict(progress.rows)


def _not_a_number(losses: Sequence[float]) -> CurveReading:
    """In the words of the coach, who may say it below the same cell."""
    epoch = next(place for place, loss in enumerate(losses, 1) if not math.isfinite(loss))
    mistake = mistakes()["nan_loss"]
    became = mistake.sentence if math.isnan(losses[epoch - 1]) else mistake.sentence.replace("NaN", "infinite")
    return CurveReading("nan", f"{became.format(epoch=epoch)} {mistake.why} {mistake.remedy}")


def _trend(losses: Sequence[float], validation: Sequence[float], *, good: bool) -> CurveReading:
    first, best = losses[0], min(losses)
    if first - best <= 0.02 * abs(first) and not good:
        return CurveReading(
            "not_learning",
            "The loss hardly moves: the network is not learning. Check that the labels fit the loss, or try a learning "
            "rate ten times larger or smaller.",
        )
    if not _still_falling(losses):
        return CurveReading("settled", "The curves have levelled off: more epochs will change little.")
    if len(validation) >= ENOUGH_EPOCHS and not _still_falling(validation):
        return CurveReading(
            "settled",
            "The training loss still falls, the validation loss hardly: more epochs will change little for new data.",
        )
    return CurveReading("still_falling", "The loss is still falling: more epochs would help.")


def _diverges(losses: Sequence[float]) -> bool:
    return losses[-1] > 1.5 * max(min(losses), 1e-12) and losses[-1] > losses[0]


def _over_fits(rows: Sequence[Row]) -> bool:
    """Validation loss is clearly above its minimum, which is some epochs back, while training went on falling."""
    validated = _validated(rows)
    if len(validated) < ENOUGH_EPOCHS:
        return False
    best = min(validated, key=lambda epoch: rows[epoch - 1]["val_loss"])
    then, now = rows[best - 1], rows[validated[-1] - 1]
    return now["val_loss"] > 1.05 * then["val_loss"] and now["loss"] < then["loss"]


def _validated(rows: Sequence[Row]) -> list[int]:
    """The epochs, from 1, after which there was a validation: not all, with `validation_freq`."""
    return [epoch for epoch, row in enumerate(rows, start=1) if "val_loss" in row and "loss" in row]


def _good(rows: Sequence[Row]) -> bool:
    """There is little left to learn, as accuracy says."""
    return any(value >= _GOOD for name, value in rows[-1].items() if name.endswith("accuracy"))


def _still_falling(losses: Sequence[float]) -> bool:
    """Whether the last epoch brought more than a hundredth of all that was gained so far."""
    return losses[-2] - losses[-1] > 0.01 * (losses[0] - min(losses))


def _too_few(count: int) -> str:
    return "One epoch says" if count == 1 else f"{count} epochs say"

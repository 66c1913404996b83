"""What the curves say, in one sentence: a pure function of the metrics of the epochs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kerastutor.training.progress import Progress, Row

Kind = Literal["nan", "diverging", "not_learning", "over_fitting", "still_falling", "settled", "too_short", "nothing"]

ENOUGH_EPOCHS = 3
"""Fewer epochs than these say nothing about a trend."""


@dataclass(frozen=True)
class Verdict:
    """A reading of the curves: `kind` for tests, `sentence` for the learner."""

    kind: Kind
    sentence: str


def verdict(rows: Sequence[Row]) -> Verdict:
    """Read the curves of the epochs in `rows`.

    The thresholds are rules of thumb; the sentence says what is seen and what to try, never that it is wrong.

    >>> verdict([{"loss": 2.0}, {"loss": 1.0}, {"loss": 0.6}]).kind
    'still_falling'
    >>> verdict([{"loss": 1.0, "val_loss": 1.0}, {"loss": 0.5, "val_loss": 0.8}, {"loss": 0.2, "val_loss": 1.1}]).kind
    'over_fitting'
    """
    losses = [row["loss"] for row in rows if "loss" in row]
    if not losses:
        return Verdict("nothing", "No epoch is finished yet, so there is nothing to read from the curves.")
    if not all(map(math.isfinite, losses)):
        return _not_a_number(losses)
    if len(losses) < ENOUGH_EPOCHS:
        return Verdict("too_short", f"{_too_few(len(losses))} little about a trend; train a few more.")
    return _trend(losses, [row["val_loss"] for row in rows if "val_loss" in row])


def verdict_of(progress: Progress) -> Verdict:
    """Read the curves of a run; a loss that is not a number shows in the middle of an epoch already."""
    if not math.isfinite(progress.now.get("loss", 0.0)):
        return verdict([*progress.rows, progress.now])
    return verdict(progress.rows)


def _not_a_number(losses: Sequence[float]) -> Verdict:
    epoch = next(place for place, loss in enumerate(losses, 1) if not math.isfinite(loss))
    return Verdict(
        "nan",
        f"The loss is no number any more since epoch {epoch}: one step was so large that the weights overflowed, or "
        "the data hold a NaN. Look for missing values, scale the inputs to about -1 to 1, or lower the learning rate "
        "tenfold.",
    )


def _trend(losses: Sequence[float], validation: Sequence[float]) -> Verdict:
    first, last, best = losses[0], losses[-1], min(losses)
    if last > 1.5 * max(best, 1e-12) and last > first:
        return Verdict(
            "diverging",
            "The training loss grows instead of falling: the steps are too large. Lower the learning rate tenfold.",
        )
    if len(validation) >= ENOUGH_EPOCHS and _over_fits(losses, validation):
        epoch = validation.index(min(validation)) + 1
        return Verdict(
            "over_fitting",
            f"Over-fitting: since epoch {epoch} the validation loss rises while the training loss falls, so the "
            "network learns the training samples by heart. Stop there, or add Dropout or more data.",
        )
    if first - best <= 0.02 * abs(first):
        return Verdict(
            "not_learning",
            "The loss hardly moves: the network is not learning. Check that the labels fit the loss, or try a learning "
            "rate ten times larger or smaller.",
        )
    return _still_falling(losses) or Verdict("settled", "The curves have levelled off: more epochs will change little.")


def _over_fits(losses: Sequence[float], validation: Sequence[float]) -> bool:
    """Validation loss is clearly above its minimum, which is some epochs back, while training went on falling."""
    best = validation.index(min(validation))
    return (
        best < len(validation) - 1
        and validation[-1] > 1.05 * validation[best]
        and losses[-1] < losses[min(best, len(losses) - 1)]
    )


def _still_falling(losses: Sequence[float]) -> Verdict | None:
    """The last epoch brought more than a hundredth of all that was gained so far."""
    if losses[-2] - losses[-1] <= 0.01 * (losses[0] - min(losses)):
        return None
    return Verdict("still_falling", "The loss is still falling: more epochs would help.")


def _too_few(count: int) -> str:
    return "One epoch says" if count == 1 else f"{count} epochs say"

"""What there is to know about a run at one moment, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Status = Literal[
    "queued", "preparing", "training", "validating", "pausing", "paused", "stopping", "finished", "stopped", "failed"
]

ENDED: frozenset[Status] = frozenset({"finished", "stopped", "failed"})

Row = Mapping[str, float]
"""The metrics of one epoch: `loss`, `accuracy`, ..., and `val_loss`, ... where there is validation data."""


@dataclass(frozen=True)
class RunProgress:
    """One moment of a run.

    Attributes:
        name: what the run is called on the page; the model's name unless told otherwise.
        epoch: how many epochs are finished, those of earlier calls on the same run included.
        epochs: how many there are to be in all; None when only `seconds` limits them.
        step: how many steps of the epoch in progress are finished.
        steps: how many steps an epoch has; None when the data do not say.
        seconds: time trained so far, pauses left out.
        seconds_left: an estimate; None while nothing is known.
        rate: training samples a second; None while nothing is known.
        now: metrics of the epoch in progress, over its steps so far.
        rows: the metrics of the finished epochs.
        device: where it trains, in words.
        how: how it trains and why, in words.
        message: one sentence on why it waits, has ended, or failed; else empty.
    """

    name: str = "model"
    status: Status = "preparing"
    epoch: int = 0
    epochs: int | None = None
    step: int = 0
    steps: int | None = None
    seconds: float = 0.0
    seconds_left: float | None = None
    rate: float | None = None
    now: Row = field(default_factory=lambda: MappingProxyType({}))
    rows: tuple[Row, ...] = ()
    device: str = ""
    how: str = ""
    message: str = ""

    @property
    def ended(self) -> bool:
        """Nothing more will happen unless more epochs are asked for."""
        return self.status in ENDED

    @property
    def fraction(self) -> float | None:
        """How much of the run is finished, from 0 to 1; None where the end is not known.

        >>> RunProgress(epoch=1, epochs=4, step=5, steps=10).fraction
        0.375
        """
        if not self.epochs:
            return None
        return min(1.0, (self.epoch + (self.step / self.steps if self.steps else 0.0)) / self.epochs)

    @property
    def wishes(self) -> tuple[str, ...]:
        """What can be asked of the run now.

        >>> RunProgress(status="training").wishes, RunProgress(status="finished").wishes
        (('pause', 'stop'), ('more',))
        """
        if self.ended:
            return ("more",) if self.status != "failed" else ()
        if self.status in ("paused", "pausing"):
            return ("resume", "stop")
        return () if self.status == "stopping" else ("pause", "stop")

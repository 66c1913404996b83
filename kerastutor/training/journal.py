"""The record of a run: written by the thread that trains, read and listened to by anyone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from kerastutor.system.own_failures import log_failure
from kerastutor.training.progress import Row, RunProgress, Status

INTERVAL_SECONDS = 0.1
"""Listeners are told at most this often, changes of status apart."""

Listener = Callable[[RunProgress], None]


class RunJournal:
    """Keeps one `RunProgress` up to date and tells listeners, at most 10 times a second.

    Listeners are called on the thread that trains: they must be quick and must not print or display. If one fails,
    the training goes on: a page that is gone must not end it.

    >>> journal = RunJournal("digits")
    >>> stop_listening = journal.listen(lambda progress: None)
    >>> journal.begin(epochs=2, steps=10)
    >>> journal.stepped(5, {"loss": 1.0}, samples=160, seconds=0.1)
    >>> journal.progress.fraction, journal.progress.rate
    (0.25, 1600.0)
    """

    def __init__(self, name: str) -> None:
        self._lock = threading.RLock()
        self._progress = RunProgress(name=name)
        self._listeners: list[Listener] = []
        self._told = 0.0
        self._clock = _Clock()
        self._epoch_began = 0.0
        self._epoch_seconds: float | None = None

    @property
    def progress(self) -> RunProgress:
        """The latest moment."""
        with self._lock:
            return replace(self._progress, seconds=self._clock.seconds)

    @property
    def seconds(self) -> float:
        """Time spent so far, pauses and the wait for a turn left out."""
        with self._lock:
            return self._clock.seconds

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with each told moment, and at once with the present one; returns how to end that."""
        with self._lock:
            self._listeners.append(listener)
            listener(self.progress)

        def unlisten() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return unlisten

    def rename(self, name: str) -> None:
        """What the run is called on the page."""
        with self._lock:
            self._change(name=name)

    def begin(self, *, epochs: int | None, steps: int | None) -> None:
        """Training begins; `epochs` counts from the first one ever, so that a run can be continued."""
        with self._lock:
            self._clock.start()
            self._change(status=self._unless_asked("training"), epochs=epochs, steps=steps, step=0, now={}, message="")
            self._tell()

    def describe(self, *, device: str, how: str) -> None:
        """Where and how it will train."""
        with self._lock:
            self._change(device=device, how=how)
            self._tell()

    def status(self, status: Status, message: str = "") -> None:
        """The run is now waiting, pausing, at its end, ...; told at once. What has ended neither pauses nor stops."""
        with self._lock:
            if self._progress.ended and status in ("pausing", "stopping"):
                return
            if status in ("paused", "finished", "stopped", "failed"):
                self._clock.stop()
            elif status in ("preparing", "training", "validating"):
                self._clock.start()
            if status in ("preparing", "training"):
                status = self._unless_asked(status)
            left = None if status in ("finished", "stopped", "failed") else self._progress.seconds_left
            self._change(status=status, message=message, seconds_left=left)
            self._tell()

    def goes_on(self) -> None:
        """A pause was taken back before it was granted."""
        with self._lock:
            if self._progress.status == "pausing":
                self._change(status="training")
                self._tell()

    def epoch_begins(self) -> None:
        """The first step of an epoch is about to run."""
        with self._lock:
            self._epoch_began = self._clock.seconds
            self._change(step=0, now={}, status=self._unless_asked("training"))

    def stepped(self, step: int, logs: Mapping[str, Any], *, samples: int, seconds: float | None) -> None:
        """`step` steps of this epoch are finished; the last `samples` of them took `seconds` (None: not a measure)."""
        with self._lock:
            rate = _blend(self._progress.rate, samples, seconds)
            self._change(step=step, now=scalars(logs), rate=rate)
            self._change(seconds_left=self._left())
            self._tell_in_time()

    def validating(self) -> None:
        """The epoch's steps are finished and validation goes on."""
        with self._lock:
            self._change(status=self._unless_asked("validating"))
            self._tell_in_time()

    def epoch_ends(self, logs: Mapping[str, Any]) -> None:
        """An epoch is finished, validation included, with these metrics."""
        with self._lock:
            self._epoch_seconds = self._clock.seconds - self._epoch_began
            rows = (*self._progress.rows, scalars(logs))
            self._change(epoch=len(rows), step=0, now={}, rows=rows)
            self._change(seconds_left=self._left())
            self._tell_in_time()

    def _left(self) -> float | None:
        progress = self._progress
        if progress.epochs is None or self._epoch_seconds is None or progress.steps is None:
            return self._left_in_first_epoch()
        return (progress.epochs - progress.epoch - progress.step / progress.steps) * self._epoch_seconds

    def _left_in_first_epoch(self) -> float | None:
        progress = self._progress
        elapsed = self._clock.seconds - self._epoch_began
        if progress.epochs is None or not progress.steps or not progress.step or progress.rate is None:
            return None
        return elapsed / progress.step * (progress.steps * progress.epochs - progress.step)

    def _unless_asked(self, status: Status) -> Status:
        """Keep saying that a wish was heard until it is fulfilled."""
        return self._progress.status if self._progress.status in ("pausing", "stopping") else status

    def _change(self, **changes: Any) -> None:
        self._progress = replace(self._progress, **changes)

    def _tell_in_time(self) -> None:
        if time.monotonic() - self._told >= INTERVAL_SECONDS:
            self._tell()

    def _tell(self) -> None:
        self._told = time.monotonic()
        progress = self.progress
        for listener in tuple(self._listeners):
            try:
                listener(progress)
            except Exception:
                log_failure("Telling how a training goes")


class _Clock:
    """A stopwatch."""

    def __init__(self) -> None:
        self._sum = 0.0
        self._since: float | None = None

    @property
    def seconds(self) -> float:
        return self._sum + (0.0 if self._since is None else time.monotonic() - self._since)

    def start(self) -> None:
        if self._since is None:
            self._since = time.monotonic()

    def stop(self) -> None:
        self._sum, self._since = self.seconds, None


def scalars(logs: Mapping[str, Any]) -> Row:
    """The values that a curve can show: numbers, not those with one value per class."""
    return {name: float(value) for name, value in logs.items() if isinstance(value, (int, float))}


def _blend(rate: float | None, samples: int, seconds: float | None) -> float | None:
    """A moving average of samples a second."""
    if seconds is None:
        return rate
    latest = samples / max(seconds, 1e-9)
    return latest if rate is None else 0.7 * rate + 0.3 * latest

"""The epochs of a run: training in chunks, validation in chunks, Keras' own callbacks and history around them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import keras

from kerastutor.training.arrays import Batches, order
from kerastutor.training.control import Control
from kerastutor.training.engine import Engine, Logs
from kerastutor.training.job import Job
from kerastutor.training.journal import RunJournal

_BEAT = 0.05
"""Seconds between two looks at what is wished, where there is nothing else to do."""


class Interrupted(Exception):
    """Stop was asked for in the middle of an epoch."""


class Loop:
    """Trains a job with an engine; the place where the thread that trains spends its time.

    Between two executions it reads the wishes in `control` and writes to `journal`; an execution lasts at most about
    0.1 s, so both the page and the Stop button wait no longer.
    """

    def __init__(self, job: Job, engine: Engine, control: Control, journal: RunJournal) -> None:
        assert job.train is not None, "jobs for model.fit do not come here"
        self._job = job
        self._train: Batches = job.train
        self._engine = engine
        self._control = control
        self._journal = journal
        self._ends_on_nan = any(isinstance(one, keras.callbacks.TerminateOnNaN) for one in job.callbacks)
        self._pace = Pace()
        self._validation_pace = Pace()

    @property
    def has_stepped(self) -> bool:
        """Whether a training step was ever run: until then another way of training can still take over."""
        return self._pace.warm

    def run(self, history: keras.callbacks.History, first: int, last: int, until: float) -> None:
        """Train the epochs from `first` up to, not including, `last`, or `until` so many seconds of training are over,
        those of earlier calls included.

        Whatever ends it, the model's variables hold the state after the last finished step.
        """
        model = self._job.model
        callbacks = keras.callbacks.CallbackList(
            [*self._job.callbacks, history], model=model, epochs=last, steps=self._train.steps
        )
        model.stop_training = False
        deadline = _Deadline(until, lambda: self._journal.seconds)
        callbacks.on_train_begin()
        logs: dict[str, Any] = {}
        try:
            for epoch in range(first, last):
                logs = self._epoch(epoch, callbacks, deadline)
                if model.stop_training or deadline.would_miss(self._epoch_seconds(deadline)):
                    break
                self._heed()
        except Interrupted:
            pass
        finally:
            self._engine.write_back()
        model.optimizer.finalize_variable_values(model.trainable_weights)
        callbacks.on_train_end(logs)

    def _epoch(self, epoch: int, callbacks: keras.callbacks.CallbackList, deadline: _Deadline) -> dict[str, Any]:
        job = self._job
        deadline.epoch_begins()
        self._engine.begin_epoch(order(job.seed, epoch, self._train.size, shuffle=job.shuffle))
        callbacks.on_epoch_begin(epoch)
        self._journal.epoch_begins()
        logs = dict(self._steps(deadline))
        self._engine.write_back()
        if job.validates_after(epoch):
            self._heed()
            self._journal.validating()
            logs |= {f"val_{name}": value for name, value in self._validate().items()}
            self._engine.write_back()
        callbacks.on_epoch_end(epoch, logs)
        self._journal.epoch_ends(logs)
        return logs

    def _epoch_seconds(self, deadline: _Deadline) -> float:
        """How long the next epoch will take: from the pace, because the epoch that just ended may have compiled."""
        paces = [(self._pace, self._train)]
        if self._job.validation is not None:
            paces.append((self._validation_pace, self._job.validation))
        known = [pace.seconds_per_step * part.steps for pace, part in paces if pace.seconds_per_step is not None]
        return sum(known) if len(known) == len(paces) else deadline.epoch_seconds

    def _steps(self, deadline: _Deadline) -> Logs:
        def told(step: int, logs: Logs, samples: int, seconds: float | None) -> None:
            self._journal.stepped(step, logs, samples=samples, seconds=seconds)
            if self._ends_on_nan and not math.isfinite(logs.get("loss", 0.0)):
                self._job.model.stop_training = True

        return self._chunks(self._train, self._engine.train, self._pace, told, deadline)

    def _validate(self) -> Logs:
        assert self._job.validation is not None, "asked only where there is validation data"
        self._engine.begin_validation()
        return self._chunks(self._job.validation, self._engine.validate, self._validation_pace, _not_told, None)

    def _chunks(
        self,
        batches: Batches,
        execute: Callable[[int, int], Logs],
        pace: Pace,
        tell: Callable[[int, Logs, int, float | None], None],
        deadline: _Deadline | None,
    ) -> Logs:
        """All steps of an epoch, a chunk at a time; the logs of the last one."""
        step = 0
        while True:
            while not self._engine.compiled(_BEAT):  # on a few cores, steps beside a compiler slow both down
                self._heed()
            last = min(step + pace.steps, batches.steps)
            began = time.perf_counter()
            logs = execute(step, last)
            seconds = time.perf_counter() - began
            warm = pace.warm
            pace.took(last - step, seconds)
            tell(last, logs, batches.samples(step, last), seconds if warm else None)
            step = last
            if step == batches.steps or self._job.model.stop_training or (deadline is not None and deadline.over):
                return logs
            self._heed()

    def _heed(self) -> None:
        """Do what was asked for meanwhile: rest, or give up this epoch."""
        if self._control.paused:
            self._engine.write_back()
            self._journal.status("paused")
            while not self._control.rest(1.0):
                pass
            if not self._control.stopping:
                self._journal.status("training")
        if self._control.stopping:
            raise Interrupted


def _not_told(step: int, logs: Logs, samples: int, seconds: float | None) -> None:
    """Validation steps move no progress bar."""


class _Deadline:
    """When the time given to a run is over, and whether another epoch would still fit."""

    def __init__(self, end: float, clock: Callable[[], float]) -> None:
        self._end = end
        self._clock = clock
        self._began = 0.0

    @property
    def over(self) -> bool:
        return self._clock() >= self._end

    def epoch_begins(self) -> None:
        self._began = self._clock()

    @property
    def epoch_seconds(self) -> float:
        """How long the epoch has taken so far."""
        return self._clock() - self._began

    def would_miss(self, seconds: float) -> bool:
        """Whether the time is over in so many seconds."""
        return self._clock() + seconds > self._end


TARGET_SECONDS = 0.07
"""The length of one execution aimed at: the page and the Stop button wait no longer than this."""

GROWTH = 8
"""An execution may be this many times longer than the one before it: one measurement can mislead."""

FIRST = 4
"""Steps in the first execution, whose time says nothing: it compiles."""


class Pace:
    """Chooses the number of steps of the next execution from the times of those before.

    >>> pace = Pace()
    >>> pace.steps
    4
    >>> pace.took(4, 1.0)               # the first one compiles: not a measurement
    >>> pace.took(4, 0.004); pace.steps # 1 ms a step, but growing step by step
    32
    >>> pace.took(32, 0.032); pace.steps
    70
    """

    def __init__(self, target: float = TARGET_SECONDS) -> None:
        self.steps = FIRST
        self.seconds_per_step: float | None = None
        self._target = target
        self.warm = False

    def took(self, steps: int, seconds: float) -> None:
        """`steps` steps were run in one execution of `seconds` seconds."""
        if not self.warm:
            self.warm = True
            return
        self.seconds_per_step = max(seconds, 1e-9) / steps
        wanted = round(self._target / self.seconds_per_step)
        self.steps = max(1, min(wanted, self.steps * GROWTH))

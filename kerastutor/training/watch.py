"""A Keras callback that keeps a run's journal and carries out its wishes inside any `model.fit`."""

from __future__ import annotations

import math
import time
from typing import Any

import keras

from kerastutor.models.training_state import samples_counted
from kerastutor.training.control import Control
from kerastutor.training.engine import floats
from kerastutor.training.journal import INTERVAL_SECONDS, RunJournal


class Watch(keras.callbacks.Callback):
    """Sees every batch, but reads the metrics only ten times a second: reading makes the device wait.

    Stop ends `fit` after the batch in progress, during validation too; pause rests between two batches; it ends
    too when `until` seconds of training are over, those of earlier calls included. Where `samples_per_step` is not
    known, the samples are counted as Keras counts them for the mean of the loss.
    """

    def __init__(
        self,
        control: Control,
        journal: RunJournal,
        *,
        samples_per_step: int | None = None,
        until: float = math.inf,
    ) -> None:
        super().__init__()
        self._until = until
        self._control = control
        self._journal = journal
        self._samples_per_step = samples_per_step
        self._begun = False
        self._warm = False
        self._read = 0.0
        self._samples_read = 0.0

    def on_train_begin(self, logs: Any = None) -> None:
        self._begun = False

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if not self._begun:
            self._begin(epoch)
        self._journal.epoch_begins()
        self._read, self._samples_read = time.perf_counter(), 0.0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        now = time.perf_counter()
        if now - self._read >= INTERVAL_SECONDS or batch + 1 == self.params.get("steps"):
            self._tell(batch + 1, now, floats(logs or {}))
        self._heed()

    def on_test_begin(self, logs: Any = None) -> None:
        self._journal.validating()

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        self._heed()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._journal.epoch_ends(floats(logs or {}))
        self._heed()

    def _begin(self, epoch: int) -> None:
        """The first epoch begins; Keras counts it from 0 on, or from `initial_epoch`."""
        self._begun = True
        to_come = (self.params.get("epochs") or 1) - epoch
        planned = None if self._until < math.inf else len(self._journal.progress.rows) + to_come
        self._journal.begin(epochs=planned, steps=self.params.get("steps"))

    def _tell(self, step: int, now: float, logs: dict[str, Any]) -> None:
        """Tell the journal; what the first steps took is no measure, since they compile."""
        samples = step * self._samples_per_step if self._samples_per_step else samples_counted(self.model)
        new, took = round(samples - self._samples_read), now - self._read
        self._read, self._samples_read = now, samples
        self._journal.stepped(step, logs, samples=new, seconds=took if self._warm and new > 0 else None)
        self._warm = True

    def _heed(self) -> None:
        if self._control.paused:
            self._journal.status("paused")
            while not self._control.rest(1.0):
                pass
            if not self._control.stopping:
                self._journal.status("training")
        if self._control.stopping:
            self.model.stop_training = True
            self.model.stop_evaluating = True
        if self._journal.seconds >= self._until:
            self.model.stop_training = True

"""A Keras callback that keeps a run's journal and carries out its wishes inside any `model.fit`."""

from __future__ import annotations

import math
import time
from typing import Any

import keras

from kerastutor.training.control import Control
from kerastutor.training.engine import floats
from kerastutor.training.journal import INTERVAL_SECONDS, Journal


class Watch(keras.callbacks.Callback):
    """Sees every batch, but reads the metrics only ten times a second: reading makes the device wait.

    Stop ends `fit` after the batch in progress, during validation too; pause rests between two batches; it ends
    too when `until` seconds of training are over, those of earlier calls included.
    """

    def __init__(
        self,
        control: Control,
        journal: Journal,
        *,
        samples_per_step: int | None = None,
        until: float = math.inf,
    ) -> None:
        super().__init__()
        self._until = until
        self._control = control
        self._journal = journal
        self._samples_per_step = samples_per_step
        self._read = 0.0
        self._step_read = 0

    def on_train_begin(self, logs: Any = None) -> None:
        finished = len(self._journal.progress.rows)
        epochs = self.params.get("epochs") or 0
        planned = None if self._until < math.inf else max(epochs, finished + 1)
        self._journal.begin(epochs=planned, steps=self.params.get("steps"))

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._journal.epoch_begins()
        self._read, self._step_read = time.perf_counter(), 0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        now = time.perf_counter()
        if now - self._read >= INTERVAL_SECONDS:
            steps = batch + 1 - self._step_read
            samples = steps * (self._samples_per_step or 0)
            took = now - self._read if samples else None
            self._read, self._step_read = now, batch + 1
            self._journal.stepped(batch + 1, floats(logs or {}), samples=samples, seconds=took)
        self._heed()

    def on_test_begin(self, logs: Any = None) -> None:
        self._journal.validating()

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        self._heed()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._journal.epoch_ends(floats(logs or {}))
        self._heed()

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

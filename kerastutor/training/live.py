"""The live view for the learner's own `model.fit`: a callback that keeps a journal and takes wishes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

from kerastutor.training import devices
from kerastutor.training.control import Control
from kerastutor.training.journal import Listener, RunJournal
from kerastutor.training.progress import RunProgress
from kerastutor.training.watch import Watch


class Live(keras.callbacks.Callback):
    """Give it to `model.fit(..., callbacks=[...])`; it can be watched and stopped as a `Run` can.

    >>> import numpy as np
    >>> model = keras.Sequential([keras.layers.Dense(1)])
    >>> model.compile(loss="mse")
    >>> live = Live()
    >>> history = model.fit(np.ones((8, 2)), np.ones(8), epochs=2, verbose=0, callbacks=[live])
    >>> live.progress.status, live.progress.epoch
    ('finished', 2)

    Args:
        begin, end: called with this callback when a training begins and ends, on the thread that trains: to show it.
    """

    def __init__(self, begin: Callable[[Live], None] | None = None, end: Callable[[Live], None] | None = None) -> None:
        super().__init__()
        self._begin = begin
        self._end = end
        self._control = Control()
        self._journal = RunJournal("model")
        self._used = False
        self._watch = Watch(self._control, self._journal)

    @property
    def progress(self) -> RunProgress:
        """Where it is now."""
        return self._journal.progress

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with the progress, at most ten times a second; returns how to end that."""
        return self._journal.listen(listener)

    def stop(self) -> None:
        """End the training after the batch in progress."""
        if not self.progress.ended:
            self._control.stop()
            self._journal.status("stopping")

    def pause(self) -> None:
        """Rest after the batch in progress."""
        if not self.progress.ended:
            self._journal.status("pausing")  # before the wish: the thread may grant it at once
            self._control.pause()

    def resume(self) -> None:
        """Go on after `pause`, also before it rests."""
        self._control.resume()
        self._journal.goes_on()

    def broke_off(self) -> None:
        """The cell has ended and the training with it, by an error or an interruption."""
        if not self.progress.ended:
            self._journal.status("stopped", "The cell ended before the training did.")

    def set_model(self, model: keras.Model) -> None:
        super().set_model(model)
        self._watch.set_model(model)

    def set_params(self, params: Any) -> None:
        super().set_params(params)
        self._watch.set_params(params)

    def on_train_begin(self, logs: Any = None) -> None:
        self._control.renew()
        if self._used:  # the view of the training before keeps its own
            self._journal = RunJournal(self.model.name)
        self._used = True
        self._journal.rename(self.model.name)
        self._watch = Watch(self._control, self._journal)
        self._watch.set_model(self.model)
        self._watch.set_params(self.params)
        self._journal.describe(device=devices.described(devices.training_device()), how="model.fit: you called it")
        if self._begin is not None:
            self._begin(self)
        self._watch.on_train_begin(logs)

    def on_train_end(self, logs: Any = None) -> None:
        stopped = self._control.stopping
        self._journal.status("stopped" if stopped else "finished", "Stopped by you." if stopped else "")
        if self._end is not None:
            self._end(self)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._watch.on_epoch_begin(epoch, logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._watch.on_train_batch_end(batch, logs)

    def on_test_begin(self, logs: Any = None) -> None:
        self._watch.on_test_begin(logs)

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        self._watch.on_test_batch_end(batch, logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._watch.on_epoch_end(epoch, logs)

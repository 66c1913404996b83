"""Whenever somebody may look at the model, its variables hold the last step: engines may keep the state elsewhere."""

import keras
import numpy as np
import pytest

from kerastutor.training.control import Control
from kerastutor.training.journal import RunJournal
from kerastutor.training.loop import Loop
from kerastutor.training.start import prepare


class Engine:
    """Trains nothing; knows whether the state after its last step was written back."""

    def __init__(self, control, pause_in=""):
        self.written = True
        self._control, self._pause_in = control, pause_in

    def begin_epoch(self, order):
        pass

    def begin_validation(self):
        pass

    def train(self, first, last):
        return self._step("train")

    def validate(self, first, last):
        return self._step("validate")

    def compiled(self, seconds):
        return True

    def write_back(self):
        self.written = True

    def _step(self, kind):
        self.written = False
        if kind == self._pause_in:
            self._control.pause()
        return {"loss": 1.0}


class Look(keras.callbacks.Callback):
    """Looks at the model when an epoch ends."""

    def __init__(self, engine):
        super().__init__()
        self.engine, self.seen = engine, []

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append(self.engine.written)


def job(*callbacks):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    x, y = np.zeros((64, 2), "float32"), np.zeros((64, 1), "float32")
    return prepare(model, x, y, epochs=2, batch_size=4, validation_data=(x, y), callbacks=callbacks)._job


def train(work, engine, control, journal):
    history = keras.callbacks.History()
    Loop(work, engine, control, journal).run(history, 0, 2, float("inf"))
    return history


@pytest.mark.parametrize("where", ["train", "validate"])
def test_a_paused_model_holds_the_last_step(where):
    control, journal = Control(), RunJournal("paused")
    engine, seen = Engine(control, where), []

    def look(progress):
        if progress.status == "paused":
            seen.append(engine.written)
            control.resume()

    journal.listen(look)
    train(job(), engine, control, journal)
    assert seen
    assert all(seen)


def test_a_stopped_model_holds_the_last_step():
    control = Control()
    engine = Engine(control)
    control.stop()
    train(job(), engine, control, RunJournal("stopped"))
    assert engine.written


def test_callbacks_find_the_state_after_their_epoch():
    control = Control()
    engine = Engine(control)
    look = Look(engine)
    train(job(look), engine, control, RunJournal("watched"))
    assert look.seen == [True, True]


def test_the_model_holds_the_last_step_whatever_ends_the_training():
    engine = Engine(Control())
    work = job()
    engine.validate = lambda first, last: engine._step("validate") | {"loss": 1 / 0}
    with pytest.raises(ZeroDivisionError):
        train(work, engine, Control(), RunJournal("failed"))
    assert engine.written

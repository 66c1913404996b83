"""However a run ends, it ends cleanly: the reason is told, the model is usable, no thread is left."""

import threading
import time

import keras
import numpy as np
import pytest

from kerastutor.training import TrainingFailed, train
from kerastutor.training.control import Control
from kerastutor.training.verdict import verdict_of

pytestmark = pytest.mark.slow


def data(size=400):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(size, 6)).astype("float32")
    return x, (x.sum(axis=1) > 0).astype("int32")


@pytest.fixture
def model():
    keras.utils.set_random_seed(1)
    made = keras.Sequential([keras.Input((6,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(2)])
    made.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return made


def until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


def is_usable(model):
    return np.isfinite(model.predict(data()[0], verbose=0)).all()


def training_threads():
    return [thread for thread in threading.enumerate() if "training" in thread.name]


def test_stop_is_quick_and_says_so(model):
    run = train(model, *data(), epochs=10**6)
    until(lambda: run.progress.epoch > 2)
    asked = time.monotonic()
    run.stop()
    run.wait()
    assert time.monotonic() - asked < 1
    assert (run.progress.status, run.progress.message) == ("stopped", "Stopped by you.")
    assert len(run.history.history["loss"]) == run.progress.epoch
    assert is_usable(model)
    assert not training_threads()


def test_stop_is_heard_in_a_validation_that_is_long(model):
    x, y = data()
    many = np.tile(x, (10_000, 1)), np.tile(y, 10_000)
    run = train(model, x, y, epochs=1, validation_data=many, validation_batch_size=4)
    until(lambda: run.progress.status == "validating", 60)
    run.stop()
    asked = time.monotonic()
    run.wait()
    assert time.monotonic() - asked < 5, "compiling included"
    assert run.progress.status == "stopped"


def test_stop_before_the_first_step_is_honoured_at_the_first_chunk(model):
    run = train(model, *data(), epochs=10**6)
    run.stop()
    assert run.progress.status in ("stopping", "stopped")
    assert run.wait().progress.status == "stopped"
    assert is_usable(model)


def test_pause_holds_the_weights_still_and_continue_goes_on(model):
    run = train(model, *data(), epochs=10**6)
    until(lambda: run.progress.epoch > 1)
    run.pause()
    until(lambda: run.progress.status == "paused")
    held = run.progress.seconds, [keras.ops.convert_to_numpy(weight) for weight in model.weights]
    time.sleep(0.2)
    assert run.progress.seconds == held[0]
    for weight, before in zip(model.weights, held[1], strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(weight), before)
    epoch = run.progress.epoch
    run.resume()
    until(lambda: run.progress.epoch > epoch)
    run.pause()
    run.stop()
    assert run.wait().progress.status == "stopped"


def test_a_pause_is_granted_every_time_and_can_be_taken_back_at_once(model):
    run = train(model, *data(), epochs=10**6)
    until(lambda: run.progress.epoch > 0)
    for _ in range(20):
        run.pause()
        until(lambda: run.progress.status == "paused")
        run.resume()
        until(lambda: run.progress.status == "training")
        run.pause()
        run.resume()
        until(lambda: run.progress.status == "training")
    run.stop()
    run.wait()


def test_a_second_run_waits_for_the_first_and_says_so(model):
    x, y = data()
    first = train(model, x, y, epochs=10**6, name="first")
    until(lambda: first.progress.epoch > 0)
    second = train(model, x, y, epochs=1, name="second")
    until(lambda: second.progress.status == "queued" and second.progress.message)
    assert second.progress.message == "Waiting until 'first' has finished its training."
    first.pause()
    until(lambda: "'first' is paused" in second.progress.message)
    first.resume()
    until(lambda: second.progress.message == "Waiting until 'first' has finished its training.")
    second.stop()
    assert second.wait().progress.message == "Stopped before it began."
    second.more(1)
    first.stop()
    assert second.wait().progress.status == "finished"


class Breaks(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if epoch == 1:
            raise RuntimeError("the disk is full\nand a long traceback")


def test_an_error_in_a_callback_ends_the_run_in_one_sentence(model):
    run = train(model, *data(), epochs=5, callbacks=[Breaks()])
    with pytest.raises(TrainingFailed, match=r"RuntimeError: the disk is full$"):
        run.wait()
    assert run.progress.status == "failed"
    assert is_usable(model)
    assert train(model, *data(), epochs=1).wait().progress.status == "finished"


def test_an_interrupted_wait_stops_the_run(model, monkeypatch):
    run = train(model, *data(), epochs=10**6)
    until(lambda: run.progress.epoch > 0)
    interruptions = iter([KeyboardInterrupt])
    joined = run._joined

    def interrupted(seconds):
        for interruption in interruptions:
            raise interruption
        joined(seconds)

    monkeypatch.setattr(run, "_joined", interrupted)
    assert run.wait().progress.status == "stopped"


def test_a_time_budget_ends_the_run_in_time(model):
    run = train(model, *data(), seconds=1.5).wait()
    assert run.progress.status == "finished"
    assert run.progress.message == "The 1.5 seconds are over."
    assert run.progress.epoch >= 1
    assert run.progress.epochs is None


def test_keras_callbacks_of_epochs_do_their_work(model, tmp_path):
    x, y = data()
    rate = keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.5, patience=0, min_delta=10.0)
    saved = keras.callbacks.ModelCheckpoint(tmp_path / "best.keras", monitor="val_loss", save_best_only=True)
    early = keras.callbacks.EarlyStopping(monitor="loss", patience=2, min_delta=10.0, restore_best_weights=True)
    run = train(model, x, y, epochs=50, validation_data=(x, y), callbacks=[rate, saved, early]).wait()
    assert run.plan.how != "model.fit"
    assert run.progress.message == "A callback ended the training."
    assert run.progress.epoch == 3
    assert float(model.optimizer.learning_rate) == pytest.approx(0.001 * 0.5**2)
    assert (tmp_path / "best.keras").exists()


class EveryBatch(keras.callbacks.Callback):
    seen = 0

    def on_train_batch_end(self, batch, logs=None):
        self.seen += 1


def test_what_only_fit_can_do_goes_to_fit_with_the_reason(model):
    x, y = data()
    watcher = EveryBatch()
    run = train(model, x, y, epochs=2, callbacks=[watcher]).wait()
    assert watcher.seen == 2 * 13
    assert run.progress.how == "model.fit: the callback EveryBatch wants to see every batch"
    assert len(run.history.history["loss"]) == 2


class NotInALoop(keras.layers.Layer):
    """A layer that fails in the thread that trains, except inside the `fit` of this test."""

    def call(self, x):
        if "training" in threading.current_thread().name and not getattr(self, "in_fit", False):
            raise NotImplementedError("no loops, please")
        return x


def test_what_the_loop_cannot_run_goes_to_fit_with_the_reason(monkeypatch):
    layer = NotInALoop()
    model = keras.Sequential([keras.Input((6,)), layer, keras.layers.Dense(2)])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    fit = model.fit

    def honest_fit(*given, **options):
        layer.in_fit = True
        return fit(*given, **options)

    monkeypatch.setattr(model, "fit", honest_fit)
    run = train(model, *data(), epochs=2).wait()
    assert run.progress.status == "finished"
    assert run.progress.how.startswith("model.fit: the faster way failed (")


def test_a_time_budget_holds_for_fit_too(model):
    run = train(model, *data(), seconds=1.5, callbacks=[EveryBatch()]).wait()
    assert run.progress.message == "The 1.5 seconds are over."
    assert run.progress.epochs is None


def test_stop_while_it_prepares_is_acknowledged_at_once(model):
    run = train(model, *data(), epochs=10**6)
    run.stop()
    heard = []
    end = run.listen(heard.append)
    run.wait()
    end()
    assert {progress.status for progress in heard} <= {"stopping", "stopped"}


def test_fit_is_stopped_too(model):
    run = train(model, *data(), epochs=10**6, callbacks=[EveryBatch()])
    until(lambda: run.progress.epoch > 0)
    run.stop()
    assert run.wait().progress.status == "stopped"


def test_a_loss_that_is_no_number_is_explained_by_the_view(model):
    model.compile(keras.optimizers.SGD(1e30), model.loss)
    run = train(model, *data(), epochs=2).wait()
    assert verdict_of(run.progress).kind == "nan"


def test_a_callback_may_end_the_run_when_the_loss_is_no_number(model):
    model.compile(keras.optimizers.SGD(1e30), model.loss)
    run = train(model, *data(), epochs=50, callbacks=[keras.callbacks.TerminateOnNaN()]).wait()
    assert run.plan.how != "model.fit"
    assert run.progress.epoch <= 2
    assert run.progress.message == "A callback ended the training."


def test_listeners_are_told_at_most_about_ten_times_a_second(model):
    run = train(model, *data(), epochs=10**6)
    until(lambda: run.progress.epoch > 0)
    told = []
    end = run.listen(told.append)
    time.sleep(1.5)
    end()
    run.stop()
    run.wait()
    assert 2 <= len(told) <= 17


def test_a_stop_that_comes_while_the_end_is_told_changes_nothing(model):
    """The thread tells its end before it is over; who presses Stop just then has asked for nothing."""
    run = train(model, *data(), epochs=1)
    run.listen(lambda progress: run.stop() if progress.status == "finished" else None)
    assert run.wait().progress.status == "finished"


def test_more_has_as_much_time_as_the_first_call(model):
    run = train(model, *data(), seconds=1).wait()
    first = run.progress
    second = run.more().wait().progress
    assert second.epoch > first.epoch + 1
    assert second.seconds > first.seconds + 0.5


def test_a_stopped_control_does_not_pause():
    control = Control()
    control.stop()
    control.pause()
    assert not control.paused

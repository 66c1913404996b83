"""Several models under equal conditions, and the callback for the learner's own fit."""

import keras
import numpy as np
import pytest

from kerastutor.training import CannotTrain, Live, TrainingFailed, race

pytestmark = pytest.mark.slow

RNG = np.random.default_rng(0)
X = RNG.normal(size=(120, 6)).astype("float32")
Y = (X.sum(axis=1) > 0).astype("int32")


class Data:
    """As much of a data set as race() looks at."""

    train = (X[:100], Y[:100])
    validation = (X[100:], Y[100:])


def network(seed=1):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(2)])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def test_equal_models_come_in_together():
    contest = race({"one": network(), "other": network()}, Data(), epochs=3, seed=4).wait()
    one, other = (run.history.history for run in contest.runs.values())
    assert one == other
    assert set(one) == {"loss", "val_loss"}
    assert [progress.name for progress in contest.progress] == ["one", "other"]


def test_stop_ends_the_one_that_trains_and_keeps_the_others_from_beginning():
    contest = race({"one": network(), "other": network()}, (X, Y), epochs=10**6)
    contest.stop()
    contest.wait()
    assert {progress.status for progress in contest.progress} == {"stopped"}
    assert contest["other"].progress.epoch == 0


class Breaks(keras.callbacks.Callback):
    """Fails at the end of an epoch of the model named so."""

    def on_epoch_end(self, epoch, logs=None):
        if self.model.name == "broken":
            raise RuntimeError("boom")


def test_a_failure_is_raised_when_all_have_ended():
    broken = network()
    broken.name = "broken"
    contest = race({"broken": broken, "whole": network()}, (X, Y), epochs=2, callbacks=[Breaks()])
    with pytest.raises(TrainingFailed, match="boom"):
        contest.wait()
    assert [progress.status for progress in contest.progress] == ["failed", "finished"]


def test_one_model_under_two_names_is_no_race():
    model = network()
    with pytest.raises(CannotTrain, match="'a' and 'c' are one and the same model"):
        race({"a": model, "b": network(), "c": model}, (X, Y))


@pytest.mark.parametrize("taken", ["y", "name"])
def test_what_a_race_decides_itself_is_not_taken_twice(taken):
    with pytest.raises(CannotTrain, match=f"takes no {taken}:"):
        race({"a": network()}, (X, Y), **{taken: Y})


@pytest.mark.parametrize("models", [{}, [1], "model"])
def test_models_need_names(models):
    with pytest.raises(CannotTrain, match="names"):
        race(models, (X, Y))


def test_one_model_that_cannot_be_trained_keeps_all_from_starting():
    fresh = network()
    before = [keras.ops.convert_to_numpy(weight) for weight in fresh.weights]
    with pytest.raises(CannotTrain, match="compile"):
        race({"fine": fresh, "not compiled": keras.Sequential([keras.layers.Dense(1)])}, (X, Y))
    for weight, value in zip(fresh.weights, before, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(weight), value)


class Presses(keras.callbacks.Callback):
    """Somebody who presses Stop in the second epoch."""

    def __init__(self, live):
        super().__init__()
        self.live = live

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 1:
            self.live.stop()


def test_live_stops_the_learners_own_fit():
    shown = []
    live = Live(begin=shown.append)
    network().fit(X, Y, epochs=50, verbose=0, callbacks=[live, Presses(live)])
    assert shown == [live]
    assert live.progress.status == "stopped"
    assert live.progress.epoch == 2
    network().fit(X, Y, epochs=1, verbose=0, callbacks=[live])
    assert (live.progress.status, live.progress.epoch) == ("finished", 1)


def test_live_can_be_listened_to_before_it_begins():
    live, told = Live(), []
    live.listen(told.append)
    network().fit(X, Y, epochs=2, verbose=0, callbacks=[live])
    assert (told[-1].status, told[-1].epoch) == ("finished", 2)
    network().fit(X, Y, epochs=1, verbose=0, callbacks=[live])
    assert told[-1].epoch == 2, "who showed the first training keeps it"

"""train() takes what model.fit takes, and says at once what it does not."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest

import kerastutor as kt
from kerastutor.training import CannotTrain, Live, race, train

RNG = np.random.default_rng(0)
X = RNG.normal(size=(64, 4)).astype("float32")
Y = X.sum(axis=1)


def network(kind=keras.Sequential):
    model = kind([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


class Numbers(keras.callbacks.Callback):
    """Notes the number of every epoch."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def on_epoch_begin(self, epoch, logs=None):
        self.seen.append(epoch)


class NumbersOfBatches(Numbers):
    """Looks at every batch too, which only `fit` can do."""

    def on_train_batch_end(self, batch, logs=None):
        assert batch >= 0


@pytest.mark.parametrize("callback", [Numbers, NumbersOfBatches])
def test_epochs_count_from_initial_epoch_on(callback):
    numbers = callback()
    run = train(network(), X, Y, epochs=5, initial_epoch=3, verbose=1, callbacks=[numbers]).wait()
    assert (numbers.seen, run.history.epoch) == ([3, 4], [3, 4])
    assert (run.progress.epochs, run.progress.fraction, run.progress.message) == (2, 1, "")
    run.more(1).wait()
    assert (numbers.seen, run.progress.epochs, run.progress.message) == ([3, 4, 5], 3, "")


def test_a_race_takes_verbose_too():
    contest = race({"one": network()}, (X, Y), epochs=1, verbose=2).wait()
    assert contest["one"].plan.how != "model.fit", "what is only printed needs no other way to train"


@pytest.mark.parametrize(("wrong", "meant"), [("epoch", "epochs"), ("batchsize", "batch_size"), ("second", "seconds")])
def test_a_name_that_fit_does_not_know_is_refused_with_the_closest(wrong, meant):
    with pytest.raises(CannotTrain, match=f"no option '{wrong}'.*Did you mean {meant}?"):
        kt.train(network(), X, Y, **{wrong: 2})


def test_a_name_like_none_is_refused_without_a_guess():
    with pytest.raises(CannotTrain, match=r"no option 'zzz'.*fit\(\)\.$"):
        race({"one": network()}, (X, Y), zzz=1)


class OwnFit(keras.Sequential):
    """A learner's own `fit`, which takes more."""

    def fit(self, *args, loud=False, **kwargs):
        return super().fit(*args, **kwargs)


def test_names_of_a_fit_of_the_learners_own_are_its_own_affair():
    assert kt.train(network(OwnFit), X, Y, epochs=1, loud=True, wait=True).progress.status == "finished"


class ShortFit(keras.Sequential):
    """A learner's own `fit` that takes what its author uses."""

    def fit(self, x, y, epochs=1, initial_epoch=0, callbacks=None, verbose=1):
        return super().fit(x, y, epochs=epochs, initial_epoch=initial_epoch, callbacks=callbacks, verbose=verbose)


def test_a_fit_of_the_learners_own_need_not_know_what_is_left_at_its_default():
    assert kt.train(network(ShortFit), X, Y, epochs=1, wait=True).progress.status == "finished"
    with pytest.raises(CannotTrain, match="no option 'validation_split'"):
        kt.train(network(ShortFit), X, Y, validation_split=0.5)


def test_every_option_reaches_the_training():
    numbers = Numbers()
    run = kt.train(
        network(), X, Y, epochs=3, validation_split=0.25, validation_freq=2, callbacks=numbers, name="mine", wait=True
    )
    assert numbers.seen == [0, 1, 2]
    assert ["val_loss" in row for row in run.progress.rows] == [False, True, False]
    assert (run.progress.name, run.progress.status) == ("mine", "finished")


def test_a_race_measures_on_the_data_given_or_on_those_of_the_data_set():
    data = SimpleNamespace(train=(X, Y), validation=(X * 0, Y * 0))
    worst = kt.race({"one": network()}, data, epochs=1, wait=True)["one"].progress.rows[0]
    assert worst["val_loss"] < 1e-3, "the bias is small still"
    told = kt.race({"one": network()}, data, epochs=1, validation_data=(X, Y + 100), wait=True)["one"]
    assert told.progress.rows[0]["val_loss"] > 1_000


@pytest.mark.parametrize("wrong", [{"initial_epoch": -1}, {"initial_epoch": 5}, {"initial_epoch": "2"}])
def test_an_initial_epoch_that_leaves_nothing_is_refused(wrong):
    with pytest.raises(CannotTrain, match="initial_epoch"):
        train(network(), X, Y, epochs=5, **wrong)


def test_live_counts_the_samples_and_the_epochs_that_are_trained():
    live = Live()
    network().fit(X, Y, batch_size=16, epochs=5, initial_epoch=3, verbose=0, callbacks=[live])
    assert (live.progress.epochs, live.progress.fraction) == (2, 1)
    assert live.progress.rate is not None
    assert live.progress.rate > 0


class Batches(keras.utils.PyDataset):
    """Five batches of seven."""

    def __len__(self):
        return 5

    def __getitem__(self, index):
        return X[:7], Y[:7]


def test_a_data_set_shows_its_rate_too(monkeypatch):
    from kerastutor.training.journal import RunJournal

    told = []
    stepped = RunJournal.stepped

    def heard(journal, step, logs, *, samples, seconds):
        told.append((step, samples))
        stepped(journal, step, logs, samples=samples, seconds=seconds)

    monkeypatch.setattr(RunJournal, "stepped", heard)
    run = train(network(), Batches(workers=0), epochs=2).wait()
    assert run.progress.rate is not None
    assert sum(samples for _, samples in told) == 2 * 5 * 7

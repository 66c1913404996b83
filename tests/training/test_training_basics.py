"""A run from the first step to the last, on the backend Keras runs on."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from kerastutor.training import CannotTrain, TrainingFailed, train


def data(size=90, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(size, 6)).astype("float32")
    return x, (x.sum(axis=1) > 0).astype("int32")


def network(**compiled):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(2)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(**{"optimizer": "adam", "loss": loss, "metrics": ["accuracy"]} | compiled)
    return model


def test_a_run_has_keras_history_and_ends_finished():
    run = train(network(), *data(), validation_data=data(20, 1), epochs=3).wait()
    assert run.progress.status == "finished"
    assert run.progress.fraction == 1
    assert set(run.history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert all(len(values) == 3 for values in run.history.history.values())
    assert run.history.epoch == [0, 1, 2]


def test_more_epochs_go_on_where_the_run_ended():
    run = train(network(), *data(), epochs=2).wait()
    run.more(3).wait()
    assert run.history.epoch == [0, 1, 2, 3, 4]
    assert len(run.progress.rows) == 5


def test_an_error_is_one_sentence_and_leaves_the_model_usable():
    model = network()
    x, y = data()
    with pytest.raises(TrainingFailed, match="error"):
        train(model, x[:, :4], y, epochs=1).wait()
    assert model.predict(x, verbose=0).shape == (90, 2)


@pytest.mark.parametrize("wrong", [{"epochs": 0}, {"epochs": "5"}, {"epochs": 2.5}, {"batch_size": -1}, {"seconds": 0}])
def test_numbers_that_cannot_be_right_are_named(wrong):
    with pytest.raises(CannotTrain, match=next(iter(wrong))):
        train(network(), *data(), **wrong)


def test_data_that_are_missing_are_asked_for():
    with pytest.raises(CannotTrain, match="needs the data"):
        train(network(), None)


def test_arrays_of_different_lengths_are_refused_at_once():
    x, y = data()
    with pytest.raises(CannotTrain, match="same number of samples"):
        train(network(), x, y[:50])


def test_a_model_that_was_not_compiled_is_told_so():
    with pytest.raises(CannotTrain, match="compile"):
        train(keras.Sequential([keras.layers.Dense(1)]), *data())


INTEGERS = """
import keras, numpy as np
from kerastutor.training import train

model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(3, activation="softmax")])
model.compile("sgd", "sparse_categorical_crossentropy")
train(model, np.ones((40, 6), "float32"), np.arange(40) % 3, epochs=1).wait()
"""


@pytest.mark.slow
def test_on_jax_which_has_no_int64_such_labels_are_trained_on_without_a_warning():
    pytest.importorskip("jax")
    command = [sys.executable, "-W", "error::UserWarning", "-c", INTEGERS]
    done = subprocess.run(command, env={**os.environ, "KERAS_BACKEND": "jax"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]

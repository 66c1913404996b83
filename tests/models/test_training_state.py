"""What is taken from Keras while it trains."""

import keras
import numpy as np
import pytest

from kerastutor.models.training_state import samples_counted, weights_kept


def compiled() -> keras.Model:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def test_the_samples_of_the_epoch_are_counted_while_it_runs():
    seen = []

    class Look(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(samples_counted(self.model))

    compiled().fit(np.zeros((10, 2)), np.zeros((10, 1)), batch_size=4, verbose=0, callbacks=[Look()])
    assert seen == [4, 8, 10]


def test_a_model_keeps_its_weights_where_its_first_step_fails():
    model = compiled()
    before = model.get_weights()
    with pytest.raises(Exception), weights_kept(model):  # noqa: B017  # each backend has an error of its own
        model.fit(np.zeros((4, 3)), np.zeros((4, 1)), verbose=0)
    assert all(np.array_equal(*pair) for pair in zip(before, model.get_weights(), strict=True))

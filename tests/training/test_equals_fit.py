"""A run equals `model.fit` given the same batches: history and weights, with everything that `fit` can weigh in."""

import keras
import numpy as np
import pytest

from kerastutor.training import train
from kerastutor.training.arrays import order
from kerastutor.training.policy import ALWAYS

pytestmark = pytest.mark.slow

EPOCHS = 3

TOLERANCE = 2e-5
"""Relative; the compilers may add floats in another order. Dropout and shuffling are the same to the last sample."""


def same_batches(x, y, weights, *, batch_size, seed):
    """The batches that a run takes in each epoch, one epoch after the other, for `model.fit`."""
    arrays = (x, y) if weights is None else (x, y, weights)
    for epoch in range(EPOCHS + 1):
        rows = order(seed, epoch, len(y))
        for first in range(0, len(y), batch_size):
            taken = rows[first : first + batch_size]
            yield keras.tree.map_structure(lambda array: array[taken], arrays)  # noqa: B023


def data(size=100):
    rng = np.random.default_rng(0)
    x = {"left": rng.normal(size=(size, 5)).astype("float32"), "right": rng.integers(0, 9, (size, 4)).astype("int32")}
    return x, rng.integers(0, 3, size)


def network(rate=0.3, **compiled):
    """Dropout has a seed of its own: without one, torch draws from a generator that the data loader of fit uses too."""
    keras.utils.set_random_seed(7)
    left, right = keras.Input((5,), name="left"), keras.Input((4,), name="right", dtype="int32")
    words = keras.layers.GlobalAveragePooling1D()(keras.layers.Embedding(9, 4)(right))
    x = keras.layers.Dense(8, "relu")(keras.layers.Concatenate()([left, words]))
    x = keras.layers.BatchNormalization()(keras.layers.Dropout(rate, seed=4)(x))
    model = keras.Model({"left": left, "right": right}, keras.layers.Dense(3, kernel_regularizer="l2")(x))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"], weighted_metrics=["accuracy"], **compiled)
    return model


WEIGHTS = np.linspace(0.1, 2.0, 100).astype("float32")
CLASS_WEIGHT = {0: 0.5, 1: 1.0, 2: 3.0}


@pytest.mark.parametrize(
    ("batch_size", "weighing"), [(25, "nothing"), (32, "samples"), (32, "classes"), (200, "nothing")]
)
def test_history_and_weights_are_those_of_fit(batch_size, weighing):
    x, y = data()
    given = {"samples": {"sample_weight": WEIGHTS}, "classes": {"class_weight": CLASS_WEIGHT}}.get(weighing, {})
    weights = {"samples": WEIGHTS, "classes": np.vectorize(CLASS_WEIGHT.get)(y).astype("float32")}.get(weighing)

    ours = network()
    run = train(ours, x, y, epochs=EPOCHS, batch_size=batch_size, seed=5, validation_data=(x, y), **given).wait()
    theirs = network()
    expected = theirs.fit(
        same_batches(x, y, weights, batch_size=batch_size, seed=5),
        epochs=EPOCHS,
        steps_per_epoch=-(-len(y) // batch_size),
        shuffle=False,
        verbose=0,
        validation_data=(x, y),
        validation_batch_size=batch_size,
    )

    assert run.plan.how != "model.fit"
    assert run.history.history.keys() == expected.history.keys()
    for name, values in expected.history.items():
        np.testing.assert_allclose(run.history.history[name], values, rtol=TOLERANCE, err_msg=name)
    for mine, other in zip(ours.weights, theirs.weights, strict=True):
        np.testing.assert_allclose(
            keras.ops.convert_to_numpy(mine), keras.ops.convert_to_numpy(other), rtol=1e-3, atol=1e-5, err_msg=mine.path
        )


@pytest.mark.skipif(keras.config.backend() == "torch", reason="torch compiles nothing here")
def test_xla_changes_nothing_but_the_last_digits():
    """Dropout apart: TensorFlow draws random numbers in another way where XLA compiles the step."""
    x, y = data()
    plain = train(network(0.0), x, y, epochs=EPOCHS, seed=5).wait()
    compiled = train(network(0.0, jit_compile=True), x, y, epochs=EPOCHS, seed=5).wait()
    assert compiled.plan.xla_from == ALWAYS
    for name, values in plain.history.history.items():
        np.testing.assert_allclose(compiled.history.history[name], values, rtol=1e-3, err_msg=name)


def test_equal_seeds_give_equal_histories():
    x, y = data()
    first, second = (train(network(), x, y, epochs=2, seed=3).wait().history.history for _ in range(2))
    assert first == second


def test_the_seed_of_the_notebook_decides_when_none_is_given():
    x, y = data()
    first, second = (train(network(), x, y, epochs=1).wait() for _ in range(2))
    assert first.seed == second.seed


class OwnStep(keras.Model):
    """A custom train_step for every backend: it returns a value of its own."""

    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(3)

    def call(self, x):
        return self.dense(x)

    def train_step(self, *given):
        result = super().train_step(*given)
        if isinstance(result, tuple):
            logs, state = result
            return {"doubled": logs["loss"] * 2}, state
        return {"doubled": result["loss"] * 2}


def test_values_that_a_custom_step_returns_reach_the_history():
    model = OwnStep()
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    x, y = data()
    run = train(model, x["left"], y, epochs=2, shuffle=False).wait()
    assert run.plan.how != "model.fit"
    assert list(run.history.history) == ["doubled"]
    assert run.history.history["doubled"][0] > 0

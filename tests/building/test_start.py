"""A builder that goes on from a model: the same network with the same weights, in layers of its own."""

import keras
import numpy as np
import pytest
from keras import layers

from kerastutor.building.builder import Builder
from kerastutor.building.draft import Impossible
from kerastutor.building.start import from_model


def started(model: keras.Model) -> Builder:
    return Builder(from_model(model))


def shared() -> keras.Model:
    block = keras.Sequential([keras.Input((4,)), layers.Dense(4), layers.BatchNormalization()], name="block")
    x = keras.Input((4,))
    return keras.Model(x, block(block(x)))


def test_it_computes_what_the_model_computes_and_leaves_it_alone():
    model = shared()
    builder = started(model)
    data = np.ones((2, 4), "float32")
    expected = model.predict(data, verbose=0)
    assert np.allclose(builder.model.predict(data, verbose=0), expected)
    for weights in builder.model.weights:
        weights.assign(weights * 0)
    assert np.allclose(model.predict(data, verbose=0), expected)


def test_the_model_of_a_step_is_one_object_so_that_it_can_be_compiled_and_trained():
    builder = started(shared())
    builder.model.compile("sgd", "mse")
    builder.model.fit(np.zeros((2, 4)), np.zeros((2, 4)), verbose=0)
    before = builder.model
    builder.add("Dense", builder.topology.outputs[0].tensor, units=2)
    assert builder.model is not before


def test_a_lambda_is_taken_over_with_its_function():
    x = keras.Input((4,))
    builder = started(keras.Model(x, layers.Lambda(lambda t, by: t * by, arguments={"by": 3})(x)))
    assert builder.model.predict(np.ones((1, 4)), verbose=0).tolist() == [[3, 3, 3, 3]]


def test_a_model_without_shapes_is_told_what_it_lacks():
    with pytest.raises(Impossible, match=r"begin it with keras\.Input"):
        started(keras.Sequential([layers.Dense(3)]))

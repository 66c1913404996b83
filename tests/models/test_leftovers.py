"""What is written beside a model: found where it is lost, left alone where it belongs to another model."""

import keras
from keras import layers as L

from kerastutor.models.leftovers import with_leftovers
from kerastutor.models.reading import read


def with_a_lost_call():
    x = keras.Input((4,), name="x")
    hidden = L.Dense(4, name="hidden")(x)
    L.Dense(2, name="lost")(hidden)
    return keras.Model(x, {"scores": L.Dense(1, name="kept")(hidden)})


def test_a_call_that_reaches_no_output_is_found_and_the_outputs_stay():
    model = with_a_lost_call()
    topology = with_leftovers(model, {"model": model})
    assert "lost" in topology.call
    assert topology.outputs == read(model).outputs
    assert topology.name == model.name


def test_calls_of_another_model_are_not_lost():
    x = keras.Input((4,), name="x")
    code = L.Dense(2, name="code")(x)
    encoder = keras.Model(x, code)
    auto = keras.Model(x, L.Dense(4, name="decoder")(code))
    assert with_leftovers(encoder, {"encoder": encoder, "auto": auto}) is None
    assert "decoder" in with_leftovers(encoder, {}).call


def test_looking_uses_up_no_name():
    model = with_a_lost_call()
    number = int("0" + model.name.removeprefix("functional").removeprefix("_"))
    with_leftovers(model, {})
    x = keras.Input((4,))
    assert keras.Model(x, x).name == f"functional_{number + 1}"

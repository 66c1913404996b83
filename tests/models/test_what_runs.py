"""What is read is what runs: a `call` of one's own, and what it does in training."""

import keras
import numpy as np
import pytest
from keras import layers as L

from kerastutor.formats.expressions import NotWritable
from kerastutor.formats.source import functional
from kerastutor.models.leftovers import with_leftovers
from kerastutor.models.reading import read
from kerastutor.topology.differences.difference import diff
from kerastutor.topology.graph import Topology
from kerastutor.topology.sameness.canonical import equal

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:keras")  # layers that a first call does not build


class Net(keras.Model):
    """Dense, something in between, Dense."""

    def __init__(self, between=None):
        super().__init__()
        self.first, self.between, self.last = L.Dense(4), between, L.Dense(2)

    def call(self, x, training=None):
        x = self.first(x)
        if training:
            x = self.between(x)
        return self.last(x)


class Always(Net):
    def call(self, x, training=None):
        return self.last(self.between(self.first(x), training=training))


class Never(Net):
    def call(self, x, training=None):
        return self.last(self.first(x))


class InInference(Net):
    def call(self, x, training=None):
        x = self.first(x)
        return self.last(x if training else self.between(x))


class ThroughBlocks(keras.Model):
    """The question is asked two levels down, and nobody passes `training` on."""

    def __init__(self, between):
        super().__init__()
        self.inner = Block(between)
        self.last = L.Dense(2)

    def call(self, x):
        return self.last(self.inner(x))


class Block(L.Layer):
    def __init__(self, between):
        super().__init__()
        self.first, self.between = L.Dense(4), between

    def call(self, x, training=False):
        x = self.first(x)
        return self.between(x) if training else x


class ByPlace(ThroughBlocks):
    """`training` is passed on, and not by its name."""

    def call(self, x, training=None):
        return self.last(self.inner(x, training))


def read_called(model):
    model(np.ones((2, 3), "float32"))
    return read(model)


def graph(*between):
    return read(keras.Sequential([keras.Input((3,)), L.Dense(4), *between, L.Dense(2)]))


@pytest.mark.parametrize("make", [Net, Always, ThroughBlocks, ByPlace])
def test_noise_in_training_only_is_the_noise_layer(make):
    assert equal(read_called(make(L.Dropout(0.9))), graph(L.Dropout(0.9)))
    assert not equal(read_called(make(L.Dropout(0.9))), graph())


def test_noise_in_inference_only_does_nothing():
    assert equal(read_called(InInference(L.Dropout(0.9))), graph())


@pytest.mark.parametrize("make", [Net, InInference, ThroughBlocks])
def test_what_is_computed_at_one_time_only_is_neither_there_nor_missing(make):
    one = read_called(make(L.Dense(4)))
    assert not equal(one, graph(L.Dense(4))) and not equal(one, graph())
    assert equal(one, read_called(make(L.Dense(4))))
    assert one.parameters == 3 * 4 + 4 + 4 * 4 + 4 + 4 * 2 + 2
    assert equal(Topology.from_json(one.to_json()), one)
    assert diff(one, graph())


def test_inference_and_training_do_not_change_places():
    assert not equal(read_called(Net(L.Dense(4))), read_called(InInference(L.Dense(4))))


class Counting(Always):
    """Passes `training` on and asks nothing of it."""

    runs = 0

    def call(self, x, training=None):
        type(self).runs += 1
        return super().call(x, training=training)


class Weighed(Always):
    """Computes with `training` as with a number."""

    def call(self, x, training=None):
        return self.last(self.first(x) * training)


class Compared(Net):
    def call(self, x, training=None):
        return super().call(x, training=training == True)  # noqa: E712


def test_code_that_asks_nothing_runs_once():
    model = Counting(L.Dropout(0.5))
    read_called(model)
    Counting.runs = 0
    read(model)
    assert Counting.runs == 1


def test_training_as_a_number_or_compared_is_asked_for():
    model = Weighed()
    model(np.ones((2, 3), "float32"), training=False)
    topology = read(model)
    assert any(layer.kind == "ops.ByTraining" for layer in topology.layers)
    assert "if training" in {layer.name for layer in topology.layers}
    assert Topology.from_json(topology.to_json()) == topology
    assert equal(read_called(Compared(L.Dropout(0.5))), graph(L.Dropout(0.5)))


class Two(keras.Model):
    """Which of two layers of one kind is used when."""

    def __init__(self):
        super().__init__()
        self.layer, self.other = L.Dense(4), L.Dense(4)

    def call(self, x, training=None):
        return self.layer(x) if training else self.other(x)


class One(Two):
    def call(self, x, training=None):
        return self.layer(x)


def test_weights_that_training_shares_with_inference_are_the_same_weights():
    two, one = read_called(Two()), read_called(One())
    assert not equal(two, one)
    assert len(one.calls) == 2


def test_batch_normalisation_in_training_only_cannot_be_written_as_a_graph():
    model = Net(L.BatchNormalization())
    topology = read_called(model)
    assert not equal(topology, graph(L.BatchNormalization()))
    with pytest.raises(NotWritable, match="something else in training"):
        functional(topology)


def test_a_block_told_that_it_does_not_train():
    class Frozen(keras.Model):
        def __init__(self):
            super().__init__()
            self.block = Block(L.Dense(4))
            self.norm = keras.Sequential([L.BatchNormalization()])

        def call(self, x):
            return self.norm(self.block(x, training=False), training=False)

    x = keras.Input((3,))
    assert equal(read_called(Frozen()), read(keras.Model(x, L.BatchNormalization()(L.Dense(4)(x), training=False))))


class Doubled(keras.Sequential):
    def call(self, x, training=None, mask=None):
        return super().call(x) * 2


class DoubledGraph(keras.Model):
    def call(self, x):
        return super().call(x) * 2


def doubled_graph():
    x = keras.Input((3,), name="image")
    return DoubledGraph(x, L.Dense(2, name="scores")(x))


def test_a_call_of_ones_own_is_what_runs():
    x = keras.Input((3,))
    expected = read(keras.Model(x, L.Dense(2)(x) * 2))
    stacks = [Doubled([keras.Input((3,)), L.Dense(2)]), Doubled([L.Dense(2)])]
    for model in (*stacks, doubled_graph()):
        model(np.ones((1, 3), "float32"))
        topology = read(model)
        assert equal(topology, expected)
        assert topology.api == "subclassed"
    assert read(doubled_graph()).inputs[0].tensor.call == "image"
    assert with_leftovers(doubled_graph(), {}) is None


def test_a_model_inside_with_a_call_of_its_own():
    x = keras.Input((3,))
    expected = read(keras.Model(x, L.Dense(1)(L.Dense(2)(x) * 2)))
    for inner in (doubled_graph(), Doubled([keras.Input((3,)), L.Dense(2)])):
        assert equal(read(keras.Model(x, L.Dense(1)(inner(x)))), expected)
        assert equal(read(keras.Sequential([keras.Input((3,)), inner, L.Dense(1)])), expected)


def test_a_subclass_without_a_call_of_its_own_is_its_graph():
    class Named(keras.Model):
        def train_step(self, data):
            return super().train_step(data)

    x = keras.Input((3,))
    assert read(Named(x, L.Dense(2)(x))).api == "functional"

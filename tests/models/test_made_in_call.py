"""What a `call` does besides calling the layers that it holds: read for what it is."""

import keras
import numpy as np
import pytest
from keras import layers as L
from keras import ops

from kerastutor.formats.expressions import NotWritable
from kerastutor.formats.source import functional
from kerastutor.models.reading import NotReadable, read
from kerastutor.topology.differences.difference import diff
from kerastutor.topology.graph import Topology
from kerastutor.topology.sameness.canonical import equal

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:keras")


class Patch(L.Layer):
    """A position embedding, as in every ViT and GPT."""

    def __init__(self):
        super().__init__()
        self.project, self.position = L.Dense(3), L.Embedding(4, 3)

    def call(self, x):
        return self.project(x) + self.position(ops.arange(4))


class Whole(keras.Model):
    def __init__(self):
        super().__init__()
        self.patch, self.head = Patch(), L.Dense(1)

    def call(self, x):
        return self.head(self.patch(x))


def patches():
    x = keras.Input((4, 5))
    return keras.Model(x, L.Dense(1)(Patch()(x)))


def called(model, *shape):
    model(np.ones((2, *shape), "float32"))
    return model


@pytest.mark.parametrize("build", [patches, lambda: called(Whole(), 4, 5)])
def test_a_layer_called_on_a_constant_is_a_call(build):
    model = build()
    topology = read(model)
    assert equal(topology, read(build()))
    assert topology.parameters == model.count_params()
    with pytest.raises(NotWritable, match="called on constants"):
        functional(topology)


class Held(keras.Model):
    def __init__(self):
        super().__init__()
        self.first, self.last = L.Dense(4), L.Dense(2)

    def call(self, x, training=None):
        return self.last(self.first(x))


class MadeInCall(Held):
    def call(self, x, training=None):
        return L.Dense(2)(self.first(x))


OUTSIDE = []


class HeldElsewhere(Held):
    def call(self, x, training=None):
        return OUTSIDE[0](self.first(x))


class MadeOnce(Held):
    """Made in the first call, and kept."""

    def __init__(self):
        super().__init__()
        self.last = None

    def call(self, x, training=None):
        if self.last is None:
            self.last = L.Dense(2)
        return self.last(self.first(x))


def test_a_layer_made_in_call_is_no_layer_of_the_model():
    right, wrong = read(called(Held(), 5)), called(MadeInCall(), 5)
    topology = read(wrong)
    assert not equal(topology, right)
    assert "is made in call(), anew each time, so its weights are never trained" in str(diff(topology, right))
    assert equal(topology, read(called(MadeInCall(), 5)))
    assert topology.parameters == 5 * 4 + 4
    with pytest.raises(NotWritable):
        functional(topology)


def test_a_layer_that_no_attribute_holds():
    OUTSIDE[:] = [L.Dense(2)]
    topology = read(called(HeldElsewhere(), 5))
    assert "is not kept in an attribute" in str(diff(topology, read(called(Held(), 5))))


def test_a_layer_made_in_the_first_call_and_kept():
    assert equal(read(called(MadeOnce(), 5)), read(called(Held(), 5)))


class AddsLoss(Held):
    by = 1.0

    def call(self, x, training=None):
        h = self.first(x)
        if training:
            self.add_loss(self.by * ops.mean(ops.square(h)))
        return self.last(h)


class AddsMore(AddsLoss):
    by = 2.0


def test_a_loss_added_in_call_is_part_of_the_network():
    model = called(AddsLoss(), 5)
    before = len(model.losses)
    topology = read(model)
    assert topology.partial is None and len(model.losses) == before
    assert equal(topology, read(called(AddsLoss(), 5)))
    assert not equal(topology, read(called(AddsMore(), 5)))
    assert not equal(topology, read(called(Held(), 5)))
    assert equal(Topology.from_json(topology.to_json()), topology)
    with pytest.raises(NotWritable, match="adds a loss"):
        functional(topology)


class Measures(Held):
    def __init__(self):
        super().__init__()
        self.mean = keras.metrics.Mean()

    def call(self, x, training=None):
        h = self.first(x)
        self.mean.update_state(ops.mean(h))
        return self.last(h)


class Counts(Held):
    def __init__(self):
        super().__init__()
        self.count = self.add_weight(shape=(), initializer="zeros", trainable=False, name="count")

    def call(self, x, training=None):
        self.count.assign_add(1.0)
        return self.last(self.first(x))


def test_a_metric_changes_nothing_that_is_computed_and_is_not_changed_by_reading():
    model = called(Measures(), 5)
    before = float(model.mean.result()), float(model.mean.count)
    topology = read(model)
    assert (float(model.mean.result()), float(model.mean.count)) == before
    assert topology.partial is None
    assert equal(topology, read(called(Held(), 5)))
    assert len(topology.calls) == 3


def test_a_weight_that_call_changes_is_seen_and_not_changed_by_reading():
    model = called(Counts(), 5)
    before = float(model.count.value)
    topology = read(model)
    assert float(model.count.value) == before
    assert not equal(topology, read(called(Held(), 5)))
    assert equal(topology, read(called(Counts(), 5)))


class OwnWeight(keras.Model):
    def __init__(self):
        super().__init__()
        self.first, self.table = L.Dense(4), self.add_weight(shape=(4, 2), name="table")

    def call(self, x):
        return ops.matmul(self.first(x), self.table)


class OwnWeightTwice(OwnWeight):
    def __init__(self):
        super().__init__()
        self.second = self.add_weight(shape=(4, 2), name="second")

    def call(self, x):
        h = self.first(x)
        return ops.matmul(h, self.table) + ops.matmul(h, self.table)


class OwnWeights(OwnWeightTwice):
    def call(self, x):
        h = self.first(x)
        return ops.matmul(h, self.table) + ops.matmul(h, self.second)


class Hidden(OwnWeight):
    """A list that was made before Keras looked."""

    def __init__(self):
        super().__init__()
        table = keras.Variable(np.ones((4, 2), "float32"), name="table")
        self.hidden = lambda: table

    def call(self, x):
        return ops.matmul(self.first(x), self.hidden())


def test_weights_of_the_models_own_are_weights_and_not_numbers():
    model = called(OwnWeight(), 5)
    topology = read(model)
    assert topology.parameters == model.count_params()
    assert equal(topology, read(called(OwnWeight(), 5)))
    assert not equal(read(called(OwnWeightTwice(), 5)), read(called(OwnWeights(), 5)))
    with pytest.raises(NotWritable, match="weight of its own"):
        functional(topology)


def test_a_weight_that_keras_does_not_track_is_said():
    topology = read(called(Hidden(), 5))
    assert not equal(topology, read(called(OwnWeight(), 5)))
    assert "never trained" in str(diff(topology, read(called(OwnWeight(), 5))))


class Stateless(Held):
    """Layers without weights may be made where they are used."""

    def call(self, x, training=None):
        h = self.first(x)
        return self.last(L.Add()([h, L.ReLU()(h)]))


def test_layers_without_weights_may_be_made_in_call():
    x = keras.Input((5,))
    h = L.Dense(4)(x)
    assert equal(read(called(Stateless(), 5)), read(keras.Model(x, L.Dense(2)(L.Add()([h, L.ReLU()(h)])))))


class Broken(L.Layer):
    def __init__(self, n=3, **kwargs):
        super().__init__(**kwargs)
        self.wide = n

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], self.wide), name="w")

    def call(self, x):
        return ops.matmul(x, self.w)

    def get_config(self):
        return {**super().get_config(), "n": self.n}


def test_a_get_config_that_raises():
    def net(*args):
        x = keras.Input((4,))
        return read(keras.Model(x, Broken(*args)(x)))

    assert equal(net(3), net(3))
    assert not equal(net(3), net(5))
    assert net(3).parameters == 12


class Gan(keras.Model):
    def __init__(self):
        super().__init__()
        self.maker, self.judge = (keras.Sequential([keras.Input((4,)), L.Dense(4)]) for _ in range(2))

    def train_step(self, data):
        return {}


def test_a_model_that_only_says_how_to_train():
    with pytest.raises(NotReadable) as caught:
        read(Gan())
    assert str(caught.value) == (
        "Gan has no call(), so it computes nothing by itself; read what it holds, `maker` and `judge`, one by one."
    )

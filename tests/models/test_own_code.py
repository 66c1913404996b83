"""Functions and classes are known by what they compute, never by what they are called."""

import functools

import keras
import pytest
from keras import layers as L
from keras import ops

from kerastutor.formats.keras_file import read as read_file
from kerastutor.models.reading import read
from kerastutor.topology.differences.difference import diff
from kerastutor.topology.graph import Topology
from kerastutor.topology.sameness.canonical import equal, fingerprint

FACTOR = 2


def dense(activation, layer=L.Dense):
    return read(keras.Sequential([keras.Input((4,)), layer(3, activation=activation, name="scores")]))


def after(layer):
    return read(keras.Sequential([keras.Input((4, 2)), layer]))


def own_softmax():
    def softmax(x):
        return ops.sigmoid(x)

    return softmax


def scaled(by, *, documented=False):
    def swoosh(x):
        return by * x

    if documented:
        swoosh.__doc__ = "Scale."
    return swoosh


def with_global(x):
    return FACTOR * x


class Bent:
    def __init__(self, by):
        self.by = by

    def __call__(self, x):
        return self.by * x


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("softmax", keras.activations.softmax),
        ("softmax", ops.softmax),
        ("silu", ops.swish),
        ("leaky_relu", ops.leaky_relu),
        ("gelu", keras.activations.gelu),
        (scaled(2), scaled(2)),
        (functools.partial(ops.leaky_relu, negative_slope=0.5), functools.partial(ops.leaky_relu, negative_slope=0.5)),
        (Bent(2), Bent(2)),
        (ops.gelu, ops.gelu),
    ],
)
def test_one_function_however_given(one, other):
    assert equal(dense(one), dense(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("softmax", own_softmax()),
        ("gelu", ops.gelu),
        (scaled(2), scaled(3)),
        (functools.partial(ops.leaky_relu, negative_slope=0.5), functools.partial(ops.leaky_relu, negative_slope=0.4)),
        (functools.partial(ops.leaky_relu, negative_slope=0.5), "leaky_relu"),
        (Bent(2), Bent(3)),
        (lambda x: scaled(2)(x), lambda x: scaled(3)(x)),
    ],
)
def test_two_functions_whatever_they_are_called(one, other):
    assert not equal(dense(one), dense(other))


def test_ops_gelu_is_the_approximate_one():
    x = keras.Input((4,))
    assert equal(dense(ops.gelu), read(keras.Model(x, ops.gelu(L.Dense(3)(x)))))
    assert not equal(dense(ops.gelu), read(keras.Model(x, ops.gelu(L.Dense(3)(x), approximate=False))))


def test_functions_inside_layers_inside_layers():
    def wrapped(activation):
        return after(L.TimeDistributed(L.Dense(3, activation=activation)))

    def recurrent(activation):
        return after(L.RNN(L.SimpleRNNCell(3, activation=activation)))

    for made in (wrapped, recurrent):
        assert not equal(made(own_softmax()), made("softmax"))
        assert equal(made(own_softmax()), made(own_softmax()))


def test_globals_count_also_in_a_lambda(monkeypatch):
    by_name, by_lambda = dense(with_global), after(L.Lambda(lambda x: FACTOR * x))
    monkeypatch.setitem(globals(), "FACTOR", 3)
    assert not equal(by_name, dense(with_global))
    assert not equal(by_lambda, after(L.Lambda(lambda x: FACTOR * x)))


def test_a_function_of_ones_own_in_a_lambda_layer():
    assert not equal(after(L.Lambda(scaled(2))), after(L.Lambda(scaled(3))))
    assert equal(after(L.Lambda(scaled(2))), after(L.Lambda(scaled(2))))


def test_a_docstring_computes_nothing():
    def plain(x):
        return 2 * x

    one = dense(plain)

    def plain(x):
        """Double it."""
        return 2 * x

    assert equal(one, dense(plain))


def whiten(by, attribute=0):
    class Whiten(L.Layer):
        constant = attribute

        def __init__(self, **kwargs):
            super().__init__(**kwargs)

        def call(self, x):
            return by * x

    return Whiten


def test_two_classes_of_one_name():
    assert equal(after(whiten(2)()), after(whiten(2)()))
    assert not equal(after(whiten(2)()), after(whiten(3)()))
    assert not equal(after(whiten(2)()), after(whiten(2, attribute=1)()))
    assert "code is different" in str(diff(after(whiten(2)()), after(whiten(3)())))


def test_code_taken_on_trust_is_said():
    (layer,) = (layer for layer in dense(own_softmax()).layers if layer.kind == "Dense")
    assert layer.opaque
    assert not any(layer.opaque for layer in dense("softmax").layers)


def test_the_sentence_names_the_function_that_only_shares_the_name():
    (found,) = diff(dense(own_softmax()), dense("softmax"))
    assert found.sentence == "`scores` has a function `softmax` for its activation that is not the `softmax` expected."


def test_a_file_knows_names_alone_and_is_compared_by_them(tmp_path):
    x = keras.Input((4,))
    model = keras.Model(x, whiten(2)()(L.Dense(3, activation=scaled(2))(x)))
    model.save(tmp_path / "model.keras")
    saved = read_file(tmp_path / "model.keras")
    assert equal(read(model), saved) and equal(saved, read(model))
    assert not diff(read(model), saved)
    assert not equal(dense(own_softmax()), dense("softmax"))


def test_code_travels_as_json_and_old_json_is_read():
    topology = after(whiten(2)())
    assert Topology.from_json(topology.to_json()) == topology
    old = topology.to_plain()
    for layer in old["layers"]:
        layer.pop("code", None)
    assert equal(Topology.from_plain(old), topology)


def test_a_mark_is_the_same_each_time():
    assert fingerprint(dense(scaled(2))) == fingerprint(dense(scaled(2)))

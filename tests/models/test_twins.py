"""The proof that two models compute the same: what it feeds them, and what it says where nothing can be compared."""

from dataclasses import replace

import keras
import pytest
from keras import layers as L
from keras import ops

from kerastutor.models.assembly import NotBuildable
from kerastutor.models.reading import read
from kerastutor.models.twins import build, prove_same
from kerastutor.topology.graph import Layer
from kerastutor.topology.sameness.canonical import equal


def words(dtype, *between):
    x = keras.Input((6,), dtype=dtype)
    y = x
    for step in between:
        y = step(y)
    return keras.Model(x, L.Embedding(3, 2)(y))


@pytest.mark.parametrize("dtype", ["int32", "float32"])
@pytest.mark.parametrize(
    "between", [(), (L.Reshape((2, 3)),), (lambda x: ops.cast(x, "int32"),), (lambda x: x[:, 1:], L.Flatten())]
)
def test_words_stay_inside_the_vocabulary_whatever_lies_before_it(dtype, between):
    proof = prove_same(words(dtype, *between), words(dtype, *between))
    assert proof, proof.sentence


def applied(function):
    x = keras.Input((4,))
    return keras.Model(x, function(L.Dense(3)(x)))


def nowhere(x):
    return ops.sqrt(-ops.abs(x) - 1)


def test_where_both_compute_no_number_they_agree():
    def in_part(x):
        return ops.concatenate([x, nowhere(x)], axis=-1)

    proof = prove_same(applied(in_part), applied(in_part))
    assert proof, proof.sentence


def test_where_nothing_is_a_number_nothing_can_be_compared():
    proof = prove_same(applied(nowhere), applied(nowhere))
    assert not proof
    assert proof.difference is None
    assert "could not be compared" in proof.sentence


class Own(keras.regularizers.Regularizer, keras.constraints.Constraint):
    """A regulariser and constraint of the learner's."""

    def __call__(self, weights):
        return ops.sum(weights)

    def get_config(self):
        return {}


def doubled(x):
    return 2 * x


def dense(**options):
    x = keras.Input((4,))
    return keras.Model(x, L.Dense(3, name="dense", **options)(x))


@pytest.mark.parametrize(
    "options",
    [
        {"kernel_regularizer": keras.regularizers.L1L2(0.1, 0.2)},
        {"kernel_regularizer": keras.regularizers.L1(0.2), "bias_regularizer": "l2"},
        {"kernel_regularizer": keras.regularizers.OrthogonalRegularizer(0.1, mode="columns")},
        {"kernel_constraint": keras.constraints.MinMaxNorm(0.1, 0.9), "bias_constraint": "non_neg"},
        {"activation": "gelu"},
        {"activation": L.LeakyReLU(0.1)},
    ],
)
def test_a_twin_has_the_regularisers_constraints_and_activations_of_keras(options):
    model = dense(**options)
    assert equal(read(build(read(model))), read(model))


@pytest.mark.filterwarnings("ignore:The object being serialized includes a `lambda`")
@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"kernel_regularizer": Own()}, "The kernel_regularizer of 'dense' is `Own`"),
        ({"kernel_constraint": Own()}, "The kernel_constraint of 'dense' is `Own`"),
        ({"activation": lambda x: 2 * x}, "The activation of 'dense' is a function of your own"),
        ({"activation": doubled}, "The activation of 'dense' is `doubled`"),
    ],
)
def test_what_is_the_learners_own_is_said_not_to_be_buildable(options, said):
    with pytest.raises(NotBuildable, match=said) as caught:
        build(read(dense(**options)))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("parameter", ["kernel_constraint", "kernel_regularizer"])
@pytest.mark.parametrize("value", [{"deserialize": {"config": "max_norm"}}, "get", {"get": {}, "L2": {}}, {}, 3])
def test_nothing_but_classes_of_keras_is_called_by_name(parameter, value):
    own = Layer("dense", "Dense", config={"units": 3, parameter: value})
    topology = read(dense())
    with pytest.raises(NotBuildable):
        build(replace(topology, layers=tuple(own if one.id == "dense" else one for one in topology.layers)))

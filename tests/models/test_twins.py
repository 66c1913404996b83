"""The proof that two models compute the same: what it feeds them, and what it says where nothing can be compared."""

import keras
import pytest
from keras import layers as L
from keras import ops

from kerastutor.models.twins import prove_same


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


def test_where_both_compute_no_number_they_agree():
    proof = prove_same(applied(ops.sqrt), applied(ops.sqrt))
    assert proof, proof.sentence


def test_where_nothing_is_a_number_nothing_can_be_compared():
    def nowhere(x):
        return ops.sqrt(-ops.abs(x) - 1)

    proof = prove_same(applied(nowhere), applied(nowhere))
    assert not proof
    assert proof.difference is None
    assert "could not be compared" in proof.sentence

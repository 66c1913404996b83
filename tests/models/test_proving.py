"""The prover where its corpus does not look: what it leaves alone, what it cannot decide, and what it finds."""

from __future__ import annotations

import random

import keras
import numpy as np
from keras import layers as L
from keras import ops

import kerastutor as kt
from kerastutor.models.proving import prove, proving
from kerastutor.models.proving.carrying import Class, bijections, classes_by_key
from kerastutor.models.proving.twin import LivingTwin
from kerastutor.models.reading import read
from kerastutor.topology.sameness.rules import DEFAULT


def model(make, shape=(4,), **options):
    x = keras.Input(shape, **options)
    return keras.Model(x, make(x))


def spelled():
    """Two spellings of one network that the canonical form tells apart."""
    return model(lambda x: L.Dense(3)(x) * 2), model(lambda x: L.Rescaling(2.0)(L.Dense(3)(x)))


def test_same_diff_and_matches_ask_it():
    first, second = spelled()
    assert kt.same(first, second)
    assert not kt.diff(first, second)
    assert kt.matches(first, kt.Pattern((kt.read(second),)))
    proof = kt.prove_same(first, second)
    assert proof.holds and proof.decided
    assert proof.difference < 1e-9


def test_whoever_asks_for_a_spelling_gets_no_numbers():
    first, second = spelled()
    assert not kt.same(first, second, rules=DEFAULT)
    pattern = kt.Pattern((kt.read(second),), rules=DEFAULT.without("merge_order"))
    assert not kt.matches(first, pattern)


def test_it_leaves_no_trace():
    first, second = map(read, spelled())
    random.seed(3)
    before = int(L.Dense(1).name.partition("_")[2] or 0)
    drawn, policy = random.getstate(), keras.config.dtype_policy()
    prove(first, second)
    assert random.getstate() == drawn
    assert int(L.Dense(1).name.partition("_")[2]) == before + 1
    assert keras.config.dtype_policy() is policy


def test_the_models_keep_their_weights():
    first, second = spelled()
    kept = [weight.numpy() for one in (first, second) for weight in one.weights]
    kt.same(first, second)
    again = [weight.numpy() for one in (first, second) for weight in one.weights]
    assert all(np.array_equal(*pair) for pair in zip(kept, again, strict=True))


def test_other_weights_are_seen_without_computing(monkeypatch):
    monkeypatch.setattr(proving, "feeds", None)  # what computing begins with
    proof = prove(read(model(L.Dense(3))), read(model(L.Dense(4))))
    assert not proof and proof.decided


def test_what_cannot_be_built_is_undecided_and_said():
    own = read(model(lambda x: L.Lambda(lambda y: 2 * y)(x)))
    proof = prove(own, read(model(lambda x: 2 * x)))
    assert not proof.holds and not proof.decided
    assert "Lambda" in proof.sentence


def test_too_much_work_is_undecided_and_said(monkeypatch):
    monkeypatch.setattr(proving, "WORK", 100)
    proof = prove(*map(read, spelled()))
    assert not proof.holds and not proof.decided
    assert "amount of work" in proof.sentence


def test_a_network_of_many_equal_layers_is_told_layer_from_layer():
    def woven(x, order):
        made = {number: L.Dense(4, activation="tanh", name=f"d{number}") for number in order}
        first = made[0](made[1](x)) + 2 * made[2](made[3](x))
        return made[4](first) - made[5](x)

    proof = prove(read(model(lambda x: woven(x, range(6)))), read(model(lambda x: 1 * woven(x, (5, 3, 1, 4, 2, 0)))))
    assert proof.holds, proof.sentence


def test_weights_that_move_the_same_thing_are_paired_whatever_their_order():
    def moves(side, given):
        first, second = (token % 1000 for token in (given if side == 0 else given[::-1]))
        return [np.array([first, 2.0 * second])]

    assert list(bijections((Class((0, 1), (0, 1)),), moves)) == [(Class((0,), (1,)), Class((1,), (0,)))]


def test_unlike_numbers_of_a_shape_are_no_classes():
    one, two = (
        LivingTwin(read(model(make)), [np.zeros((2, 4))]).carried
        for make in (L.Dense(4), lambda x: L.Dense(4)(L.Dense(4)(x)))
    )
    assert classes_by_key(one, two) is None
    assert len(classes_by_key(two, two)) == 2


def test_a_length_that_only_one_can_take_tells_them_apart():
    def halves(x):
        return ops.reshape(x, (-1, 3, 2))

    open_ended = read(model(lambda x: L.Dense(2)(x)[:, ::2], (None, 2)))
    assert prove(open_ended, read(model(lambda x: L.Dense(2)(halves(x)), (None, 2)))).holds is False


def test_where_nothing_is_a_number_it_does_not_decide():
    def nowhere(x):
        return ops.sqrt(-ops.abs(L.Dense(3)(x)) - 1)

    proof = prove(read(model(nowhere)), read(model(lambda x: 2 * nowhere(x))))
    assert not proof.holds and not proof.decided


def test_a_difference_that_changes_nothing_is_not_told():
    def image(make):
        return model(lambda x: L.Dense(3, name="scores")(L.Flatten()(make(x))), (4, 4, 3))

    expected = image(lambda x: L.Conv2D(8, 1, activation="relu")(x))
    told = kt.diff(image(lambda x: L.Conv2D(8, 1, padding="same", name="scan")(x)), expected)
    assert [item.kind for item in told.items] == ["wrong_config"]
    assert "activation" in told.items[0].sentence
    assert "padding" not in str(told)


def test_what_counts_once_the_rest_is_fixed_is_told():
    def image(size, **options):
        return model(lambda x: L.GlobalMaxPooling2D()(L.Conv2D(8, size, **options)(x)), (6, 6, 3))

    told = kt.diff(image(1), image(3, padding="same"))
    assert "padding" in str(told) and "kernel_size" in str(told)


def test_a_check_says_that_it_is_proved_by_numbers():
    exercise = kt.exercise("01-stack")
    x = keras.Input((784,))
    y = ops.maximum(L.Dense(64)(x), 0)
    result = exercise.check(keras.Model(x, L.Dense(10, activation="softmax")(y)))
    assert result.passed
    assert any("by numbers" in sentence for sentence in result.rests_on)
    plain = keras.Sequential([keras.Input((784,)), L.Dense(64, "relu"), L.Dense(10, "softmax")])
    assert exercise.check(plain).rests_on == ()

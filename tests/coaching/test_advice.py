"""What the coach advises where shapes do not fit is tried: it makes them fit."""

import re

import keras
import pytest
from coaching.programs import run

from kerastutor.coaching.coach import explain

NUMBER = re.compile(r"(Dense\(\d+\))|(Conv2D\(\d+, 1(?:, strides=\d)?\))")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("keras.Input((4,))", "layers.Dense(8)(first)"),
        ("keras.Input((5, 16))", "layers.Dense(4)(first)"),
        ("keras.Input((8, 8, 3))", "layers.Conv2D(16, 3, padding='same')(first)"),
        ("keras.Input((8, 8, 16))", "layers.Conv2D(4, 1)(first)"),
        ("keras.Input((9, 9, 3))", "layers.Conv2D(16, 3, padding='same', strides=2)(first)"),
    ],
)
def test_the_layer_that_is_advised_for_a_merge_makes_the_shapes_equal(first, second):
    source = f"first = {first}\nsecond = {second}\nlayers.Add()([first, second])"
    error, record, names = run(source, "<merge>")
    text = explain(error, record).text
    advised = NUMBER.search(text).group()
    on = re.search(rf"{re.escape(advised)} on (first|second)", text)
    fits = [
        eval(advised, vars(keras.layers).copy())(names[one]).shape == names[other].shape
        for one, other in (("first", "second"), ("second", "first"))
        if not on or on.group(1) == one
    ]
    assert any(fits), text

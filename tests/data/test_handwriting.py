"""The digits: their shapes, their split, and that pairs and questions say what is true of the images."""

import numpy as np
import pytest

from kerastutor.data import digit_pairs, digit_tasks, digits
from kerastutor.data.handwriting import SHAPES, scaled_up


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_holds_the_same_digits(shape):
    x, y = digits(shape).train
    assert x.shape == (1_437, *shape)
    assert x.dtype == "float32"
    assert (y == digits().train.y).all()
    assert x.min() == 0
    assert 0.9 < x.max() <= 1


def test_an_unknown_shape_is_named_with_those_there_are():
    with pytest.raises(ValueError, match=r"\(784,\).*not \(32, 32\)"):
        digits((32, 32))


def test_no_digit_is_in_both_splits():
    data = digits((64,))
    train = {row.tobytes() for row in data.train.x}
    assert not any(row.tobytes() in train for row in data.validation.x)
    assert set(data.validation.y) == set(range(10))


def test_scaling_up_keeps_the_centre_of_an_image_where_it_was():
    drop = np.zeros((1, 8, 8), "float32")
    drop[0, 2, 5] = 1
    large = scaled_up(drop)[0]
    down, right = (float((large.sum(axis=axis) * np.arange(28)).sum() / large.sum()) for axis in (1, 0))
    assert (down, right) == pytest.approx((2 + 3 * 2 + 1, 2 + 3 * 5 + 1))
    assert large[:2].sum() == large[:, :2].sum() == large[-2:].sum() == 0


def test_pairs_show_what_they_say():
    data, alone = digit_pairs((64,)), digits((64,))
    for split, source in ((data.train, alone.train), (data.validation, alone.validation)):
        label = {row.tobytes(): answer for row, answer in zip(*source, strict=True)}
        left = np.array([label[row.tobytes()] for row in split.x["left"]])
        right = np.array([label[row.tobytes()] for row in split.x["right"]])
        assert ((left == right) == split.y).all()
        assert split.y.mean() == 0.5
        assert not (split.x["left"] == split.x["right"]).all(axis=1).any()


def test_pairs_come_from_a_seed():
    first, again, other = digit_pairs((64,)), digit_pairs((64,)), digit_pairs((64,), seed=1)
    assert (first.train.x["left"] == again.train.x["left"]).all()
    assert (first.train.x["left"] != other.train.x["left"]).any()


def test_the_questions_are_answered_from_the_image():
    x, y = digit_tasks().validation
    assert (y["even"] == (y["digit"] % 2 == 0)).all()
    assert np.corrcoef(y["ink"], x.sum(axis=1))[0, 1] > 0.999
    assert digit_tasks().train.y["ink"].mean() == pytest.approx(1, abs=1e-4)

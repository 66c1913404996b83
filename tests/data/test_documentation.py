"""The texts: read without importing anything, library names masked, numbered by the training texts alone."""

import re

import pytest

from kerastutor.data import docstrings
from kerastutor.data.documentation import NUMBERS, read_docstrings

SOURCE = '''
def shown(a, b=1, *, c=2):
    """Call numpy.add, np.add or Scikit-Learn's and sklearn's own `a`.

    Keras, tf.keras and scipy do it as well; this is the line that makes it long enough.
    >>> shown(1)
    """

def _hidden():
    """Nobody reads what this says, although it says it with more than twenty words, which it does right now, here."""

class Short:
    """Too short."""
'''


@pytest.fixture(scope="module")
def texts():
    return docstrings("numpy", "keras")


def test_only_public_and_long_enough_texts_are_taken():
    (only,) = read_docstrings(SOURCE, "numpy")
    assert dict(zip(NUMBERS, only.numbers, strict=True)) == {
        "words": 28,
        "lines": 4,
        "arguments": 3,
        "examples": 1,
        "quoted": 1,
    }


def test_no_text_names_its_library():
    (only,) = read_docstrings(SOURCE, "numpy")
    assert not re.search(r"numpy|\bnp\b|scikit|sklearn|scipy|keras|\btf\b", only.text, re.I)


def test_source_that_does_not_parse_is_left_out():
    assert not list(read_docstrings("print 'old Python'", "numpy"))


@pytest.mark.slow
def test_texts_are_numbers_filled_up_in_front(texts):
    x, y = texts.train
    words, meta = x["text_input"], x["meta_input"]
    assert words.dtype == "int32"
    assert words.min() == 0
    assert words.max() < 10_000
    assert (words[:, -1] > 0).all()
    assert meta.mean(axis=0) == pytest.approx(0, abs=1e-5)
    assert meta.std(axis=0) == pytest.approx(1, abs=1e-5)
    assert y.mean() == pytest.approx(0.5, abs=0.05)


@pytest.mark.slow
def test_no_text_is_in_both_splits(texts):
    train = {row.tobytes() for row in texts.train.x["text_input"]}
    again = sum(row.tobytes() in train for row in texts.validation.x["text_input"])
    assert again <= 0.02 * texts.validation.examples  # two texts may differ in rare words alone


def test_libraries_that_cannot_be_chosen_are_named():
    with pytest.raises(ValueError, match="no library 'pandas'; it knows numpy, scipy"):
        docstrings("numpy", "pandas")
    with pytest.raises(ValueError, match="two or more different"):
        docstrings("numpy")

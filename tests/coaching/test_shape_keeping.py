"""A layer that keeps the shape changes nothing about a mistake: what is said before and after it is the same."""

import pytest
from coaching.programs import run

from kerastutor.coaching.diagnoses import diagnose
from kerastutor.coaching.evidence import gather
from kerastutor.coaching.silent import Cell, notice
from kerastutor.knowledge import LAYERS, OPERATIONS, REQUIRED, facts

GIVEN = {"rate": 0.5, "activation": "'relu'", "num_bins": 4}
"""What a layer is given where Keras has no default; 0.2 for the rest."""
GIVEN_TO = {"Discretization": "bin_boundaries=[0.0, 1.0]", "GroupNormalization": "groups=2", "RandomPosterization": "4"}
LEFT_OUT = {
    "Hashing": "Keras computes it with TensorFlow on every backend",
    "Equalization": "Keras returns the very tensor that it was given, and no model can be made of that",
}

LOUD = {
    "the last step of an LSTM given to another": """
x = keras.Input((8, 4))
y = layers.LSTM(6, name="first")(x)
{y}layers.LSTM(5)(y)""",
    "the same of wrapped ones": """
x = keras.Input((8, 4))
y = layers.Bidirectional(layers.GRU(6), name="first")(x)
{y}layers.LSTM(5)(y)""",
    "the same in a Sequential": """
steps = [keras.Input((8, 4)), layers.LSTM(6, name="first"), {x}layers.LSTM(5)]
keras.Sequential(steps)""",
    "the same in a Sequential built by data": """
model = keras.Sequential([layers.LSTM(6, name='first'), {x}layers.LSTM(5)])
model.build((None, 8, 4))""",
    "a flat row given to a convolution": """
x = keras.Input((8, 8, 3))
y = layers.Flatten()(x)
{y}layers.Conv2D(4, 3)(y)""",
}
SILENT = {
    "a layer called twice in a row": """
dense = layers.Dense(16)
x = keras.Input((16,))
y = dense(x)
{y}model = keras.Model(x, dense(y))""",
    "a picture that was never made flat": """
x = keras.Input((8, 8, 16))
y = layers.Conv2D(16, 3)(x)
{y}model = keras.Model(x, layers.Dense(10, activation="softmax")(y))""",
}


def written(kind):
    """The layer or operation as a program writes it."""
    known = facts(kind)
    if kind.startswith("ops."):
        return f"keras.{known.function}" if known.function.startswith("activations.") else f"ops.{known.function}"
    needed = [name for name, default in known.parameters.items() if default is REQUIRED]
    return f"layers.{kind}({GIVEN_TO.get(kind) or ', '.join(f'{name}={GIVEN.get(name, 0.2)}' for name in needed)})"


def takes(kind, *shape):
    """Whether Keras lets it stand after a tensor of this shape at all: some want pictures, some complex numbers."""
    return run(f"y = {written(kind)}(keras.Input({shape}))")[0] is None


def keeping(*shape):
    """What keeps the shape of such a tensor, as it is written, by kind."""
    kinds = [kind for kind in (*LAYERS, *OPERATIONS) if facts(kind).keeps_shape and kind not in LEFT_OUT]
    return {kind: written(kind) for kind in kinds if takes(kind, *shape)}


def said(source):
    """The diagnosis of a program that fails: the mistake and its sentence."""
    error, record, _ = run(source)
    assert error is not None, source
    finding = diagnose(gather(error, record))
    return finding and (finding.mistake, finding.sentence)


def noticed(source):
    """The mistakes noticed in a program that runs."""
    error, record, namespace = run(source)
    assert error is None, (source, error)
    return {finding.mistake for finding in notice(Cell(source, record, namespace))}


pytestmark = pytest.mark.slow  # some hundred small programs


@pytest.fixture(scope="module")
def rows():
    found = keeping(6)
    assert len(found) > 60
    return found


@pytest.mark.parametrize("mistake", LOUD)
def test_a_diagnosis_is_the_same_for_every_kind_that_keeps_the_shape(mistake, rows):
    source = LOUD[mistake]
    expected = said(source.format(x="", y=""))
    assert expected is not None
    in_a_stack = "{x}" in source
    wrong = {
        kind: found
        for kind, name in rows.items()
        if not (in_a_stack and kind.startswith("ops."))
        and (found := said(source.format(x=f"{name}, ", y=f"y = {name}(y)\n"))) != expected
    }
    assert wrong == {}


@pytest.mark.parametrize("mistake", SILENT)
def test_a_hint_is_the_same_for_every_kind_that_keeps_the_shape(mistake):
    source = SILENT[mistake]
    shape = (6, 6, 16) if "picture" in mistake else (16,)
    expected = noticed(source.format(y=""))
    assert expected
    wrong = {
        kind: found
        for kind, name in keeping(*shape).items()
        if not expected <= (found := noticed(source.format(y=f"y = {name}(y)\n")))
    }
    assert wrong == {}

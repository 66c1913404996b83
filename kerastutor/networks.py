"""The verbs that only think: a network read, compared, explained, written as code and drawn, with nothing on the page.

Keras is loaded when one of them is given a live model, and not before: files and topologies are worked on without it.
"""

from __future__ import annotations

import sys
import threading
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, Union

from kerastutor.formats import keras_file, source
from kerastutor.topology import sequential
from kerastutor.topology.differences import difference
from kerastutor.topology.differences import pattern as patterns
from kerastutor.topology.differences.difference import Diff
from kerastutor.topology.differences.pattern import Match, Pattern
from kerastutor.topology.graph import Topology
from kerastutor.topology.sameness.canonical import equal
from kerastutor.topology.sameness.proof import UNLIKE_WEIGHTS, Proof, undecided, weights_differ
from kerastutor.topology.sameness.rules import DEFAULT, Rules
from kerastutor.topology.sequential import Reason

if TYPE_CHECKING:
    import keras

    from kerastutor.drawing import Drawing

Network: TypeAlias = Union["keras.Model", Topology, str, PathLike[str]]
"""A Keras model, a `Topology`, or the path of a file with a model in it."""


def read(model: Network) -> Topology:
    """Read a model into its topology: the calls, the tensors between them, and the layers they use.

    Args:
        model: a Keras model written in any API, a `Topology` (returned as it is), or the path of a `.keras` archive
            or a `model.to_json()` file, which are read without Keras.

    Raises:
        TypeError, ValueError: it cannot be read; the message says what to do.

    >>> import keras, kerastutor as kt
    >>> model = keras.Sequential([keras.Input((784,)), keras.layers.Dense(10, name="digit")])
    >>> [layer.kind for layer in kt.read(model).layers]
    ['Input', 'Dense']
    """
    if isinstance(model, Topology):
        return model
    if isinstance(model, (str, PathLike)):
        return keras_file.read(Path(model))
    from kerastutor.models import reading

    return reading.read(model)


def same(model: Network, expected: Network | Pattern, *, rules: Rules | None = None) -> bool:
    """Whether two models are the same network: the same function with the same free parameters, however written.

    Args:
        model: a Keras model, a `Topology`, or the path of a saved model.
        expected: the same, or a `Pattern`; then `matches` decides.
        rules: which spellings count as the same; by default all that compute the same.

    Raises:
        TypeError, ValueError: one of them cannot be read; the message says what to do.

    >>> import keras, kerastutor as kt
    >>> stack = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    >>> x = keras.Input((4,))
    >>> kt.same(stack, keras.Model(x, keras.layers.Dense(2)(x)))
    True
    """
    if isinstance(expected, Pattern):
        return bool(matches(model, expected))
    ours, theirs = read(model), read(expected)
    return equal(ours, theirs, DEFAULT if rules is None else rules) or (rules is None and bool(prove(ours, theirs)))


def matches(model: Network, pattern: Pattern) -> Match:
    """Whether a model is what a pattern describes, its freedoms used; a true or false value that says how.

    Args:
        model: a Keras model, a `Topology`, or the path of a saved model.
        pattern: networks with what is left free in them.

    Raises:
        TypeError, ValueError: the model cannot be read; the message says what to do.

    >>> import keras, kerastutor as kt
    >>> stack = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    >>> bool(kt.matches(stack, kt.Pattern((kt.read(stack),))))
    True
    """
    return patterns.matches(read(model), pattern, prove)


def diff(model: Network, expected: Network, *, rules: Rules | None = None) -> Diff:
    """The smallest set of differences that turns `model` into `expected`, told in the names of `model`. Empty: same.

    Args:
        model: a Keras model, a `Topology`, or the path of a saved model.
        expected: the same.
        rules: which spellings count as the same; by default all that compute the same.

    Raises:
        TypeError, ValueError: one of them cannot be read; the message says what to do.

    >>> import keras, kerastutor as kt
    >>> def stack(units):
    ...     return keras.Sequential([keras.Input((4,)), keras.layers.Dense(units, name="hidden")])
    >>> print(kt.diff(stack(2), stack(3)))
    `hidden` has units=2, and 3 is expected.
    """
    ours, theirs = read(model), read(expected)
    if rules is not None:
        return difference.diff(ours, theirs, rules)
    return difference.diff(ours, theirs, prove=prove)


def prove_same(first: keras.Model | Topology, second: keras.Model | Topology) -> Proof:
    """Carry the weights of one model over to the other and compare what they compute on random inputs.

    Two models of one structure are compared as they are, in inference. Where the structures differ, both are built anew
    from what was read of them, and every way to carry the weights that may be right is tried, in inference and in
    training; `decided` is False where that could not be done.

    Args:
        first: a Keras model or a `Topology`.
        second: the same.

    >>> import keras, kerastutor as kt
    >>> stack = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    >>> x = keras.Input((4,))
    >>> bool(kt.prove_same(stack, keras.Model(x, keras.layers.Dense(2)(x))))
    True
    """
    from kerastutor.models import twins

    ours, theirs = read(first), read(second)
    return twins.prove_same(first, second) if equal(ours, theirs) else prove(ours, theirs)


_NOT_HERE = "Nothing can be computed here, so only their structure was compared."


def prove(first: Topology, second: Topology) -> Proof:
    """Whether two networks that are written differently compute the same.

    Undecided where no Keras can be loaded, or is not yet and this is no place to load it: in a thread that would stop
    the whole kernel.
    """
    if weights_differ(first, second):
        return Proof(False, None, UNLIKE_WEIGHTS)
    if "keras" not in sys.modules and threading.current_thread() is not threading.main_thread():
        return undecided(_NOT_HERE)
    try:
        from kerastutor.models import proving
    except ImportError:
        return undecided(_NOT_HERE)
    return proving.prove(first, second)


def why_not_sequential(model: Network) -> tuple[Reason, ...]:
    """Each call or arrow that keeps a model from being a Sequential, in a sentence; empty: it can be one.

    Args:
        model: a Keras model, a `Topology`, or the path of a saved model.

    Raises:
        TypeError, ValueError: it cannot be read; the message says what to do.

    >>> import keras, kerastutor as kt
    >>> x = keras.Input((4,), name="x")
    >>> skip = keras.Model(x, keras.layers.Add(name="add")([x, keras.layers.Dense(4, name="hidden")(x)]))
    >>> print(kt.why_not_sequential(skip)[0].sentence)
    `x` goes to `hidden` and `add`; in a Sequential each tensor goes to the next layer only.
    """
    return sequential.why_not_sequential(read(model))


def code(model: Network, style: Literal["functional", "sequential"] = "functional") -> str:
    """Python source that builds the model in either API.

    Args:
        model: a Keras model, a `Topology`, or the path of a saved model.
        style: the API to write it in.

    Raises:
        NotSequential: `style` is `"sequential"` and the network cannot be one; `.reasons` says why.
        ValueError: `style` is neither, or the model cannot be read.

    >>> import keras, kerastutor as kt
    >>> print(kt.code(keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, name="digit")]), "sequential"))
    import keras
    from keras import layers
    <BLANKLINE>
    model = keras.Sequential([
        keras.Input(shape=(4,)),
        layers.Dense(2, name="digit"),
    ])
    """
    if style not in ("functional", "sequential"):
        raise ValueError(f"There is no style {style!r}; ask for 'functional' or 'sequential'.")
    return source.functional(read(model)) if style == "functional" else source.sequential(read(model))


def draw(model: Network) -> Drawing:
    """The picture of a model, one box per call, with the words for those who cannot see it.

    Args:
        model: a Keras model, a `Topology`, or the path of a saved model.

    Raises:
        TypeError, ValueError: it cannot be read; the message says what to do.

    >>> import keras, kerastutor as kt
    >>> drawing = kt.draw(keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)], name="small"))
    >>> drawing.text.partition("\\n")[0]
    'The Sequential model “small” has 1 input, 1 output, 1 layer and 10 parameters.'
    """
    from kerastutor import drawing

    return drawing.draw(read(model))

"""Tensors of unlike numbers of axes in one call: an operation lines up the last axes, a merge layer the first."""

from collections.abc import Callable

import keras
from keras import layers as L
from keras import ops

from corpus.pair import Collection, Models

PAIRS = Collection()


def gated(join: Callable, inputs: tuple[tuple[int, ...], ...] = ((1, 4), (4,)), dtype: str = "float32") -> keras.Model:
    """`join` of a sequence and of a vector; one step, so that either way of lining them up runs on any batch."""
    given = [keras.Input(shape, dtype=dtype) for shape in inputs]
    return keras.Model(given, join(*given))


@PAIRS.nearly("operators")
def squeeze_and_excite() -> Models:
    """`x * gate` takes the batch of the gate for the width of the picture, and fails on data; Multiply does not."""

    def excited(join: Callable) -> keras.Model:
        x = keras.Input((8, 8, 16))
        gate = L.Dense(16, "sigmoid")(L.GlobalAveragePooling2D()(x))
        return keras.Model(x, L.Dense(2)(L.GlobalAveragePooling2D()(join(x, gate))))

    return excited(lambda x, gate: L.Multiply()([x, gate])), excited(lambda x, gate: x * gate)


@PAIRS.nearly("operators")
def subtract_a_vector() -> Models:
    """`x - v` is not Subtract()([x, v])."""
    return gated(lambda x, v: L.Subtract()([x, v])), gated(lambda x, v: x - v)


@PAIRS.nearly("operators")
def add_to_a_state() -> Models:
    """The state that an LSTM returns has two axes, its sequence three."""

    def decoded(join: Callable) -> keras.Model:
        x = keras.Input((5, 4))
        steps, state, _ = L.LSTM(4, return_sequences=True, return_state=True)(x)
        return keras.Model(x, join(steps, state))

    return decoded(lambda x, v: L.Add()([x, v])), decoded(lambda x, v: x + v)


@PAIRS.same
def states_added() -> Models:
    """The two states of an LSTM, by operator or layer."""

    def summed(join: Callable) -> keras.Model:
        x = keras.Input((5, 4))
        _, hidden, cell = L.LSTM(4, return_state=True)(x)
        return keras.Model(x, join(hidden, cell))

    return summed(lambda h, c: L.Add()([h, c])), summed(lambda h, c: c + h)


@PAIRS.same
def operators_swapped() -> Models:
    """`x + v` and `v + x` line up alike."""
    return gated(lambda x, v: x + v), gated(lambda x, v: v + x)


@PAIRS.same
def layer_swapped() -> Models:
    """So do Multiply()([x, v]) and Multiply()([v, x])."""
    return gated(lambda x, v: L.Multiply()([x, v])), gated(lambda x, v: L.Multiply()([v, x]))


@PAIRS.same
def after_operations() -> Models:
    """What keras.ops returns has axes too: two averages over time, added by operator or layer."""

    def averaged(join: Callable) -> keras.Model:
        x = keras.Input((5, 4))
        return keras.Model(x, join(ops.mean(x, axis=1), ops.max(x, axis=1)))

    return averaged(lambda a, b: L.Add()([a, b])), averaged(lambda a, b: a + b)


@PAIRS.nearly("merge_order")
def subtract_from_a_vector() -> Models:
    """x - v is not v - x."""
    return gated(lambda x, v: x - v), gated(lambda x, v: v - x)


@PAIRS.nearly("merge_grouping")
def operator_within_a_layer() -> Models:
    """The inner sum lines up the last axes: it is no term of the outer."""
    shapes = ((1, 4), (4,), (1, 4))
    return (
        gated(lambda x, v, y: L.Add()([x + v, y]), shapes),
        gated(lambda x, v, y: L.Add()([x, v, y]), shapes),
    )


@PAIRS.nearly("duplicate_calls")
def one_branch_or_two() -> Models:
    """Two branches of one form have weights of their own, whatever scales them."""

    def once(x: keras.KerasTensor, v: keras.KerasTensor) -> keras.KerasTensor:
        branch = L.Dense(4)(x) * v
        return branch + branch

    return gated(once), gated(lambda x, v: L.Dense(4)(x) * v + L.Dense(4)(x) * v)


@PAIRS.nearly("implied_key")
def key_of_its_own() -> Models:
    """A key that is not the value counts, whatever the attention is multiplied with."""
    shapes = ((1, 4), (4,), (1, 4))
    return (
        gated(lambda x, v, y: L.Multiply()([L.Attention()([x, y, x]), v]), shapes),
        gated(lambda x, v, y: L.Multiply()([L.Attention()([x, y]), v]), shapes),
    )


@PAIRS.nearly("stateless_sharing")
def one_projection_or_two() -> Models:
    """A Dense may be shared by a sequence and a vector; it has weights."""

    def shared(x: keras.KerasTensor, v: keras.KerasTensor) -> keras.KerasTensor:
        dense = L.Dense(4)
        return L.Add()([dense(x), dense(v)])

    return gated(shared), gated(lambda x, v: L.Add()([L.Dense(4)(x), L.Dense(4)(v)]))


@PAIRS.nearly("fused_activation")
def relu_before_or_after() -> Models:
    """relu(Dense(x)) + v is not relu(Dense(x) + v)."""
    return (
        gated(lambda x, v: L.Add()([L.Dense(4, "relu")(x), v])),
        gated(lambda x, v: L.ReLU()(L.Add()([L.Dense(4)(x), v]))),
    )


@PAIRS.nearly("activation_spelling")
def softmax_of_a_vector() -> Models:
    """The softmax of a layer is over its last axis, the operation's over the axis that it is told."""
    return (
        gated(lambda x, v: L.Multiply()([L.Softmax()(x), v])),
        gated(lambda x, v: L.Multiply()([ops.softmax(x, axis=1), v])),
    )


@PAIRS.nearly("linear_activation")
def identity_in_between() -> Models:
    """An Identity before it makes no layer of an operator."""
    return gated(lambda x, v: L.Identity()(x) * v), gated(lambda x, v: L.Multiply()([L.Identity()(x), v]))


@PAIRS.nearly("flatten_reshape")
def reshape_to_two_axes() -> Models:
    """A Reshape to (1, 4) keeps an axis that Flatten puts away."""
    return (
        gated(lambda x, v: L.Add()([L.Reshape((4,))(x), v])),
        gated(lambda x, v: L.Add()([L.Reshape((1, 4))(x), v])),
    )


@PAIRS.nearly("axis_spelling")
def dot_along_other_axes() -> Models:
    """Axis 1 is the last axis of a vector, and not of a matrix."""
    shapes = ((4,), (4, 4))
    return gated(lambda v, m: L.Dot(1)([v, m]), shapes), gated(lambda v, m: L.Dot(-1)([v, m]), shapes)


@PAIRS.nearly("axis_spelling")
def a_new_axis() -> Models:
    """The axis of expand_dims is one of the result, which has one more."""
    return gated(lambda x: ops.expand_dims(x, 1), ((4,),)), gated(lambda x: ops.expand_dims(x, -1), ((4,),))


@PAIRS.nearly("axis_spelling")
def stacked_along_a_new_axis() -> Models:
    """So is that of stack."""
    shapes = ((4,), (4,))
    return gated(lambda a, b: ops.stack([a, b], 1), shapes), gated(lambda a, b: ops.stack([a, b], -1), shapes)


@PAIRS.same
def new_axis_from_either_end() -> Models:
    """Axis 2 of three is the last."""
    return gated(lambda x: ops.expand_dims(x, 2), ((4,),)), gated(lambda x: ops.expand_dims(x, -1), ((4,),))


@PAIRS.nearly("constant_spelling")
def integers_stay_integers() -> Models:
    """2 * x of integers is an integer, 2.0 * x is not."""
    return (
        gated(lambda x, v: 2 * (x + v), dtype="int32"),
        gated(lambda x, v: 2.0 * (x + v), dtype="int32"),
    )


@PAIRS.nearly("unreached_calls")
def an_input_that_nobody_takes() -> Models:
    """It must be fed all the same."""
    x, v, spare = keras.Input((1, 4)), keras.Input((4,)), keras.Input((4,))
    return keras.Model([x, v, spare], L.Add()([x, v])), gated(lambda x, v: L.Add()([x, v]))


@PAIRS.nearly("integer_inputs")
def numbers_that_are_words_too() -> Models:
    """An input that goes elsewhere besides its Embedding is an integer or is not."""

    def scaled(dtype: str) -> keras.Model:
        x = keras.Input((4,), dtype=dtype)
        return keras.Model(x, ops.multiply(L.Embedding(6, 4)(x), x // 2))

    return scaled("int32"), scaled("float32")


@PAIRS.nearly("batch_size")
def steps_of_a_sequence() -> Models:
    """How many steps a sequence has is part of the network, how many sequences come at once is not."""

    def sized(steps: int) -> keras.Model:
        return gated(lambda x, v: L.Multiply()([x, v]), ((steps, 4), (4,)))

    return sized(1), sized(3)

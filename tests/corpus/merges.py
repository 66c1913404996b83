"""Merges: layers, operators, order, grouping, constants."""

import keras
from keras import layers as L
from keras import ops

from corpus.pair import Collection, Models

PAIRS = Collection()


def two(make) -> keras.Model:
    """Two different Dense branches of one input, joined by `make(a, b)`."""
    x = keras.Input((4,))
    return keras.Model(x, make(L.Dense(3, "relu")(x), L.Dense(3, "tanh")(x)))


def three(make) -> keras.Model:
    x = keras.Input((4,))
    return keras.Model(x, make(L.Dense(3, "relu")(x), L.Dense(3, "tanh")(x), L.Dense(3)(x)))


@PAIRS.same
def plus_and_add() -> Models:
    """`a + b` and Add()([a, b])."""
    return two(lambda a, b: L.Add()([a, b])), two(lambda a, b: a + b)


@PAIRS.same
def add_functions() -> Models:
    """keras.layers.add and keras.ops.add."""
    return two(lambda a, b: L.add([a, b])), two(lambda a, b: ops.add(a, b))


@PAIRS.same
def add_swapped() -> Models:
    """The order in an Add."""
    return two(lambda a, b: L.Add()([a, b])), two(lambda a, b: L.Add()([b, a]))


@PAIRS.same
def multiply_swapped() -> Models:
    """`b * a` and Multiply()([a, b])."""
    return two(lambda a, b: L.Multiply()([a, b])), two(lambda a, b: b * a)


@PAIRS.same
def maximum_operation() -> Models:
    """Maximum layer and keras.ops.maximum."""
    return two(lambda a, b: L.Maximum()([a, b])), two(lambda a, b: ops.maximum(b, a))


@PAIRS.same
def average_swapped() -> Models:
    """The order in an Average."""
    return two(lambda a, b: L.Average()([a, b])), two(lambda a, b: L.Average()([b, a]))


@PAIRS.same
def dot_of_vectors_swapped() -> Models:
    """The order in a Dot of two vectors, and its axis said once or twice."""
    return two(lambda a, b: L.Dot(axes=1)([a, b])), two(lambda a, b: L.Dot(axes=(1, 1))([b, a]))


@PAIRS.different
def dot_of_sequences_swapped() -> Models:
    """A Dot of two sequences, the other way round, is turned over."""

    def pictured(first: int) -> keras.Model:
        x = keras.Input((3, 4))
        given = [L.Dense(5, "relu")(x), L.Dense(5, "tanh")(x)]
        return keras.Model(x, L.Dot(axes=2)([given[first], given[1 - first]]))

    return pictured(0), pictured(1)


@PAIRS.same
def subtract_operator() -> Models:
    """`a - b` and Subtract()([a, b])."""
    return two(lambda a, b: L.Subtract()([a, b])), two(lambda a, b: a - b)


@PAIRS.same
def concatenate_operation() -> Models:
    """Concatenate and keras.ops.concatenate along the last axis."""
    return two(lambda a, b: L.Concatenate()([a, b])), two(lambda a, b: ops.concatenate([a, b], axis=-1))


@PAIRS.same
def concatenate_axis_written() -> Models:
    """Axis 1 of two axes is the last."""
    return two(lambda a, b: L.Concatenate(axis=1)([a, b])), two(lambda a, b: L.concatenate([a, b]))


@PAIRS.same
def three_at_once() -> Models:
    """Add of three, and two additions."""
    return three(lambda a, b, c: L.Add()([a, b, c])), three(lambda a, b, c: (a + b) + c)


@PAIRS.same
def other_grouping() -> Models:
    """a + (b + c), the other way round."""
    return three(lambda a, b, c: (a + b) + c), three(lambda a, b, c: c + (b + a))


@PAIRS.same
def multiply_grouping() -> Models:
    """Products group freely too."""
    return three(lambda a, b, c: L.Multiply()([a, b, c])), three(lambda a, b, c: a * (b * c))


@PAIRS.same
def concatenate_grouping() -> Models:
    """A Concatenate of a Concatenate along the same axis, order kept."""
    return (
        three(lambda a, b, c: L.Concatenate()([a, b, c])),
        three(lambda a, b, c: L.Concatenate()([L.Concatenate()([a, b]), c])),
    )


@PAIRS.same
def sum_used_twice() -> Models:
    """y = a + b is used elsewhere too; z = y + c is still a + b + c."""

    def through(a, b, c):
        y = a + b
        return L.Concatenate()([L.Dense(2)(y), y + c])

    def flat(a, b, c):
        return L.Concatenate()([L.Dense(2)(a + b), L.Add()([a, b, c])])

    return three(through), three(flat)


@PAIRS.same
def same_sum_written_twice() -> Models:
    """The same sum computed twice, or once."""

    def once(a, b):
        y = a + b
        return L.Concatenate()([y, L.Dense(2)(y)])

    def twice(a, b):
        return L.Concatenate()([a + b, L.Dense(2)(b + a)])

    return two(once), two(twice)


@PAIRS.same
def constant_either_side() -> Models:
    """`1 + 2 * x` and `x * 2 + 1`."""
    x, y = keras.Input((4,)), keras.Input((4,))
    return keras.Model(x, 1 + 2 * x), keras.Model(y, y * 2 + 1)


@PAIRS.same
def constant_as_float() -> Models:
    """`2 * x` and `2.0 * x` on floats."""
    x, y = keras.Input((4,)), keras.Input((4,))
    return keras.Model(x, 2 * x), keras.Model(y, 2.0 * y)


@PAIRS.same
def square_by_hand() -> Models:
    """`x * x` by operator or layer: one tensor taken twice."""
    x, y = keras.Input((4,)), keras.Input((4,))
    return keras.Model(x, x * x), keras.Model(y, L.Multiply()([y, y]))


@PAIRS.same
def skip_as_operator() -> Models:
    """A shortcut added by operator or layer, on either side."""
    x, y = keras.Input((4,)), keras.Input((4,))
    return keras.Model(x, L.Add()([x, L.Dense(4)(x)])), keras.Model(y, L.Dense(4)(y) + y)


@PAIRS.different
def add_for_concatenate() -> Models:
    """Add where the other concatenates and projects."""
    return (
        two(lambda a, b: L.Dense(3)(L.Add()([a, b]))),
        two(lambda a, b: L.Dense(3)(L.Concatenate()([a, b]))),
    )


@PAIRS.different
def multiply_for_add() -> Models:
    """`a * b` for `a + b`."""
    return two(lambda a, b: a + b), two(lambda a, b: a * b)


@PAIRS.different
def maximum_for_add() -> Models:
    """Maximum for Add."""
    return two(lambda a, b: L.Add()([a, b])), two(lambda a, b: L.Maximum()([a, b]))


@PAIRS.different
def average_is_no_sum() -> Models:
    """Average for Add."""
    return two(lambda a, b: L.Add()([a, b])), two(lambda a, b: L.Average()([a, b]))


@PAIRS.different
def averages_do_not_group() -> Models:
    """The average of an average weighs differently."""
    return (
        three(lambda a, b, c: L.Average()([a, b, c])),
        three(lambda a, b, c: L.Average()([L.Average()([a, b]), c])),
    )


@PAIRS.different
def subtract_swapped() -> Models:
    """a - b is not b - a."""
    return two(lambda a, b: a - b), two(lambda a, b: b - a)


@PAIRS.different
def constant_minus() -> Models:
    """1 - x is not x - 1."""
    x, y = keras.Input((4,)), keras.Input((4,))
    return keras.Model(x, 1 - x), keras.Model(y, y - 1)


@PAIRS.different
def other_constant() -> Models:
    """2 * x is not 3 * x."""
    x, y = keras.Input((4,)), keras.Input((4,))
    return keras.Model(x, 2 * x), keras.Model(y, 3 * y)


@PAIRS.different
def concatenate_swapped() -> Models:
    """The order in a Concatenate counts."""
    return two(lambda a, b: L.Concatenate()([a, b])), two(lambda a, b: L.Concatenate()([b, a]))


@PAIRS.different
def concatenate_other_axis() -> Models:
    """Along time or along features, where both fit."""
    x, y = keras.Input((4, 4)), keras.Input((4, 4))
    return (
        keras.Model(x, L.Flatten()(L.Concatenate(axis=1)([L.Dense(4)(x), L.Dense(4, "relu")(x)]))),
        keras.Model(y, L.Flatten()(L.Concatenate(axis=2)([L.Dense(4)(y), L.Dense(4, "relu")(y)]))),
    )


@PAIRS.different
def no_skip_at_all() -> Models:
    """Add()([b, b]) instead of the shortcut."""
    x, y = keras.Input((4,)), keras.Input((4,))
    b = L.Dense(4)(y)
    return keras.Model(x, L.Add()([x, L.Dense(4)(x)])), keras.Model(y, L.Add()([b, b]))


@PAIRS.different
def operator_skip_times() -> Models:
    """`x * skip` for `x + skip`."""
    x, y = keras.Input((4,)), keras.Input((4,))
    return keras.Model(x, x + L.Dense(4)(x)), keras.Model(y, y * L.Dense(4)(y))


@PAIRS.different
def once_or_twice() -> Models:
    """a + b + b is not a + b."""
    return two(lambda a, b: a + b), two(lambda a, b: L.Add()([a, b, b]))


@PAIRS.different
def integers_divide_differently() -> Models:
    """On an integer input 2 * x stays an integer, 2.0 * x does not."""
    x, y = keras.Input((4,), dtype="int32"), keras.Input((4,), dtype="int32")
    return keras.Model(x, 2 * x), keras.Model(y, 2.5 * y)


@PAIRS.different
def activation_inside_sum() -> Models:
    """relu(a) + b is not relu(a + b)."""
    x, y = keras.Input((4,)), keras.Input((4,))
    return (
        keras.Model(x, L.Add()([x, L.Dense(4, "relu")(x)])),
        keras.Model(y, L.ReLU()(L.Add()([y, L.Dense(4)(y)]))),
    )

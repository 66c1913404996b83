"""Graphs with the same layers and shapes, wired the same in other words, or otherwise."""

import keras
from keras import layers as L

from corpus.pair import Collection, Models

PAIRS = Collection()


def deep(skip_from: int, skip_to: int = 3, depth: int = 4) -> keras.Model:
    """A chain of Dense(4) with one shortcut, from one tensor to another (0 is the input)."""
    x = keras.Input((4,))
    tensors = [x]
    for step in range(1, depth + 1):
        y = L.Dense(4, "relu")(tensors[-1])
        if step == skip_to:
            y = L.Add()([y, tensors[skip_from]])
        tensors.append(y)
    return keras.Model(x, tensors[-1])


@PAIRS.different
def skip_from_wrong_tensor() -> Models:
    """The shortcut begins one layer later."""
    return deep(0), deep(1)


@PAIRS.different
def skip_to_wrong_place() -> Models:
    """The shortcut ends one layer later."""
    return deep(0, 2), deep(0, 3)


@PAIRS.different
def skip_missing() -> Models:
    """No shortcut."""
    x = keras.Input((4,))
    y = x
    for _ in range(4):
        y = L.Dense(4, "relu")(y)
    return deep(0), keras.Model(x, y)


@PAIRS.different
def skip_over_nothing() -> Models:
    """`x + x` because the variable was overwritten before the shortcut."""
    x, y = keras.Input((4,)), keras.Input((4,))
    good = L.Dense(4)(x)
    bad = L.Dense(4)(y)
    return keras.Model(x, L.Add()([x, good])), keras.Model(y, L.Add()([bad, bad]))


@PAIRS.different
def branches_chained() -> Models:
    """Two branches side by side, or one after the other with a shortcut."""
    x, y = keras.Input((4,)), keras.Input((4,))
    a = L.Dense(4)(y)
    return (
        keras.Model(x, L.Add()([L.Dense(4)(x), L.Dense(4)(x)])),
        keras.Model(y, L.Add()([a, L.Dense(4)(a)])),
    )


@PAIRS.same
def creation_order() -> Models:
    """The second branch written first."""
    x, y = keras.Input((4,)), keras.Input((4,))
    left = L.Dense(3, "relu")(x)
    right = L.Dense(2)(x)
    right_first = L.Dense(2)(y)
    left_second = L.Dense(3, "relu")(y)
    return keras.Model(x, L.Concatenate()([left, right])), keras.Model(y, L.Concatenate()([left_second, right_first]))


@PAIRS.same
def dead_branch() -> Models:
    """A branch that reaches no output is not part of the network."""
    x, y = keras.Input((4,)), keras.Input((4,))
    hidden = L.Dense(3)(y)
    L.Dense(7)(hidden)
    return keras.Model(x, L.Dense(2)(L.Dense(3)(x))), keras.Model(y, L.Dense(2)(hidden))


@PAIRS.different
def crossed_ladders() -> Models:
    """Same layers, same degrees: straight or crossed between two columns."""

    def ladder(crossed: bool) -> keras.Model:
        a, b = keras.Input((4,)), keras.Input((4,))
        left, right = L.Dense(4)(a), L.Dense(4, "relu")(b)
        p, q = L.Dense(4)(left), L.Dense(4, "relu")(right)
        if crossed:
            left, right = right, left
        return keras.Model([a, b], [L.Add()([p, left]), L.Add()([q, right])])

    return ladder(False), ladder(True)


@PAIRS.different
def two_triangles_or_hexagon() -> Models:
    """Six alike branches added in pairs: two rings of three, or one ring of six."""

    def rings(steps: list[tuple[int, int]]) -> keras.Model:
        x = keras.Input((4,))
        branches = [L.Dense(4)(x) for _ in range(6)]
        return keras.Model(x, L.Average()([L.Multiply()([branches[i], branches[j]]) for i, j in steps]))

    return (
        rings([(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3)]),
        rings([(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0)]),
    )


@PAIRS.same
def one_ring_renumbered() -> Models:
    """A ring of six in another order."""

    def ring(order: list[int]) -> keras.Model:
        x = keras.Input((4,))
        branches = [L.Dense(4)(x) for _ in range(6)]
        pairs = zip(order, order[1:] + order[:1], strict=True)
        return keras.Model(x, L.Average()([L.Multiply()([branches[j], branches[i]]) for i, j in pairs]))

    return ring([0, 1, 2, 3, 4, 5]), ring([3, 0, 5, 1, 4, 2])


@PAIRS.different
def inception_pool_projected() -> Models:
    """The 1x1 convolution of the pooling branch before or after the pooling."""

    def block(pool_first: bool) -> keras.Model:
        x = keras.Input((8, 8, 4))
        one = L.Conv2D(4, 1, padding="same")(x)
        pool = L.MaxPooling2D(3, strides=1, padding="same")
        conv = L.Conv2D(4, 1, padding="same")
        return keras.Model(x, L.Concatenate()([one, conv(pool(x)) if pool_first else pool(conv(x))]))

    return block(True), block(False)


def residual(project_after_activation: bool) -> keras.Model:
    x = keras.Input((8, 8, 3))
    y = L.Conv2D(8, 3, padding="same", activation="relu")(x)
    y = L.Conv2D(8, 3, padding="same")(y)
    shortcut = L.Conv2D(8, 1)(x)
    if project_after_activation:
        return keras.Model(x, L.ReLU()(L.Add()([y, shortcut])))
    return keras.Model(x, L.Add()([L.ReLU()(y), shortcut]))


@PAIRS.different
def residual_activation_side() -> Models:
    """relu after the Add or before it."""
    return residual(True), residual(False)


@PAIRS.same
def residual_spelled() -> Models:
    """A residual block with operators and fused activations."""
    x = keras.Input((8, 8, 3))
    y = L.Conv2D(8, (3, 3), strides=(1, 1), padding="same")(x)
    y = L.Conv2D(8, 3, padding="same")(L.Activation("relu")(y))
    return residual(True), keras.Model(x, keras.activations.relu(L.Conv2D(8, 1)(x) + y))


@PAIRS.different
def unet_skip_level() -> Models:
    """A U-Net's shortcut taken before or after the second convolution."""

    def unet(late: bool) -> keras.Model:
        x = keras.Input((8, 8, 4))
        first = L.Conv2D(4, 3, padding="same", activation="relu")(x)
        second = L.Conv2D(4, 3, padding="same", activation="relu")(first)
        low = L.Conv2D(4, 3, padding="same", activation="relu")(L.MaxPooling2D()(second))
        up = L.UpSampling2D()(low)
        return keras.Model(x, L.Conv2D(1, 1)(L.Concatenate()([up, second if late else first])))

    return unet(True), unet(False)


@PAIRS.different
def densenet_wrong_source() -> Models:
    """The third layer of a dense block takes all before it, or only the last."""

    def block(dense: bool) -> keras.Model:
        x = keras.Input((4,))
        a = L.Dense(4)(x)
        b = L.Dense(4)(L.Concatenate()([x, a]))
        c = L.Dense(4)(L.Concatenate()([x, a, b] if dense else [x, b, b]))
        return keras.Model(x, c)

    return block(True), block(False)


@PAIRS.same
def densenet_grown() -> Models:
    """A dense block whose Concatenate grows step by step."""

    def block(grown: bool) -> keras.Model:
        x = keras.Input((4,))
        a = L.Dense(4)(x)
        two = L.Concatenate()([x, a])
        b = L.Dense(4)(two)
        three = L.Concatenate()([two, b]) if grown else L.Concatenate()([x, a, b])
        return keras.Model(x, L.Dense(4)(three))

    return block(True), block(False)


@PAIRS.different
def gate_on_wrong_branch() -> Models:
    """Squeeze-and-excitation scaling the block or its input."""

    def block(scale_input: bool) -> keras.Model:
        x = keras.Input((8, 8, 4))
        y = L.Conv2D(4, 3, padding="same")(x)
        gate = L.Reshape((1, 1, 4))(L.Dense(4, "sigmoid")(L.GlobalAveragePooling2D()(y)))
        scaled, other = (x, y) if scale_input else (y, x)
        return keras.Model(x, L.Add()([L.Multiply()([scaled, gate]), other]))

    return block(True), block(False)

"""Shared layers, twins, and layers that may be shared without harm."""

import keras
from keras import layers as L

from corpus.pair import Collection, Models

PAIRS = Collection()


def siamese(encode_a, encode_b) -> keras.Model:
    a, b = keras.Input((6,)), keras.Input((6,))
    return keras.Model([a, b], L.Dense(1, "sigmoid")(L.Concatenate()([encode_a(a), encode_b(b)])))


@PAIRS.different
def shared_or_twins() -> Models:
    """One encoder called twice, or two encoders alike."""
    shared = L.Dense(3)
    return siamese(shared, shared), siamese(L.Dense(3), L.Dense(3))


@PAIRS.different
def shared_model_or_twins() -> Models:
    """One encoder model called twice, or two."""
    encoder = keras.Sequential([L.Dense(4, "relu"), L.Dense(3)])
    twins = [keras.Sequential([L.Dense(4, "relu"), L.Dense(3)]) for _ in range(2)]
    return siamese(encoder, encoder), siamese(*twins)


@PAIRS.same
def shared_layers_or_shared_model() -> Models:
    """The same two layers shared one by one, or as a model."""
    encoder = keras.Sequential([L.Dense(4, "relu"), L.Dense(3)])
    first, second = L.Dense(4, "relu"), L.Dense(3)
    chain = lambda x: second(first(x))  # noqa: E731
    return siamese(encoder, encoder), siamese(chain, chain)


@PAIRS.different
def half_shared() -> Models:
    """Only the first of two layers shared."""
    first, second = L.Dense(4, "relu"), L.Dense(3)
    other = L.Dense(3)
    return (
        siamese(lambda x: second(first(x)), lambda x: second(first(x))),
        siamese(lambda x: other(first(x)), lambda x: L.Dense(3)(first(x))),
    )


@PAIRS.different
def shared_once_of_three() -> Models:
    """A layer called three times in a row, or once with two others."""
    x, y = keras.Input((4,)), keras.Input((4,))
    cell, a, b, c = L.Dense(4), L.Dense(4), L.Dense(4), L.Dense(4)
    return keras.Model(x, cell(cell(cell(x)))), keras.Model(y, c(b(a(y))))


@PAIRS.different
def shared_fewer_times() -> Models:
    """Three calls of one layer, or two."""
    x, y = keras.Input((4,)), keras.Input((4,))
    cell, other = L.Dense(4), L.Dense(4)
    return keras.Model(x, cell(cell(cell(x)))), keras.Model(y, other(other(y)))


@PAIRS.different
def shared_crosswise() -> Models:
    """A, B, A, B is not A, B, B, A."""
    x, y = keras.Input((4,)), keras.Input((4,))
    a, b, c, d = (L.Dense(4) for _ in range(4))
    return keras.Model(x, b(a(b(a(x))))), keras.Model(y, c(d(d(c(y)))))


@PAIRS.same
def shared_flatten() -> Models:
    """A layer without weights, shared or made twice."""
    a, b, c, d = (keras.Input((2, 3)) for _ in range(4))
    flat = L.Flatten()
    return (
        keras.Model([a, b], L.Concatenate()([flat(a), flat(b)])),
        keras.Model([c, d], L.Concatenate()([L.Flatten()(c), L.Flatten()(d)])),
    )


@PAIRS.same
def shared_activation() -> Models:
    """One ReLU object used after several layers."""
    relu = L.ReLU()
    return (
        keras.Sequential([keras.Input((4,)), L.Dense(4, "relu"), L.Dense(4, "relu")]),
        (lambda x: keras.Model(x, relu(L.Dense(4)(relu(L.Dense(4)(x))))))(keras.Input((4,))),
    )


@PAIRS.same
def shared_dropout() -> Models:
    """One Dropout object used twice draws anew each time."""
    x, y = keras.Input((4,)), keras.Input((4,))
    drop = L.Dropout(0.5)
    return (
        keras.Model(x, drop(L.Dense(4)(drop(x)))),
        keras.Model(y, L.Dropout(0.5)(L.Dense(4)(L.Dropout(0.5)(y)))),
    )


@PAIRS.different
def one_draw_or_two() -> Models:
    """One dropped-out tensor taken twice is not two draws."""
    x, y = keras.Input((4,)), keras.Input((4,))
    dropped = L.Dropout(0.5)(x)
    return (
        keras.Model(x, L.Add()([dropped, dropped])),
        keras.Model(y, L.Add()([L.Dropout(0.5)(y), L.Dropout(0.5)(y)])),
    )


@PAIRS.same
def same_activation_twice() -> Models:
    """relu(x) computed once or twice."""
    x, y = keras.Input((4,)), keras.Input((4,))
    once = L.ReLU()(x)
    return (
        keras.Model(x, L.Concatenate()([L.Dense(2)(once), L.Dense(3)(once)])),
        keras.Model(y, L.Concatenate()([L.Dense(2)(L.ReLU()(y)), L.Dense(3)(L.Activation("relu")(y))])),
    )


@PAIRS.same
def twins_swapped() -> Models:
    """Two twins into an Add: which is which does not matter."""
    x, y = keras.Input((4,)), keras.Input((4,))
    a, b, c, d = (L.Dense(4, "relu") for _ in range(4))
    return keras.Model(x, L.Add()([a(x), b(x)])), keras.Model(y, L.Add()([d(y), c(y)]))


@PAIRS.different
def shared_with_skip() -> Models:
    """Which of two calls feeds the head."""
    x, y = keras.Input((4,)), keras.Input((4,))
    a, b = L.Dense(4), L.Dense(4)
    first, other = a(x), b(y)
    return (
        keras.Model(x, L.Concatenate()([a(first), first])),
        keras.Model(y, L.Concatenate()([other, b(other)])),
    )


@PAIRS.different
def frozen_layer() -> Models:
    """A frozen layer trains differently."""
    free = keras.Sequential([keras.Input((4,)), L.Dense(4), L.Dense(2)])
    frozen = keras.Sequential([keras.Input((4,)), L.Dense(4, trainable=False), L.Dense(2)])
    return free, frozen


@PAIRS.same
def frozen_without_weights() -> Models:
    """Freezing a layer that has no weights says nothing."""
    return (
        keras.Sequential([keras.Input((4,)), L.ReLU(), L.Dense(2)]),
        keras.Sequential([keras.Input((4,)), L.ReLU(trainable=False), L.Dense(2)]),
    )


@PAIRS.same
def frozen_model_or_layers() -> Models:
    """Freezing a nested model freezes its layers."""
    inner = keras.Sequential([L.Dense(4, "relu"), L.Dense(3)])
    inner.trainable = False
    x = keras.Input((6,))
    whole = keras.Model(x, L.Dense(1)(inner(x)))
    return whole, keras.Sequential(
        [keras.Input((6,)), L.Dense(4, "relu", trainable=False), L.Dense(3, trainable=False), L.Dense(1)]
    )


@PAIRS.different
def batch_normalisation_shared() -> Models:
    """Sharing a BatchNormalization shares its statistics."""
    norm = L.BatchNormalization()
    return siamese(norm, norm), siamese(L.BatchNormalization(), L.BatchNormalization())


@PAIRS.same
def eight_branches() -> Models:
    """Eight identical branches, created in another order."""

    def branched(reverse: bool) -> keras.Model:
        x = keras.Input((4,))
        branches = [L.Dense(4)(L.Dense(4, "relu")(x)) for _ in range(8)]
        return keras.Model(x, L.Add()(branches[::-1] if reverse else branches))

    return branched(False), branched(True)


@PAIRS.different
def eight_branches_two_shared() -> Models:
    """Eight branches, two of which share their last layer; or share it with another branch's first."""

    def branched(pairs) -> keras.Model:
        x = keras.Input((4,))
        layers = [[L.Dense(4), L.Dense(4)] for _ in range(8)]
        for (branch, depth), (other, place) in pairs:
            layers[branch][depth] = layers[other][place]
        return keras.Model(x, L.Add()([second(first(x)) for first, second in layers]))

    return branched([((0, 1), (1, 1)), ((2, 1), (3, 1))]), branched([((0, 1), (1, 1)), ((2, 1), (1, 1))])

"""Recurrent layers, states, attention, masks, and several tensors in one call."""

from collections.abc import Callable

import keras
from keras import layers as L
from keras import ops

from corpus.pair import Collection, Models

PAIRS = Collection()


def tokens() -> keras.KerasTensor:
    return keras.Input((7,), dtype="int32")


@PAIRS.same
def mask_by_itself() -> Models:
    """What mask_zero adds to the graph is Keras' own doing, Sequential or not."""
    x = tokens()
    return (
        keras.Sequential([tokens(), L.Embedding(20, 4, mask_zero=True), L.LSTM(3), L.Dense(1)]),
        keras.Model(x, L.Dense(1)(L.LSTM(3)(L.Embedding(20, 4, mask_zero=True)(x)))),
    )


@PAIRS.different
def mask_or_none() -> Models:
    """With and without mask_zero."""
    return (
        keras.Sequential([tokens(), L.Embedding(20, 4, mask_zero=True), L.LSTM(3)]),
        keras.Sequential([tokens(), L.Embedding(20, 4), L.LSTM(3)]),
    )


@PAIRS.same
def masking_layer() -> Models:
    """The mask of a Masking layer, on its way through two recurrent layers."""
    x = keras.Input((5, 3))
    return (
        keras.Sequential([keras.Input((5, 3)), L.Masking(), L.GRU(4, return_sequences=True), L.GRU(2)]),
        keras.Model(x, L.GRU(2)(L.GRU(4, return_sequences=True)(L.Masking(0.0)(x)))),
    )


@PAIRS.different
def return_sequences() -> Models:
    """All steps or the last, averaged either way to the same shape."""
    x, y = keras.Input((5, 3)), keras.Input((5, 3))
    return (
        keras.Model(x, L.GlobalAveragePooling1D()(L.LSTM(4, return_sequences=True)(x))),
        keras.Model(y, L.LSTM(4)(y)),
    )


def translator(states: str) -> keras.Model:
    source, target = keras.Input((5, 3)), keras.Input((6, 3))
    _, h, c = L.LSTM(4, return_state=True)(source)
    initial = {"hc": [h, c], "ch": [c, h], "hh": [h, h]}[states]
    return keras.Model([source, target], L.LSTM(4, return_sequences=True)(target, initial_state=initial))


@PAIRS.different
def states_swapped() -> Models:
    """The two states of an LSTM in the other order."""
    return translator("hc"), translator("ch")


@PAIRS.different
def one_state_twice() -> Models:
    """The hidden state in place of the cell state."""
    return translator("hc"), translator("hh")


@PAIRS.different
def states_forgotten() -> Models:
    """A decoder that begins from zero; the encoder used all the same."""
    source, target = keras.Input((5, 3)), keras.Input((6, 3))
    _, h, _ = L.LSTM(4, return_state=True)(source)
    decoded = L.LSTM(4)(target)
    s2, t2 = keras.Input((5, 3)), keras.Input((6, 3))
    _, h2, c2 = L.LSTM(4, return_state=True)(s2)
    return (
        keras.Model([source, target], L.Add()([decoded, h])),
        keras.Model([s2, t2], L.Add()([L.LSTM(4)(t2, initial_state=[h2, c2]), h2])),
    )


@PAIRS.same
def attention_by_keyword() -> Models:
    """query and value by position or by name, the key left out or written."""
    q, v = keras.Input((4, 8)), keras.Input((4, 8))
    r, w = keras.Input((4, 8)), keras.Input((4, 8))
    return (
        keras.Model([q, v], L.MultiHeadAttention(2, 4)(q, v)),
        keras.Model([r, w], L.MultiHeadAttention(2, 4)(query=r, value=w)),
    )


@PAIRS.same
def attention_to_itself() -> Models:
    """The key, where it is not given, is the value."""
    x, y = keras.Input((4, 8)), keras.Input((4, 8))
    return keras.Model(x, L.MultiHeadAttention(2, 4)(x, x)), keras.Model(y, L.MultiHeadAttention(2, 4)(y, y, y))


@PAIRS.same
def attention_of_grouped_heads() -> Models:
    """So with fewer keys than queries."""
    x, y = keras.Input((4, 8)), keras.Input((4, 8))
    attend = L.GroupQueryAttention
    return keras.Model(x, attend(4, 2, 1)(x, x)), keras.Model(y, attend(4, 2, 1)(y, value=y, key=y))


@PAIRS.same
def attention_with_its_key_in_the_list() -> Models:
    """So in the layers that take a list, also where words are masked."""

    def attended(layer: type[keras.Layer], times: int) -> keras.Model:
        words = keras.Input((4,), dtype="int32")
        x = L.Embedding(9, 8, mask_zero=True)(words)
        return keras.Model(words, layer()([x] * times))

    return attended(L.AdditiveAttention, 2), attended(L.AdditiveAttention, 3)


@PAIRS.different
def attention_with_another_key() -> Models:
    """A key that is the query is not the value."""

    def attended(key: int) -> keras.Model:
        given = [keras.Input((4, 8)), keras.Input((4, 8))]
        return keras.Model(given, L.MultiHeadAttention(2, 4)(*given, given[key]))

    return attended(0), attended(1)


@PAIRS.different
def attention_swapped() -> Models:
    """query and value exchanged."""
    q, v = keras.Input((4, 8)), keras.Input((4, 8))
    r, w = keras.Input((4, 8)), keras.Input((4, 8))
    return (
        keras.Model([q, v], L.MultiHeadAttention(2, 4)(q, v)),
        keras.Model([r, w], L.MultiHeadAttention(2, 4)(w, r)),
    )


@PAIRS.different
def causal_attention() -> Models:
    """With a causal mask."""
    x, y = keras.Input((4, 8)), keras.Input((4, 8))
    return (
        keras.Model(x, L.MultiHeadAttention(2, 4)(x, x)),
        keras.Model(y, L.MultiHeadAttention(2, 4)(y, y, use_causal_mask=True)),
    )


@PAIRS.different
def residual_around_attention() -> Models:
    """The shortcut around attention begins before or after the normalisation."""

    def encoder(before: bool) -> keras.Model:
        x = keras.Input((4, 8))
        normal = L.LayerNormalization()(x)
        attended = L.MultiHeadAttention(2, 4)(normal, normal)
        return keras.Model(x, L.Add()([attended, x if before else normal]))

    return encoder(True), encoder(False)


@PAIRS.same
def stack_of_recurrent_layers() -> Models:
    """LSTM after LSTM is a chain."""
    x = keras.Input((5, 3))
    return (
        keras.Sequential([keras.Input((5, 3)), L.LSTM(4, return_sequences=True), L.LSTM(2)]),
        keras.Model(x, L.LSTM(2)(L.LSTM(4, return_sequences=True)(x))),
    )


@PAIRS.different
def training_written_out() -> Models:
    """training=False written into the call of a BatchNormalization."""
    x, y = keras.Input((4,)), keras.Input((4,))
    return (
        keras.Model(x, L.BatchNormalization()(x)),
        keras.Model(y, L.BatchNormalization()(y, training=False)),
    )


@PAIRS.different
def training_of_a_nested_model() -> Models:
    """training=False written into the call of a model that holds a BatchNormalization, as when fine-tuning."""
    x, y = keras.Input((4,)), keras.Input((4,))
    base, other = (keras.Sequential([L.Dense(4), L.BatchNormalization()]) for _ in range(2))
    return keras.Model(x, L.Dense(2)(base(x))), keras.Model(y, L.Dense(2)(other(y, training=False)))


@PAIRS.same
def training_handed_down() -> Models:
    """training=False written into the call of a model, or into the calls inside."""
    x, y = keras.Input((4,)), keras.Input((4,))
    base = keras.Sequential([L.Dense(4), L.BatchNormalization()])
    return keras.Model(x, base(x, training=False)), keras.Model(
        y, L.BatchNormalization()(L.Dense(4)(y), training=False)
    )


@PAIRS.different
def always_dropping() -> Models:
    """training=True written into the call of a Dropout."""
    x, y = keras.Input((4,)), keras.Input((4,))
    return keras.Model(x, L.Dropout(0.5)(x)), keras.Model(y, L.Dropout(0.5)(y, training=True))


@PAIRS.different
def which_output_of_a_call() -> Models:
    """The sequence's last output or the cell state: the same shape."""
    x, y = keras.Input((5, 3)), keras.Input((5, 3))
    return (
        keras.Model(x, L.LSTM(4, return_state=True)(x)[0]),
        keras.Model(y, L.LSTM(4, return_state=True)(y)[2]),
    )


def masked(heed: Callable, *others: tuple[int, ...]) -> keras.Model:
    """An LSTM over `heed` of words, of which 0 is none, and of other inputs."""
    words, more = tokens(), [keras.Input(shape) for shape in others]
    return keras.Model([words, *more], L.LSTM(3)(heed(L.Embedding(20, 4, mask_zero=True)(words), *more)))


@PAIRS.nearly("operators")
def product_of_one_masked() -> Models:
    """Multiply heeds the mask of its one tensor, `*` drops it."""
    return masked(lambda x, y: L.Multiply()([x, y]), (7, 4)), masked(lambda x, y: x * y, (7, 4))


@PAIRS.nearly("operators")
def larger_of_one_masked() -> Models:
    """So do Maximum and keras.ops.maximum."""
    return masked(lambda x, y: L.Maximum()([x, y]), (7, 4)), masked(ops.maximum, (7, 4))


@PAIRS.nearly("activation_spelling")
def relu_of_one_masked() -> Models:
    """A ReLU hands the mask on, keras.ops.relu does not."""
    return masked(L.ReLU()), masked(ops.relu)


@PAIRS.same
def relu_layers_of_one_masked() -> Models:
    """Two layers do alike."""
    return masked(L.ReLU()), masked(L.Activation("relu"))


@PAIRS.same
def product_after_the_mask() -> Models:
    """An LSTM that returns its last step leaves no mask behind."""

    def scaled(join: Callable) -> keras.Model:
        words, scale = tokens(), keras.Input((3,))
        read = L.LSTM(3)(L.Embedding(20, 4, mask_zero=True)(words))
        return keras.Model([words, scale], join(read, scale))

    return scaled(lambda a, b: L.Multiply()([a, b])), scaled(lambda a, b: a * b)

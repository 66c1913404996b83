"""Inputs and outputs: order, keys, number."""

import keras
from keras import layers as L

from corpus.pair import Collection, Models

PAIRS = Collection()


def text_and_meta(order: str = "tm", keyed: bool = False, merge_meta_first: bool = False) -> keras.Model:
    text = keras.Input((None,), dtype="int32", name="text_input")
    meta = keras.Input((5,), name="meta_input")
    a = L.LSTM(8)(L.Embedding(100, 8)(text))
    b = L.Dense(4, "relu")(meta)
    out = L.Dense(2, "softmax")(L.Concatenate()([b, a] if merge_meta_first else [a, b]))
    if keyed:
        return keras.Model({"text": text, "meta": meta}, {"label": out})
    return keras.Model([text, meta] if order == "tm" else [meta, text], out)


@PAIRS.same
def two_inputs_respelled() -> Models:
    """The same two-input model, other names, a concatenate function."""
    meta = keras.Input((5,))
    text = keras.Input((None,), dtype="int32")
    merged = L.concatenate([L.LSTM(8)(L.Embedding(100, 8)(text)), L.ReLU()(L.Dense(4)(meta))], axis=1)
    return text_and_meta(), keras.Model([text, meta], L.Softmax()(L.Dense(2)(merged)))


@PAIRS.different
def inputs_swapped() -> Models:
    """The inputs in the other order."""
    return text_and_meta("tm"), text_and_meta("mt")


@PAIRS.different
def branches_concatenated_swapped() -> Models:
    """The two branches concatenated in the other order."""
    return text_and_meta(), text_and_meta(merge_meta_first=True)


@PAIRS.different
def keys_or_positions() -> Models:
    """A dict of inputs is fed by key, a list by position."""
    return text_and_meta(), text_and_meta(keyed=True)


@PAIRS.same
def keys_in_any_order() -> Models:
    """The order in which a dict is written does not matter."""

    def model(names: tuple[str, str]) -> keras.Model:
        inputs = {name: keras.Input((3,)) for name in names}
        return keras.Model(inputs, L.Subtract()([inputs["a"], inputs["b"]]))

    return model(("a", "b")), model(("b", "a"))


@PAIRS.different
def other_keys() -> Models:
    """Other keys."""
    x, y = keras.Input((3,)), keras.Input((3,))
    return keras.Model({"a": x}, {"out": L.Dense(2)(x)}), keras.Model({"b": y}, {"out": L.Dense(2)(y)})


@PAIRS.different
def keys_exchanged() -> Models:
    """The same keys on the other tensors."""

    def model(first: str, second: str) -> keras.Model:
        x, y = keras.Input((3,)), keras.Input((3,))
        return keras.Model({first: x, second: y}, L.Subtract()([x, y]))

    return model("a", "b"), model("b", "a")


def two_heads(swapped: bool, widths: tuple[int, int] = (2, 2)) -> keras.Model:
    x = keras.Input((4,))
    body = L.Dense(8, "relu")(x)
    heads = [L.Dense(widths[0], "softmax")(body), L.Dense(widths[1], "sigmoid")(body)]
    return keras.Model(x, heads[::-1] if swapped else heads)


@PAIRS.different
def outputs_swapped() -> Models:
    """The outputs in the other order."""
    return two_heads(False), two_heads(True)


@PAIRS.different
def output_missing() -> Models:
    """One of two outputs left out."""
    x = keras.Input((4,))
    return two_heads(False), keras.Model(x, [L.Dense(2, "softmax")(L.Dense(8, "relu")(x))])


@PAIRS.different
def auxiliary_output_depth() -> Models:
    """The auxiliary output taken one layer too early."""

    def model(early: bool) -> keras.Model:
        x = keras.Input((8,))
        first = L.Dense(8, "relu")(x)
        second = L.Dense(8, "relu")(first)
        return keras.Model(x, [L.Dense(2)(second), L.Dense(2)(first if early else second)])

    return model(True), model(False)


@PAIRS.different
def output_twice() -> Models:
    """The same tensor returned twice is two outputs."""
    x, y = keras.Input((4,)), keras.Input((4,))
    a, b = L.Dense(2)(x), L.Dense(2)(y)
    return keras.Model(x, [a, a]), keras.Model(y, [b])


@PAIRS.same
def list_or_alone() -> Models:
    """One input in a list, or alone."""
    x, y = keras.Input((4,)), keras.Input((4,))
    return keras.Model([x], L.Dense(2)(x)), keras.Model(y, [L.Dense(2)(y)])


@PAIRS.different
def input_shape() -> Models:
    """Another image size."""

    def model(side: int) -> keras.Model:
        return keras.Sequential([keras.Input((side, side, 1)), L.Conv2D(2, 3), L.GlobalMaxPooling2D()])

    return model(8), model(9)


@PAIRS.different
def input_dtype() -> Models:
    """Integers or floats."""
    x, y = keras.Input((4,)), keras.Input((4,), dtype="int32")
    return keras.Model(x, x + 1), keras.Model(y, y + 1)


@PAIRS.same
def words_of_any_dtype() -> Models:
    """What goes into an Embedding is made an integer there; a Sequential that two samples built says two floats."""
    x = keras.Input((4,), dtype="int32")
    stack = keras.Sequential([L.Embedding(6, 3), L.Flatten(), L.Dense(2)])
    stack(keras.ops.zeros((2, 4), dtype="int32"))
    return keras.Model(x, L.Dense(2)(L.Flatten()(L.Embedding(6, 3)(x)))), stack


@PAIRS.same
def built_by_three_samples() -> Models:
    """A Sequential that three samples built, and a model for any number of them."""
    stack, x = keras.Sequential([L.Dense(2)]), keras.Input((4,))
    stack(keras.ops.zeros((3, 4)))
    return stack, keras.Model(x, L.Dense(2)(x))


@PAIRS.same
def nested_structure() -> Models:
    """Inputs in a dict of lists, written in another order."""

    def model(reverse: bool) -> keras.Model:
        a, b, c = (keras.Input((3,)) for _ in range(3))
        left = L.Dense(2)(a)
        right = L.Dense(2)(L.Concatenate()([b, c]))
        inputs = {"rest": [b, c], "main": a} if reverse else {"main": a, "rest": [b, c]}
        return keras.Model(inputs, L.Add()([left, right]))

    return model(False), model(True)

"""Pairs of small networks as students write them: same ones that look different, different ones that look the same.

Each is what goes in, and two ways to go on from there. The truth is not ours: `all_bijections` tells it, but for those
listed in `BY_HAND`, where what differs shows neither in outputs nor in losses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
from keras import layers as L
from keras import ops

Made = Callable[..., Any]


class Spelled(NamedTuple):
    """One pair: the shapes of the inputs, and what is made of them."""

    inputs: tuple[tuple[int | None, ...], ...]
    first: Made
    second: Made
    dtype: str = "float32"

    def models(self) -> tuple[keras.Model, keras.Model]:
        """Both models, made anew."""
        return self._model(self.first), self._model(self.second)

    def _model(self, make: Made) -> keras.Model:
        given = [keras.Input(shape, dtype=self.dtype) for shape in self.inputs]
        return keras.Model(given if len(given) > 1 else given[0], make(*given))


VECTOR, STEPS, IMAGE, WORDS = ((4,),), ((5, 3),), ((6, 6, 3),), ((None,),)
TWO, THREE = ((4,), (4,)), ((4,), (4,), (4,))


def vector(first: Made, second: Made) -> Spelled:
    return Spelled(VECTOR, first, second)


def steps(first: Made, second: Made) -> Spelled:
    return Spelled(STEPS, first, second)


def image(first: Made, second: Made) -> Spelled:
    return Spelled(IMAGE, first, second)


def words(first: Made, second: Made) -> Spelled:
    return Spelled(WORDS, first, second, "int32")


def two(first: Made, second: Made) -> Spelled:
    return Spelled(TWO, first, second)


def stack(*layers: Any) -> Made:
    """Layers one after another; made anew each time they are given as functions."""

    def on(x: Any) -> Any:
        for make in layers:
            x = make()(x) if callable(make) and not isinstance(make, keras.Layer) else make(x)
        return x

    return on


def dense(units: int = 3, **options: Any) -> Made:
    return lambda: L.Dense(units, **options)


def conv(filters: int = 2, size: Any = 3, **options: Any) -> Made:
    return lambda: L.Conv2D(filters, size, **options)


def after(layer: Callable[[], Any], then: Made) -> Made:
    return lambda *given: then(layer()(*given))


def both_ways(x: Any) -> Any:
    ahead, back = L.LSTM(2), L.LSTM(2, go_backwards=True)
    return ops.concatenate([ahead(x), back(x)], axis=-1)


def gated(first: Any, second: Any) -> Any:
    return L.Multiply()([L.Dense(4)(first), L.Dense(4, activation="sigmoid")(second)])


def gated_backwards(first: Any, second: Any) -> Any:
    gate = L.Dense(4)(second)
    value = L.Dense(4)(first)
    return ops.sigmoid(gate) * value


def gated_wrongly(first: Any, second: Any) -> Any:
    gate = L.Dense(4)(second)
    value = L.Dense(4)(first)
    return ops.sigmoid(value) * gate


def residual(x: Any, *, project: Any = None, end: Any = None) -> Any:
    y = L.Conv2D(3, 3, padding="same", activation="relu")(x)
    y = L.Conv2D(3, 3, padding="same")(y)
    return (end or ops.relu)(y + (x if project is None else project(x)))


def residual_padded(x: Any) -> Any:
    y = L.Conv2D(3, 3)(L.ZeroPadding2D(1)(x))
    y = L.Conv2D(3, 3)(L.ZeroPadding2D(1)(ops.maximum(y, 0)))
    return L.ReLU()(L.Add()([x, y]))


def chain(order: tuple[int, ...], used: tuple[int, ...]) -> Made:
    """Denses of one shape, made in `order`, of which number `used` are called one after another."""

    def on(x: Any) -> Any:
        made = {number: L.Dense(4, activation="tanh") for number in order}
        for number in used:
            x = made[number](x)
        return x

    return on


def noisy(rate: float, kind: Any = L.Dropout) -> Made:
    return lambda x: L.Dense(2)(kind(rate)(x))


def mean(x: Any) -> Any:
    return ops.mean(x, axis=1)


SAME = {
    "leaky_relu by name or as layer": vector(
        stack(dense(activation="leaky_relu")), stack(dense(), lambda: L.LeakyReLU(0.2))
    ),
    "leaky_relu as an operation": vector(stack(dense(), L.LeakyReLU(0.2)), lambda x: ops.leaky_relu(L.Dense(3)(x))),
    "leaky_relu with its slope": vector(stack(dense(), L.LeakyReLU()), lambda x: ops.leaky_relu(L.Dense(3)(x), 0.3)),
    "ReLU with a slope": vector(stack(dense(), L.ReLU(negative_slope=0.2)), stack(dense(), L.LeakyReLU(0.2))),
    "LeakyReLU of nothing": vector(stack(dense(), L.LeakyReLU(0.0)), stack(dense(activation="relu"))),
    "relu6": vector(stack(dense(), L.ReLU(max_value=6)), stack(dense(activation="relu6"))),
    "relu6 as a float": vector(stack(dense(), L.ReLU(max_value=6)), stack(dense(), L.ReLU(max_value=6.0))),
    "relu as maximum": vector(stack(dense(activation="relu")), lambda x: ops.maximum(L.Dense(3)(x), 0)),
    "relu as maximum from the left": vector(stack(dense(activation="relu")), lambda x: ops.maximum(0.0, L.Dense(3)(x))),
    "swish by hand": vector(stack(dense(activation="silu")), after(dense(), lambda y: y * ops.sigmoid(y))),
    "tanh by exponentials": vector(
        stack(dense(activation="tanh")), after(dense(), lambda y: 2 * ops.sigmoid(2 * y) - 1)
    ),
    "softmax by hand": vector(
        stack(dense(activation="softmax")),
        after(dense(), lambda y: ops.exp(y) / ops.sum(ops.exp(y), -1, keepdims=True)),
    ),
    "softmax as a layer with its axis": vector(stack(dense(), L.Softmax(axis=-1)), stack(dense(), L.Softmax(axis=1))),
    "flatten as reshape": image(stack(L.Flatten(), dense()), lambda x: L.Dense(3)(ops.reshape(x, (-1, 108)))),
    "reshape with a length left open": vector(stack(L.Reshape((-1, 2)), dense()), stack(L.Reshape((2, 2)), dense())),
    "reshape twice": vector(stack(L.Reshape((2, 2)), L.Reshape((4, 1)), dense()), stack(L.Reshape((4, 1)), dense())),
    "expand_dims": vector(lambda x: L.Dense(3)(ops.expand_dims(x, -1)), stack(L.Reshape((4, 1)), dense())),
    "a new axis by None": vector(lambda x: L.Dense(3)(x[..., None]), stack(L.Reshape((4, 1)), dense())),
    "squeeze": vector(lambda x: ops.squeeze(L.Dense(1)(x), -1), stack(dense(1), L.Reshape(()))),
    "transpose for Permute": steps(
        stack(L.Permute((2, 1)), dense()), lambda x: L.Dense(3)(ops.transpose(x, (0, 2, 1)))
    ),
    "swapaxes for Permute": steps(stack(L.Permute((2, 1)), dense()), lambda x: L.Dense(3)(ops.swapaxes(x, 1, 2))),
    "moveaxis for Permute": steps(stack(L.Permute((2, 1)), dense()), lambda x: L.Dense(3)(ops.moveaxis(x, 1, 2))),
    "Permute to the same order": steps(stack(L.Permute((1, 2)), dense()), stack(dense())),
    "mean for GlobalAveragePooling1D": steps(stack(L.GlobalAveragePooling1D(), dense()), lambda x: L.Dense(3)(mean(x))),
    "mean for GlobalAveragePooling2D": image(
        stack(L.GlobalAveragePooling2D(), dense()), lambda x: L.Dense(3)(ops.mean(x, axis=[1, 2]))
    ),
    "mean twice": image(stack(L.GlobalAveragePooling2D()), lambda x: ops.mean(ops.mean(x, axis=1), axis=1)),
    "max for GlobalMaxPooling": steps(stack(L.GlobalMaxPooling1D(), dense()), lambda x: L.Dense(3)(ops.max(x, axis=1))),
    "keepdims and Flatten": image(
        stack(L.GlobalAveragePooling2D(keepdims=True), L.Flatten(), dense()), stack(L.GlobalAveragePooling2D(), dense())
    ),
    "one average over all": image(stack(L.AveragePooling2D(6), L.Flatten()), stack(L.GlobalAveragePooling2D())),
    "TimeDistributed Dense": steps(lambda x: L.TimeDistributed(L.Dense(3))(x), stack(dense())),
    "RNN of a cell": steps(lambda x: L.RNN(L.LSTMCell(2))(x), stack(L.LSTM(2))),
    "RNN of a GRU cell": steps(
        lambda x: L.RNN(L.GRUCell(2), return_sequences=True)(x), stack(L.GRU(2, return_sequences=True))
    ),
    "the last step by hand": steps(lambda x: L.LSTM(2, return_sequences=True)(x)[:, -1], stack(L.LSTM(2))),
    "the last state": steps(lambda x: L.LSTM(2, return_state=True)(x)[1], stack(L.LSTM(2))),
    "an unread state": steps(lambda x: L.LSTM(2, return_state=True)(x)[0], stack(L.LSTM(2))),
    "unrolled": steps(stack(L.GRU(2, unroll=True)), stack(L.GRU(2))),
    "unit_forget_bias": steps(stack(L.LSTM(2, unit_forget_bias=False)), stack(L.LSTM(2))),
    "Bidirectional by hand": steps(lambda x: L.Bidirectional(L.LSTM(2))(x), both_ways),
    "padding of a window of 1": image(stack(conv(size=1, padding="same")), stack(conv(size=1))),
    "padding that tiles exactly": image(stack(conv(size=2, strides=2, padding="same")), stack(conv(size=2, strides=2))),
    "padding of a pooling that tiles": image(
        stack(L.MaxPooling2D(2, padding="same"), dense()), stack(L.MaxPooling2D(2), dense())
    ),
    "ZeroPadding and valid": image(stack(L.ZeroPadding2D(1), conv()), stack(conv(padding="same"))),
    "a residual block by padding": image(residual_padded, residual),
    "Dense as Conv2D of 1 by 1, reshaped": image(
        stack(conv(size=1)), lambda x: ops.reshape(L.Conv2D(2, 1)(ops.reshape(x, (-1, 36, 1, 3))), (-1, 6, 6, 2))
    ),
    "causal by padding": steps(stack(L.Conv1D(2, 3, padding="causal")), stack(L.ZeroPadding1D((2, 0)), L.Conv1D(2, 3))),
    "cropping by slicing": image(stack(L.Cropping2D(1), conv(size=1)), lambda x: L.Conv2D(2, 1)(x[:, 1:-1, 1:-1])),
    "upsampling by repeating": steps(stack(L.UpSampling1D(2), dense()), lambda x: L.Dense(3)(ops.repeat(x, 2, axis=1))),
    "RepeatVector by stacking": vector(
        stack(L.RepeatVector(2), dense()), lambda x: L.Dense(3)(ops.stack([x, x], axis=1))
    ),
    "average as half the sum": two(
        lambda a, b: L.Average()([L.Dense(2)(a), b[:, :2]]), lambda a, b: (b[:, :2] + L.Dense(2)(a)) / 2
    ),
    "plus the negative": two(lambda a, b: L.Subtract()([a, L.Dense(4)(b)]), lambda a, b: a + (-L.Dense(4)(b))),
    "sum of a list": two(lambda a, b: L.Add()([L.Dense(4)(a), b]), lambda a, b: sum([L.Dense(4)(a), b])),
    "hstack for Concatenate": two(
        lambda a, b: L.Dense(2)(L.Concatenate()([a, b])), lambda a, b: L.Dense(2)(ops.hstack([a, b]))
    ),
    "a gate written backwards": two(gated, gated_backwards),
    "Dot by hand": two(
        lambda a, b: L.Dot(axes=1)([L.Dense(4)(a), b]), lambda a, b: ops.sum(L.Dense(4)(a) * b, -1, keepdims=True)
    ),
    "Dot by einsum": two(
        lambda a, b: L.Dot(axes=1)([L.Dense(4)(a), b]), lambda a, b: ops.einsum("bi,bi->b", L.Dense(4)(a), b)[:, None]
    ),
    "normalised Dot": two(
        lambda a, b: L.Dot(axes=-1, normalize=True)([a, b]),
        lambda a, b: L.Dot(axes=-1)([ops.normalize(a, -1), ops.normalize(b, -1)]),
    ),
    "Rescaling by times": vector(stack(L.Rescaling(0.5), dense()), lambda x: L.Dense(3)(x / 2)),
    "Rescaling with an offset": vector(stack(L.Rescaling(2.0, offset=1.0), dense()), lambda x: L.Dense(3)(1 + 2 * x)),
    "Rescaling by 1": vector(stack(L.Rescaling(1.0), dense()), stack(dense())),
    "Rescaling with offset 0": vector(stack(L.Rescaling(2, offset=0), dense()), stack(L.Rescaling(2), dense())),
    "Dropout of nothing": vector(stack(L.Dropout(0.0), dense()), stack(dense())),
    "square three ways": vector(lambda x: L.Dense(2)(x * x), lambda x: L.Dense(2)(x**2)),
    "square as an operation": vector(lambda x: L.Dense(2)(ops.square(x)), lambda x: L.Dense(2)(L.Multiply()([x, x]))),
    "attention with its output shape": steps(
        lambda x: L.MultiHeadAttention(2, 2, output_shape=3)(x, x), lambda x: L.MultiHeadAttention(2, 2)(x, x)
    ),
    "attention and its unread scores": steps(
        lambda x: L.MultiHeadAttention(2, 2)(x, x, return_attention_scores=True)[0],
        lambda x: L.MultiHeadAttention(2, 2)(x, x),
    ),
    "attention by hand": steps(
        lambda x: L.Attention()([x, x]), lambda x: ops.softmax(x @ ops.transpose(x, (0, 2, 1)), -1) @ x
    ),
    "a mask that nobody reads": words(
        lambda x: L.Dense(2)(L.Embedding(9, 3, mask_zero=True)(x)), lambda x: L.Dense(2)(L.Embedding(9, 3)(x))
    ),
    "mean of words of any number": words(
        lambda x: L.GlobalAveragePooling1D()(L.Embedding(9, 3)(x)), lambda x: mean(L.Embedding(9, 3)(x))
    ),
    "layers made in another order": vector(chain((1, 2, 3), (1, 2, 3)), lambda x: 1 * chain((3, 1, 2), (1, 2, 3))(x)),
    "batch normalisation and times 1": image(
        stack(conv(), L.BatchNormalization()), lambda x: 1 * L.BatchNormalization()(L.Conv2D(2, 3)(x))
    ),
    "Dropout after flattening": image(
        lambda x: L.Dense(2)(L.Flatten()(L.Dropout(0.5)(x))),
        lambda x: L.Dense(2)(L.Dropout(0.5)(ops.reshape(x, (-1, 108)))),
    ),
    "a Dropout shared or made anew": two(
        lambda a, b: (lambda drop: L.Dense(4)(drop(a)) + drop(b))(L.Dropout(0.5)),
        lambda a, b: 1 * L.Dense(4)(L.Dropout(0.5)(a)) + L.Dropout(0.5)(b),
    ),
    "a gradient stopped, spelled": vector(
        lambda x: ops.stop_gradient(L.Dense(3)(x)), lambda x: ops.stop_gradient(L.Dense(3)(x)) * 1
    ),
}
"""What computes the same."""

DIFFERENT = {
    "another slope": vector(stack(dense(activation="leaky_relu")), stack(dense(), L.LeakyReLU(0.3))),
    "relu6 or relu": vector(stack(dense(), L.ReLU(max_value=6)), lambda x: ops.maximum(L.Dense(3)(x), 0)),
    "gelu, exact or not": vector(stack(dense(activation="gelu")), lambda x: ops.gelu(L.Dense(3)(x), approximate=True)),
    "elu or relu": vector(stack(dense(activation="elu")), lambda x: ops.maximum(L.Dense(3)(x), 0)),
    "elu or selu": vector(stack(dense(activation="elu")), stack(dense(), lambda: L.Activation("selu"))),
    "sigmoid or hard sigmoid": vector(stack(dense(activation="sigmoid")), lambda x: ops.hard_sigmoid(L.Dense(3)(x))),
    "softmax over another axis": steps(stack(dense(), L.Softmax()), stack(dense(), L.Softmax(axis=1))),
    "an activation too many": vector(stack(dense(activation="relu"), dense(2)), stack(dense(), dense(2))),
    "an activation before the sum": image(residual, lambda x: residual(x, end=lambda y: y)),
    "an identity for a projection": image(lambda x: residual(x), lambda x: residual(x, project=lambda y: 2 * y)),
    "reshape in another order": steps(
        stack(L.Reshape((3, 5)), dense()), lambda x: L.Dense(3)(ops.reshape(x[:, ::-1], (-1, 3, 5)))
    ),
    "transpose for reshape": steps(stack(L.Reshape((3, 5)), dense()), stack(L.Permute((2, 1)), dense())),
    "mean over the wrong axis": Spelled(
        ((3, 3),), stack(L.GlobalAveragePooling1D(), dense()), lambda x: L.Dense(3)(ops.mean(x, axis=2))
    ),
    "sum for mean": steps(stack(L.GlobalAveragePooling1D(), dense()), lambda x: L.Dense(3)(ops.sum(x, axis=1))),
    "max for mean": steps(stack(L.GlobalAveragePooling1D(), dense()), lambda x: L.Dense(3)(ops.max(x, axis=1))),
    "max pooling for average pooling": image(
        stack(L.MaxPooling2D(2), conv(size=1)), stack(L.AveragePooling2D(2), conv(size=1))
    ),
    "padding that matters": image(
        stack(conv(size=3, strides=2, padding="same"), L.GlobalMaxPooling2D()),
        stack(conv(size=3, strides=2), L.GlobalMaxPooling2D()),
    ),
    "padding on one side only": steps(stack(L.Conv1D(2, 3, padding="causal")), stack(L.Conv1D(2, 3, padding="same"))),
    "padding after": steps(
        stack(L.ZeroPadding1D((2, 0)), L.Conv1D(2, 3)), stack(L.ZeroPadding1D((0, 2)), L.Conv1D(2, 3))
    ),
    "a dilation": image(stack(conv(padding="same")), stack(conv(padding="same", dilation_rate=2))),
    "a stride undone": image(stack(conv(size=1, strides=2), L.UpSampling2D(2)), stack(conv(size=1))),
    "upsampling in between": image(
        stack(L.UpSampling2D(2), conv()), stack(lambda: L.UpSampling2D(2, interpolation="bilinear"), conv())
    ),
    "the first step": steps(lambda x: L.LSTM(2, return_sequences=True)(x)[:, 0], stack(L.LSTM(2))),
    "the cell's state": steps(lambda x: L.LSTM(2, return_state=True)(x)[2], stack(L.LSTM(2))),
    "backwards": steps(stack(L.GRU(2)), stack(L.GRU(2, go_backwards=True))),
    "both forwards": steps(
        lambda x: L.Bidirectional(L.LSTM(2))(x), lambda x: ops.concatenate([L.LSTM(2)(x), L.LSTM(2)(x)], -1)
    ),
    "another activation in a cell": steps(stack(L.LSTM(2)), stack(lambda: L.LSTM(2, activation="relu"))),
    "another gate in a cell": steps(stack(L.GRU(2)), stack(lambda: L.GRU(2, recurrent_activation="hard_sigmoid"))),
    "reset_after": steps(
        lambda x: L.GRU(2, use_bias=False)(x), lambda x: L.GRU(2, use_bias=False, reset_after=False)(x)
    ),
    "a plain cell for a Dense chain": steps(stack(L.SimpleRNN(3)), lambda x: L.SimpleRNN(3)(x[:, :-1])),
    "average or sum": two(lambda a, b: L.Average()([L.Dense(4)(a), b]), lambda a, b: L.Dense(4)(a) + b),
    "subtract the other way": two(lambda a, b: L.Subtract()([L.Dense(4)(a), b]), lambda a, b: b - L.Dense(4)(a)),
    "maximum or sum": two(lambda a, b: L.Maximum()([L.Dense(4)(a), b]), lambda a, b: L.Dense(4)(a) + b),
    "the gate on the other side": two(gated, gated_wrongly),
    "concatenated the other way": two(
        lambda a, b: L.Concatenate()([L.Dense(4)(a), b]), lambda a, b: L.Concatenate()([b, L.Dense(4)(a)])
    ),
    "the wrong input": two(lambda a, b: L.Dense(4)(a) * ops.relu(b), lambda a, b: L.Dense(4)(b) * ops.relu(a)),
    "one input twice": two(lambda a, b: L.Dense(4)(a) + b, lambda a, b: L.Dense(4)(a) + a + 0 * b),
    "normalised or not": two(lambda a, b: L.Dot(axes=-1, normalize=True)([a, b]), lambda a, b: L.Dot(axes=-1)([a, b])),
    "Rescaling by another factor": vector(stack(L.Rescaling(0.5), dense()), lambda x: L.Dense(3)(x / 3)),
    "Rescaling after": vector(lambda x: L.Dense(3)(2 * x), lambda x: 2 * L.Dense(3)(x)),
    "a shortcut from elsewhere": vector(
        lambda x: (lambda h: L.Dense(4)(L.Dense(4)(h)) + h)(L.Dense(4, activation="tanh")(x)),
        lambda x: (lambda h: L.Dense(4)(L.Dense(4)(h)) + x)(L.Dense(4, activation="tanh")(x)),
    ),
    "no shortcut": vector(lambda x: L.Dense(4)(x) + x, lambda x: L.Dense(4)(x) + 0 * x),
    "branches or a chain": vector(
        lambda x: L.Dense(4)(x) + L.Dense(4)(x), lambda x: (lambda h: L.Dense(4)(h) + h)(L.Dense(4)(x))
    ),
    "shared layers in another order": vector(chain((1, 2), (1, 2, 1)), chain((1, 2), (1, 1, 2))),
    "one layer twice or two": vector(chain((1,), (1, 1)), chain((1, 2), (1, 2))),
    "layers in a symmetry and one that breaks it": Spelled(
        THREE,
        lambda a, b, c: L.Dense(2)(a) + L.Dense(2)(b) + 2 * L.Dense(2)(c),
        lambda a, b, c: L.Dense(2)(a) + 2 * L.Dense(2)(b) + L.Dense(2)(c),
    ),
    "an output more": vector(lambda x: [L.Dense(2)(x)], lambda x: (lambda y: [y, y])(L.Dense(2)(x))),
    "outputs exchanged": vector(
        lambda x: [ops.relu(L.Dense(2)(x)), L.Dense(2)(x)], lambda x: [L.Dense(2)(x), ops.relu(L.Dense(2)(x))]
    ),
    "no bias": vector(stack(dense()), lambda x: L.Dense(3, use_bias=False)(x) + 0.0),
    "a wider layer": vector(stack(dense(5), dense(2)), lambda x: L.Dense(2)(1 * L.Dense(6)(x))),
    "a frozen layer": vector(stack(dense(), dense(2)), lambda x: L.Dense(2)(1 * L.Dense(3, trainable=False)(x))),
    "another epsilon": image(
        stack(lambda: L.LayerNormalization(epsilon=1e-3)), lambda x: 1 * L.LayerNormalization(epsilon=0.1)(x)
    ),
    "layer or batch normalisation": steps(
        stack(lambda: L.LayerNormalization(center=False)),
        stack(lambda: L.UnitNormalization(), lambda: L.LayerNormalization(scale=False)),
    ),
    "batch normalisation before or after": image(
        lambda x: L.ReLU()(L.BatchNormalization()(x)), lambda x: L.BatchNormalization()(L.ReLU()(x))
    ),
    "attention to another key": Spelled(
        ((5, 3), (5, 3)), lambda a, b: L.Attention()([a, b]), lambda a, b: L.Attention()([a, b, a])
    ),
    "attention that sees the future": steps(
        lambda x: L.MultiHeadAttention(1, 2)(x, x), lambda x: L.MultiHeadAttention(1, 2)(x, x, use_causal_mask=True)
    ),
    "scaled attention": steps(
        lambda x: L.Attention()([x, x]), lambda x: ops.softmax(x @ ops.transpose(x, (0, 2, 1)) / 2, -1) @ x
    ),
    "a mask that is read": words(
        lambda x: L.LSTM(2)(L.Embedding(9, 3, mask_zero=True)(x)), lambda x: L.LSTM(2)(L.Embedding(9, 3)(x))
    ),
    "a mask in a mean": words(
        lambda x: L.GlobalAveragePooling1D()(L.Embedding(9, 3, mask_zero=True)(x)), lambda x: mean(L.Embedding(9, 3)(x))
    ),
    "a regulariser": vector(stack(dense()), lambda x: 1 * L.Dense(3, kernel_regularizer="l2")(x)),
    "a regulariser of the activity": vector(stack(dense()), lambda x: 1 * L.Dense(3, activity_regularizer="l1")(x)),
    "a stronger regulariser": vector(
        lambda x: L.Dense(3, kernel_regularizer=keras.regularizers.L2(0.1))(x),
        lambda x: 1 * L.Dense(3, kernel_regularizer="l2")(x),
    ),
    "a constraint": vector(stack(dense()), lambda x: 1 * L.Dense(3, kernel_constraint="non_neg")(x)),
    "Dropout": vector(noisy(0.5), lambda x: L.Dense(2)(1 * x)),
    "another rate": vector(noisy(0.5), lambda x: L.Dense(2)(1 * L.Dropout(0.2)(x))),
    "Dropout of whole channels": steps(noisy(0.5), noisy(0.5, L.SpatialDropout1D)),
    "noise or Dropout": vector(noisy(0.5), noisy(0.5, L.GaussianNoise)),
    "one noise twice or two": vector(
        lambda x: (lambda y: L.Dense(2)(y * y))(L.Dropout(0.5)(x)),
        lambda x: L.Dense(2)(L.Dropout(0.5)(x) * L.Dropout(0.5)(x)),
    ),
    "Dropout on another branch": two(
        lambda a, b: L.Dense(4)(L.Dropout(0.5)(a)) + b, lambda a, b: L.Dense(4)(a) + L.Dropout(0.5)(b)
    ),
    "a random flip": image(lambda x: L.RandomFlip()(x), lambda x: 1 * x),
    "another momentum": image(stack(lambda: L.BatchNormalization(momentum=0.5)), stack(L.BatchNormalization())),
    "statistics that stand still": image(
        lambda x: L.BatchNormalization()(x, training=False), stack(L.BatchNormalization())
    ),
    "a stopped gradient": vector(
        lambda x: L.Dense(2)(ops.stop_gradient(L.Dense(3)(x))), lambda x: L.Dense(2)(1 * L.Dense(3)(x))
    ),
    "a gradient stopped elsewhere": vector(
        lambda x: L.Dense(2)(ops.stop_gradient(L.Dense(3)(x))), lambda x: ops.stop_gradient(L.Dense(2)(L.Dense(3)(x)))
    ),
}
"""What differs by one true change."""

BY_HAND = {
    "relu6 or relu": "from 6 on, which the oracle seldom feeds",
    "a constraint": "it shows in a step of training only",
    "Dropout": "random",
    "another rate": "random",
    "Dropout of whole channels": "random",
    "noise or Dropout": "random",
    "one noise twice or two": "random",
    "Dropout on another branch": "random",
    "a random flip": "random",
    "another momentum": "how statistics move",
    "statistics that stand still": "a functional model called with `training=True` overrules its calls in this Keras",
    "a stopped gradient": "a gradient",
    "a gradient stopped elsewhere": "a gradient",
}
"""Different ones whose difference neither outputs nor losses show, and where it shows."""

RANDOM = frozenset({"Dropout after flattening", "a Dropout shared or made anew"})
"""Same ones that the oracle can compare in inference only: that they draw alike follows from what Dropout is."""

"""Models with all that makes reading hard, each built anew by a function."""

import warnings

import keras
import numpy as np
import pytest
from keras import layers, ops


def chain():
    return keras.Sequential([keras.Input((8,)), layers.Dense(4, activation="relu"), layers.Dense(2)], name="chain")


def chain_built_later():
    model = keras.Sequential([layers.Dense(4), layers.Dropout(0.5), layers.Dense(2)])
    model.build((None, 8))
    return model


def deferred():
    return keras.Sequential([layers.Dense(4), keras.Sequential([layers.Dense(3)], name="inner"), layers.Dense(2)])


def deferred_with_a_graph():
    x = keras.Input((4,))
    inner = keras.Model(x, layers.Add()([layers.Dense(4)(x), x]), name="block")
    return keras.Sequential([layers.Dense(4), inner, layers.Dense(2)])


def same_layer_twice_in_a_stack():
    dense = layers.Dense(8)
    return keras.Sequential([keras.Input((8,)), dense, dense])


def shortcut():
    x = keras.Input((8,), name="x")
    h = layers.Dense(8, activation="relu", kernel_regularizer="l2", activity_regularizer="l1")(x)
    return keras.Model(x, layers.Dense(2)(layers.Add()([h, x])))


def operators():
    x = keras.Input((6, 8))
    y = 2 * x + 1 - x / 3.0
    y = 1 - (y @ ops.transpose(y, (0, 2, 1)))
    y = ops.concatenate([y[:, 1:3, None], y[:, ::2, None][:, :2]], axis=-1)
    y = ops.squeeze(ops.expand_dims(y, 1), axis=1)
    y = ops.where(y > 0, y, float("-inf"))
    y = y * np.arange(12, dtype="float32") + ops.sum(abs(-y) ** 2, axis=(1, 2), keepdims=True)
    return keras.Model(x, [keras.activations.relu(y, negative_slope=0.1), ops.gelu(y, approximate=False), y[..., -1]])


def used_twice():
    x = keras.Input((8,))
    return keras.Model(x, layers.Multiply()([x, x]) * x)


def shared_layer():
    a, b = keras.Input((8,), name="a"), keras.Input((8,), name="b")
    encode = layers.Dense(4, name="encode")
    return keras.Model([a, b], layers.Dot(axes=1)([encode(a), encode(b)]))


def shared_model():
    a, b = keras.Input((8,)), keras.Input((8,))
    tower = keras.Sequential([keras.Input((8,)), layers.Dense(4), layers.ReLU()], name="tower")
    return keras.Model([a, b], ops.subtract(tower(a), tower(b)))


def nested_in_nested():
    x = keras.Input((8,))
    inner = keras.Sequential([layers.Dense(4), layers.Dense(8)], name="inner")
    h = keras.Input((8,))
    middle = keras.Model(h, [inner(h) + h, layers.Dense(3)(h)], name="middle")
    first, second = middle(x)
    return keras.Model(x, layers.Concatenate()([middle(first)[1], second]))


def layer_inside_and_outside():
    shared = layers.Dense(8, name="shared")
    inner = keras.Sequential([keras.Input((8,)), shared, layers.ReLU()], name="inner")
    x = keras.Input((8,))
    return keras.Model(x, shared(inner(x)))


def dictionaries():
    image, text = keras.Input((4, 4, 1), name="image"), keras.Input((5,), dtype="int32", name="text")
    both = layers.Concatenate()([layers.Flatten()(image), layers.Flatten()(layers.Embedding(9, 3)(text))])
    return keras.Model({"text": text, "image": image}, {"price": layers.Dense(1)(both), "kind": layers.Dense(3)(both)})


def one_input_in_a_list():
    x = keras.Input((4,))
    return keras.Model([x], [layers.Dense(2)(x)])


def model_with_dictionaries_inside():
    inner = dictionaries()
    inner.name = "inner"
    image, text = keras.Input((4, 4, 1)), keras.Input((5,), dtype="int32")
    found = inner({"image": image, "text": text})
    return keras.Model([image, text], [found["kind"], found["price"]])


def masks():
    words = keras.Input((None,), dtype="int32")
    h = layers.Embedding(100, 8, mask_zero=True)(words)
    h = layers.LSTM(4, return_sequences=True)(h)
    h = layers.Bidirectional(layers.GRU(3, return_sequences=True))(h)
    h = layers.TimeDistributed(layers.Dense(3))(h)
    return keras.Model(words, layers.GlobalAveragePooling1D()(h))


def mask_of_the_learner():
    steps, keep = keras.Input((5, 8)), keras.Input((5,), dtype="bool")
    return keras.Model([steps, keep], layers.LSTM(4)(steps, mask=keep))


def stacked_masks():
    return keras.Sequential(
        [keras.Input((5,)), layers.Embedding(10, 4, mask_zero=True), layers.LSTM(3), layers.Dense(1)]
    )


def translator():
    source, target = keras.Input((None, 4)), keras.Input((None, 4))
    _, h, c = layers.LSTM(8, return_state=True)(source)
    decoded, _, _ = layers.LSTM(8, return_sequences=True, return_state=True)(target, initial_state=[h, c])
    return keras.Model([source, target], layers.Dense(4, activation="softmax")(decoded))


def states_nobody_takes():
    x = keras.Input((5, 4))
    first, *_ = layers.LSTM(8, return_state=True)(x)
    both, *_ = layers.Bidirectional(layers.GRU(8, return_state=True))(x)
    return keras.Model(x, [first, both])


def attention():
    q, v = keras.Input((5, 8)), keras.Input((6, 8))
    out, scores = layers.MultiHeadAttention(2, 4)(q, v, return_attention_scores=True)
    causal = layers.MultiHeadAttention(2, 4, output_shape=3)(query=q, value=q, key=q, use_causal_mask=True)
    plain = layers.Attention(use_scale=True)([q, v, v])
    return keras.Model([q, v], [out, scores, causal, plain])


def splits():
    x = keras.Input((6, 8))
    a, b, c = ops.split(x, 3, axis=1)
    first, *_ = ops.unstack(x, axis=1)
    values, _ = ops.top_k(first, 2)
    mean, _ = ops.moments(x, axes=[1])
    return keras.Model(x, [a + b - c, values, mean])


def training_as_written():
    x = keras.Input((8, 8, 3))
    h = layers.RandomFlip("horizontal")(x)
    h = layers.BatchNormalization()(h, training=False)
    h = layers.Dropout(0.5)(h, training=True)
    return keras.Model(x, h)


def frozen():
    x = keras.Input((8, 8, 3))
    base = keras.Sequential([layers.Conv2D(4, 3), layers.BatchNormalization()], name="base")
    out = layers.Dense(2)(layers.GlobalMaxPooling2D()(base(x, training=False)))
    base.trainable = False
    return keras.Model(x, out)


def pictures():
    x = keras.Input((32, 32, 3))
    h = layers.Rescaling(1 / 255)(x)
    h = layers.ZeroPadding2D(((0, 1), (0, 1)))(h)
    h = layers.Conv2D(8, 3, strides=2, padding="same", activation=layers.LeakyReLU(negative_slope=0.1))(h)
    h = layers.SeparableConv2D(8, (3, 1), dilation_rate=2)(h)
    h = layers.DepthwiseConv2D(3, depth_multiplier=2, depthwise_regularizer=keras.regularizers.L1L2(0.1, 0.2))(h)
    h = layers.MaxPooling2D(3, strides=2)(layers.AveragePooling2D(2)(h))
    h = layers.SpatialDropout2D(0.1)(layers.PReLU(shared_axes=[1, 2])(h))
    h = layers.Cropping2D(1)(layers.UpSampling2D(3, interpolation="bilinear")(h))
    h = layers.Conv2DTranspose(4, 2, bias_constraint=keras.constraints.MaxNorm(2.0), dtype="mixed_float16")(h)
    h = layers.GroupNormalization(2)(layers.LayerNormalization(axis=[-1])(h))
    return keras.Model(x, layers.Activation("swish")(layers.Reshape((-1, 4))(h)))


def wrappers():
    x = keras.Input((5, 8))
    step = keras.Sequential([keras.Input((8,)), layers.Dense(4), layers.ReLU()])
    h = layers.Bidirectional(layers.LSTM(4, return_sequences=True), merge_mode="sum")(x)
    h = layers.Bidirectional(
        layers.LSTM(4, return_sequences=True), backward_layer=layers.GRU(4, return_sequences=True, go_backwards=True)
    )(h)
    h = layers.SpectralNormalization(layers.Dense(8))(h)
    h = layers.RNN([layers.LSTMCell(4), layers.GRUCell(3)], return_sequences=True)(h)
    return keras.Model(x, [layers.TimeDistributed(step)(x), h])


def graph_in_a_wrapper():
    x = keras.Input((8,))
    graph = keras.Model(x, layers.Add()([layers.Dense(8)(x), x]))
    steps = keras.Input((5, 8))
    return keras.Model(steps, layers.TimeDistributed(graph)(steps))


def tables():
    age, job = keras.Input((1,), name="age"), keras.Input((1,), dtype="int64", name="job")
    scaled = layers.Normalization(mean=3.0, variance=2.0)(age)
    bins = layers.Discretization(bin_boundaries=[1.0, 2.0])(age)
    known = layers.IntegerLookup(vocabulary=[3, 5, 7], output_mode="one_hot")(job)
    coded = layers.CategoryEncoding(num_tokens=3, output_mode="one_hot")(bins)
    return keras.Model([age, job], layers.Concatenate()([scaled, known, coded]))


def lambdas():
    x = keras.Input((8,))
    factor = 3
    h = layers.Lambda(lambda t: t * factor + 1)(x)
    return keras.Model(x, layers.Dense(2, activation=lambda t: t * 2)(h))


def einsum():
    x = keras.Input((5, 8))
    return keras.Model(x, layers.EinsumDense("abc,cd->abd", output_shape=(None, 6), bias_axes="d")(x))


def unused_input():
    x, y = keras.Input((8,), name="x"), keras.Input((3,), name="unused")
    return keras.Model([x, y], layers.Dense(2)(x))


def cut_out_of_a_larger_model():
    x = keras.Input((8,))
    hidden = layers.Dense(4)(x)
    out = layers.Dense(2)(layers.Dense(3)(hidden))
    keras.Model(x, out)
    return keras.Model(hidden, out)


def dead_branch():
    x = keras.Input((8,))
    shared = layers.Dense(4)
    shared(x)
    other = keras.Input((8,))
    return keras.Model(other, shared(other))


def one_tensor_many_outputs():
    x = keras.Input((8,))
    y = layers.Dense(2)(x)
    return keras.Model(x, [y, y, x])


def made(make):
    """The model, or a skipped test where this Keras or its backend cannot make it."""
    keras.utils.clear_session(free_memory=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return make()
        except ImportError as problem:
            pytest.skip(f"this backend lacks it: {problem}")
        except ValueError as problem:
            if make is unused_input:
                pytest.skip(f"Keras {keras.__version__} refuses it: {problem}")
            raise


LOST_BY_KERAS = [same_layer_twice_in_a_stack, layer_inside_and_outside]
"""Models that Keras itself does not get back from its files: the layer is saved once, or as two layers."""

ZOO = [
    make
    for make in list(globals().values())
    if callable(make) and getattr(make, "__module__", "") == __name__ and make not in (made, *LOST_BY_KERAS)
]

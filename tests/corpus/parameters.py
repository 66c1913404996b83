"""Parameters: defaults, ints and tuples, and values that change the function though no shape shows it."""

import keras
from keras import layers as L
from keras import ops

from corpus.pair import Collection, Models

PAIRS = Collection()


def image(*layers: keras.Layer) -> keras.Model:
    return keras.Sequential([keras.Input((12, 12, 4)), *layers])


def vector(*layers: keras.Layer) -> keras.Model:
    return keras.Sequential([keras.Input((8,)), *layers])


def sequence(*layers: keras.Layer) -> keras.Model:
    return keras.Sequential([keras.Input((6, 8)), *layers])


@PAIRS.same
def kernel_int_or_tuple() -> Models:
    """Kernel size 3 or (3, 3), default strides written out."""
    return image(L.Conv2D(4, 3)), image(L.Conv2D(4, (3, 3), strides=(1, 1), padding="valid", dilation_rate=1))


@PAIRS.same
def pool_strides_default() -> Models:
    """The strides of a pooling layer are its pool size."""
    return image(L.MaxPooling2D()), image(L.MaxPooling2D((2, 2), strides=2))


@PAIRS.same
def batch_normalisation_axis() -> Models:
    """Axis -1 and axis 3 of an image."""
    return image(L.BatchNormalization()), image(L.BatchNormalization(axis=3))


@PAIRS.same
def initialiser() -> Models:
    """Another initialiser: other numbers to begin with, the same network."""
    return vector(L.Dense(4)), vector(L.Dense(4, kernel_initializer="zeros", bias_initializer="ones"))


@PAIRS.same
def seed_of_dropout() -> Models:
    """Another seed."""
    return vector(L.Dropout(0.3), L.Dense(2)), vector(L.Dropout(0.3, seed=7), L.Dense(2))


@PAIRS.same
def regulariser_spelled() -> Models:
    """L2 by class or by name."""
    return vector(L.Dense(4, kernel_regularizer="l2")), vector(
        L.Dense(4, kernel_regularizer=keras.regularizers.L2(0.01))
    )


@PAIRS.same
def softmax_axis() -> Models:
    """Softmax along axis 1 of two axes is along the last."""
    return vector(L.Dense(4), L.Softmax(axis=1)), vector(L.Dense(4, activation="softmax"))


@PAIRS.same
def padding_int_or_tuple() -> Models:
    """ZeroPadding2D(1) and ((1, 1), (1, 1))."""
    return image(L.ZeroPadding2D(1)), image(L.ZeroPadding2D(((1, 1), (1, 1))))


@PAIRS.different
def padding() -> Models:
    """valid for same, where strides hide it: 12 / 4 and (12 - 4) / 4 + 1 are both 3."""
    return image(L.Conv2D(4, 4, strides=4, padding="same")), image(L.Conv2D(4, 4, strides=4, padding="valid"))


@PAIRS.different
def dilation() -> Models:
    """Dilation 2 with padding: the same shape and number of weights."""
    return image(L.Conv2D(4, 3, padding="same")), image(L.Conv2D(4, 3, padding="same", dilation_rate=2))


@PAIRS.different
def kernel_shape() -> Models:
    """A kernel of (1, 9) has as many weights as one of (3, 3)."""
    return image(L.Conv2D(4, (3, 3), padding="same")), image(L.Conv2D(4, (1, 9), padding="same"))


@PAIRS.different
def bias() -> Models:
    """No bias."""
    return vector(L.Dense(4)), vector(L.Dense(4, use_bias=False))


@PAIRS.different
def dropout_rate() -> Models:
    """Another dropout rate."""
    return vector(L.Dropout(0.3), L.Dense(2)), vector(L.Dropout(0.5), L.Dense(2))


@PAIRS.different
def max_or_average_pooling() -> Models:
    """Average for max."""
    return image(L.MaxPooling2D(2)), image(L.AveragePooling2D(2))


@PAIRS.different
def l1_or_l2() -> Models:
    """Another regulariser."""
    return vector(L.Dense(4, kernel_regularizer="l2")), vector(L.Dense(4, kernel_regularizer="l1"))


@PAIRS.different
def regulariser_strength() -> Models:
    """Another strength."""
    weak, strong = keras.regularizers.L2(0.001), keras.regularizers.L2(0.1)
    return vector(L.Dense(4, kernel_regularizer=weak)), vector(L.Dense(4, kernel_regularizer=strong))


@PAIRS.different
def constraint() -> Models:
    """A constraint on the weights."""
    return vector(L.Dense(4)), vector(L.Dense(4, kernel_constraint="non_neg"))


@PAIRS.different
def epsilon() -> Models:
    """Another epsilon in a normalisation."""
    return vector(L.LayerNormalization()), vector(L.LayerNormalization(epsilon=0.1))


@PAIRS.different
def momentum() -> Models:
    """Another momentum: the same in inference, not in training."""
    return vector(L.BatchNormalization()), vector(L.BatchNormalization(momentum=0.5))


@PAIRS.different
def recurrent_direction() -> Models:
    """An LSTM that reads backwards."""
    return sequence(L.LSTM(4)), sequence(L.LSTM(4, go_backwards=True))


@PAIRS.different
def recurrent_activation() -> Models:
    """An LSTM with another activation."""
    return sequence(L.LSTM(4)), sequence(L.LSTM(4, activation="relu"))


@PAIRS.different
def recurrent_dropout() -> Models:
    """Dropout inside the recurrence."""
    return sequence(L.LSTM(4)), sequence(L.LSTM(4, recurrent_dropout=0.2))


@PAIRS.different
def gru_reset_after() -> Models:
    """Where a GRU resets."""
    return sequence(L.GRU(4)), sequence(L.GRU(4, reset_after=False))


@PAIRS.different
def heads() -> Models:
    """4 heads of 2 or 2 heads of 4: as many weights."""

    def attend(heads: int, width: int) -> keras.Model:
        x = keras.Input((6, 8))
        return keras.Model(x, L.MultiHeadAttention(heads, width)(x, x))

    return attend(4, 2), attend(2, 4)


@PAIRS.different
def bidirectional_merge() -> Models:
    """How the two directions are merged."""
    return (
        sequence(L.Bidirectional(L.LSTM(4), merge_mode="sum")),
        sequence(L.Bidirectional(L.LSTM(4), merge_mode="ave")),
    )


@PAIRS.different
def inside_a_wrapper() -> Models:
    """Another activation inside TimeDistributed."""
    return sequence(L.TimeDistributed(L.Dense(4, "relu"))), sequence(L.TimeDistributed(L.Dense(4, "tanh")))


@PAIRS.different
def inside_a_nested_model() -> Models:
    """Another activation inside a nested Sequential."""
    return (
        vector(keras.Sequential([L.Dense(4, "relu"), L.Dense(4)]), L.Dense(2)),
        vector(keras.Sequential([L.Dense(4, "tanh"), L.Dense(4)]), L.Dense(2)),
    )


@PAIRS.different
def axis_of_a_sum() -> Models:
    """A sum over another axis of a square."""
    x, y = keras.Input((4, 4)), keras.Input((4, 4))
    return keras.Model(x, ops.sum(x, axis=1)), keras.Model(y, ops.sum(y, axis=2))


@PAIRS.different
def slice_bounds() -> Models:
    """Other bounds of a slice."""
    x, y = keras.Input((4,)), keras.Input((4,))
    return keras.Model(x, x[:, 0:2]), keras.Model(y, y[:, 1:3])


@PAIRS.different
def permutation() -> Models:
    """Another permutation of a cube."""
    x, y = keras.Input((3, 3, 3)), keras.Input((3, 3, 3))
    return keras.Model(x, L.Permute((2, 1, 3))(x)), keras.Model(y, L.Permute((1, 3, 2))(y))


@PAIRS.different
def upsampling_interpolation() -> Models:
    """Nearest or bilinear."""
    return image(L.UpSampling2D()), image(L.UpSampling2D(interpolation="bilinear"))


@PAIRS.different
def mixed_precision() -> Models:
    """A layer that computes in half precision."""
    return vector(L.Dense(4)), vector(L.Dense(4, dtype="mixed_float16"))


def doubled(x):
    return 2 * x


def squared(x):
    return x * x


@PAIRS.different
def functions_of_the_learners() -> Models:
    """Two functions of the learner's as activations."""
    return vector(L.Dense(4, activation=doubled)), vector(L.Dense(4, activation=squared))

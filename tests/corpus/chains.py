"""Plain chains: a list, calls one after another, fused activations, reshapes."""

import keras
from keras import layers as L
from keras import ops

from corpus.pair import Collection, Models

PAIRS = Collection()


def digits(activation: str = "relu", units: int = 128) -> keras.Model:
    return keras.Sequential(
        [keras.Input((784,)), L.Dense(units, activation=activation), L.Dense(10, activation="softmax")]
    )


@PAIRS.same
def list_and_calls() -> Models:
    """A Sequential and the functional chain."""
    x = keras.Input((784,))
    return digits(), keras.Model(x, L.Dense(10, activation="softmax")(L.Dense(128, activation="relu")(x)))


@PAIRS.same
def list_and_add() -> Models:
    """Layers in the list, or added one by one."""
    stack = keras.Sequential()
    stack.add(keras.Input((784,)))
    stack.add(L.Dense(128, "relu"))
    stack.add(L.Dense(10, "softmax"))
    return digits(), stack


@PAIRS.same
def popped() -> Models:
    """A layer too many, taken off again."""
    stack = digits()
    stack.add(L.Dense(3))
    stack.pop()
    return digits(), stack


@PAIRS.same
def built_later() -> Models:
    """Without an Input, built afterwards."""
    stack = keras.Sequential([L.Dense(128, activation="relu"), L.Dense(10, activation="softmax")])
    stack.build((None, 784))
    return digits(), stack


@PAIRS.same
def names_do_not_count() -> Models:
    """Other names for layers, input and model."""
    named = keras.Sequential(
        [
            keras.Input((784,), name="pixels"),
            L.Dense(128, activation="relu", name="hidden"),
            L.Dense(10, activation="softmax", name="class"),
        ],
        name="my_model",
    )
    return digits(), named


@PAIRS.same
def activation_of_its_own() -> Models:
    """A fused activation and an Activation layer."""
    return digits(), keras.Sequential(
        [keras.Input((784,)), L.Dense(128), L.Activation("relu"), L.Dense(10), L.Activation("softmax")]
    )


@PAIRS.same
def activation_layers() -> Models:
    """ReLU() and Softmax() layers."""
    return digits(), keras.Sequential([keras.Input((784,)), L.Dense(128), L.ReLU(), L.Dense(10), L.Softmax()])


@PAIRS.same
def activation_operations() -> Models:
    """keras.ops for the activations."""
    x = keras.Input((784,))
    return digits(), keras.Model(x, ops.softmax(L.Dense(10)(ops.relu(L.Dense(128)(x)))))


@PAIRS.same
def activation_functions() -> Models:
    """keras.activations, passed or called."""
    x = keras.Input((784,))
    hidden = L.Dense(128, activation=keras.activations.relu)(x)
    return digits(), keras.Model(x, keras.activations.softmax(L.Dense(10)(hidden)))


@PAIRS.same
def activation_object() -> Models:
    """A layer passed as an activation."""
    return (
        keras.Sequential([keras.Input((4,)), L.Dense(3, activation=L.LeakyReLU(negative_slope=0.1))]),
        keras.Sequential([keras.Input((4,)), L.Dense(3), L.LeakyReLU(negative_slope=0.1)]),
    )


@PAIRS.same
def linear_says_nothing() -> Models:
    """A linear activation, written out, left out, or as a layer."""
    return (
        keras.Sequential([keras.Input((4,)), L.Dense(3, activation="linear"), L.Dense(2)]),
        keras.Sequential([keras.Input((4,)), L.Dense(3), L.Activation("linear"), L.Dense(2), L.Identity()]),
    )


@PAIRS.same
def swish_is_silu() -> Models:
    """Two names of one activation."""
    return (
        keras.Sequential([keras.Input((4,)), L.Dense(3, activation="swish")]),
        keras.Sequential([keras.Input((4,)), L.Dense(3), L.Activation("silu")]),
    )


@PAIRS.same
def flatten_or_reshape() -> Models:
    """Flatten and the Reshape that equals it."""
    return (
        keras.Sequential([keras.Input((28, 28)), L.Flatten(), L.Dense(10)]),
        keras.Sequential([keras.Input((28, 28)), L.Reshape((784,)), L.Dense(10)]),
    )


@PAIRS.same
def reshape_open() -> Models:
    """Reshape with -1."""
    return (
        keras.Sequential([keras.Input((28, 28)), L.Flatten(), L.Dense(10)]),
        keras.Sequential([keras.Input((28, 28)), L.Reshape((-1,)), L.Dense(10)]),
    )


@PAIRS.same
def gelu_operation() -> Models:
    """The activation gelu and the exact operation."""
    x = keras.Input((4,))
    return keras.Sequential([keras.Input((4,)), L.Dense(3, "gelu")]), keras.Model(
        x, ops.gelu(L.Dense(3)(x), approximate=False)
    )


@PAIRS.different
def gelu_approximate() -> Models:
    """The operation gelu approximates unless told not to, the activation does not."""
    x = keras.Input((4,))
    return keras.Sequential([keras.Input((4,)), L.Dense(3, "gelu")]), keras.Model(x, ops.gelu(L.Dense(3)(x)))


@PAIRS.different
def leaky_defaults() -> Models:
    """LeakyReLU() has slope 0.3, the activation leaky_relu 0.2."""
    return (
        keras.Sequential([keras.Input((4,)), L.Dense(3), L.LeakyReLU()]),
        keras.Sequential([keras.Input((4,)), L.Dense(3, activation="leaky_relu")]),
    )


@PAIRS.different
def other_activation() -> Models:
    """tanh for relu."""
    return digits(), digits("tanh")


@PAIRS.different
def activation_missing() -> Models:
    """No activation in between: two linear layers."""
    return digits(), keras.Sequential([keras.Input((784,)), L.Dense(128), L.Dense(10, activation="softmax")])


@PAIRS.different
def activation_twice_differs() -> Models:
    """softmax of softmax."""
    return digits(), keras.Sequential(
        [keras.Input((784,)), L.Dense(128, "relu"), L.Dense(10, "softmax"), L.Activation("softmax")]
    )


@PAIRS.different
def other_width() -> Models:
    """64 units for 128."""
    return digits(), digits(units=64)


@PAIRS.different
def layer_missing() -> Models:
    """The hidden layer left out."""
    return digits(), keras.Sequential([keras.Input((784,)), L.Dense(10, activation="softmax")])


@PAIRS.different
def layer_too_many() -> Models:
    """One more hidden layer."""
    return digits(), keras.Sequential(
        [keras.Input((784,)), L.Dense(128, "relu"), L.Dense(128, "relu"), L.Dense(10, "softmax")]
    )


@PAIRS.different
def only_the_input() -> Models:
    """A model of nothing but its input."""
    x = keras.Input((784,))
    return digits(), keras.Model(x, L.Identity()(x))


@PAIRS.different
def order_of_normalisation() -> Models:
    """BatchNormalization before or after the activation."""
    return (
        keras.Sequential([keras.Input((8,)), L.Dense(8), L.BatchNormalization(), L.Activation("relu")]),
        keras.Sequential([keras.Input((8,)), L.Dense(8), L.Activation("relu"), L.BatchNormalization()]),
    )


@PAIRS.different
def dropout_elsewhere() -> Models:
    """Dropout before or after a Dense of the same width."""
    return (
        keras.Sequential([keras.Input((8,)), L.Dropout(0.5), L.Dense(8), L.Dense(8)]),
        keras.Sequential([keras.Input((8,)), L.Dense(8), L.Dropout(0.5), L.Dense(8)]),
    )


@PAIRS.different
def flatten_or_average() -> Models:
    """GlobalAveragePooling for Flatten, where both give the same shape."""
    return (
        keras.Sequential([keras.Input((1, 1, 8)), L.Conv2D(8, 1), L.Flatten(), L.Dense(2)]),
        keras.Sequential([keras.Input((1, 1, 8)), L.Conv2D(8, 1), L.GlobalAveragePooling2D(), L.Dense(2)]),
    )


@PAIRS.different
def reshape_order() -> Models:
    """Two reshapes to different shapes, flattened again, with a convolution between."""
    return (
        keras.Sequential([keras.Input((24,)), L.Reshape((4, 6)), L.Conv1D(6, 1), L.Flatten()]),
        keras.Sequential([keras.Input((24,)), L.Reshape((4, 6)), L.Permute((1, 2)), L.Conv1D(6, 1), L.Flatten()]),
    )

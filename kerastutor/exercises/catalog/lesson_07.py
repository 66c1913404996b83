"""Lesson 07, blocks in blocks."""

from kerastutor.exercises import declare

_STARTER = "model = None  # your model here"


@declare("07-autoencoder", title="An autoencoder of two stacks", starter=_STARTER)
def autoencoder(keras):
    """Build a network of two stacks, one called after the other.

    - The encoder, a `Sequential`: **784** numbers in, a `Dense` layer with **32** units and `relu`.
    - The decoder, a `Sequential`: **32** numbers in, a `Dense` layer with **784** units and `sigmoid`.
    - The model takes an image of **784** numbers and returns `decoder(encoder(image))`.
    """
    layers = keras.layers
    encoder = keras.Sequential([keras.Input((784,)), layers.Dense(32, activation="relu", name="code")], name="encoder")
    decoder = keras.Sequential(
        [keras.Input((32,)), layers.Dense(784, activation="sigmoid", name="pixels")], name="decoder"
    )
    image = keras.Input((784,), name="image")
    return keras.Model(image, decoder(encoder(image)))


@declare("07-shared-stack", title="A shared stack", starter=_STARTER)
def shared_stack(keras):
    """Build a network that sends two images through one stack.

    - The encoder, a `Sequential`: **784** numbers in, `Dense` layers with **64** and **16** units, both `relu`.
    - Two images of **784** numbers come in, left and right; the **one** encoder is called on each.
    - `Concatenate`, the left first.
    - A `Dense` layer with **1** unit and `sigmoid`.
    """
    layers = keras.layers
    encoder = keras.Sequential(
        [
            keras.Input((784,)),
            layers.Dense(64, activation="relu", name="wide"),
            layers.Dense(16, activation="relu", name="narrow"),
        ],
        name="encoder",
    )
    left, right = keras.Input((784,), name="left"), keras.Input((784,), name="right")
    both = layers.Concatenate(name="both")([encoder(left), encoder(right)])
    return keras.Model([left, right], layers.Dense(1, activation="sigmoid", name="same")(both))

"""Lesson 01, the stack."""

from kerastutor.exercises import between, declare, free

_STARTER = "model = None  # your model here"


@declare(
    "01-stack",
    title="A stack that reads digits",
    starter=_STARTER,
    freedoms=[free("hidden", units=between(32, 512))],
)
def stack(keras):
    """Build the digit classifier as a `Sequential` stack.

    - An image comes in as **784** numbers.
    - One hidden `Dense` layer with `relu`. Its width is up to you, from **32** to **512** units.
    - A `Dense` layer returns the probability of each of the **10** digits (`softmax`).
    """
    return keras.Sequential(
        [
            keras.Input((784,)),
            keras.layers.Dense(128, activation="relu", name="hidden"),
            keras.layers.Dense(10, activation="softmax", name="digit"),
        ]
    )


@declare("01-two-branches", title="Two branches that meet", starter=_STARTER)
def two_branches(keras):
    """Build a small graph with the functional API.

    - An image comes in as **784** numbers.
    - Two branches look at it side by side, each a `Dense` layer with **32** units: one with `relu`, one with `tanh`.
    - `Concatenate` puts their tensors side by side, `relu` first.
    - A `Dense` layer returns the probability of each of the **10** digits (`softmax`).
    """
    image = keras.Input((784,), name="image")
    edges = keras.layers.Dense(32, activation="relu", name="edges")(image)
    curves = keras.layers.Dense(32, activation="tanh", name="curves")(image)
    both = keras.layers.Concatenate(name="both")([edges, curves])
    digit = keras.layers.Dense(10, activation="softmax", name="digit")(both)
    return keras.Model(image, digit)

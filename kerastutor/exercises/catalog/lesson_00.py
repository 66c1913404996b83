"""Lesson 00, five minutes."""

from kerastutor.exercises import declare


@declare("00-first-model", title="Your first model", starter="model = None  # your model here")
def first_model(keras):
    """Build a stack for small digits.

    - An image comes in as **64** numbers.
    - A `Dense` layer with **32** units and the activation `relu`.
    - A `Dense` layer with **10** units and the activation `softmax`.
    """
    return keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(32, activation="relu", name="hidden"),
            keras.layers.Dense(10, activation="softmax", name="digit"),
        ]
    )

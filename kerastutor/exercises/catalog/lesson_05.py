"""Lesson 05, one layer, many calls."""

from kerastutor.exercises import declare

_STARTER = "model = None  # your model here"


@declare("05-siamese", title="A siamese network", starter=_STARTER)
def siamese(keras):
    """Build a network that compares two images.

    - Two images come in, left and right, **784** numbers each.
    - **One** `Dense` layer with **64** units and `relu` looks at both of them: create it once, call it twice.
    - `Subtract` the right from the left.
    - A `Dense` layer with **1** unit and `sigmoid`.
    """
    left, right = keras.Input((784,), name="left"), keras.Input((784,), name="right")
    encoder = keras.layers.Dense(64, activation="relu", name="encoder")
    difference = keras.layers.Subtract(name="difference")([encoder(left), encoder(right)])
    return keras.Model([left, right], keras.layers.Dense(1, activation="sigmoid", name="same")(difference))


@declare("05-twins", title="Two encoders", starter=_STARTER)
def twins(keras):
    """Build a network that looks at two different things.

    - A photograph of **784** numbers and a drawing of **784** numbers come in, in this order.
    - Each has a `Dense` layer **of its own** with **64** units and `relu`: the two have to learn different things.
    - `Concatenate`, the photograph first.
    - A `Dense` layer with **1** unit and `sigmoid`.
    """
    photograph, drawing = keras.Input((784,), name="photograph"), keras.Input((784,), name="drawing")
    seen = keras.layers.Dense(64, activation="relu", name="seen")(photograph)
    drawn = keras.layers.Dense(64, activation="relu", name="drawn")(drawing)
    both = keras.layers.Concatenate(name="both")([seen, drawn])
    return keras.Model([photograph, drawing], keras.layers.Dense(1, activation="sigmoid", name="answer")(both))

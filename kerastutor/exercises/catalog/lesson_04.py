"""Lesson 04, several outputs."""

from kerastutor.exercises import declare

_STARTER = "model = None  # your model here"


@declare("04-two-answers", title="Two answers", starter=_STARTER)
def two_answers(keras):
    """Build a network that answers two questions about an image.

    - An image comes in as **784** numbers; a `Dense` layer with **64** units and `relu` looks at it.
    - `digit`: a `Dense` layer with **10** units and `softmax`.
    - `even`: a `Dense` layer with **1** unit and `sigmoid`, on the same tensor as `digit`.

    Both are outputs, in this order.
    """
    image = keras.Input((784,), name="image")
    seen = keras.layers.Dense(64, activation="relu", name="seen")(image)
    digit = keras.layers.Dense(10, activation="softmax", name="digit")(seen)
    even = keras.layers.Dense(1, activation="sigmoid", name="even")(seen)
    return keras.Model(image, [digit, even])


@declare("04-auxiliary", title="An early answer", starter=_STARTER)
def auxiliary(keras):
    """Build a deeper network with an auxiliary output halfway.

    - An image comes in as **784** numbers.
    - Two `Dense` layers with **64** units and `relu`, one after the other.
    - `digit`: a `Dense` layer with **10** units and `softmax` on the second one.
    - `early`: a `Dense` layer with **10** units and `softmax` on the first one.

    The outputs are `digit` and `early`, in this order.
    """
    image = keras.Input((784,), name="image")
    first = keras.layers.Dense(64, activation="relu", name="first")(image)
    second = keras.layers.Dense(64, activation="relu", name="second")(first)
    early = keras.layers.Dense(10, activation="softmax", name="early")(first)
    digit = keras.layers.Dense(10, activation="softmax", name="digit")(second)
    return keras.Model(image, [digit, early])

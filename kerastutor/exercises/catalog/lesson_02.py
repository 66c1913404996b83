"""Lesson 02, the graph."""

from kerastutor.exercises import declare


@declare("02-functional", title="The same, functional", starter="model = None  # your model here")
def functional(keras):
    """Write this stack with the functional API.

    ```python
    keras.Sequential([
        keras.Input((784,)),
        layers.Dense(64, activation="relu"),
        layers.Dropout(0.2),
        layers.Dense(10, activation="softmax"),
    ])
    ```
    """
    image = keras.Input((784,), name="image")
    hidden = keras.layers.Dense(64, activation="relu", name="hidden")(image)
    dropped = keras.layers.Dropout(0.2, name="dropped")(hidden)
    return keras.Model(image, keras.layers.Dense(10, activation="softmax", name="digit")(dropped))


@declare(
    "02-wrong-arrow",
    title="One arrow is wrong",
    starter="""
        image = keras.Input((784,), name="image")
        first = layers.Dense(64, activation="relu", name="first")(image)
        second = layers.Dense(32, activation="relu", name="second")(image)
        digit = layers.Dense(10, activation="softmax", name="digit")(second)
        model = keras.Model(image, digit)
    """,
)
def wrong_arrow(keras):
    """The code below should be a chain: `image`, `first`, `second`, `digit`.

    One layer is called on the wrong tensor. Draw the model, find the arrow, and mend it.
    """
    image = keras.Input((784,), name="image")
    first = keras.layers.Dense(64, activation="relu", name="first")(image)
    second = keras.layers.Dense(32, activation="relu", name="second")(first)
    return keras.Model(image, keras.layers.Dense(10, activation="softmax", name="digit")(second))

"""Lesson 03, two inputs."""

from kerastutor.exercises import declare

_STARTER = "model = None  # your model here"


@declare("03-recurrent-chain", title="A chain of recurrent layers", starter=_STARTER)
def recurrent_chain(keras):
    """Build a text classifier as a `Sequential` stack.

    - A text comes in as any number of words: `keras.Input((None,), dtype="int32")`.
    - `Embedding` for **10,000** words with **32** numbers each.
    - `LSTM` with **32** units that returns the whole sequence (`return_sequences=True`).
    - `LSTM` with **16** units.
    - A `Dense` layer returns the probabilities of **2** classes (`softmax`).
    """
    return keras.Sequential(
        [
            keras.Input((None,), dtype="int32", name="words"),
            keras.layers.Embedding(10_000, 32, name="meaning"),
            keras.layers.LSTM(32, return_sequences=True, name="reader"),
            keras.layers.LSTM(16, name="summary"),
            keras.layers.Dense(2, activation="softmax", name="answer"),
        ]
    )


@declare("03-text-and-numbers", title="Text and numbers", starter=_STARTER)
def text_and_numbers(keras):
    """Build a network with two inputs, in this order.

    - `text_input`: any number of words, as whole numbers. `Embedding` (**10,000** words, **64** numbers each), then a
      `GRU` with **32** units.
    - `meta_input`: **5** numbers. A `Dense` layer with **16** units and `relu`.
    - `Concatenate`, the text first.
    - A `Dense` layer returns the probabilities of **4** classes (`softmax`).
    """
    words = keras.Input((None,), dtype="int32", name="text_input")
    numbers = keras.Input((5,), name="meta_input")
    read = keras.layers.GRU(32, name="reader")(keras.layers.Embedding(10_000, 64, name="meaning")(words))
    weighed = keras.layers.Dense(16, activation="relu", name="weighed")(numbers)
    both = keras.layers.Concatenate(name="both")([read, weighed])
    return keras.Model([words, numbers], keras.layers.Dense(4, activation="softmax", name="answer")(both))


@declare("03-image-and-numbers", title="An image and numbers", starter=_STARTER)
def image_and_numbers(keras):
    """Build a network with two inputs, the image first.

    - An image of shape **(28, 28, 1)**: `Conv2D` with **16** filters of size **3** and `relu`, then
      `GlobalAveragePooling2D`.
    - **3** numbers: a `Dense` layer with **16** units and `relu`.
    - `Concatenate`, the image first.
    - A `Dense` layer with **1** unit and `sigmoid`.
    """
    image = keras.Input((28, 28, 1), name="image")
    numbers = keras.Input((3,), name="numbers")
    strokes = keras.layers.Conv2D(16, 3, activation="relu", name="strokes")(image)
    seen = keras.layers.GlobalAveragePooling2D(name="seen")(strokes)
    weighed = keras.layers.Dense(16, activation="relu", name="weighed")(numbers)
    both = keras.layers.Concatenate(name="both")([seen, weighed])
    return keras.Model([image, numbers], keras.layers.Dense(1, activation="sigmoid", name="answer")(both))

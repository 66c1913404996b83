"""Lesson 10, the capstone: networks to be built from their drawing."""

from kerastutor.exercises import declare

_STARTER = "model = None  # your model here"


@declare("10-inception", title="A small Inception block", points=2, starter=_STARTER, drawn=True)
def inception(keras):
    """Build the Inception block in the drawing.

    Every `Conv2D` and the pooling have `padding="same"`. The shapes tell how far the pooling moves at a time
    (`strides`).
    """
    layers = keras.layers
    image = keras.Input((28, 28, 16), name="image")
    points = layers.Conv2D(8, 1, padding="same", activation="relu", name="points")(image)
    strokes = layers.Conv2D(16, 3, padding="same", activation="relu", name="strokes")(image)
    pooled = layers.MaxPooling2D(3, strides=1, padding="same", name="pooled")(image)
    reduced = layers.Conv2D(8, 1, padding="same", activation="relu", name="reduced")(pooled)
    return keras.Model(image, layers.Concatenate(name="all")([points, strokes, reduced]))


@declare("10-unet", title="A small U-Net", points=2, starter=_STARTER, drawn=True)
def unet(keras):
    """Build the U-Net in the drawing: down, across, and up again with a shortcut.

    Every `Conv2D` has `padding="same"`.
    """
    layers = keras.layers
    image = keras.Input((32, 32, 1), name="image")
    fine = layers.Conv2D(8, 3, padding="same", activation="relu", name="fine")(image)
    coarse = layers.Conv2D(16, 3, padding="same", activation="relu", name="coarse")(
        layers.MaxPooling2D(2, name="down")(fine)
    )
    up = layers.UpSampling2D(2, name="up")(coarse)
    both = layers.Concatenate(name="both")([up, fine])
    return keras.Model(image, layers.Conv2D(1, 1, padding="same", activation="sigmoid", name="mask")(both))


@declare("10-two-towers", title="A two-tower ranker", points=2, starter=_STARTER, drawn=True)
def two_towers(keras):
    """Build the ranker in the drawing: a tower for the user, a tower for the item, and how well they agree."""
    layers = keras.layers
    user, item = keras.Input((16,), name="user"), keras.Input((24,), name="item")
    wishes = layers.Dense(32, name="wishes")(layers.Dense(64, activation="relu", name="user_tower")(user))
    offers = layers.Dense(32, name="offers")(layers.Dense(64, activation="relu", name="item_tower")(item))
    return keras.Model([user, item], layers.Dot(axes=1, name="agreement")([wishes, offers]))


@declare("10-transformer", title="A Transformer encoder block", points=2, starter=_STARTER, drawn=True)
def transformer(keras):
    """Build the Transformer encoder block in the drawing.

    The attention layer has **2** heads with `key_dim=16`, and its query and its value are the same tensor.
    """
    layers = keras.layers
    words = keras.Input((20, 32), name="words")
    attended = layers.MultiHeadAttention(2, 16, name="attention")(words, words)
    first = layers.LayerNormalization(name="first")(layers.Add(name="with_words")([words, attended]))
    wide = layers.Dense(64, activation="relu", name="wide")(first)
    narrow = layers.Dense(32, name="narrow")(wide)
    return keras.Model(words, layers.LayerNormalization(name="second")(layers.Add(name="with_first")([first, narrow])))

"""Lesson 06, skip connections."""

from kerastutor.exercises import declare

_STARTER = "model = None  # your model here"


@declare("06-residual-block", title="A residual block", starter=_STARTER)
def residual_block(keras):
    """Build one residual block, layer by layer.

    - An image of shape **(16, 16, 32)** comes in.
    - Two `Conv2D` layers with **32** filters of size **3** and `padding="same"`; the first has `relu`, the second no
      activation.
    - `Add` what comes out to what came in.
    - `relu` on the sum.
    """
    image = keras.Input((16, 16, 32), name="image")
    first = keras.layers.Conv2D(32, 3, padding="same", activation="relu", name="first")(image)
    second = keras.layers.Conv2D(32, 3, padding="same", name="second")(first)
    total = keras.layers.Add(name="total")([second, image])
    return keras.Model(image, keras.layers.Activation("relu", name="out")(total))


@declare("06-projection", title="A block with a projection", starter=_STARTER)
def projection(keras):
    """Build a residual block for a colour image, whose shapes do not fit at first.

    - An image of shape **(32, 32, 3)** comes in.
    - Two `Conv2D` layers with **16** filters of size **3** and `padding="same"`; the first has `relu`, the second no
      activation.
    - The shortcut goes through a `Conv2D` with **16** filters of size **1**, without activation.
    - `Add` the two, then `relu`.
    """
    image = keras.Input((32, 32, 3), name="image")
    first = keras.layers.Conv2D(16, 3, padding="same", activation="relu", name="first")(image)
    second = keras.layers.Conv2D(16, 3, padding="same", name="second")(first)
    shortcut = keras.layers.Conv2D(16, 1, name="projection")(image)
    total = keras.layers.Add(name="total")([second, shortcut])
    return keras.Model(image, keras.layers.Activation("relu", name="out")(total))

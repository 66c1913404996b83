"""Draw the README's picture from the README's model, light or dark as its reader's system asks: run this file."""

from pathlib import Path

import keras
from keras import layers

import kerastutor as kt
from kerastutor.drawing import draw_twin


def model() -> keras.Model:
    """A classifier of handwritten digits with one shortcut: what a stack cannot hold."""
    image = keras.Input((784,), name="image")
    first = layers.Dense(64, activation="relu", name="first")(image)
    second = layers.Dense(64, activation="relu", name="second")(first)
    both = layers.Add(name="both")([first, second])
    return keras.Model(image, layers.Dense(10, activation="softmax", name="digit")(both))


if __name__ == "__main__":
    drawn = draw_twin(kt.read(model()), colours="reader's")
    drawn.save(Path(__file__).with_name("twin-view.svg"))

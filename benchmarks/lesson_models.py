"""The models and data that the training benchmarks measure: those of the lessons, in the sizes of the lessons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import layers


@dataclass(frozen=True)
class Lesson:
    """One training: how to make a fresh compiled model, its data, and how long it trains."""

    name: str
    model: Callable[[], keras.Model]
    x: Any
    y: np.ndarray
    epochs: int
    batch_size: int = 32

    @property
    def data(self) -> dict[str, Any]:
        """The arguments that `fit` and `train` share."""
        return {"x": self.x, "y": self.y, "epochs": self.epochs, "batch_size": self.batch_size}


def lesson(name: str) -> Lesson:
    """One of `LESSONS`."""
    return LESSONS[name]()


def _digits_images(size: int, pixels: int) -> tuple[np.ndarray, np.ndarray]:
    """scikit-learn's 1,797 handwritten digits, enlarged to `pixels` squared and drawn with replacement."""
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    rows = np.arange(size) if size <= len(x) else np.random.default_rng(0).integers(0, len(x), size)
    images = (x.reshape(-1, 8, 8) / 16.0).astype("float32")
    index = np.arange(pixels) * 8 // pixels
    return images[:, index][:, :, index].reshape(len(x), -1)[rows], y[rows].astype("int32")


def _mlp(inputs: int) -> keras.Model:
    model = keras.Sequential([keras.Input((inputs,)), layers.Dense(128, "relu"), layers.Dense(10)])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return model


def _digits_60000() -> Lesson:
    x, y = _digits_images(60_000, 28)
    return Lesson("digits 60,000", lambda: _mlp(784), x, y, epochs=3)


def _digits_small() -> Lesson:
    x, y = _digits_images(1_797, 28)
    return Lesson("digits 1,797", lambda: _mlp(784), x, y, epochs=5)


def _text_model() -> keras.Model:
    tokens, numbers = keras.Input((50,), dtype="int32"), keras.Input((5,))
    words = layers.LSTM(64)(layers.Embedding(10_000, 128)(tokens))
    both = layers.Concatenate()([words, layers.Dense(32, "relu")(numbers)])
    model = keras.Model([tokens, numbers], layers.Dense(2)(both))
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return model


def _text() -> Lesson:
    rng = np.random.default_rng(0)
    x = [rng.integers(0, 10_000, (1_600, 50)).astype("int32"), rng.normal(size=(1_600, 5)).astype("float32")]
    return Lesson("text + metadata", _text_model, x, rng.integers(0, 2, 1_600), epochs=3)


def _residual_model() -> keras.Model:
    image = keras.Input((32, 32, 3))
    x = layers.Conv2D(16, 3, padding="same", activation="relu")(image)
    for width in (16, 32):
        short = layers.Conv2D(width, 1, strides=2)(x)
        x = layers.Conv2D(width, 3, strides=2, padding="same", activation="relu")(x)
        x = layers.Conv2D(width, 3, padding="same")(x)
        x = layers.ReLU()(layers.BatchNormalization()(layers.Add()([x, short])))
    model = keras.Model(image, layers.Dense(10)(layers.GlobalAveragePooling2D()(x)))
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return model


def _residual() -> Lesson:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1_600, 32, 32, 3)).astype("float32")
    return Lesson("residual CNN", _residual_model, x, rng.integers(0, 10, 1_600), epochs=3)


LESSONS: dict[str, Callable[[], Lesson]] = {
    "digits60k": _digits_60000,
    "digits": _digits_small,
    "text": _text,
    "cnn": _residual,
}

"""Colour images with something to find in them: real digits set into patches of real photographs."""

from __future__ import annotations

import numpy as np
from PIL import Image

from kerastutor.data.dataset import Dataset, Split
from kerastutor.data.handwriting import CLASSES, LICENCE, ORIGIN, shipped_with_sklearn, split_digits
from kerastutor.data.picture import ExamplePicture, Tile, grid

SIZE = 32
_DIGIT = 28
_TIMES = 3
_DARKENED = 0.35  # how much of a photograph's light is left, so that a digit stands out


def images(seed: int = 0) -> Dataset:
    """4,311 colour images to train on and 360 to validate, 32x32x3, in ten classes.

    Each is a patch of a photograph with a handwritten digit in a bright colour of its own, somewhere near the middle.
    Every digit to train on comes three times, each time in another patch, colour and place.
    Patches for validation come from other parts of the photographs than those for training.

    Args:
        seed: which patches and colours are drawn.

    Returns:
        A `Dataset`: x float32 (32, 32, 3) from 0 to 1, y int32 from 0 to 9.

    >>> images().shapes
    {'x': (32, 32, 3), 'y': ()}
    """
    random = np.random.default_rng(seed)
    left, right = _photographs()
    digits_to_train, digits_to_validate = split_digits((28, 28))
    x, y = digits_to_train
    train = _composed(Split(np.tile(x, (_TIMES, 1, 1)), np.tile(y, _TIMES)), left, random)
    return Dataset(
        name="images",
        train=train,
        validation=_composed(digits_to_validate, right, random),
        classes=CLASSES,
        description=(
            "Handwritten digits in bright colours, set into patches of photographs: 32x32 points of red, green and "
            "blue from 0 to 1. y is the digit."
        ),
        origin=(
            f"{ORIGIN} The photographs are china.jpg by danielbuechele and flower.jpg by vultilion (flickr.com), which "
            "ship with scikit-learn."
        ),
        licence=f"digits: {LICENCE}; photographs: CC BY 2.0",
        picture=_picture(*train),
    )


def _photographs() -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The left three quarters of both photographs, and what is right of that; half size, from 0 to 1."""
    paths = [shipped_with_sklearn(f"images/{name}.jpg") for name in ("china", "flower")]
    halved = [np.asarray(Image.open(path), "float32")[::2, ::2] / 255 for path in paths]
    edge = halved[0].shape[1] * 3 // 4
    return [each[:, :edge] for each in halved], [each[:, edge:] for each in halved]


def _composed(digits: Split, photographs: list[np.ndarray], random: np.random.Generator) -> Split:
    x, y = digits
    return Split(np.stack([_compose(digit, photographs, random) for digit in x]), y)


def _compose(digit: np.ndarray, photographs: list[np.ndarray], random: np.random.Generator) -> np.ndarray:
    photograph = photographs[random.integers(len(photographs))]
    top, left = (random.integers(edge - SIZE + 1) for edge in photograph.shape[:2])
    patch = photograph[top : top + SIZE, left : left + SIZE] * _DARKENED
    down, along = random.integers(SIZE - _DIGIT + 1, size=2)
    ink: np.ndarray = np.zeros((SIZE, SIZE, 1), "float32")
    ink[down : down + _DIGIT, along : along + _DIGIT, 0] = digit
    mixed: np.ndarray = patch * (1 - ink) + ink * _bright(random)
    return mixed


def _bright(random: np.random.Generator) -> np.ndarray:
    colour = random.uniform(0.6, 1, size=3)
    colour[random.integers(3)] = 1
    bright: np.ndarray = colour.astype("float32")
    return bright


def _picture(x: np.ndarray, y: np.ndarray) -> ExamplePicture:
    first = [int(np.flatnonzero(y == digit)[turn]) for turn in range(2) for digit in range(10)]
    tiles = [Tile((x[place],), str(y[place])) for place in first]
    return grid(tiles, "Photographs with a handwritten digit in each, two of each digit from 0 to 9, named below.")

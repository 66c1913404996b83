"""MNIST, the classic: the one data set here that has to be downloaded."""

from __future__ import annotations

import hashlib
import os
import urllib.request
from pathlib import Path

import numpy as np
import platformdirs

from kerastutor.data.dataset import Dataset, Split
from kerastutor.data.handwriting import CLASSES
from kerastutor.data.picture import ExamplePicture, Tile, grid

ADDRESS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
_PATIENCE = 20  # seconds without a byte


class NoDownload(OSError):
    """The data are neither on this machine nor to be had from the network; the message says what to use instead."""


def mnist() -> Dataset:
    """The 70,000 handwritten digits of MNIST: 60,000 to train on, 10,000 to validate. Downloads 11 MB once.

    Returns:
        A `Dataset`: x float32 (784,) from 0 to 1, y int32 from 0 to 9; the shapes of `digits()`.

    Raises:
        NoDownload: there is no network, and no earlier download.
    """
    with np.load(_file()) as arrays:
        train, validation = (_split(arrays[f"x_{part}"], arrays[f"y_{part}"]) for part in ("train", "test"))
    return Dataset(
        name="mnist",
        train=train,
        validation=validation,
        classes=CLASSES,
        description=(
            "Handwritten digits. x is the image, 0 for paper and 1 for ink; y is the digit. "
            "Other people wrote each part."
        ),
        origin="The MNIST database of handwritten digits, Y. LeCun, C. Cortes and C. Burges, 1998.",
        licence="CC BY-SA 3.0",
        picture=_picture(*train),
    )


def _split(pixels: np.ndarray, answers: np.ndarray) -> Split:
    return Split((pixels.reshape(-1, 784) / np.float32(255)).astype("float32"), answers.astype("int32"))


def _file() -> Path:
    """The downloaded file: ours, the one that Keras itself keeps, or a fresh one."""
    own = Path(platformdirs.user_cache_dir("kerastutor")) / "mnist.npz"
    of_keras = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "datasets" / "mnist.npz"
    for path in (own, of_keras):
        if path.is_file() and _is_right(path.read_bytes()):
            return path
    content = _downloaded()
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_bytes(content)
    return own


def _downloaded() -> bytes:
    instead = "use kt.data.digits(): real handwritten digits in the same shape, without a network"
    try:
        with urllib.request.urlopen(ADDRESS, timeout=_PATIENCE) as answer:
            content: bytes = answer.read()
    except OSError as problem:
        raise NoDownload(f"MNIST has to be downloaded, and that did not work ({problem}); {instead}.") from None
    if not _is_right(content):
        raise NoDownload(f"What came from {ADDRESS} is not MNIST; {instead}.")
    return content


def _is_right(content: bytes) -> bool:
    return hashlib.sha256(content).hexdigest() == SHA256


def _picture(x: np.ndarray, y: np.ndarray) -> ExamplePicture:
    tiles = [Tile((1 - x[place].reshape(28, 28),), str(y[place])) for place in range(20)]
    return grid(tiles, "Twenty handwritten digits with the digit below each image.")

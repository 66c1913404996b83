"""What `model.fit` takes, as arrays that can be laid out on the device once and cut into batches there."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from kerastutor.models.keras_inside import laid_out

Tree = Any
"""Nested tuples, lists and dicts with arrays at the leaves."""


class NeedsFit(Exception):
    """The compiled loop cannot run this; `model.fit` can. The message is the reason, as the end of a sentence."""


@dataclass(frozen=True)
class Batches:
    """Samples in the memory of the host, and how they are cut.

    Attributes:
        data: `(x, y)` or `(x, y, weights)` as a training step takes it; every leaf has `size` rows. Floats have
            Keras' float type, all other types are kept.
        size: the number of samples.
        batch_size: samples in a step; the last step of an epoch takes what is left.

    >>> batches = Batches((np.zeros((10, 3)), np.zeros(10)), size=10, batch_size=4)
    >>> batches.steps, batches.whole_steps
    (3, 2)
    """

    data: Tree
    size: int
    batch_size: int

    @property
    def steps(self) -> int:
        """Steps in an epoch, a last smaller one included."""
        return -(-self.size // self.batch_size)

    @property
    def whole_steps(self) -> int:
        """Steps in an epoch that take a whole batch."""
        return self.size // self.batch_size

    @property
    def nbytes(self) -> int:
        """Bytes that the data take."""
        return sum(leaf.nbytes for leaf in keras.tree.flatten(self.data) if leaf is not None)

    def samples(self, first: int, last: int) -> int:
        """How many samples the steps from `first` up to, not including, `last` take."""
        return min(last * self.batch_size, self.size) - min(first * self.batch_size, self.size)


def batches(
    x: Tree,
    y: Tree = None,
    sample_weight: Tree = None,
    class_weight: Mapping[int, float] | None = None,
    batch_size: int = 32,
) -> Batches:
    """Check and lay out arrays exactly as `model.fit` does, so that the same mistakes get the same answers.

    >>> batches(np.zeros((10, 3)), np.arange(10), batch_size=5).data[1].dtype
    dtype('int64')

    Raises:
        NeedsFit: for data that are not plain arrays: a dataset, a generator, sparse, ragged or text data.
        ValueError: for arrays that do not fit together, with Keras' own sentence.
    """
    if y is None and not _is_arrays(x):
        raise NeedsFit(f"the data are a {type(x).__name__} and not arrays")
    if not _is_arrays((x, y, sample_weight)):
        raise NeedsFit("some of the data are not arrays")
    data = keras.tree.map_structure(_plain, laid_out((x, y, sample_weight), batch_size, class_weight))
    size = len(next(leaf for leaf in keras.tree.flatten(data) if leaf is not None))
    if not size:
        raise ValueError("There is nothing to train on: the data hold no samples.")
    return Batches(data, size, batch_size)


def _is_arrays(tree: Tree) -> bool:
    return all(leaf is None or hasattr(leaf, "__array__") for leaf in keras.tree.flatten(tree))


def _plain(leaf: Any) -> np.ndarray | None:
    if leaf is None:
        return None
    array = leaf.detach().cpu().numpy() if hasattr(leaf, "detach") else np.asarray(leaf)
    if array.dtype.kind not in "buif":
        raise NeedsFit(f"some of the data are of type {array.dtype}")
    if array.dtype.kind == "f" and array.dtype != keras.config.floatx():
        return array.astype(keras.config.floatx())
    return array


def order(seed: int, epoch: int, size: int, *, shuffle: bool = True) -> np.ndarray:
    """The row numbers of all samples, int32 of shape (size,), in the order that epoch `epoch` (from 0) takes them.

    >>> order(seed=1, epoch=0, size=5).tolist() == order(seed=1, epoch=0, size=5).tolist()
    True
    >>> order(seed=1, epoch=0, size=3, shuffle=False).tolist()
    [0, 1, 2]
    """
    if not shuffle:
        return np.arange(size, dtype=np.int32)
    return np.random.default_rng((seed, epoch)).permutation(size).astype(np.int32)


def fresh_seed() -> int:
    """A seed drawn from Python's `random`, so that `keras.utils.set_random_seed` makes whole notebooks repeatable."""
    return random.getrandbits(31)

"""The order in which an epoch takes the samples: a function of the seed and the epoch alone.

`model.fit` draws its order from the backend, differently on each one; here it can be written down and repeated,
so a run can be compared with any other way of training on the same batches.
"""

from __future__ import annotations

import random

import numpy as np


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

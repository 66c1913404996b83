"""How far what two twins computed is apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

TOLERANCE = 1e-6
"""How far two numbers may be apart, relative to the largest beside them: twins add up in another order."""

ROUGH = 1e-4
"""The same where the backend computes in float32."""

LEAST = 1e-3
"""Numbers are held against at least this: what is nothing but rounding is not compared with rounding."""


def near(difference: float | None) -> bool:
    """Whether two results are the same; also where there was no number to compare."""
    return difference is None or difference <= TOLERANCE


def worse(first: float | None, second: float | None) -> float | None:
    """The larger of two differences; None where nothing was compared in either."""
    return max((one for one in (first, second) if one is not None), default=None)


def apart(ours: Sequence[np.ndarray], theirs: Sequence[np.ndarray]) -> float | None:
    """The largest difference of two numbers, relative to the largest of their array; None where there is no number.

    Infinite where shapes differ, or where only one of the two is a number.

    >>> apart([np.array([1.0, 2.0])], [np.array([1.0, 1.0])])
    0.5
    >>> apart([np.zeros(2)], [np.zeros(3)])
    inf
    """
    if [array.shape for array in ours] != [array.shape for array in theirs]:
        return float("inf")
    found = [_apart(mine, its) for mine, its in zip(ours, theirs, strict=True)]
    return max((one for one in found if one is not None), default=None)


def _apart(ours: np.ndarray, theirs: np.ndarray) -> float | None:
    if (ours.dtype.kind == "f") != (theirs.dtype.kind == "f"):
        return float("inf")  # 2 and 2.0 are told apart by what comes after
    rough = "float32" in (str(ours.dtype), str(theirs.dtype))
    ours, theirs = ours.astype("float64"), theirs.astype("float64")
    numbers = np.isfinite(ours) & np.isfinite(theirs)
    if not np.array_equal(ours[~numbers], theirs[~numbers], equal_nan=True):
        return float("inf")
    if not numbers.any():
        return None
    far = float(np.max(np.abs(ours - theirs, where=numbers, out=np.zeros_like(ours))))
    largest = float(np.max(np.abs(ours), where=numbers, initial=LEAST))
    return far / largest * (TOLERANCE / ROUGH if rough else 1)

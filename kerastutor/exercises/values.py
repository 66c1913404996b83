"""What a learner gives where no network is asked for: a choice or a value, as plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kerastutor.topology.graph import Json

LONGEST_TEXT = 10_000
_MOST_ITEMS = 1_000
_MOST_BITS = 1_000


def plain_value(value: Any) -> Json:
    """The value as JSON: tuples and arrays as lists, numpy's numbers as Python's; what has no JSON becomes a text.

    >>> plain_value((None, 784)), plain_value(float("nan")), plain_value(10**5000)
    ([None, 784], 'nan', 'a number of more than 1,000 bits')
    """
    if value is None or isinstance(value, (bool, str)):
        return value[:LONGEST_TEXT] if isinstance(value, str) else value
    if isinstance(value, int):
        return int(value) if value.bit_length() < _MOST_BITS else f"a number of more than {_MOST_BITS:,} bits"
    if isinstance(value, float):
        return float(value) if value - value == 0 else str(float(value))
    if isinstance(value, (list, tuple)):
        return [plain_value(item) for item in value[:_MOST_ITEMS]]
    if isinstance(value, Mapping):
        return {str(key): plain_value(item) for key, item in list(value.items())[:_MOST_ITEMS]}
    shape = getattr(value, "shape", None)
    if shape == () and hasattr(value, "item"):
        return plain_value(value.item())
    if isinstance(shape, tuple) and shape and hasattr(value, "tolist"):
        return plain_value(value[:_MOST_ITEMS].tolist())
    return f"a {type(value).__name__}"

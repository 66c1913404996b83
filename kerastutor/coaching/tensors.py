"""Tensors as learners speak of them: symbolic or data, their shapes, who made them."""

from __future__ import annotations

from typing import Any

import keras

from kerastutor.models.keras_inside import maker


def is_tensor(thing: Any) -> bool:
    """A symbolic tensor, a tensor of the backend or an array; not a shape."""
    return hasattr(thing, "shape") and hasattr(thing, "dtype") and not isinstance(thing, type)


def is_data(thing: Any) -> bool:
    """An array or tensor of numbers, not a symbolic one."""
    return is_tensor(thing) and not isinstance(thing, keras.KerasTensor) and not isinstance(thing, keras.Layer)


def is_input(thing: Any) -> bool:
    """The symbolic tensor of an input."""
    return isinstance(maker(thing), keras.layers.InputLayer)


def shape_of(thing: Any) -> tuple[int | None, ...] | None:
    """The shape as a tuple, None for open axes; None where it is not known."""
    try:
        return tuple(map(_length, thing.shape))
    except (TypeError, ValueError, AttributeError):
        return None


def _length(length: Any) -> int | None:
    """The length of an axis; an axis that a backend keeps open while it traces is None."""
    try:
        return None if length is None else int(length)
    except Exception:  # JAX has an error of its own for it
        return None


def fits(have: tuple[int | None, ...], want: tuple[int | None, ...]) -> bool:
    """Whether a shape is like another but for axes that are open, the batch first of all.

    >>> fits((32, 28, None), (None, 28, 3)), fits((32, 28), (None, 28, 28))
    (True, False)
    """
    return len(have) == len(want) and all(None in (a, b) or a == b for a, b in zip(have[1:], want[1:], strict=True))


def shape_text(shape: tuple[int | None, ...] | None) -> str:
    """A shape as learners read it: `(batch, 28, 28)`.

    >>> shape_text((None, 28, None)), shape_text((5,))
    ('(batch, 28, any)', '(5)')
    """
    if shape is None:
        return "(unknown)"
    words = ["batch" if n is None and i == 0 else "any" if n is None else str(n) for i, n in enumerate(shape)]
    return f"({', '.join(words)})"


def producer_name(tensor: Any) -> str:
    """The name of the layer that made a symbolic tensor."""
    operation = maker(tensor)
    return tensor.name if operation is None else operation.name

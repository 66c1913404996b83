"""What follows for each tensor from the structure alone: how many axes it has, and whether a mask goes along with it.

Files do not hold every shape, so whoever wants a file and the live model to agree cannot ask the shapes. The rank of
most tensors follows from the kinds of the layers they passed. Where it does not, it is an unknown, named after the
tensor: layers that keep the axes hand it on, so that a shortcut past them is known to have as many axes as they return.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kerastutor.knowledge import Facts, facts
from kerastutor.knowledge.nested import held
from kerastutor.topology.graph import Json, Ref

Rank = int | Ref | None
"""A number of axes, batch included; the tensor that has it where the number is not known; None: nothing is known."""


def ranks(kind: str, config: Mapping[str, Json], taken: Sequence[Rank], width: int) -> list[Rank]:
    """Axes of all `width` tensors that a call returns: a recurrent layer returns its states as they are at one step."""
    known = facts(kind)
    state: Rank = known.takes_axes - 1 if known.returns == "last step" and known.takes_axes else None
    return [rank(kind, config, taken), *[state] * (width - 1)]


def rank(kind: str, config: Mapping[str, Json], taken: Sequence[Rank]) -> Rank:
    """Axes, batch included, of what a call returns first, given those of the tensors it takes; None where unknown.

    >>> rank("Input", {"shape": [None, 28, 28]}, [])
    3
    >>> rank("Flatten", {}, [3]), rank("LSTM", {"units": 8}, [3]), rank("Lambda", {}, [3])
    (2, 2, None)
    """
    if kind == "Input":
        shape = config.get("shape")
        return len(shape) if isinstance(shape, list) else None
    known = facts(kind)
    first = taken[0] if taken else None
    match known.returns:
        case "same shape" | "same axes":
            return first
        case "merged":
            return _widest(taken)
        case "one row":
            return first if config.get("keepdims") else 2
        case "target shape":
            return 1 + len(config.get("target_shape", ()))
        case "inside":
            inner = held(config)
            return rank(*inner, taken) if inner else None
        case _:
            return _counted(known, config, first)


def _counted(known: Facts, config: Mapping[str, Json], first: Rank) -> Rank:
    """Axes that follow from those that the layer takes."""
    axes = known.takes_axes
    if known.returns == "one axis more":
        return axes + 1 if axes else first + 1 if isinstance(first, int) else None
    if known.returns == "last step" and axes:
        return axes if config.get("return_sequences") else axes - 1
    return None


def _widest(taken: Sequence[Rank]) -> Rank:
    numbers = [axes for axes in taken if isinstance(axes, int)]
    if numbers and len(numbers) == len(taken):
        return max(numbers)
    return taken[0] if len(set(taken)) == 1 else None


def begins_mask(kind: str, config: Mapping[str, Json]) -> bool:
    """Whether what a call returns has a mask, whatever it takes.

    >>> begins_mask("Embedding", {"mask_zero": True}), begins_mask("Embedding", {}), begins_mask("Masking", {})
    (True, False, True)
    """
    masks = facts(kind).masks
    return masks == "begins" or (masks == "mask_zero" and bool(config.get("mask_zero")))


def carries_mask(kind: str, config: Mapping[str, Json], taken: Sequence[bool]) -> bool:
    """Whether what a call returns first has a mask, given whether the tensors it takes have one.

    >>> carries_mask("Embedding", {"mask_zero": True}, [False]), carries_mask("Dense", {"units": 2}, [True])
    (True, True)
    >>> carries_mask("LSTM", {"units": 2}, [True]), carries_mask("ops.Relu", {}, [True])
    (False, False)
    >>> carries_mask("Add", {}, [True, False]), carries_mask("Concatenate", {}, [True, False])
    (False, True)
    """
    match facts(kind).masks:
        case "hands on":
            return taken[:1] == [True]
        case "last step":
            return taken[:1] == [True] and bool(config.get("return_sequences"))
        case "inside":
            inner = held(config)
            return inner is not None and carries_mask(*inner, taken)
        case "any":
            return any(taken)
        case "all":
            return bool(taken) and all(taken)
        case _:
            return begins_mask(kind, config)

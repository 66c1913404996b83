"""Which tensors Keras carries a mask along with, by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kerastutor.knowledge import facts
from kerastutor.knowledge.nested import held
from kerastutor.topology.graph import Json


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

"""How many tensors a call returns, from its layer and arguments: a file does not say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kerastutor.knowledge import facts

Json = Any

_SPLITS = frozenset({"ops.Split", "ops.ArraySplit", "ops.Dsplit", "ops.Hsplit", "ops.Vsplit"})


def width(
    kind: str,
    config: Mapping[str, Json],
    arguments: Mapping[str, Json],
    shape: Sequence[int | None] | None = None,
) -> int:
    """How many tensors a call returns; 1 where nothing says more.

    Args:
        kind, config: of the layer.
        arguments: the constants of the call by slot, and how many tensors it takes as `"tensors"`.
        shape: of the first tensor it takes, where known.

    >>> width("LSTM", {"units": 4, "return_state": True}, {}), width("ops.Split", {"indices_or_sections": 3}, {})
    (3, 3)
    """
    if config.get("return_state"):
        return _recurrent(kind, config)
    if kind == "Bidirectional":
        return _bidirectional(config)
    if arguments.get("return_attention_scores"):
        return 2
    if kind in _SPLITS:
        sections = config.get("indices_or_sections")
        return len(sections) + 1 if isinstance(sections, list) else _count(sections)
    if kind == "ops.Unstack":
        return _unstacked(config, shape)
    if kind == "ops.SVD":
        return 1 if config.get("compute_uv") is False else 3
    if kind == "ops.Meshgrid":
        return max(1, _count(arguments.get("tensors")))
    return facts(kind).outputs


def _recurrent(kind: str, config: Mapping[str, Json]) -> int:
    cell = config.get("cell")
    return 1 + (_states(cell) if kind == "RNN" and isinstance(cell, Mapping) else facts(kind).states)


def _states(cell: Mapping[str, Json]) -> int:
    cells = cell.get("config", {}).get("cells")
    if cell.get("kind") == "StackedRNNCells" and isinstance(cells, list):
        return sum(_states(inner) for inner in cells if isinstance(inner, Mapping))
    return facts(str(cell.get("kind"))).states


def _bidirectional(config: Mapping[str, Json]) -> int:
    outputs = 2 if "merge_mode" in config and config["merge_mode"] is None else 1
    inner = config.get("layer")
    if not isinstance(inner, Mapping) or not inner.get("config", {}).get("return_state"):
        return outputs
    return outputs + 2 * (_recurrent(str(inner.get("kind")), inner["config"]) - 1)


def _unstacked(config: Mapping[str, Json], shape: Sequence[int | None] | None) -> int:
    if config.get("num") is not None:
        return _count(config["num"])
    axis = config.get("axis", 0)
    if shape is None or type(axis) is not int or not -len(shape) <= axis < len(shape):
        return 1
    return _count(shape[axis])


def _count(value: Json) -> int:
    """A count that a file gives, kept within reason."""
    return value if type(value) is int and 1 <= value <= 1000 else 1

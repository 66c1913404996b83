"""Which layers a symbolic tensor was made with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import keras


def layers_reached(tensors: Iterable[Any]) -> list[Any]:
    """The layers and operations on every way back from the tensors, each once."""
    waiting = [tensor for tensor in tensors if isinstance(tensor, keras.KerasTensor)]
    found: dict[int, Any] = {}
    seen: set[int] = set()
    while waiting:
        operation, node, _ = waiting.pop()._keras_history
        if operation is None or id(operation._inbound_nodes[node]) in seen:
            continue
        seen.add(id(operation._inbound_nodes[node]))
        found[id(operation)] = operation
        waiting.extend(operation._inbound_nodes[node].input_tensors)
    return list(found.values())

"""Which layers a symbolic tensor was made with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import keras

from kerastutor.models.keras_inside import KerasNode, node_behind


def layers_reached(tensors: Iterable[Any]) -> list[Any]:
    """The layers and operations on every way back from the tensors, each once."""
    waiting = [tensor for tensor in tensors if isinstance(tensor, keras.KerasTensor)]
    nodes: dict[int, KerasNode] = {}
    while waiting:
        node = node_behind(waiting.pop())
        if node is not None and id(node) not in nodes:
            nodes[id(node)] = node
            waiting.extend(node.input_tensors)
    return list({id(node.operation): node.operation for node in nodes.values()}.values())

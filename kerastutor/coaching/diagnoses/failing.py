"""The call that failed, as the learner speaks of it."""

from __future__ import annotations

from typing import Any

import keras
from keras import tree

from kerastutor.coaching.evidence import Evidence
from kerastutor.knowledge import facts
from kerastutor.models.describing import kind as kind_of
from kerastutor.models.keras_inside import layers_held
from kerastutor.topology.ids import is_automatic


def kind(evidence: Evidence) -> str:
    return kind_of(evidence.operation) if evidence.operation is not None else ""


def layer_name(evidence: Evidence) -> str:
    """What the learner calls the layer that failed: `+` for an operator, `add` for their own name, else the kind."""
    operation = evidence.operation
    if not isinstance(operation, keras.Layer):
        return evidence.site.sign or f"keras.ops.{facts(kind(evidence)).function}" if operation is not None else ""
    name = evidence.name(operation)
    return (
        type(operation).__name__ if name == operation.name and is_automatic(name, [type(operation).__name__]) else name
    )


def tensor_name(evidence: Evidence, tensor: Any) -> str:
    """The learner's variable for a tensor, else the name of the layer that made it."""
    name = evidence.name(tensor)
    unnamed = ("keras_tensor", "input_layer") if len(evidence.tensors) == 1 else ("keras_tensor",)
    return "its input" if name == type(tensor).__name__ or name.startswith(unnamed) else name


def leaves(evidence: Evidence) -> list[Any]:
    if evidence.failed is None:
        return []
    return tree.flatten((list(evidence.failed.args), dict(evidence.failed.kwargs)))


def layer_before(stack: keras.Sequential, layer: Any) -> Any:
    held = layers_held(stack)
    position = next((i for i, one in enumerate(held) if one is layer), 0)
    return held[position - 1]

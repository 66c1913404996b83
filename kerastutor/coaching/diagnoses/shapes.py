"""Mistakes where a tensor has a shape that the layer cannot take."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import KerasTensor, layers

from kerastutor.coaching.diagnoses.failing import kind, layer_before, layer_name, tensor_name
from kerastutor.coaching.diagnoses.objects import is_symbolic
from kerastutor.coaching.evidence import Evidence
from kerastutor.coaching.tensors import fits, is_input, shape_text
from kerastutor.knowledge import facts
from kerastutor.models.describing import facts_of
from kerastutor.models.keras_inside import calls_of, maker, node_behind
from kerastutor.topology.finding import Finding, found

Shape = tuple[int | None, ...]

AXES = {
    2: "batch × features",
    3: "batch × steps × features",
    4: "batch × height × width × channels",
    5: "five axes, batch first",
    6: "six axes, batch first",
}


def wrong_number_of_axes(evidence: Evidence) -> Finding | None:
    wanted = facts(kind(evidence)).takes_axes
    if wanted is None or len(evidence.shapes) != 1 or len(evidence.shapes[0]) == wanted:
        return None
    shape, tensor = evidence.shapes[0], evidence.tensors[0]
    before = _recurrent_before(evidence, tensor)
    name = layer_name(evidence)
    if len(shape) == 2 and before is not None and wanted == 3:
        return found(
            "rnn_needs_sequences",
            layer=name,
            before=before.name,
            before_kind=type(before).__name__,
            shape=shape_text(shape),
        )
    missing = abs(wanted - len(shape))
    few = len(shape) < wanted
    if kind(evidence) == "TimeDistributed" and not few:
        return None
    return found(
        "too_few_axes" if few else "too_many_axes",
        layer=name,
        wanted=AXES[wanted],
        tensor=tensor_name(evidence, tensor),
        shape=shape_text(shape),
        missing=f"{missing} {'axis' if missing == 1 else 'axes'}",
        suggestion=_axes_suggestion(evidence, few, wanted, shape),
    )


def _axes_suggestion(evidence: Evidence, few: bool, wanted: int, shape: Shape) -> str:
    family = facts(kind(evidence)).family
    if few and wanted == len(shape) + 1 and family in ("convolution", "pooling"):
        channel = f"({', '.join(map(str, shape[1:]))}, 1)"
        if is_input(evidence.tensors[0]):
            return f"Add the channel axis: keras.Input(shape={channel}), and x[..., None] for the data."
        if wanted > 3:
            return f"Add the channel axis: layers.Reshape({channel}) before it."
    if few and wanted == 3 and family != "pooling":
        return "Read a sequence: keras.Input((steps, features)), an Embedding before it, or a Reshape."
    if few:
        thing = {3: "sequence", 4: "picture"}.get(wanted, "volume")
        return f"Keep the {thing} as it is until here (no Flatten before), or bring it back with Reshape."
    if wanted == 2:
        return "Bring it to one row with Flatten or a pooling, or leave return_sequences out before it."
    if family == "recurrent":
        return "Bring it to steps and features first, with Reshape or TimeDistributed."
    return (
        f"Use the layer for {len(shape) - 2} axes ({len(shape) - 2}D), or take an axis away with Reshape or a pooling."
    )


def _recurrent_before(evidence: Evidence, tensor: Any) -> Any:
    """The recurrent layer that made the tensor, where it gave its last step alone; a Dropout may stand between."""
    if isinstance(tensor, KerasTensor):
        made = _maker(tensor)
    else:
        stack = evidence.failed.stack if evidence.failed else None
        made = layer_before(stack, evidence.operation) if stack else None
    inner = getattr(made, "forward_layer", made)
    return made if isinstance(inner, layers.RNN) and not inner.return_sequences else None


def _maker(tensor: KerasTensor) -> Any:
    """The layer that a tensor comes from, looking through layers that keep its shape."""
    node = node_behind(tensor)
    if node is None or not facts_of(node.operation).keeps_shape or len(node.input_tensors) != 1:
        return maker(tensor)
    return _maker(node.input_tensors[0])


def made_for_other_shape(evidence: Evidence) -> Finding | None:
    """A model, or a layer that has its weights already, called on a tensor of another width."""
    layer = evidence.operation
    if not isinstance(layer, keras.Layer) or len(evidence.shapes) != 1 or not is_symbolic(evidence.tensors[0]):
        return None
    wanted, shape = _taken_before(layer), evidence.shapes[0]
    if wanted is None or fits(shape, wanted) or (len(shape) != len(wanted) and not isinstance(layer, keras.Model)):
        return None
    name, tensor = evidence.name(layer), tensor_name(evidence, evidence.tensors[0])
    fitting = [
        called
        for called, value in evidence.site.scope.items()
        if isinstance(value, KerasTensor) and fits(tuple(value.shape), wanted) and not called.startswith("_")
    ]
    if isinstance(layer, keras.Model):
        suggestion = f"Call it on a tensor of that shape{f', {name}({fitting[-1]})' if fitting else ''}."
    else:
        suggestion = f"Make a layer for each, {type(layer).__name__}(...), or bring the tensors to one shape before."
    return found(
        "made_for_other_shape",
        layer=name,
        wanted=shape_text(wanted),
        tensor="what it returned" if tensor == layer.name else tensor,
        shape=shape_text(shape),
        suggestion=suggestion,
    )


def _taken_before(layer: Any) -> Shape | None:
    """The shape that a model, or a layer by its first call, was made for."""
    if isinstance(layer, keras.Model):
        made_for = getattr(layer, "inputs", None) or []
    else:
        calls = calls_of(layer)
        made_for = calls[0].input_tensors if calls and layer.weights else []
    return tuple(made_for[0].shape) if len(made_for) == 1 else None


def window_too_large(evidence: Evidence) -> Finding | None:
    if facts(kind(evidence)).family not in ("convolution", "pooling") or len(evidence.shapes) != 1:
        return None
    operation, shape = evidence.operation, evidence.shapes[0]
    window = getattr(operation, "pool_size", None) or getattr(operation, "kernel_size", None)
    if window is None or getattr(operation, "padding", "valid") == "same":
        return None
    sizes = shape[1:-1] if len(shape) == len(window) + 2 else ()
    if any(length is not None and size > length for length, size in zip(sizes, window, strict=False)):
        name = tensor_name(evidence, evidence.tensors[0])
        return found("window_too_large", layer=layer_name(evidence), tensor=name, shape=shape_text(shape))
    return None


def open_axis(evidence: Evidence) -> Finding | None:
    if len(evidence.shapes) != 1 or facts(kind(evidence)).owns != "weights" or evidence.shapes[0][-1:] != (None,):
        return None
    name = tensor_name(evidence, evidence.tensors[0])
    return found("open_axis", layer=layer_name(evidence), tensor=name, shape=shape_text(evidence.shapes[0]))


def reshape_size(evidence: Evidence) -> Finding | None:
    operation = evidence.operation
    if not isinstance(operation, layers.Reshape) or not evidence.shapes:
        return None
    shape, target = evidence.shapes[0][1:], tuple(operation.target_shape)
    if None in shape:
        return None
    return found(
        "reshape_size",
        layer=layer_name(evidence),
        shape=shape_text(shape),
        target=shape_text(target),
        have=math.prod(length or 1 for length in shape),
        want=abs(math.prod(target)),
    )


RULES = (
    wrong_number_of_axes,
    made_for_other_shape,
    window_too_large,
    open_axis,
    reshape_size,
)

"""Mistakes in the graph: what is shared, merged, left out or given the wrong tensor."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import keras
from keras import KerasTensor, layers, tree

from kerastutor.coaching.diagnoses.finding import Finding, found
from kerastutor.coaching.silent.cell import Cell, Rule, activation_of, is_functional, tensors_of
from kerastutor.coaching.silent.ends import last_layer
from kerastutor.coaching.tensors import is_input, shape_of, shape_text
from kerastutor.models.describing import facts_of
from kerastutor.models.recording import RecordedCall


def shared_by_accident(cell: Cell) -> Iterator[Finding]:
    for _, model in cell.models:
        if isinstance(model, keras.Sequential):
            for layer, count in Counter(map(id, model.layers)).items():
                if count > 1:
                    shared = next(one for one in model.layers if id(one) == layer)
                    yield found("shared_by_accident", shared, layer=cell.name(shared), count=count)
    made, again = _made(cell), Counter[Any]()
    for call in cell.calls:
        if isinstance(call.operation, keras.Layer) and call.operation.weights and _repeats(call, made):
            again[call.operation] += 1
    for layer, count in again.items():
        yield found("shared_by_accident", layer, layer=cell.name(layer), count=count + 1)


def add_broadcasts(cell: Cell) -> Iterator[Finding]:
    for call in cell.record.calls:
        known, layer = facts_of(call.operation), isinstance(call.operation, keras.Layer)
        if known.merges != "sum":
            continue
        for one, other in combinations(tensors_of(call), 2):
            first, second = shape_of(one) or (), shape_of(other) or ()
            if _stretched(first, second) and (layer or _not_meant(one, other)):
                yield found(
                    "add_broadcasts",
                    call.operation,
                    layer=cell.name(call.operation) if layer else known.sign,
                    first=cell.name(one),
                    first_shape=shape_text(first),
                    second=cell.name(other),
                    second_shape=shape_text(second),
                )


def concatenate_batch(cell: Cell) -> Iterator[Finding]:
    for call in cell.record.calls:
        layer = isinstance(call.operation, layers.Concatenate)
        if (layer or _operator(call.operation) == "Concatenate") and call.operation.axis == 0:
            name = cell.name(call.operation) if layer else "ops.concatenate"
            yield found("concatenate_batch", call.operation, layer=name)


def softmax_one_unit(cell: Cell) -> Iterator[Finding]:
    for _, model in cell.models:
        for layer in model.layers:
            if isinstance(layer, layers.Dense) and layer.units == 1 and activation_of(layer) == "softmax":
                yield found("softmax_one_unit", layer, layer=cell.name(layer))
            last_axis = isinstance(layer, layers.Activation) or getattr(layer, "axis", None) == -1
            softmax = isinstance(layer, layers.Softmax) or activation_of(layer) == "softmax"
            if softmax and last_axis and _given_one_unit(layer):
                yield found("softmax_one_unit", layer, layer=cell.name(layer))


def dead_branch(cell: Cell) -> Iterator[Finding]:
    graphs = [(name, model) for name, model in cell.models if is_functional(model)]
    if not graphs:
        return
    inside = {id(operation) for _, model in graphs for operation in model.operations}
    taken = {id(tensor) for call in cell.calls for tensor in tensors_of(call)}
    for call in cell.calls:
        ends = not any(id(tensor) in taken for tensor in tree.flatten(call.outputs))
        plain = isinstance(call.operation, keras.Layer) and not isinstance(call.operation, keras.Model)
        dead = ends and plain and id(call.operation) not in inside and not _in_another_model(call, cell)
        if dead and not _may_be_used_later(call, cell):
            held = cell.variable(call.outputs)
            what, name = ("The tensor", held) if held else ("The result of", cell.name(call.operation))
            yield found("dead_branch", call.operation, what=what, name=name, model=graphs[-1][0])


def layer_unused(cell: Cell) -> Iterator[Finding]:
    if not any(is_functional(model) for _, model in cell.models):
        return
    owned = {id(inner) for entry in cell.record.created for inner in getattr(entry.layer, "_layers", [])}
    for entry in cell.record.created:
        layer = entry.layer
        named = any(value is layer for value in cell.namespace.values())
        plain = not isinstance(layer, (keras.Model, layers.InputLayer)) and id(layer) not in owned
        if named and plain and not layer._inbound_nodes and not _was_called(layer) and not _held(layer, cell):
            yield found("layer_unused", layer, layer=cell.name(layer))


def merged_with_itself(cell: Cell) -> Iterator[Finding]:
    for call in cell.calls:
        tensors, known = tensors_of(call), facts_of(call.operation)
        # The product of a tensor with itself is a square.
        pointless = known.merges in ("sum", "extreme", "side by side")
        if pointless and len(tensors) == 2 and tensors[0] is tensors[1]:
            layer = isinstance(call.operation, keras.Layer)
            name = cell.name(call.operation) if layer else known.sign or f"ops.{known.function}"
            yield found("merged_with_itself", call.operation, layer=name, tensor=cell.name(tensors[0]))


def built_without_weights(cell: Cell) -> Iterator[Finding]:
    for name, model in cell.models:
        hollow = model.built and not model.weights and not isinstance(model, keras.Sequential)
        if hollow and not is_functional(model) and any(not inner.built for inner in model._layers):
            yield found("built_without_weights", model, model=name)


def training_written(cell: Cell) -> Iterator[Finding]:
    for call in cell.calls:
        value = call.kwargs.get("training")
        if not isinstance(value, bool) or not isinstance(call.operation, keras.Layer) or call.scope:
            continue
        if value or call.operation.trainable:  # the Keras guide on transfer learning calls a frozen base so
            yield found("training_written", call.operation, layer=cell.name(call.operation), value=value)


def embedding_on_floats(cell: Cell) -> Iterator[Finding]:
    for call in cell.record.calls:
        for tensor in tensors_of(call) if isinstance(call.operation, layers.Embedding) else []:
            if "float" in str(tensor.dtype) and call.stack is None:
                layer, given = cell.name(call.operation), cell.name(tensor)
                yield found("embedding_on_floats", call.operation, layer=layer, tensor=given, dtype=tensor.dtype)


def flatten_missing(cell: Cell) -> Iterator[Finding]:
    for _, model in cell.models:
        last = last_layer(model)
        if (
            not isinstance(last, layers.Dense)
            or activation_of(last) != "softmax"
            or not getattr(model, "outputs", None)
        ):
            continue
        shape = shape_of(model.outputs[0]) or ()
        pictures = all(len(shape_of(t) or ()) >= 3 and "int" not in str(t.dtype) for t in model.inputs)
        sequences = any(facts_of(layer).labels_each_place for layer in model.layers)
        if len(shape) > 2 and pictures and not sequences and not _label_for_every_place(model, cell):
            yield found("flatten_missing", last, layer=cell.name(last), shape=shape_text(shape))


RULES: tuple[Rule, ...] = (
    shared_by_accident,
    add_broadcasts,
    concatenate_batch,
    softmax_one_unit,
    dead_branch,
    layer_unused,
    merged_with_itself,
    built_without_weights,
    training_written,
    embedding_on_floats,
    flatten_missing,
)


def _made(cell: Cell) -> dict[int, RecordedCall]:
    """The calls that returned one tensor, by its id."""
    return {id(call.outputs): call for call in cell.calls}


def _repeats(call: RecordedCall, made: Mapping[int, RecordedCall]) -> bool:
    """Whether a layer is given what it returned before, at most with a dropout or the like between."""
    given = tensors_of(call)
    while len({id(tensor) for tensor in given}) == 1:
        before = made.get(id(given[0]))
        if before is None or before.operation is call.operation:
            return before is not None
        if not facts_of(before.operation).keeps_shape:
            return False
        given = tensors_of(before)
    return False


def _operator(operation: Any) -> str:
    """The class of what stands behind `+` and `keras.ops`; nothing for a layer."""
    return "" if isinstance(operation, keras.Layer) else type(operation).__name__


def _stretched(first: tuple[int | None, ...], second: tuple[int | None, ...]) -> bool:
    """Whether an axis of length 1 is repeated; one number for each channel, alike at all places, is meant."""
    if len(first) != len(second):
        return False
    unlike = [axis for axis in range(1, len(first)) if first[axis] != second[axis] and 1 in (first[axis], second[axis])]
    return bool(unlike) and unlike != list(range(1, len(first) - 1))


def _not_meant(one: KerasTensor, other: KerasTensor) -> bool:
    """Whether the operator adds what layers return: who takes a mean or adds an axis knows of the length 1."""
    thin = min(one, other, key=lambda tensor: math.prod(length or 1 for length in tensor.shape))
    made_by_layer = isinstance(thin._keras_history.operation, keras.Layer)
    return is_input(thin) or (made_by_layer and len(thin.shape) > 2)


def _given_one_unit(layer: Any) -> bool:
    given = [tensor for node in layer._inbound_nodes for tensor in node.input_tensors]
    return any((shape_of(tensor) or (None,))[-1] == 1 for tensor in given)


def _may_be_used_later(call: RecordedCall, cell: Cell) -> bool:
    """Whether it is kept in a variable, and stands after an output, or beside one that is not yet trained."""
    if not cell.variable(call.outputs) or not facts_of(call.operation).ends_models:
        return False
    models = [model for _, model in cell.models if is_functional(model)]
    outputs = {id(tensor) for model in models for tensor in model.outputs}
    made = _made(cell)
    before: RecordedCall | None = call
    while before is not None:
        given = tensors_of(before)
        if any(id(tensor) in outputs for tensor in given):
            return True
        before = made.get(id(given[0])) if len(given) == 1 else None
    ends = [tensor._keras_history for model in models for tensor in model.outputs]
    beside = {id(given) for end in ends for given in end.operation._inbound_nodes[end.node_index].input_tensors}
    return not cell.fits and all(id(tensor) in beside for tensor in tensors_of(call))


def _label_for_every_place(model: Any, cell: Cell) -> bool:
    """Whether labels, or else a picture of the same height and width, say that each place is meant to have a class."""
    shape = shape_of(model.outputs[0]) or ()
    if any(fit.model is model for fit in cell.fits):
        return all(array.ndim >= len(shape) - 1 for array in cell.labels(model))
    return len(shape) > 3 and any((shape_of(given) or ())[1:-1] == shape[1:-1] for given in model.inputs)


def _in_another_model(call: RecordedCall, cell: Cell) -> bool:
    models = [value for value in cell.namespace.values() if is_functional(value)]
    return any(call.operation is operation for model in models for operation in model.operations)


def _was_called(layer: Any) -> bool:
    """Whether it was called on data; a layer without weights counts as built from the start, so that tells nothing."""
    return getattr(layer, "_called", layer.built)


def _held(layer: Any, cell: Cell) -> bool:
    """Whether a Sequential or another layer holds it, and will call it later."""
    holders = [value for value in cell.namespace.values() if isinstance(value, keras.Layer) and value is not layer]
    return any(layer is inner for holder in holders for inner in getattr(holder, "_layers", []))

"""Mistakes in the graph: what is shared, merged, left out or given the wrong tensor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Any

import keras
from keras import layers, tree

from kerastutor.building.diagnoses.finding import Finding, found
from kerastutor.building.silent.cell import Cell, Rule, activation_of, is_functional, last_layer, tensors_of
from kerastutor.building.tensors import shape_of, shape_text
from kerastutor.models.recording import RecordedCall


def shared_by_accident(cell: Cell) -> Iterator[Finding]:
    for _, model in cell.models:
        if isinstance(model, keras.Sequential):
            for layer, count in Counter(map(id, model.layers)).items():
                if count > 1:
                    shared = next(one for one in model.layers if id(one) == layer)
                    yield found("shared_by_accident", layer=cell.name(shared), count=count)
    rows: dict[int, list[RecordedCall]] = {}
    for call in cell.calls:
        if isinstance(call.operation, keras.Layer) and call.operation.weights:
            rows.setdefault(id(call.operation), []).append(call)
    for calls in rows.values():
        in_a_row = sum(any(tensor is before.outputs for tensor in tensors_of(now)) for before, now in pairwise(calls))
        if in_a_row:
            yield found("shared_by_accident", layer=cell.name(calls[0].operation), count=in_a_row + 1)


def add_broadcasts(cell: Cell) -> Iterator[Finding]:
    for call in cell.record.calls:
        if not isinstance(call.operation, (layers.Add, layers.Average, layers.Subtract)):
            continue
        for one, other in combinations(tensors_of(call), 2):
            first, second = shape_of(one) or (), shape_of(other) or ()
            if len(first) == len(second) and any(
                a != b and 1 in (a, b) for a, b in zip(first[1:], second[1:], strict=True)
            ):
                yield found(
                    "add_broadcasts",
                    layer=cell.name(call.operation),
                    first=cell.name(one),
                    first_shape=shape_text(first),
                    second=cell.name(other),
                    second_shape=shape_text(second),
                )


def concatenate_batch(cell: Cell) -> Iterator[Finding]:
    for call in cell.record.calls:
        if isinstance(call.operation, layers.Concatenate) and call.operation.axis == 0:
            yield found("concatenate_batch", layer=cell.name(call.operation))


def softmax_one_unit(cell: Cell) -> Iterator[Finding]:
    for _, model in cell.models:
        for layer in model.layers:
            if isinstance(layer, layers.Dense) and layer.units == 1 and activation_of(layer) == "softmax":
                yield found("softmax_one_unit", layer=cell.name(layer))


def dead_branch(cell: Cell) -> Iterator[Finding]:
    graphs = [(name, model) for name, model in cell.models if is_functional(model)]
    if not graphs:
        return
    inside = {id(operation) for _, model in graphs for operation in model.operations}
    taken = {id(tensor) for call in cell.calls for tensor in tensors_of(call)}
    for call in cell.calls:
        ends = not any(id(tensor) in taken for tensor in tree.flatten(call.outputs))
        plain = isinstance(call.operation, keras.Layer) and not isinstance(call.operation, keras.Model)
        if ends and plain and id(call.operation) not in inside and not _in_another_model(call, cell):
            yield found("dead_branch", layer=cell.name(call.operation), model=graphs[-1][0])


def layer_unused(cell: Cell) -> Iterator[Finding]:
    if not any(is_functional(model) for _, model in cell.models):
        return
    owned = {id(inner) for entry in cell.record.created for inner in getattr(entry.layer, "_layers", [])}
    for entry in cell.record.created:
        layer = entry.layer
        named = any(value is layer for value in cell.namespace.values())
        plain = not isinstance(layer, (keras.Model, layers.InputLayer)) and id(layer) not in owned
        if named and plain and not layer._inbound_nodes and not _was_called(layer) and not _held(layer, cell):
            yield found("layer_unused", layer=cell.name(layer))


def merged_with_itself(cell: Cell) -> Iterator[Finding]:
    for call in cell.calls:
        tensors = tensors_of(call)
        merge = isinstance(
            call.operation, (layers.Add, layers.Subtract, layers.Average, layers.Maximum, layers.Concatenate)
        )
        if (merge or type(call.operation).__name__ == "Add") and len(tensors) == 2 and tensors[0] is tensors[1]:
            name = cell.name(call.operation) if merge else "+"
            yield found("merged_with_itself", layer=name, tensor=cell.name(tensors[0]))


def built_without_weights(cell: Cell) -> Iterator[Finding]:
    for name, model in cell.models:
        hollow = model.built and not model.weights and not isinstance(model, keras.Sequential)
        if hollow and not is_functional(model) and any(not inner.built for inner in model._layers):
            yield found("built_without_weights", model=name)


def training_written(cell: Cell) -> Iterator[Finding]:
    for call in cell.calls:
        value = call.kwargs.get("training")
        if isinstance(value, bool) and isinstance(call.operation, keras.Layer) and not call.scope:
            yield found("training_written", layer=cell.name(call.operation), value=value)


def embedding_on_floats(cell: Cell) -> Iterator[Finding]:
    for call in cell.record.calls:
        for tensor in tensors_of(call) if isinstance(call.operation, layers.Embedding) else []:
            if "float" in str(tensor.dtype) and call.stack is None:
                yield found(
                    "embedding_on_floats", layer=cell.name(call.operation), tensor=cell.name(tensor), dtype=tensor.dtype
                )


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
        flat = (layers.Embedding, layers.RNN, layers.Bidirectional, layers.TimeDistributed, layers.Conv2DTranspose)
        sequences = any(isinstance(layer, (*flat, layers.MultiHeadAttention, layers.Conv1D)) for layer in model.layers)
        if len(shape) > 2 and pictures and not sequences:
            yield found("flatten_missing", layer=cell.name(last), shape=shape_text(shape))


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

"""Mistakes that Keras does not mention: found after a cell, from the calls, the models and the data that was used."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, layers, tree

from kerastutor.building.diagnoses.finding import Finding, found
from kerastutor.building.diagnoses.training import beyond_units
from kerastutor.building.evidence import producer_name, resolve, shape_of, shape_text
from kerastutor.models.recording import Record, RecordedCall

SCALING = (layers.Rescaling, layers.Normalization, layers.BatchNormalization, layers.LayerNormalization)
LOOKUPS = (
    layers.Embedding,
    layers.TextVectorization,
    layers.StringLookup,
    layers.IntegerLookup,
    layers.CategoryEncoding,
)
LARGE = 20.0
"""Values of data from which on scaling is worth a word."""


@dataclass(frozen=True)
class Cell:
    """A cell that ran without an error.

    Attributes:
        source: what was run.
        record: what Keras did.
        namespace: the names as they are now.
    """

    source: str
    record: Record
    namespace: Mapping[str, Any]

    @cached_property
    def models(self) -> list[tuple[str, Any]]:
        """The models of this cell with their names: those it made, and those it gave data."""
        made = {id(entry.layer) for entry in self.record.created}
        used = {id(trained.model) for trained in self.record.trained}
        named = {id(value): name for name, value in self.namespace.items() if _is_model(value) and name[:1] != "_"}
        return [(name, self.namespace[name]) for key, name in named.items() if key in made or key in used]

    @cached_property
    def calls(self) -> list[RecordedCall]:
        """The calls of the learner's own lines, not those that Keras made while it built a Sequential."""
        return [call for call in self.record.calls if call.stack is None]

    def name(self, thing: Any) -> str:
        """The learner's variable for it, else its own name."""
        found = (name for name, value in self.namespace.items() if value is thing and not name.startswith("_"))
        return next(found, None) or (producer_name(thing) if isinstance(thing, KerasTensor) else thing.name)


def notice(cell: Cell) -> list[Finding]:
    """The silent mistakes of a cell, each once; it never raises."""
    found_: dict[tuple[str, str], Finding] = {}
    for rule in RULES:
        try:
            for finding in rule(cell):
                found_.setdefault((finding.mistake, finding.checked().sentence), finding)
        except Exception:
            continue
    return list(found_.values())


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
        in_a_row = sum(any(tensor is before.outputs for tensor in _tensors(now)) for before, now in pairwise(calls))
        if in_a_row:
            yield found("shared_by_accident", layer=cell.name(calls[0].operation), count=in_a_row + 1)


def add_broadcasts(cell: Cell) -> Iterator[Finding]:
    for call in cell.record.calls:
        tensors = _tensors(call)
        if not isinstance(call.operation, (layers.Add, layers.Average, layers.Subtract)) or len(tensors) < 2:
            continue
        first, second = (shape_of(tensor) or () for tensor in tensors[:2])
        if len(first) == len(second) and any(
            a != b and 1 in (a, b) for a, b in zip(first[1:], second[1:], strict=True)
        ):
            yield found(
                "add_broadcasts",
                layer=cell.name(call.operation),
                first=cell.name(tensors[0]),
                first_shape=shape_text(first),
                second=cell.name(tensors[1]),
                second_shape=shape_text(second),
            )


def concatenate_batch(cell: Cell) -> Iterator[Finding]:
    for call in cell.record.calls:
        if isinstance(call.operation, layers.Concatenate) and call.operation.axis == 0:
            yield found("concatenate_batch", layer=cell.name(call.operation))


def softmax_one_unit(cell: Cell) -> Iterator[Finding]:
    for _, model in cell.models:
        for layer in model.layers:
            if isinstance(layer, layers.Dense) and layer.units == 1 and _activation(layer) == "softmax":
                yield found("softmax_one_unit", layer=cell.name(layer))


def loss_and_output(cell: Cell) -> Iterator[Finding]:
    """The activation at the end and the loss belong together."""
    for _, model in cell.models:
        loss, last = _loss(model), _last(model)
        if not loss or last is None or not isinstance(last, (layers.Dense, layers.Activation, layers.Softmax)):
            continue
        activation = "softmax" if isinstance(last, layers.Softmax) else _activation(last)
        logits = bool(getattr(getattr(model, "loss", None), "_fn_kwargs", {}).get("from_logits"))
        crossentropy = "crossentropy" in loss
        if crossentropy and logits and activation in ("softmax", "sigmoid"):
            yield found("softmax_and_logits", activation=activation)
        if crossentropy and not logits and activation == "linear" and isinstance(last, layers.Dense):
            suited = "sigmoid" if "binary" in loss else "softmax"
            yield found("logits_without_flag", loss=loss, activation=suited)
        if loss in ("mse", "mean_squared_error", "mae", "mean_absolute_error") and activation == "softmax":
            yield found("mse_on_classes", loss=loss)


def dead_branch(cell: Cell) -> Iterator[Finding]:
    graphs = [(name, model) for name, model in cell.models if _is_functional(model)]
    if not graphs:
        return
    inside = {id(operation) for _, model in graphs for operation in model.operations}
    taken = {id(tensor) for call in cell.calls for tensor in _tensors(call)}
    for call in cell.calls:
        ends = not any(id(tensor) in taken for tensor in tree.flatten(call.outputs))
        plain = isinstance(call.operation, keras.Layer) and not isinstance(call.operation, keras.Model)
        if ends and plain and id(call.operation) not in inside and not _in_another_model(call, cell):
            yield found("dead_branch", layer=cell.name(call.operation), model=graphs[-1][0])


def layer_unused(cell: Cell) -> Iterator[Finding]:
    if not any(_is_functional(model) for _, model in cell.models):
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
        tensors = _tensors(call)
        merge = isinstance(
            call.operation, (layers.Add, layers.Subtract, layers.Average, layers.Maximum, layers.Concatenate)
        )
        if (merge or type(call.operation).__name__ == "Add") and len(tensors) == 2 and tensors[0] is tensors[1]:
            name = cell.name(call.operation) if merge else "+"
            yield found("merged_with_itself", layer=name, tensor=cell.name(tensors[0]))


def input_shape_later(cell: Cell) -> Iterator[Finding]:
    for _, model in cell.models:
        if isinstance(model, keras.Sequential):
            for layer in model.layers[1:]:
                if getattr(layer, "_input_shape_arg", None) is not None:
                    yield found("input_shape_later", layer=cell.name(layer))


def older_form(cell: Cell) -> Iterator[Finding]:
    """What was pasted from an older tutorial and still runs: one remark, on the first thing found."""
    for name, model in cell.models:
        first = model.layers[0] if isinstance(model, keras.Sequential) and model.layers else None
        shape = getattr(first, "_input_shape_arg", None)
        if shape is not None:
            yield found(
                "older_form",
                older="The input_shape of the first layer",
                reason="The shape belongs to the model, not to the layer; Keras warns and makes the Input by itself.",
                today=f"keras.Input({tuple(shape)}) as the first entry of {name}",
            )
            return
    if any(_names_tf_keras(node) for node in ast.walk(ast.parse(cell.source))):
        yield found(
            "older_form",
            older="tf.keras",
            reason="tf.keras is Keras 3 under its old name: the very same classes.",
            today="import keras, and from keras import layers",
        )


def built_without_weights(cell: Cell) -> Iterator[Finding]:
    for name, model in cell.models:
        hollow = model.built and not model.weights and not isinstance(model, keras.Sequential)
        if hollow and not _is_functional(model) and any(not inner.built for inner in model._layers):
            yield found("built_without_weights", model=name)


def bad_data(cell: Cell) -> Iterator[Finding]:
    """What `fit` was given: missing values, values that are too large, classes without a unit."""
    for trained in cell.record.trained:
        if trained.method != "fit":
            continue
        x, y = _argument(trained.args, trained.kwargs, 0, "x"), _argument(trained.args, trained.kwargs, 1, "y")
        for place, value in (("x", x), ("y", y)):
            for array in _arrays(value):
                if array.dtype.kind == "f" and np.isnan(array).any():
                    yield found("nan_in_data", given=_name_of(value, cell) or place)
        yield from _unscaled(x, trained.model, cell)
        if "sparse" in _loss(trained.model) and len(_arrays(y)) == 1:
            last = _last(trained.model)
            beyond = beyond_units(_arrays(y)[0], getattr(last, "units", None), "labels_beyond_units")
            if beyond:
                yield beyond


def _unscaled(x: Any, model: Any, cell: Cell) -> Iterator[Finding]:
    arrays = [array for array in _arrays(x) if array.dtype.kind in "fiu" and array.size]
    if not arrays or any(isinstance(layer, (*SCALING, *LOOKUPS)) for layer in model._flatten_layers()):
        return
    largest = max(float(np.nanmax(np.abs(array))) for array in arrays)
    if largest > LARGE:
        yield found("unscaled_data", given=_name_of(x, cell) or "x", largest=f"{largest:g}")


def nan_loss(cell: Cell) -> Iterator[Finding]:
    for trained in cell.record.trained:
        losses = getattr(getattr(trained.model, "history", None), "history", {}).get("loss", [])
        bad = [number for number, value in enumerate(losses, 1) if value != value]
        if trained.method == "fit" and bad:
            yield found("nan_loss", epoch=bad[0])


def shared_output(cell: Cell) -> Iterator[Finding]:
    for node in ast.walk(ast.parse(cell.source)):
        if isinstance(node, ast.Attribute) and node.attr == "output" and isinstance(node.ctx, ast.Load):
            layer = resolve(node.value, cell.namespace)
            if isinstance(layer, keras.Layer) and not _is_model(layer) and len(layer._inbound_nodes) > 1:
                outputs = {id(t) for node_ in layer._inbound_nodes for t in node_.output_tensors}
                yield found("shared_output", layer=cell.name(layer), count=len(outputs))


def layers_assigned(cell: Cell) -> Iterator[Finding]:
    for node in ast.walk(ast.parse(cell.source)):
        for target in node.targets if isinstance(node, ast.Assign) else []:
            inner = target.value if isinstance(target, ast.Subscript) else None
            if isinstance(inner, ast.Attribute) and inner.attr == "layers":
                model = resolve(inner.value, cell.namespace)
                if _is_model(model):
                    yield found("layers_assigned", model=cell.name(model))


def training_written(cell: Cell) -> Iterator[Finding]:
    for call in cell.calls:
        value = call.kwargs.get("training")
        if isinstance(value, bool) and isinstance(call.operation, keras.Layer) and not call.scope:
            yield found("training_written", layer=cell.name(call.operation), value=value)


def embedding_on_floats(cell: Cell) -> Iterator[Finding]:
    for call in cell.record.calls:
        for tensor in _tensors(call) if isinstance(call.operation, layers.Embedding) else []:
            if "float" in str(tensor.dtype) and call.stack is None:
                yield found(
                    "embedding_on_floats", layer=cell.name(call.operation), tensor=cell.name(tensor), dtype=tensor.dtype
                )


def flatten_missing(cell: Cell) -> Iterator[Finding]:
    for _, model in cell.models:
        last = _last(model)
        if not isinstance(last, layers.Dense) or _activation(last) != "softmax" or not getattr(model, "outputs", None):
            continue
        shape = shape_of(model.outputs[0]) or ()
        pictures = all(len(shape_of(t) or ()) >= 3 and "int" not in str(t.dtype) for t in model.inputs)
        flat = (layers.Embedding, layers.RNN, layers.Bidirectional, layers.TimeDistributed, layers.Conv2DTranspose)
        sequences = any(isinstance(layer, (*flat, layers.MultiHeadAttention, layers.Conv1D)) for layer in model.layers)
        if len(shape) > 2 and pictures and not sequences:
            yield found("flatten_missing", layer=cell.name(last), shape=shape_text(shape))


RULES: tuple[Callable[[Cell], Iterator[Finding]], ...] = (
    shared_by_accident,
    add_broadcasts,
    concatenate_batch,
    softmax_one_unit,
    loss_and_output,
    dead_branch,
    layer_unused,
    merged_with_itself,
    input_shape_later,
    older_form,
    built_without_weights,
    bad_data,
    nan_loss,
    shared_output,
    layers_assigned,
    training_written,
    embedding_on_floats,
    flatten_missing,
)


def _names_tf_keras(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "keras" and isinstance(node.value, ast.Name) and node.value.id in ("tf", "tensorflow")
    if isinstance(node, ast.ImportFrom):
        module = node.module or ""
        return f"{module}.".startswith("tensorflow.keras.") or (
            module == "tensorflow" and any(alias.name == "keras" for alias in node.names)
        )
    return isinstance(node, ast.Import) and any(
        f"{alias.name}.".startswith("tensorflow.keras.") for alias in node.names
    )


def _is_model(thing: Any) -> bool:
    return isinstance(thing, keras.Model)


def _is_functional(model: Any) -> bool:
    return _is_model(model) and not isinstance(model, keras.Sequential) and hasattr(model, "operations")


def _tensors(call: RecordedCall) -> list[KerasTensor]:
    return [leaf for leaf in tree.flatten((call.args, dict(call.kwargs))) if isinstance(leaf, KerasTensor)]


def _activation(layer: Any) -> str:
    return getattr(getattr(layer, "activation", None), "__name__", "linear")


def _loss(model: Any) -> str:
    loss = getattr(model, "loss", None)
    if isinstance(loss, str):
        return loss
    return str(getattr(loss, "name", None) or getattr(loss, "__name__", "") or "")


def _last(model: Any) -> Any:
    """The layer that makes the only output, or None."""
    if isinstance(model, keras.Sequential):
        return model.layers[-1] if model.layers else None
    outputs = getattr(model, "outputs", None) or []
    return outputs[0]._keras_history.operation if len(outputs) == 1 else None


def _in_another_model(call: RecordedCall, cell: Cell) -> bool:
    models = [value for value in cell.namespace.values() if _is_functional(value)]
    return any(call.operation is operation for model in models for operation in model.operations)


def _was_called(layer: Any) -> bool:
    """Whether it was called on data; a layer without weights counts as built from the start, so that tells nothing."""
    return getattr(layer, "_called", layer.built)


def _held(layer: Any, cell: Cell) -> bool:
    """Whether a Sequential or another layer holds it, and will call it later."""
    holders = [value for value in cell.namespace.values() if isinstance(value, keras.Layer) and value is not layer]
    return any(layer is inner for holder in holders for inner in getattr(holder, "_layers", []))


def _argument(args: tuple[Any, ...], kwargs: Mapping[str, Any], position: int, name: str) -> Any:
    return kwargs.get(name, args[position] if position < len(args) else None)


def _arrays(value: Any) -> list[np.ndarray]:
    return [leaf for leaf in tree.flatten(value) if isinstance(leaf, np.ndarray)]


def _name_of(value: Any, cell: Cell) -> str:
    return next((name for name, one in cell.namespace.items() if one is value and not name.startswith("_")), "")

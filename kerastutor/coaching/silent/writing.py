"""Mistakes in what is written: parameters that are ignored, attributes that are not what they seem, older forms."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import keras

from kerastutor.coaching.silent.cell import Cell, CellRule, is_functional, is_model
from kerastutor.coaching.sites import resolve
from kerastutor.models.keras_inside import calls_of, input_shape_given, layers_held
from kerastutor.topology.finding import Finding, found


def input_shape_later(cell: Cell) -> Iterator[Finding]:
    for _, model in cell.models:
        if isinstance(model, keras.Sequential):
            for layer in model.layers[1:]:
                if input_shape_given(layer) is not None:
                    yield found("input_shape_later", layer, layer=cell.name(layer))


def older_form(cell: Cell) -> Iterator[Finding]:
    """What was pasted from an older tutorial and still runs: one remark, on the first thing found."""
    for name, model in cell.models:
        first = model.layers[0] if isinstance(model, keras.Sequential) and model.layers else None
        shape = input_shape_given(first)
        if shape is not None:
            yield found(
                "older_form",
                model,
                older="The input_shape of the first layer",
                reason="The shape belongs to the model, not to the layer; Keras warns and makes the Input by itself.",
                today=f"keras.Input({tuple(shape)}) as the first entry of {name}",
            )
            return
    if any(_names_tf_keras(node) for node in ast.walk(cell.syntax)):
        yield found(
            "older_form",
            older="tf.keras",
            reason="tf.keras is Keras 3 under its old name: the very same classes.",
            today="import keras, and from keras import layers",
        )


def kernel_by_position(cell: Cell) -> Iterator[Finding]:
    """`Conv2D(32, 3, 3)`: once three filters high and wide, and today a kernel of 3 that moves in steps of 3."""
    for node in ast.walk(cell.syntax):
        if not isinstance(node, ast.Call) or len(node.args) < 3:
            continue
        layer = resolve(node.func, cell.namespace)
        filters, height, width = (resolve(arg, cell.namespace) for arg in node.args[:3])
        if layer is keras.layers.Conv2D and type(height) is int and height == width and height in _KERNELS:
            yield found("kernel_by_position", layer=layer.__name__, filters=filters, size=height)


def shared_output(cell: Cell) -> Iterator[Finding]:
    for node in ast.walk(cell.syntax):
        if isinstance(node, ast.Attribute) and node.attr == "output" and isinstance(node.ctx, ast.Load):
            layer = resolve(node.value, cell.namespace)
            if isinstance(layer, keras.Layer) and not is_model(layer) and len(calls_of(layer)) > 1:
                outputs = {id(tensor) for call in calls_of(layer) for tensor in call.outputs}
                yield found("shared_output", layer, layer=cell.name(layer), count=len(outputs))


def layers_assigned(cell: Cell) -> Iterator[Finding]:
    """`model.layers[-1] = …`, `del model.layers[-1]`, `model.layers.pop()`."""
    for node in ast.walk(cell.syntax):
        for changed in _changed_lists(node):
            model = resolve(changed.value, cell.namespace) if isinstance(changed, ast.Attribute) else None
            if isinstance(changed, ast.Attribute) and changed.attr == "layers" and is_model(model):
                yield found("layers_assigned", model, model=cell.name(model))


def built_without_weights(cell: Cell) -> Iterator[Finding]:
    for name, model in cell.models:
        hollow = model.built and not model.weights and not isinstance(model, keras.Sequential)
        if hollow and not is_functional(model) and any(not inner.built for inner in layers_held(model)):
            yield found("built_without_weights", model, model=name)


def training_written(cell: Cell) -> Iterator[Finding]:
    for call in cell.calls:
        value = call.kwargs.get("training")
        if not isinstance(value, bool) or not isinstance(call.operation, keras.Layer) or call.scope:
            continue
        if value or call.operation.trainable:  # the Keras guide on transfer learning calls a frozen base so
            yield found("training_written", call.operation, layer=cell.name(call.operation), value=value)


_CHANGES = ("append", "clear", "extend", "insert", "pop", "remove", "reverse")
_KERNELS = (3, 5)  # those of older tutorials; who cuts a picture into patches takes larger ones
RULES: tuple[CellRule, ...] = (
    input_shape_later,
    older_form,
    kernel_by_position,
    shared_output,
    layers_assigned,
    built_without_weights,
    training_written,
)


def _changed_lists(node: ast.AST) -> Iterator[ast.expr]:
    """What is changed in place by a statement or call, as a list can be."""
    for target in node.targets if isinstance(node, (ast.Assign, ast.Delete)) else []:
        if isinstance(target, ast.Subscript):
            yield target.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGES:
        yield node.func.value


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

"""Layers, calls, tensors and ports of Keras in the words of a topology."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import keras
from keras import KerasTensor

from kerastutor.knowledge import Facts, facts, is_known
from kerastutor.knowledge.normal_config import (
    bind_arguments,
    code_of,
    is_opaque,
    kind_of,
    layer_config,
    live_config,
    owns,
)
from kerastutor.knowledge.values import plain
from kerastutor.models.recording import of_keras
from kerastutor.topology.graph import Argument, Layer, Port, Ref, Tensor, Weight, arguments_from

UNTRACKED = "untracked"
"""The parameter that says why Keras does not know of a layer: it was made in a call, or no attribute holds it."""


def layer_from(operation: Any, name: str) -> Layer:
    """A living layer or operation as a `Layer` with the id `name`."""
    name_of_kind = kind(operation)
    config = layer_config(name_of_kind, _raw_config(name_of_kind, operation))
    is_layer = isinstance(operation, keras.Layer)
    return Layer(
        id=name,
        kind=name_of_kind,
        name=operation.name,
        config=config,
        owns=owns(name_of_kind, config),
        trainable=operation.trainable if is_layer else True,
        opaque=is_opaque(name_of_kind, config),
        weights=_weights(operation) if is_layer else (),
        code=code_of(operation) if is_layer else "",
    )


def kind(operation: Any) -> str:
    """The kind of a living layer or operation."""
    return class_kind(type(operation))


def class_kind(cls: type) -> str:
    """The kind of what a class makes."""
    if of_keras(cls):
        return kind_of(cls.__module__, cls.__name__, None)
    return kind_of(cls.__module__, cls.__name__, keras.saving.get_registered_name(cls))


def facts_of(operation: Any) -> Facts:
    """What is known about a living layer or operation; a learner's subclass of Dense is known as a Dense.

    >>> facts_of(type("Own", (keras.layers.Dropout,), {})(0.5)).keeps_shape
    True
    """
    ancestors = (kind_of(cls.__module__, cls.__name__) for cls in type(operation).__mro__)
    return facts(next(filter(is_known, ancestors), kind(operation)))


def _raw_config(kind: str, operation: Any) -> Mapping[str, Any]:
    if isinstance(operation, (keras.Sequential, keras.Function)):
        return {}  # what is inside is a network of its own, not parameters
    return live_config(kind, operation)


def variable_layer(variable: keras.Variable, name: str) -> Layer:
    """A weight that code uses by itself, as a layer that is called on nothing and returns it."""
    weight = Weight(variable.name, tuple(variable.shape), variable.trainable)
    config = {"shape": list(variable.shape), **({} if variable.dtype == "float32" else {"dtype": variable.dtype})}
    return Layer(name, "Variable", variable.name, config, "weights", variable.trainable, weights=(weight,))


def _weights(layer: keras.Layer) -> tuple[Weight, ...] | None:
    if not layer.built:
        return None
    return tuple(Weight(variable.name, tuple(variable.shape), variable.trainable) for variable in layer.weights)


def arguments(layer: Layer, args: Any, kwargs: Any, known: Mapping[int, Ref]) -> Iterator[Argument]:
    """What `layer` was called with, `known` giving the `Ref` of each tensor by its id."""
    for slot, value in bind_arguments(layer.kind, args, kwargs):
        if isinstance(value, (KerasTensor, keras.Variable)) and id(value) in known:
            yield Argument(slot, known[id(value)])
        else:
            yield from arguments_from(slot, _value(value, known))


def _value(value: Any, known: Mapping[int, Ref]) -> Any:
    """An argument with `Ref`s for tensors and JSON for the rest."""
    if isinstance(value, (KerasTensor, keras.Variable)) and id(value) in known:
        return known[id(value)]
    if isinstance(value, (list, tuple)) and not isinstance(value, Ref):
        return [_value(item, known) for item in value]
    if isinstance(value, dict):
        return {str(name): _value(item, known) for name, item in value.items()}
    return plain(value)


def tensor_from(tensor: KerasTensor | None) -> Tensor:
    """Shape and dtype; nothing is known of what is returned in the place of a tensor."""
    return Tensor() if tensor is None else Tensor(tuple(tensor.shape), tensor.dtype)


def input_config(tensor: KerasTensor) -> dict[str, Any]:
    """The configuration of the `Input` that a symbolic tensor is."""
    return layer_config("Input", {"batch_shape": list(tensor.shape), "dtype": tensor.dtype})


def ports(structure: Any, known: Mapping[int, Ref], key: str | None = None) -> Iterator[Port]:
    """The ports of a structure of tensors: keys where a dict names them, the path where structures nest.

    What is neither a tensor nor a structure, such as None, is no port.
    """
    if isinstance(structure, KerasTensor):
        yield Port(known[id(structure)], key)
    elif isinstance(structure, Mapping):
        for name in sorted(structure):
            yield from ports(structure[name], known, f"{key}.{name}" if key else str(name))
    elif isinstance(structure, (list, tuple)):
        for position, item in enumerate(structure):
            deeper = not isinstance(item, KerasTensor) or key is not None
            yield from ports(item, known, (f"{key}.{position}" if key else str(position)) if deeper else None)

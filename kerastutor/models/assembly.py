"""One layer or operation of a topology as the living thing in Keras: the inverse of reading it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import keras
import numpy as np

from kerastutor.knowledge import facts
from kerastutor.knowledge.named_objects import ACTIVATIONS, CONSTRAINTS, REGULARISERS
from kerastutor.knowledge.own_code import bare
from kerastutor.topology.graph import Call, Json, Layer, Ref


class NotBuildable(ValueError):
    """A topology holds something of which only the name is known; the message says what."""


def living(layer: Layer, *, name: str | None = None) -> Callable[..., Any]:
    """What applies `layer` to tensors: a new Keras layer, or the function in `keras.ops` behind an operation.

    Raises:
        NotBuildable: its inside cannot be known from its configuration (Lambda, a class of the learner's own).

    >>> living(Layer("d", "Dense", config={"units": 3, "kernel_regularizer": {"L2": {"l2": 0.1}}})).units
    3
    """
    if layer.kind.startswith("ops."):
        return _operation(layer.kind, layer.config)
    made = _made(layer.kind, layer.config, layer.name)
    if name is not None:
        made.name = name
    made.trainable = layer.trainable
    return made


def constant(value: Json) -> Any:
    """A constant argument of a call, as Python holds it.

    >>> constant({"slice": [1, None, 2]})
    slice(1, None, 2)
    """
    if isinstance(value, list):
        return [constant(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "slice" in value:
        return slice(*map(constant, value["slice"]))
    if "ellipsis" in value:
        return ...
    if "float" in value:
        return float(value["float"])
    if "array" in value and not isinstance(value["array"], dict):
        return np.array(value["array"], dtype=value.get("dtype"))
    return {name: constant(item) for name, item in value.items()}


def called_on(thing: Callable[..., Any], call: Call, tensors: Mapping[Ref, Any]) -> Any:
    """What a living layer or operation returns for the arguments of a call, given the tensors so far.

    Operations name their parameters differently in places, so they are called by position.
    """
    slots = {slot: tensors[value] if isinstance(value, Ref) else constant(value) for slot, value in call.arguments}
    arguments = nested(slots)
    if not isinstance(thing, keras.Layer):
        return thing(*arguments.values())
    first, *rest = arguments
    return thing(arguments[first], **{name: arguments[name] for name in rest})


def nested(slots: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a call from their slots: `inputs.0` and `inputs.1` are a list, other keys a dict."""
    found: dict[str, Any] = {}
    for slot, value in slots.items():
        *path, last = slot.split(".")
        place = found
        for step in path:
            place = place.setdefault(step, {})
        place[last] = value
    return {name: listed(value) for name, value in found.items()}


def listed(value: Any) -> Any:
    """Dicts whose keys are numbers as the lists they stand for."""
    if not isinstance(value, dict) or not value:
        return value
    items = {key: listed(item) for key, item in value.items()}
    return list(items.values()) if all(key.isdecimal() for key in items) else items


def _operation(kind: str, config: Mapping[str, Json]) -> Callable[..., Any]:
    parameters = {name: constant(value) for name, value in config.items()}
    if kind == "ops.GetItem":
        return lambda x, key: x[tuple(key) if isinstance(key, list) else key]
    try:
        path = facts(kind).function
        function = reduce(getattr, path.split("."), keras if path.startswith("activations.") else keras.ops)
    except AttributeError:
        raise NotBuildable(f"This Keras has no operation keras.ops.{facts(kind).function}.") from None
    if kind == "ops.Einsum":  # the one whose setting comes before its tensors
        return lambda *operands: keras.ops.einsum(parameters["subscripts"], *operands)
    return lambda *args, **kwargs: function(*args, **kwargs, **parameters)  # type: ignore[operator]


def _made(kind: str, config: Mapping[str, Json], name: str) -> keras.Layer:
    if "untracked" in config:
        raise NotBuildable(f"Keras does not know of the weights of {name!r}; make it in __init__ and keep it in self.")
    cls = getattr(keras.layers, kind, None)
    if kind == "Sequential" and "layers" in config:
        return keras.Sequential([_inner(layer) for layer in config["layers"]])
    if cls is None or facts(kind).family == "custom":
        raise NotBuildable(
            f"{name!r} is a {kind.rpartition('>')[2]}, whose inside is not part of the topology; "
            "build the model with your own class instead."
        )
    return cls(**{parameter: _parameter(parameter, value, name) for parameter, value in config.items()})


def _parameter(parameter: str, value: Json, layer: str) -> Any:
    if parameter in ("layer", "backward_layer", "cell"):
        return _inner(value)
    if parameter in ("cells", "layers"):
        return [_inner(layer) for layer in value]
    if parameter.endswith("activation") and isinstance(value, dict):
        if value["kind"].startswith("ops."):
            return _operation(value["kind"], value["config"])
        return _made(value["kind"], value["config"], value["kind"])
    if parameter.endswith("activation") and value is not None and value not in ACTIVATIONS:
        raise _own(value, parameter, layer)
    for ending, module, known in _NAMED:
        if parameter.endswith(ending) and value is not None:
            return _named(value, module, known, _own(value, parameter, layer))
    return constant(value)


_NAMED = (("_regularizer", keras.regularizers, REGULARISERS), ("_constraint", keras.constraints, CONSTRAINTS))


def _named(value: Json, module: Any, known: frozenset[str], refusal: NotBuildable) -> Any:
    """A regulariser or constraint of Keras from its class and parameters; what else is named is not looked for."""
    if not isinstance(value, dict) or not known >= set(value) or len(value) != 1:
        raise refusal
    ((name, config),) = value.items()
    return getattr(module, name)(**config)


def _own(value: Json, parameter: str, layer: str) -> NotBuildable:
    name = bare(str(next(iter(value), "") if isinstance(value, dict) else value))
    called = f"`{name}`" if name.isidentifier() else "a function of your own"
    return NotBuildable(
        f"The {parameter} of {layer!r} is {called}, whose inside is not part of the topology; "
        "build the model with your own code instead."
    )


def _inner(described: Json) -> keras.Layer:
    made = _made(described["kind"], described["config"], described["kind"])
    made.trainable = described.get("trainable", True)
    return made

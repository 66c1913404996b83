"""Parameters that the rules look into: that they are of the type that Keras gives them.

Most parameters are only compared, and may be anything. A file from a stranger may hold anything, too.
"""

from __future__ import annotations

from collections.abc import Mapping

from kerastutor.topology.parts import Json, Layer, TopologyError


def check_parameters(layer: Layer) -> None:
    """Raise `TopologyError` where a parameter that the rules look into is of another type."""
    if "activation" in layer.config and not _is_activation(layer.config["activation"]):
        raise _odd(layer, "activation")
    if layer.kind == "Reshape" and not _is_shape(layer.config.get("target_shape", [])):
        raise _odd(layer, "target_shape")


def _is_activation(value: Json) -> bool:
    """A name, or the layer or function that stands for it."""
    if isinstance(value, Mapping):
        return isinstance(value.get("kind", ""), str) and isinstance(value.get("config", {}), Mapping)
    return value is None or isinstance(value, str)


def _is_shape(value: Json) -> bool:
    return isinstance(value, (list, tuple)) and all(type(length) is int for length in value)


def _odd(layer: Layer, parameter: str) -> TopologyError:
    return TopologyError(f"The layer {layer.id!r} has a parameter {parameter} of a type that Keras does not take.")

"""A layer or model that stands inside another layer's configuration, as wrappers hold them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kerastutor.knowledge.values import Json, plain

LayerConfig = Callable[[str, Mapping[str, Any]], dict[str, Json]]

_RENAMED = {"InputLayer": "Input", "GroupedQueryAttention": "GroupQueryAttention"}


def kind_of(module: str | None, class_name: str, registered_name: str | None = None) -> str:
    """The kind of a layer, from what Keras writes about its class or from the class itself.

    >>> kind_of("keras.layers", "Dense"), kind_of("keras.src.ops.numpy", "Add", "Add")
    ('Dense', 'ops.Add')
    >>> kind_of("__main__", "Whiten"), kind_of("lab.parts", "Whiten", "lab>Whiten")
    ('__main__>Whiten', 'lab>Whiten')
    """
    module = module or "__main__"
    package = module.partition(".")[0]
    if package == "keras":
        operation = module.startswith(("keras.src.ops", "keras.ops", "keras.src.activations"))
        return f"ops.{class_name}" if operation else _RENAMED.get(class_name, class_name)
    if registered_name and ">" in registered_name:
        return registered_name
    return f"{package}>{class_name}"


def held(config: Mapping[str, Json]) -> tuple[str, Mapping[str, Json]] | None:
    """Kind and configuration of the layer that a wrapper's configuration holds; None where there is none to see.

    >>> held({"layer": {"kind": "Dense", "config": {"units": 2}}}), held({})
    (('Dense', {'units': 2}), None)
    """
    inner = config.get("layer")
    kind, inside = (inner.get("kind"), inner.get("config")) if isinstance(inner, Mapping) else (None, None)
    return (kind, inside) if isinstance(kind, str) and isinstance(inside, Mapping) else None


def inner_layer(layer_config: LayerConfig) -> Callable[[Any], Json]:
    """How the parameter `layer` of a wrapper is spelled: kind, config, and whether it is frozen."""

    def spelled(value: Any) -> Json:
        described = _described(value)
        if described is None:
            return plain(value)
        kind, config = described
        inside = inner_model(config, spelled) if _is_model(kind, config) else layer_config(kind, config)
        frozen = {} if config.get("trainable", True) else {"trainable": False}
        return {"kind": kind, "config": inside, **frozen}

    return spelled


def inner_layers(layer_config: LayerConfig) -> Callable[[Any], Json]:
    """How a parameter that holds a list of layers is spelled."""
    spelled = inner_layer(layer_config)
    return lambda value: [spelled(item) for item in value] if isinstance(value, (list, tuple)) else spelled(value)


def inner_model(config: Mapping[str, Any], spelled: Callable[[Any], Json]) -> dict[str, Json]:
    """A model inside a wrapper: its layers without their names, and its arrows by the layers' positions."""
    layers = config.get("layers")
    if not isinstance(layers, Sequence):
        return {"model": plain(config)}
    inside: dict[str, Json] = {"layers": [spelled(layer) for layer in layers]}
    if "input_layers" not in config:  # a Sequential: its Input says nothing about the function
        inside["layers"] = [layer for layer in inside["layers"] if layer.get("kind") != "Input"]
        return inside
    position = {_name(layer): index for index, layer in enumerate(layers)}
    inside["arrows"] = [_arrows(plain(_nodes(layer)), position) for layer in layers]
    for end in ("input_layers", "output_layers"):
        inside[end] = _arrows(plain(config.get(end)), position)
    return inside


def _described(value: Any) -> tuple[str, Mapping[str, Any]] | None:
    if isinstance(value, Mapping):
        name, config = value.get("class_name"), value.get("config")
        if not isinstance(name, str) or not isinstance(config, Mapping):
            return None
        module, registered = value.get("module"), value.get("registered_name")
        return kind_of(_text(module), name, _text(registered)), config
    get_config = getattr(value, "get_config", None)
    if not callable(get_config):
        return None
    return kind_of(type(value).__module__, type(value).__name__), get_config()


def _is_model(kind: str, config: Mapping[str, Any]) -> bool:
    return kind in ("Sequential", "Functional", "Model") or ("layers" in config and "input_layers" in config)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _name(layer: Any) -> Any:
    if not isinstance(layer, Mapping):
        return None
    config = layer.get("config")
    return layer.get("name") or (config.get("name") if isinstance(config, Mapping) else None)


def _nodes(layer: Any) -> Any:
    return layer.get("inbound_nodes") if isinstance(layer, Mapping) else None


def _arrows(value: Json, position: Mapping[Any, int]) -> Json:
    """Where a tensor comes from, by the position of its layer; the tensors' shapes and the rest left out."""
    if isinstance(value, dict):
        history = value.get("config", {}).get("keras_history") if value.get("class") == "__keras_tensor__" else None
        if history is not None:
            return _arrows(history, position)
        return {key: _arrows(item, position) for key, item in sorted(value.items()) if item is not None}
    if isinstance(value, list):
        named = len(value) == 3 and isinstance(value[0], str) and value[0] in position
        return [position[value[0]], *value[1:]] if named else [_arrows(item, position) for item in value]
    return value

"""The JSON form of a topology: written with nothing that is empty, read with nothing taken on trust."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kerastutor.topology.parts import (
    Argument,
    Call,
    Json,
    Layer,
    Port,
    Ref,
    Scope,
    Source,
    Tensor,
    TopologyError,
    Weight,
)

FORMAT = "kerastutor.topology"
VERSION = 1


def fields_from(plain: Json) -> dict[str, Any]:
    """The fields of the topology that `Topology.to_plain` wrote."""
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise TopologyError(f"This is not a topology: its field 'format' is not {FORMAT!r}.")
    if plain.get("version") != VERSION:
        raise TopologyError(
            f"This topology has version {repr(plain.get('version'))[:60]} and this kerastutor reads version {VERSION}; "
            "update kerastutor to open it."
        )
    json.dumps(plain, allow_nan=False)  # infinity and its like are no JSON, though Python's reader takes them
    return {
        "layers": tuple(map(_layer_from_plain, plain["layers"])),
        "calls": tuple(map(_call_from_plain, plain["calls"])),
        "inputs": tuple(map(_port_from_plain, plain["inputs"])),
        "outputs": tuple(map(_port_from_plain, plain["outputs"])),
        "name": _text(plain["name"]),
        "api": plain["api"],
        "scopes": tuple(Scope(*map(_text, scope)) for scope in plain.get("scopes", ())),
        "partial": plain.get("partial"),
    }


@contextmanager
def damage_told() -> Iterator[None]:
    """Whatever goes wrong in the block, reading a topology, is a `TopologyError` with one sentence."""
    try:
        yield
    except TopologyError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as problem:
        raise TopologyError(f"This topology is damaged: {type(problem).__name__} at {problem}.") from None


def layer_to_plain(layer: Layer) -> dict[str, Json]:
    """A layer as a dict."""
    plain: dict[str, Json] = {"id": layer.id, "kind": layer.kind}
    if layer.name != layer.id:
        plain["name"] = layer.name
    if layer.config:
        plain["config"] = dict(layer.config)
    if layer.owns != "nothing":
        plain["owns"] = layer.owns
    if not layer.trainable:
        plain["trainable"] = False
    if layer.opaque:
        plain["opaque"] = True
    if layer.code:
        plain["code"] = layer.code
    if layer.weights is not None:
        plain["weights"] = [[weight.name, list(weight.shape), weight.trainable] for weight in layer.weights]
    return plain


def _layer_from_plain(plain: Json) -> Layer:
    weights = plain.get("weights")
    config = plain.get("config", {})
    if not isinstance(config, dict):
        raise TopologyError(f"The config of the layer {plain['id']!r} is not a dict.")
    if plain.get("owns", "nothing") not in ("nothing", "randomness", "weights"):
        raise TopologyError(
            f"The layer {plain['id']!r} owns {repr(plain['owns'])[:60]}, which is not a word of this format."
        )
    return Layer(
        id=_text(plain["id"]),
        kind=_text(plain["kind"]),
        name=_text(plain.get("name", plain["id"])),
        config=config,
        owns=plain.get("owns", "nothing"),
        trainable=bool(plain.get("trainable", True)),
        opaque=bool(plain.get("opaque", False)),
        weights=None
        if weights is None
        else tuple(Weight(_text(name), tuple(map(int, shape)), bool(trainable)) for name, shape, trainable in weights),
        code=_text(plain.get("code", "")),
    )


def call_to_plain(call: Call) -> dict[str, Json]:
    """A call as a dict."""
    plain: dict[str, Json] = {"id": call.id, "layer": call.layer}
    if call.arguments:
        plain["arguments"] = [
            [slot, {"tensor": [*value]} if isinstance(value, Ref) else {"value": value}]
            for slot, value in call.arguments
        ]
    plain["outputs"] = [[None if tensor.shape is None else list(tensor.shape), tensor.dtype] for tensor in call.outputs]
    if call.scope:
        plain["scope"] = list(call.scope)
    if call.source:
        plain["source"] = list(call.source)
    return plain


def _call_from_plain(plain: Json) -> Call:
    source = plain.get("source")
    return Call(
        id=_text(plain["id"]),
        layer=_text(plain["layer"]),
        arguments=tuple(
            Argument(_text(slot), _ref(leaf["tensor"]) if "tensor" in leaf else leaf["value"])
            for slot, leaf in plain.get("arguments", ())
        ),
        outputs=tuple(
            Tensor(None if shape is None else tuple(n if n is None else int(n) for n in shape), dtype)
            for shape, dtype in plain["outputs"]
        ),
        scope=tuple(map(_text, plain.get("scope", ()))),
        source=None if source is None else Source(_text(source[0]), int(source[1])),
    )


def port_to_plain(port: Port) -> Json:
    """An input or output as a list."""
    return [*port.tensor, port.key]


def _port_from_plain(plain: Json) -> Port:
    call, index, key = plain
    return Port(_ref([call, index]), None if key is None else _text(key))


def _ref(plain: Json) -> Ref:
    call, index = plain
    return Ref(_text(call), int(index))


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise TopologyError(f"{value!r} stands where a text belongs.")
    return value

"""What a model is: layers, their calls, and the tensors between the calls.

A **layer** owns weights. A **call** applies a layer to tensors. A **tensor** is what a call returns.
A **topology** is the calls and the tensors between them, plus which layer each call uses. A layer that is
called twice is one `Layer` and two `Call`s; `x + y` is a call of an operation; an input is a call of an
`Input` layer that takes nothing.

Everything here is frozen plain data with a versioned JSON form, and needs only the standard library.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

from kerastutor.topology import plain
from kerastutor.topology.parts import (
    Api,
    Argument,
    Call,
    Json,
    Layer,
    Owns,
    Port,
    Ref,
    Scope,
    Source,
    Tensor,
    TopologyError,
    Unreadable,
    Weight,
    arguments_from,
)
from kerastutor.topology.wellformed import check_parameters

__all__ = [
    "Api",
    "Argument",
    "Call",
    "Consumer",
    "Json",
    "Layer",
    "Owns",
    "Port",
    "Ref",
    "Scope",
    "Source",
    "Tensor",
    "Topology",
    "TopologyError",
    "Unreadable",
    "Weight",
    "arguments_from",
]


@dataclass(frozen=True)
class Topology:
    """A network: layers, calls in an order in which they can be computed, inputs and outputs.

    Building one checks it: every id unique, every reference known, calls before their use, and the parameters that the
    rules look into of the types that Keras gives them.

    >>> image = Layer("image", "Input", config={"shape": [None, 4]})
    >>> dense = Layer("dense", "Dense", config={"units": 2}, owns="weights")
    >>> net = Topology(
    ...     layers=(image, dense),
    ...     calls=(Call("image", "image"), Call("dense", "dense", (Argument("inputs", Ref("image")),))),
    ...     inputs=(Port(Ref("image")),),
    ...     outputs=(Port(Ref("dense")),),
    ... )
    >>> net.consumers["image"]
    (Consumer(call='dense', slot='inputs', index=0),)
    >>> Topology.from_json(net.to_json()) == net
    True

    Attributes:
        api: how it was written; never compared.
        partial: None, or one sentence why only a part of the model could be read.
        scopes: the nested models that were opened.
    """

    layers: tuple[Layer, ...]
    calls: tuple[Call, ...]
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    name: str = "model"
    api: Api = "functional"
    scopes: tuple[Scope, ...] = ()
    partial: str | None = None

    def __post_init__(self) -> None:
        _validate(self)

    def __getstate__(self) -> dict[str, Any]:
        """The fields, without what was computed from them: that is soon found again, and not all of it can travel."""
        return {one.name: vars(self)[one.name] for one in fields(self)}

    def layer_of(self, call: str) -> Layer:
        """The layer that the call with this id uses."""
        return self.layer[self.call[call].layer]

    @cached_property
    def layer(self) -> Mapping[str, Layer]:
        """The layers by id."""
        return MappingProxyType({layer.id: layer for layer in self.layers})

    @cached_property
    def call(self) -> Mapping[str, Call]:
        """The calls by id."""
        return MappingProxyType({call.id: call for call in self.calls})

    @cached_property
    def calls_of(self) -> Mapping[str, tuple[str, ...]]:
        """For each layer id, the ids of its calls; two or more: the layer is shared."""
        found: dict[str, list[str]] = {layer.id: [] for layer in self.layers}
        for call in self.calls:
            found[call.layer].append(call.id)
        return MappingProxyType({layer: tuple(calls) for layer, calls in found.items()})

    @cached_property
    def consumers(self) -> Mapping[str, tuple[Consumer, ...]]:
        """For each call id, who takes its tensors: (consuming call, slot, index of the tensor taken)."""
        found: dict[str, list[Consumer]] = {call.id: [] for call in self.calls}
        for call in self.calls:
            for slot, value in call.arguments:
                if isinstance(value, Ref):
                    found[value.call].append(Consumer(call.id, slot, value.index))
        return MappingProxyType({call: tuple(users) for call, users in found.items()})

    @cached_property
    def reaching(self) -> frozenset[str]:
        """The ids of the calls that an output depends on; the others reach no output."""
        reached: set[str] = set()
        waiting = [port.tensor.call for port in self.outputs]
        while waiting:
            current = waiting.pop()
            if current not in reached:
                reached.add(current)
                waiting.extend(ref.call for ref in self.call[current].tensors)
        return frozenset(reached)

    @property
    def parameters(self) -> int | None:
        """How many scalars all weights hold together, each layer counted once; None where not known."""
        counts = [layer.parameters for layer in self.layers]
        return None if None in counts else sum(count for count in counts if count is not None)

    def tensor(self, ref: Ref) -> Tensor:
        """The tensor that `ref` names."""
        return self.call[ref.call].outputs[ref.index]

    def __hash__(self) -> int:
        return hash((self.layers, tuple(call.id for call in self.calls)))

    def __repr__(self) -> str:
        return f"Topology({self.name!r}: {len(self.layers)} layers, {len(self.calls)} calls)"

    def to_json(self) -> str:
        """One line of JSON, the same bytes for equal topologies; `from_json` reads it back."""
        return json.dumps(self.to_plain(), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)

    def to_plain(self) -> dict[str, Json]:
        """The JSON form as dicts and lists. Fields are those of the classes; empty ones are left out."""
        written: dict[str, Json] = {
            "format": plain.FORMAT,
            "version": plain.VERSION,
            "name": self.name,
            "api": self.api,
            "layers": list(map(plain.layer_to_plain, self.layers)),
            "calls": list(map(plain.call_to_plain, self.calls)),
            "inputs": list(map(plain.port_to_plain, self.inputs)),
            "outputs": list(map(plain.port_to_plain, self.outputs)),
        }
        if self.scopes:
            written["scopes"] = [[scope.id, scope.name, scope.kind, scope.layer] for scope in self.scopes]
        if self.partial:
            written["partial"] = self.partial
        return written

    @classmethod
    def from_json(cls, text: str | bytes) -> Topology:
        """Read what `to_json` wrote; anything else raises `TopologyError` with one sentence."""
        try:
            read = json.loads(text)
        except (ValueError, RecursionError) as problem:
            raise TopologyError(f"This is not JSON: {problem}.") from None
        return cls.from_plain(read)

    @classmethod
    def from_plain(cls, read: Json) -> Topology:
        """Read the dicts and lists of `to_plain`; anything else raises `TopologyError`."""
        with plain.damage_told():
            return cls(**plain.fields_from(read))


class Consumer(NamedTuple):
    """A call that takes a tensor, the slot it takes it in, and which output of the producing call it is."""

    call: str
    slot: str
    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody needs here


def _validate(topology: Topology) -> None:
    _unique("layer", [layer.id for layer in topology.layers])
    _unique("call", [call.id for call in topology.calls])
    if topology.api not in ("sequential", "functional", "subclassed"):
        raise TopologyError(f"The API {repr(topology.api)[:60]} is none of sequential, functional, subclassed.")
    for layer in topology.layers:
        if layer.kind == "Reshape" or not isinstance(layer.config.get("activation", ""), str):
            check_parameters(layer)
    layers = {layer.id for layer in topology.layers}
    known: dict[str, int] = {}
    for call in topology.calls:
        if call.layer not in layers:
            raise TopologyError(f"The call {call.id!r} uses the layer {call.layer!r}, which is not in the topology.")
        for ref in call.tensors:
            _known(ref, known, f"the call {call.id!r} takes")
        known[call.id] = len(call.outputs)
    for port in (*topology.inputs, *topology.outputs):
        _known(port.tensor, known, "an input or output names")


def _unique(what: str, ids: list[str]) -> None:
    repeated = [name for name, times in Counter(ids).items() if times > 1]
    if repeated:
        raise TopologyError(f"Two {what}s have the same id {repeated[0]!r}.")


def _known(ref: Ref, known: Mapping[str, int], who: str) -> None:
    if ref.call not in known or not 0 <= ref.index < known[ref.call]:
        raise TopologyError(f"No call before it returns the tensor {ref.call!r}[{ref.index}] that {who}.")

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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

Json = Any
"""What `json.dumps` writes: None, bool, int, float, str, and lists and dicts of these."""

Owns = Literal["nothing", "randomness", "weights"]
Api = Literal["sequential", "functional", "subclassed"]


class Unreadable(Exception):
    """What somebody gave cannot be read as a topology; the message is one sentence that says what to do."""


class TopologyError(ValueError):
    """A topology, or the text it is read from, is not valid; the message says what to mend."""


class Ref(NamedTuple):
    """The tensor that call `call` returns at position `index`."""

    call: str
    index: int = 0  # type: ignore[assignment]  # hides tuple.index, which nobody needs here


class Weight(NamedTuple):
    """One weight of a layer: its name within the layer, shape, and whether training changes it."""

    name: str
    shape: tuple[int, ...]
    trainable: bool = True

    @property
    def size(self) -> int:
        """Number of scalars: the product of the shape."""
        size = 1
        for length in self.shape:
            size *= length
        return size


class Source(NamedTuple):
    """Where in the learner's code a call was written: file (or cell) name without folders, and line from 1."""

    file: str
    line: int


@dataclass(frozen=True)
class Tensor:
    """What a call returns: its `shape`, None for open axes (the batch first), and `dtype`; None where not known."""

    shape: tuple[int | None, ...] | None = None
    dtype: str | None = None


@dataclass(frozen=True)
class Layer:
    """A thing that is called; it may own weights.

    Attributes:
        id: unique in the topology; the scopes of nested models and the name, joined by `/`.
        name: the learner's name for it.
        kind: `"Dense"` for a Keras layer, `"ops.Add"` for a Keras operation, `"Input"` for an input, and
            `"package>Class"` for a class that is not Keras' own.
        config: the parameters that change what it computes and differ from their defaults, as JSON values.
        owns: `"weights"` (or counters, statistics: sharing it matters), `"randomness"` (each call draws
            anew, as Dropout does), or `"nothing"`.
        trainable: False when frozen.
        opaque: its inside cannot be seen (Lambda, a custom layer): it is compared by kind and config alone.
        weights: None where they are not known (never built, or read from a file).
    """

    id: str
    kind: str
    name: str = ""
    config: Mapping[str, Json] = field(default_factory=dict)
    owns: Owns = "nothing"
    trainable: bool = True
    opaque: bool = False
    weights: tuple[Weight, ...] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "config", MappingProxyType(dict(self.config)))
        if not self.name:
            object.__setattr__(self, "name", self.id)

    def __hash__(self) -> int:
        return hash((self.id, self.kind))

    def __reduce__(self) -> tuple[Any, ...]:
        fields = (
            self.id,
            self.kind,
            self.name,
            dict(self.config),
            self.owns,
            self.trainable,
            self.opaque,
            self.weights,
        )
        return Layer, fields

    @property
    def parameters(self) -> int | None:
        """How many scalars its weights hold; None where they are not known."""
        return None if self.weights is None else sum(weight.size for weight in self.weights)


class Argument(NamedTuple):
    """One leaf of what a call was given.

    `slot` is the name of the parameter in the layer's `call`, followed by `.0`, `.1` or `.key` for each step into a
    list or dict: `Add()([a, b])` has the slots `inputs.0` and `inputs.1`. `value` is a `Ref`, or a JSON constant.
    """

    slot: str
    value: Ref | Json


@dataclass(frozen=True)
class Call:
    """One application of a layer to tensors.

    Attributes:
        id: unique in the topology: the layer's id, and `#2`, `#3`, ... from its second call on.
        layer: the id of the layer that is called.
        arguments: what it was given, in the order of the layer's `call`.
        outputs: the tensors it returns, most often one.
        scope: the nested models and composite layers it stands in, outermost first, as call ids.
        source: the line that made it, where it was recorded.
    """

    id: str
    layer: str
    arguments: tuple[Argument, ...] = ()
    outputs: tuple[Tensor, ...] = (Tensor(),)
    scope: tuple[str, ...] = ()
    source: Source | None = None

    @property
    def tensors(self) -> tuple[Ref, ...]:
        """The tensors it takes, in order, repeated when given twice."""
        return tuple(argument.value for argument in self.arguments if isinstance(argument.value, Ref))

    @property
    def constants(self) -> tuple[Argument, ...]:
        """The arguments that are not tensors, such as `training` or the 2 of `2 * x`."""
        return tuple(argument for argument in self.arguments if not isinstance(argument.value, Ref))


class Port(NamedTuple):
    """An input or output of the whole topology: its tensor, and its key where a dict of tensors is passed."""

    tensor: Ref
    key: str | None = None


@dataclass(frozen=True)
class Scope:
    """A nested model or composite layer that was opened: its calls carry its id in `Call.scope`."""

    id: str
    name: str
    kind: str
    layer: str


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
        from kerastutor.topology.plain import to_plain

        return to_plain(self)

    @classmethod
    def from_json(cls, text: str | bytes) -> Topology:
        """Read what `to_json` wrote; anything else raises `TopologyError` with one sentence."""
        try:
            plain = json.loads(text)
        except (ValueError, RecursionError) as problem:
            raise TopologyError(f"This is not JSON: {problem}.") from None
        return cls.from_plain(plain)

    @classmethod
    def from_plain(cls, plain: Json) -> Topology:
        """Read the dicts and lists of `to_plain`; anything else raises `TopologyError`."""
        from kerastutor.topology.plain import from_plain

        return from_plain(plain)


class Consumer(NamedTuple):
    """A call that takes a tensor, the slot it takes it in, and which output of the producing call it is."""

    call: str
    slot: str
    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody needs here


def arguments_from(slot: str, value: Json | Ref) -> Iterator[Argument]:
    """Flatten a tree of lists and dicts with `Ref`s and constants at its leaves into arguments.

    >>> list(arguments_from("inputs", [Ref("a"), Ref("b")]))
    [Argument(slot='inputs.0', value=Ref(call='a', index=0)), Argument(slot='inputs.1', value=Ref(call='b', index=0))]
    >>> list(arguments_from("axis", [1, 2]))
    [Argument(slot='axis', value=[1, 2])]
    """
    if isinstance(value, Ref) or not _holds_refs(value):
        yield Argument(slot, value)
    elif isinstance(value, Mapping):
        for key in sorted(value):
            yield from arguments_from(f"{slot}.{key}", value[key])
    else:
        for position, item in enumerate(value):
            yield from arguments_from(f"{slot}.{position}", item)


def _holds_refs(value: Json | Ref) -> bool:
    if isinstance(value, Ref):
        return True
    if isinstance(value, Mapping):
        return any(map(_holds_refs, value.values()))
    return isinstance(value, (list, tuple)) and any(map(_holds_refs, value))


def _validate(topology: Topology) -> None:
    _unique("layer", [layer.id for layer in topology.layers])
    _unique("call", [call.id for call in topology.calls])
    if topology.api not in ("sequential", "functional", "subclassed"):
        raise TopologyError(f"The API {topology.api!r} is none of sequential, functional, subclassed.")
    for layer in topology.layers:
        if layer.kind == "Reshape" or not isinstance(layer.config.get("activation", ""), str):
            from kerastutor.topology.wellformed import check_parameters

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

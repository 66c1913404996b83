"""What a topology is made of: layers, calls, the tensors between them. Frozen data, each kind a small class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
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

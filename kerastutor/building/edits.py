"""The steps a learner can take. Each is plain data, and knows how it changes a draft; Keras judges the result.

>>> draft = AddInput("image", (None, 4)).apply(Draft())
>>> draft = AddLayer("hidden", "Dense", {"units": 3}, (Argument("inputs", Ref("image")),)).apply(draft)
>>> [call.id for call in Delete("hidden").apply(draft).topology.calls]
['image']
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from graphlib import CycleError
from typing import Any

from kerastutor.building.draft import Alternative, Draft, Impossible, class_name, moved
from kerastutor.knowledge import facts
from kerastutor.topology.editing import in_computing_order
from kerastutor.topology.graph import Argument, Call, Json, Layer, Ref
from kerastutor.topology.ids import call_id

Arguments = tuple[Argument, ...]


@dataclass(frozen=True)
class AddInput:
    """A new input: `shape` with the batch axis first, None for open axes."""

    name: str
    shape: tuple[int | None, ...]
    dtype: str = "float32"

    def apply(self, draft: Draft) -> Draft:
        dtype = {} if self.dtype == "float32" else {"dtype": self.dtype}  # as one would write it
        config: dict[str, Json] = {"shape": list(self.shape), **dtype}
        layer = Layer(draft.free(self.name), "Input", config=config)
        return draft.with_calls((*draft.topology.calls, Call(self.name, self.name)), (*draft.topology.layers, layer))

    @property
    def sentence(self) -> str:
        return f"add {self.name}, an Input"


@dataclass(frozen=True)
class AddLayer:
    """A new layer, created with `config` as its keyword arguments, and called with `arguments`."""

    name: str
    kind: str
    config: Mapping[str, Json]
    arguments: Arguments

    def apply(self, draft: Draft) -> Draft:
        layer = Layer(draft.free(self.name), self.kind, config=self.config, owns=facts(self.kind).owns)
        call = Call(self.name, self.name, _known(draft, self.arguments))
        return draft.with_calls((*draft.topology.calls, call), (*draft.topology.layers, layer))

    @property
    def sentence(self) -> str:
        kind = class_name(self.kind)
        return f"add {self.name}, {'an' if kind[0] in 'AEIOU' else 'a'} {kind}"


@dataclass(frozen=True)
class CallAgain:
    """Another call of a layer that is there: its weights are shared."""

    layer: str
    arguments: Arguments

    def apply(self, draft: Draft) -> Draft:
        if _layer(draft, self.layer).kind == "Input":
            raise Impossible(f"{self.layer} is an input: it gives a tensor and takes none; add another input instead.")
        number = 2
        while call_id(self.layer, number) in draft.topology.call:
            number += 1
        call = Call(call_id(self.layer, number), self.layer, _known(draft, self.arguments))
        return draft.with_calls((*draft.topology.calls, call))

    @property
    def sentence(self) -> str:
        return f"call {self.layer} again"


@dataclass(frozen=True)
class Configure:
    """The same layer with other parameters; `config` replaces all of them."""

    layer: str
    config: Mapping[str, Json]

    def apply(self, draft: Draft) -> Draft:
        changed = replace(_layer(draft, self.layer), config=self.config)
        return draft.with_calls(draft.topology.calls, _swapped(draft, changed))

    @property
    def sentence(self) -> str:
        return f"change the parameters of {self.layer}"


@dataclass(frozen=True)
class Rename:
    """Another name for a layer; everything else stays."""

    layer: str
    name: str

    def apply(self, draft: Draft) -> Draft:
        layer = _layer(draft, self.layer)
        if self.name == layer.name:
            raise Impossible(f"{self.layer} has that name already.")
        renamed = replace(layer, name=self.name if self.name == layer.id else draft.free(self.name))
        return draft.with_calls(draft.topology.calls, _swapped(draft, renamed))

    @property
    def sentence(self) -> str:
        return f"rename {self.layer} to {self.name}"


@dataclass(frozen=True)
class Rewire:
    """The same call, given other tensors."""

    call: str
    arguments: Arguments

    def apply(self, draft: Draft) -> Draft:
        call = replace(_call(draft, self.call), arguments=_known(draft, self.arguments))
        return draft.with_calls(_in_order([call if c.id == call.id else c for c in draft.topology.calls]))

    @property
    def sentence(self) -> str:
        return f"give {self.call} other tensors"


@dataclass(frozen=True)
class Delete:
    """Take a call out; what took its tensor takes the one it was given."""

    call: str

    def apply(self, draft: Draft) -> Draft:
        call = _call(draft, self.call)
        rest = [other for other in draft.topology.calls if other.id != call.id]
        if draft.topology.consumers[call.id]:
            if len(call.tensors) != 1:
                raise Impossible(
                    f"Other layers take the tensor of {call.id}, and nothing single could take its place.",
                    [Alternative(f"Delete {call.id} and all that follows", (DeleteFrom(call.id),))],
                )
            rest = [moved(other, {Ref(call.id): call.tensors[0]}) for other in rest]
        return draft.with_calls(rest)

    @property
    def sentence(self) -> str:
        return f"delete {self.call}"


@dataclass(frozen=True)
class DeleteFrom:
    """Take a call out, and every call that depends on it."""

    call: str

    def apply(self, draft: Draft) -> Draft:
        gone = {_call(draft, self.call).id}
        for call in draft.topology.calls:
            if any(ref.call in gone for ref in call.tensors):
                gone.add(call.id)
        return draft.with_calls(call for call in draft.topology.calls if call.id not in gone)

    @property
    def sentence(self) -> str:
        return f"delete {self.call} and all that follows"


@dataclass(frozen=True)
class MoveLater:
    """Exchange a call with the one after it, in a stretch where each takes one tensor."""

    call: str

    def apply(self, draft: Draft) -> Draft:
        first = _call(draft, self.call)
        if not can_move(draft, first.id):
            raise Impossible(f"{first.id} does not stand in a plain stretch, so it cannot change places with the next.")
        second = draft.topology.call[draft.topology.consumers[first.id][0].call]
        exchanged = {
            first.id: moved(first, {first.tensors[0]: Ref(second.id)}),
            second.id: moved(second, {Ref(first.id): first.tensors[0]}),
        }
        after = {Ref(second.id): Ref(first.id)}
        calls = [exchanged.get(call.id) or moved(call, after) for call in draft.topology.calls]
        return replace(draft, chosen=tuple(after.get(ref, ref) for ref in draft.chosen)).with_calls(_in_order(calls))

    @property
    def sentence(self) -> str:
        return f"move {self.call} one step later"


def moves(draft: Draft, call: str) -> dict[str, Edit]:
    """Where a call can go, `earlier` or `later`, each with the step that does it.

    An input goes among the inputs, a layer within its plain stretch.

    >>> draft = AddInput("b", (None, 4)).apply(AddInput("a", (None, 4)).apply(Draft()))
    >>> moves(draft, "a")
    {'later': InputOrder(inputs=('b', 'a'))}
    """
    inputs = [port.tensor.call for port in draft.topology.inputs]
    if call in inputs:
        place = inputs.index(call)
        return {
            way: InputOrder(tuple(_exchanged(inputs, first)))
            for way, first in (("earlier", place - 1), ("later", place))
            if 0 <= first < len(inputs) - 1
        }
    taken = _call(draft, call).tensors
    places = {"earlier": taken[0].call if len(taken) == 1 else "", "later": call}
    return {way: MoveLater(first) for way, first in places.items() if first and can_move(draft, first)}


def can_move(draft: Draft, call: str) -> bool:
    """Whether a call stands in a stretch where it can change places with the next: each takes one tensor."""
    users = draft.topology.consumers[call]
    both = (call, users[0].call) if len(users) == 1 else ()
    return bool(both) and all(len(draft.topology.call[one].tensors) == 1 for one in both)


@dataclass(frozen=True)
class Outputs:
    """Choose the outputs; none chosen: every tensor that no call takes."""

    tensors: tuple[Ref, ...] = ()

    def apply(self, draft: Draft) -> Draft:
        for ref in self.tensors:
            _call(draft, ref.call)
        return replace(draft, chosen=self.tensors).with_calls(draft.topology.calls)

    @property
    def sentence(self) -> str:
        return f"choose the outputs: {', '.join(ref.call for ref in self.tensors) or 'all open ends'}"


@dataclass(frozen=True)
class InputOrder:
    """Bring the inputs into another order: of the model, of the code, and of the drawing."""

    inputs: tuple[str, ...] = field(default=())

    def apply(self, draft: Draft) -> Draft:
        ports = {port.tensor.call: port for port in draft.topology.inputs}
        if sorted(self.inputs) != sorted(ports):
            raise Impossible(f"Name each of the inputs once: {', '.join(ports)}.")
        ordered = iter(self.inputs)
        calls = [draft.topology.call[next(ordered)] if call.id in ports else call for call in draft.topology.calls]
        inputs = tuple(ports[name] for name in self.inputs)
        return replace(draft, topology=replace(draft.topology, inputs=inputs)).with_calls(_in_order(calls))

    @property
    def sentence(self) -> str:
        return f"order the inputs: {', '.join(self.inputs)}"


Edit = (
    AddInput
    | AddLayer
    | CallAgain
    | Configure
    | Rename
    | Rewire
    | Delete
    | DeleteFrom
    | MoveLater
    | Outputs
    | InputOrder
)
KINDS: Mapping[str, type] = {
    kind.__name__: kind
    for kind in (
        AddInput,
        AddLayer,
        CallAgain,
        Configure,
        Rename,
        Rewire,
        Delete,
        DeleteFrom,
        MoveLater,
        Outputs,
        InputOrder,
    )
}


def to_plain(edit: Edit) -> dict[str, Json]:
    """The edit as JSON values: `{"edit": "Delete", "call": "dense"}`."""
    return {"edit": type(edit).__name__} | {f.name: _plain(getattr(edit, f.name)) for f in fields(edit)}


def from_plain(plain: Mapping[str, Json]) -> Edit:
    """What `to_plain` wrote, as an edit; KeyError, TypeError or ValueError when it is something else."""
    kind = KINDS[plain["edit"]]
    return kind(**{f.name: _READ.get(f.name, _same)(plain[f.name]) for f in fields(kind)})


def _plain(value: Any) -> Json:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Argument):
        return [value.slot, {"tensor": [*value.value]} if isinstance(value.value, Ref) else {"value": value.value}]
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return value


def _same(value: Json) -> Any:
    return value


def _arguments(plain: Json) -> Arguments:
    return tuple(Argument(slot, Ref(*leaf["tensor"]) if "tensor" in leaf else leaf["value"]) for slot, leaf in plain)


_READ: Mapping[str, Any] = {
    "arguments": _arguments,
    "shape": tuple,
    "inputs": tuple,
    "tensors": lambda plain: tuple(Ref(*ref) for ref in plain),
}


def _layer(draft: Draft, name: str) -> Layer:
    try:
        return draft.topology.layer[name]
    except KeyError:
        raise Impossible(f"There is no layer {name!r} at this step.") from None


def _call(draft: Draft, name: str) -> Call:
    try:
        return draft.topology.call[name]
    except KeyError:
        raise Impossible(f"There is no call {name!r} at this step.") from None


def _known(draft: Draft, arguments: Arguments) -> Arguments:
    for _, value in arguments:
        if isinstance(value, Ref) and value.index >= len(_call(draft, value.call).outputs):
            raise Impossible(f"{value.call} returns no tensor number {value.index + 1}.")
    return arguments


def _swapped(draft: Draft, changed: Layer) -> tuple[Layer, ...]:
    return tuple(changed if layer.id == changed.id else layer for layer in draft.topology.layers)


def _exchanged(names: list[str], first: int) -> list[str]:
    return [*names[:first], names[first + 1], names[first], *names[first + 2 :]]


def _in_order(calls: list[Call]) -> tuple[Call, ...]:
    try:
        return in_computing_order(calls)
    except CycleError as cycle:
        raise Impossible(f"{cycle.args[1][0]} would take a tensor that is made from its own.") from None

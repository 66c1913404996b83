"""Where a draft becomes Keras tensors: only the calls that changed are made anew.

A layer keeps its object, and with it its weights, from step to step as long as it is configured alike and all its
earlier calls take the same tensors; else it is created again, and so is what follows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import keras
from keras import tree

from kerastutor.building.draft import Draft
from kerastutor.building.own_layers import own_layers
from kerastutor.knowledge import facts
from kerastutor.knowledge.normal_config import layer_config
from kerastutor.models.assembly import constant, living
from kerastutor.models.describing import layer_from, tensor_from
from kerastutor.models.recording import FailedCall
from kerastutor.topology.graph import Argument, Call, Layer, Port, Ref, Topology


class Refused(Exception):
    """Keras did not take a call.

    Attributes:
        call: the id of the call in the draft.
        error: the exception of Keras.
        failed: the call, or None where its layer could not even be created.
    """

    def __init__(self, call: str, error: Exception, failed: FailedCall | None) -> None:
        super().__init__(f"{call}: {error}")
        self.call, self.error, self.failed = call, error, failed


@dataclass(frozen=True, eq=False)
class Made:
    """A draft that Keras has taken.

    Attributes:
        draft: as the learner wrote it, with the shapes filled in.
        topology: the same network with every parameter in its normal form, as reading the model gives it.
        layers: the Keras layer or operation of each layer id; none for inputs.
        tensors: the KerasTensors that each call returned.
        custom: how to make the layers of the learner's own classes again, by layer id.
    """

    draft: Draft = field(default_factory=Draft)
    topology: Topology = field(default_factory=lambda: Draft().topology)
    layers: Mapping[str, Any] = field(default_factory=dict)
    tensors: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    custom: Mapping[str, Callable[[], Any]] = field(default_factory=dict)

    @cached_property
    def model(self) -> keras.Model:
        """The network as a real Keras model, the same one each time; it shares its layers with the next steps.

        Raises:
            ValueError: there is no input or no output yet.
        """
        if not self.topology.inputs or not self.topology.outputs:
            raise ValueError("There is nothing to make a model of yet: add an input and a layer first.")
        inputs = _structure(self.topology.inputs, self.tensors)
        return keras.Model(inputs, _structure(self.topology.outputs, self.tensors), name="model")


def make(draft: Draft, before: Made) -> Made:
    """Let Keras judge a draft, reusing what `before` holds.

    Raises:
        Refused: Keras does not take one of the calls.
    """
    kept = _kept_layers(draft.topology, before)
    made = _Making(draft, {name: before.layers[name] for name in kept if name in before.layers}, before.custom)
    for call in draft.topology.calls:
        if call.layer in kept and call.id in before.tensors:
            made.reuse(call, before.tensors[call.id])
        else:
            made.call(call)
    return made.finished(before, kept)


class _Making:
    """One draft on its way to Keras tensors."""

    def __init__(self, draft: Draft, layers: dict[str, Any], custom: Mapping[str, Callable[[], Any]]) -> None:
        self.custom = custom
        self.draft = draft
        self.layers = layers
        self.tensors: dict[str, tuple[Any, ...]] = {}
        self.calls: list[Call] = []
        self.names = _keras_names(draft.topology)

    def reuse(self, call: Call, tensors: tuple[Any, ...]) -> None:
        self._done(call, tensors)

    def call(self, call: Call) -> None:
        operation: Any = None
        args: tuple[Any, ...] = ()
        kwargs: dict[str, Any] = {}
        try:
            layer = self.draft.topology.layer[call.layer]
            if layer.kind == "Input":
                self._done(call, (_input(layer, self.names[layer.id]),))
                return
            operation = self.layers.get(call.layer) or self._create(layer)
            args, kwargs = as_called(layer.kind, nested(call.arguments, self._tensor))
            outputs = operation(*args, **kwargs)
        except Exception as error:
            failed = None if operation is None else FailedCall(operation, args, kwargs, error)
            raise Refused(call.id, error, failed) from error
        self.layers[call.layer] = operation
        self._done(call, tuple(tree.flatten(outputs)))

    def finished(self, before: Made, kept: frozenset[str]) -> Made:
        described = [
            before.topology.layer[layer.id] if layer.id in kept else self._described(layer)
            for layer in self.draft.topology.layers
        ]
        topology = replace(self.draft.topology, calls=tuple(self.calls))
        return Made(
            Draft(topology, self.draft.chosen),
            replace(topology, layers=tuple(described)),
            self.layers,
            self.tensors,
            before.custom,
        )

    def _create(self, layer: Layer) -> Any:
        if layer.kind.startswith("ops."):
            return living(layer)
        operation = self._made_anew(layer)
        operation.name = self.names[layer.id]
        return operation

    def _made_anew(self, layer: Layer) -> Any:
        if layer.id in self.custom:
            return self.custom[layer.id]()
        own = own_layers().get(layer.kind)
        if own is not None:
            return own(**{name: constant(value) for name, value in layer.config.items()})
        return living(layer)

    def _described(self, layer: Layer) -> Layer:
        if layer.kind.startswith("ops."):
            return replace(layer, weights=())
        if layer.kind == "Input":
            config = {"batch_shape": layer.config["shape"], "dtype": layer.config.get("dtype", "float32")}
            return replace(layer, config=layer_config("Input", config), weights=())
        return replace(layer_from(self.layers[layer.id], layer.id), name=layer.name)

    def _done(self, call: Call, tensors: tuple[Any, ...]) -> None:
        self.tensors[call.id] = tensors
        self.calls.append(replace(call, outputs=tuple(map(tensor_from, tensors))))

    def _tensor(self, ref: Ref) -> Any:
        tensors = self.tensors[ref.call]
        if ref.index >= len(tensors):
            raise ValueError(f"{ref.call} does not return a tensor number {ref.index + 1} any more.")
        return tensors[ref.index]


def as_called(kind: str, given: Mapping[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments as a learner would write them: the first by position, the others by name."""
    first = next((name for name in facts(kind).call_arguments[:1] if name in given), next(iter(given), None))
    return (given[first],) if first else (), {name: given[name] for name in given if name != first}


def nested(arguments: tuple[Argument, ...], tensor: Any) -> dict[str, Any]:
    """The arguments of a call by parameter name, lists and dicts put together again.

    >>> nested((Argument("inputs.0", Ref("a")), Argument("inputs.1", Ref("b"))), lambda ref: ref.call)
    {'inputs': ['a', 'b']}
    """
    tree_: dict[str, Any] = {}
    for slot, value in arguments:
        *way, last = slot.split(".")
        branch = tree_
        for step in way:
            branch = branch.setdefault(step, {})
        branch[last] = tensor(value) if isinstance(value, Ref) else constant(value)
    return {name: _listed(value) for name, value in tree_.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isdecimal() for key in value):
        return [_listed(value[key]) for key in sorted(value, key=int)]
    return {key: _listed(item) for key, item in value.items()}


def _input(layer: Layer, name: str) -> Any:
    return keras.Input(batch_shape=layer.config["shape"], dtype=layer.config.get("dtype", "float32"), name=name)


def _kept_layers(topology: Topology, before: Made) -> frozenset[str]:
    """The layers whose objects can stay: same configuration, and no call of theirs takes another tensor than before."""
    old = before.draft.topology
    kept = {
        layer.id
        for layer in topology.layers
        if layer.id in old.layer and _written(layer) == _written(old.layer[layer.id])
    }
    while True:
        fresh = {
            call.layer
            for call in topology.calls
            if call.layer in kept
            and call.id in old.call
            and (call.arguments != old.call[call.id].arguments or _depends_on_new(call, topology, kept, old))
        }
        fresh |= {name for name in kept if not any(call in old.call for call in topology.calls_of[name])}
        if not fresh:
            return frozenset(kept)
        kept -= fresh


def _depends_on_new(call: Call, topology: Topology, kept: set[str], old: Topology) -> bool:
    return any(topology.call[ref.call].layer not in kept or ref.call not in old.call for ref in call.tensors)


def _written(layer: Layer) -> tuple[Any, ...]:
    return layer.kind, layer.name, dict(layer.config), layer.trainable


def _keras_names(topology: Topology) -> dict[str, str]:
    """A name without slashes for each layer, unique in the model."""
    names: dict[str, str] = {}
    for layer in topology.layers:
        wanted = layer.name.replace("/", "_")
        while wanted in names.values():
            wanted += "_"
        names[layer.id] = wanted
    return names


def _structure(ports: tuple[Port, ...], tensors: Mapping[str, tuple[Any, ...]]) -> Any:
    chosen = [tensors[port.tensor.call][port.tensor.index] for port in ports]
    keys = [port.key for port in ports]
    if all(key is not None for key in keys):
        return dict(zip(keys, chosen, strict=True))
    return chosen[0] if len(chosen) == 1 else chosen

"""Layers and calls as they are met, one by one: what every reading of Keras objects is collected in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import keras
from keras import tree

from kerastutor.models.describing import arguments, input_config, layer_from, tensor_from
from kerastutor.models.keras_inside import maker
from kerastutor.models.recording import Record
from kerastutor.topology.editing import leaves
from kerastutor.topology.graph import Argument, Call, Layer, Port, Ref, Source, Tensor, Topology
from kerastutor.topology.ids import Frame, Ids

LARGEST = 60
"""Calls beyond which a partial graph helps nobody."""
OUTERMOST = Frame()


class Collection:
    """The layers and calls met so far, each layer once.

    Attributes:
        layers: by the `id` of the living layer or operation, those of inputs by the `id` of their tensor.
        living: the layers and operations of Keras by the id of their layer.
        kept: further objects whose `id` is a key somewhere, and which must live as long.
    """

    def __init__(self) -> None:
        self.layers: dict[int, Layer] = {}
        self.calls: list[Call] = []
        self.ids = Ids()
        self.living: dict[str, Any] = {}
        self.kept: list[Any] = []

    def layer(self, operation: Any, path: str = "") -> Layer:
        """A layer or operation, called or not; `path` is what its id begins with."""
        found = self.layers.get(id(operation))
        if found is None:
            found = self.layers[id(operation)] = layer_from(operation, self.ids.layer(path + operation.name))
            self.living[found.id] = operation
        return found

    def input(self, tensor: keras.KerasTensor, source: Source | None = None) -> Ref:
        """A tensor that comes from outside."""
        operation = maker(tensor)
        name = tensor.name if operation is None else operation.name
        layer = Layer(self.ids.layer(name), "Input", name=name, config=input_config(tensor), weights=())
        self.layers[id(tensor)] = layer
        self.kept.append(tensor)
        self.calls.append(Call(layer.id, layer.id, outputs=(tensor_from(tensor),), source=source))
        return Ref(layer.id)

    def call(
        self,
        layer: Layer,
        given: tuple[Argument, ...],
        outputs: tuple[Tensor, ...],
        frame: Frame = OUTERMOST,
        source: Source | None = None,
    ) -> str:
        """One more call; returns its id."""
        name = self.ids.call(layer.id)
        self.calls.append(Call(name, layer.id, given, outputs, frame.scope, source))
        return name


class Growing(Collection):
    """A topology that grows with every recorded call.

    Attributes:
        known: where each tensor is made, by its `id`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[int, Ref] = {}

    def add(self, operation: Any, args: Any, kwargs: Any, outputs: Any, source: Source | None = None) -> str:
        """One more call of a layer or operation; returns its id."""
        self.add_inputs(tree.flatten((args, dict(kwargs))))
        layer = self.layer(operation)
        tensors = [tensor for tensor in tree.flatten(outputs) if isinstance(tensor, keras.KerasTensor)]
        made = tuple(map(tensor_from, tensors)) or (Tensor(),)
        name = self.call(layer, tuple(arguments(layer, args, kwargs, self.known)), made, source=source)
        self.kept += tensors
        self.known.update((id(tensor), Ref(name, index)) for index, tensor in enumerate(tensors))
        return name

    def add_inputs(self, things: Iterable[Any], source: Source | None = None) -> None:
        """Those of these tensors that nothing made so far come from outside."""
        for tensor in things:
            if isinstance(tensor, keras.KerasTensor) and id(tensor) not in self.known:
                self.known[id(tensor)] = self.input(tensor, source)

    def topology(self) -> Topology:
        """The graph as it is now: every open end is an output."""
        layers = tuple(self.layers.values())
        kinds = {layer.id: layer.kind for layer in layers}
        inputs = tuple(Port(Ref(call.id)) for call in self.calls if kinds[call.layer] == "Input")
        return Topology(layers, tuple(self.calls), inputs, tuple(map(Port, leaves(self.calls))))


def grown(record: Record) -> Growing:
    """The recorded calls as a graph."""
    graph = Growing()
    for call in record.calls[-LARGEST:]:
        graph.add(call.operation, call.args, call.kwargs, call.outputs)
    return graph

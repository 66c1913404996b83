"""Recorded calls as a topology that grows with every call."""

from __future__ import annotations

from typing import Any

import keras
from keras import tree

from kerastutor.models.describing import arguments, input_config, layer_from, tensor_from
from kerastutor.models.keras_inside import maker
from kerastutor.models.recording import Record
from kerastutor.topology.editing import leaves
from kerastutor.topology.graph import Call, Layer, Port, Ref, Source, Tensor, Topology
from kerastutor.topology.ids import Ids

LARGEST = 60
"""Calls beyond which a partial graph helps nobody."""


class Growing:
    """A topology that grows with every recorded call."""

    def __init__(self) -> None:
        self.layers: dict[int, Layer] = {}
        self.calls: list[Call] = []
        self.known: dict[int, Ref] = {}
        self.ids = Ids()
        self.kept: list[Any] = []  # ids are keys here, so the objects must live

    def add(self, operation: Any, args: Any, kwargs: Any, outputs: Any, source: Source | None = None) -> str:
        """One more call; returns its id."""
        for tensor in tree.flatten((args, dict(kwargs))):
            if isinstance(tensor, keras.KerasTensor) and id(tensor) not in self.known:
                self.input(tensor)
        layer = self._layer(operation)
        found = tuple(arguments(layer, args, kwargs, self.known))
        name = self.ids.call(layer.id)
        tensors = [t for t in tree.flatten(outputs) if isinstance(t, keras.KerasTensor)]
        for index, tensor in enumerate(tensors):
            self.known[id(tensor)] = Ref(name, index)
            self.kept.append(tensor)
        made = tuple(map(tensor_from, tensors)) or (Tensor(),)
        self.calls.append(Call(name, layer.id, found, made, source=source))
        return name

    def input(self, tensor: keras.KerasTensor, source: Source | None = None) -> str:
        """A tensor that comes from outside: an input."""
        operation = maker(tensor)
        name = tensor.name if operation is None else operation.name
        layer = Layer(self.ids.layer(name), "Input", name=name, config=input_config(tensor))
        self.layers[id(tensor)] = layer
        self.known[id(tensor)] = Ref(layer.id)
        self.kept.append(tensor)
        self.calls.append(Call(layer.id, layer.id, outputs=(tensor_from(tensor),), source=source))
        return layer.id

    def topology(self) -> Topology:
        """The graph as it is now: every open end is an output."""
        layers = tuple(self.layers.values())
        kinds = {layer.id: layer.kind for layer in layers}
        inputs = tuple(Port(Ref(call.id)) for call in self.calls if kinds[call.layer] == "Input")
        return Topology(layers, tuple(self.calls), inputs, tuple(map(Port, leaves(self.calls))))

    def _layer(self, operation: Any) -> Layer:
        if id(operation) not in self.layers:
            self.kept.append(operation)
            self.layers[id(operation)] = layer_from(operation, self.ids.layer(operation.name))
        return self.layers[id(operation)]


def grown(record: Record) -> Growing:
    """The recorded calls as a graph."""
    graph = Growing()
    for call in record.calls[-LARGEST:]:
        graph.add(call.operation, call.args, call.kwargs, call.outputs)
    return graph

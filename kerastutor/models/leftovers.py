"""What was written but does not count: layers that were never called, and calls that reach no output of the model.

Keras forgets both: a functional model holds only what its outputs depend on. But a tensor remembers the call that made
it, and a layer its calls; so from the inputs of a model what was left lying can be found again, and a tutor can say
"you made this layer, and nothing goes into it".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import keras

from kerastutor.models.describing import layer_from as as_layer
from kerastutor.models.keras_inside import calls_fed_by, calls_in, calls_of, layers_within
from kerastutor.models.reader import graph_of
from kerastutor.models.reading import read, read_with_layers
from kerastutor.models.recording import names_kept
from kerastutor.topology.graph import Layer, Port, Topology
from kerastutor.topology.ids import free_id


def with_leftovers(model: keras.Model, names: Mapping[str, Any]) -> Topology | None:
    """The topology of a model together with what reaches no output, and with layers that are never called.

    Args:
        model: any model that `read` takes.
        names: where the learner's layers may be found, such as the names of a notebook.

    Returns:
        The topology of `read`, with further calls (none of them reaching an output) and layers without calls; None,
        without reading the model, where nothing is left over. A leftover that cannot be put together with the model is
        left out.

    >>> image = keras.Input((4,))
    >>> kept, lost = keras.layers.Dense(2, name="kept"), keras.layers.Dense(3, name="lost")
    >>> model = keras.Model(image, kept(image))
    >>> topology = with_leftovers(model, {"lost": lost})
    >>> [layer.name for layer in topology.layers if not topology.calls_of[layer.id]]
    ['lost']
    """
    ends, uncalled = _lost_ends(model, names), list(_uncalled(model, names))
    if not ends and not uncalled:
        return None
    topology, living = read_with_layers(model)
    used = {id(layer) for layer in living.values()}
    wider = _with_lost_calls(model, topology, ends) if ends else topology
    taken = {layer.id for layer in wider.layers}
    spare = [_spare(layer, taken) for layer in uncalled if id(layer) not in used]
    return replace(wider, layers=(*wider.layers, *spare))


def _with_lost_calls(model: keras.Function, plain: Topology, ends: list[Any]) -> Topology:
    try:
        with names_kept():
            wider = read(keras.Model(model.inputs, [*model.outputs, *ends]))
    except ValueError:  # two leftovers of one name, or one that needs an input of another model
        return plain
    outputs = [Port(was.tensor, port.key) for was, port in zip(wider.outputs, plain.outputs, strict=False)]
    return replace(wider, name=plain.name, inputs=plain.inputs, outputs=tuple(outputs))


def _calls_of(values: Iterable[Any]) -> set[int]:
    """The calls that belong to one of the models among these values."""
    graphs = filter(None, (graph_of(value) for value in values if isinstance(value, keras.Model)))
    return {id(node) for graph in graphs for node in calls_in(graph)}


def _lost_ends(model: keras.Model, names: Mapping[str, Any]) -> list[Any]:
    """The tensors where calls end that belong to no model and need nothing but tensors of this one."""
    if not isinstance(model, keras.Function):
        return []
    elsewhere = _calls_of(names.values())
    reachable = {id(tensor) for tensor in model.inputs}
    inside = {id(node) for node in calls_in(model)}
    for operation in model.operations:
        for node in calls_of(operation):
            if id(node) in inside:
                reachable.update(id(tensor) for tensor in node.outputs)
    lost = list(_lost_nodes(model.operations, inside | elsewhere, reachable))
    used = {id(tensor) for node in lost for tensor in node.input_tensors}
    return [tensor for node in lost for tensor in node.outputs if id(tensor) not in used]


def _lost_nodes(operations: Iterable[Any], inside: set[int], reachable: set[int]) -> Iterator[Any]:
    waiting = list(operations)
    seen = set(inside)
    while waiting:
        operation = waiting.pop(0)
        for node in calls_fed_by(operation):
            ready = all(id(tensor) in reachable for tensor in node.input_tensors)
            if id(node) not in seen and ready and not isinstance(node.operation, keras.Model):
                seen.add(id(node))
                reachable.update(id(tensor) for tensor in node.outputs)
                waiting.append(node.operation)
                yield node


def _uncalled(model: keras.Model, names: Mapping[str, Any]) -> Iterator[keras.Layer]:
    """Layers that are held under some name and were never called."""
    own = () if isinstance(model, (keras.Function, keras.Sequential)) else layers_within(model)
    found = {id(layer): layer for layer in own}
    named = {
        id(value): value
        for name, value in names.items()
        if isinstance(value, keras.Layer)
        and not isinstance(value, (keras.Model, keras.layers.InputLayer))
        and not name.startswith("_")
        and not calls_of(value)
    }
    yield from {**found, **named}.values()


def _spare(layer: keras.Layer, taken: set[str]) -> Layer:
    id = free_id(layer.name, taken)
    taken.add(id)
    return as_layer(layer, id)

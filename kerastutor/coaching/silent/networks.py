"""The networks of a cell: its models, and what its own lines called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import keras
from keras import tree

from kerastutor.coaching.silent.network import Network
from kerastutor.models.describing import layer_from
from kerastutor.models.growing import Growing
from kerastutor.models.keras_inside import node_behind
from kerastutor.models.reader import given_tensors
from kerastutor.models.reading import closed, read_with_layers
from kerastutor.topology.graph import Port, Ref, Topology
from kerastutor.topology.ids import Ids

if TYPE_CHECKING:
    from kerastutor.coaching.silent.cell import Cell


def is_functional(model: Any) -> bool:
    """Whether it is a model of inputs and outputs, and no Sequential."""
    return isinstance(model, keras.Model) and not isinstance(model, keras.Sequential) and hasattr(model, "operations")


def network_of(model: Any, cell: Cell) -> Network:
    """A model as it stands: of a subclass, whose calls only its own code knows, the layers alone."""
    if is_functional(model) or isinstance(model, keras.Sequential):
        topology, living = read_with_layers(model, opens=closed)
    else:
        ids = Ids()
        living = {ids.layer(layer.name): layer for layer in model.layers}
        topology = Topology(tuple(layer_from(layer, id) for id, layer in living.items()), (), (), ())
    variables: dict[str | Ref, str] = {id: name for id, layer in living.items() if (name := cell.variable(layer))}
    trained = any(fit.model is model for fit in cell.fits)
    labels = tuple(array.ndim for array in cell.labels(model)) if trained else None
    return Network(topology, variables, labels=labels, living=living)


def network_called(cell: Cell) -> Network:
    """What the lines of a cell called, and the layers that they made and never called.

    Its outputs are those of the functional models of the cell, where there are any.
    """
    growing = Growing()
    models = {name: model for name, model in cell.models if is_functional(model)}
    returned = [tensor for model in models.values() for tensor in model.outputs]
    given = [tensor for call in cell.calls for tensor in given_tensors(call.args, dict(call.kwargs))]
    _add_earlier(growing, [*given, *returned], {id(leaf) for call in cell.calls for leaf in tree.flatten(call.outputs)})
    for call in cell.calls:
        growing.add(call.operation, call.args, call.kwargs, call.outputs)
    for layer in cell.unused:
        growing.layer(layer)
    outputs = tuple(Port(growing.known[id(tensor)]) for tensor in returned if id(tensor) in growing.known)
    return Network(
        replace(growing.topology(), name=next(reversed(models), ""), outputs=outputs),
        _variables(growing, cell),
        spared=frozenset(_spared(growing, cell)),
        labels=tuple(array.ndim for fit in cell.fits for array in cell.labels(fit.model)) if cell.fits else None,
        living=growing.living,
    )


def _add_earlier(growing: Growing, tensors: Iterable[Any], made: set[int]) -> None:
    """The calls that made these tensors, where the calls of this cell did not."""
    for tensor in tensors:
        node = node_behind(tensor)
        if id(tensor) not in made and id(tensor) not in growing.known and node is not None and node.input_tensors:
            growing.add(node.operation, node.arguments.args, node.arguments.kwargs, node.outputs)


def _variables(growing: Growing, cell: Cell) -> dict[str | Ref, str]:
    things: dict[str | Ref, int] = {layer.id: key for key, layer in growing.layers.items()}
    things.update((ref, key) for key, ref in growing.known.items())
    return {thing: cell.variables[key] for thing, key in things.items() if key in cell.variables}


def _spared(growing: Growing, cell: Cell) -> Iterator[str]:
    """The layers that are models, or that a model of the learner's uses."""
    models = [value for value in cell.namespace.values() if is_functional(value)]
    inside = {id(operation) for model in models for operation in model.operations}
    for id_, thing in growing.living.items():
        if isinstance(thing, keras.Model) or id(thing) in inside:
            yield id_

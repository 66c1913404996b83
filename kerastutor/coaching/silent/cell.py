"""A cell that ran without an error, and what the rules ask of it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import KerasTensor, tree

from kerastutor.coaching.silent.network import Network
from kerastutor.coaching.sites import resolve
from kerastutor.coaching.tensors import is_data, producer_name
from kerastutor.models.describing import layer_from
from kerastutor.models.growing import Growing
from kerastutor.models.keras_inside import calls_of, layers_held, node_behind, was_called
from kerastutor.models.reader import given_tensors
from kerastutor.models.reading import closed, read_with_layers
from kerastutor.models.recording import Record, RecordedCall, Trained
from kerastutor.system.own_failures import log_failure
from kerastutor.topology.finding import Finding
from kerastutor.topology.graph import Port, Ref, Topology
from kerastutor.topology.ids import Ids


class Fit(NamedTuple):
    """A model that was trained, and the data it was given."""

    model: keras.Model
    x: Any
    y: Any


@dataclass(frozen=True)
class Cell:
    """A cell that ran without an error.

    Attributes:
        source: what was run.
        record: what Keras did.
        namespace: the names as they are now.
    """

    source: str
    record: Record
    namespace: Mapping[str, Any]

    @cached_property
    def syntax(self) -> ast.Module:
        return ast.parse(self.source)

    @cached_property
    def models(self) -> list[tuple[str, Any]]:
        """The models of this cell with their names: those it made, compiled, or gave data."""
        here = {id(entry.layer) for entry in self.record.created}
        here |= {id(trained.model) for trained in self.record.trained}
        here |= {id(resolve(owner, self.namespace)) for owner in _compiled(self.syntax)}
        named = {id(value): name for name, value in self.namespace.items() if is_model(value) and name[:1] != "_"}
        return [(name, self.namespace[name]) for key, name in named.items() if key in here]

    @cached_property
    def networks(self) -> Mapping[int, Network]:
        """The models of this cell and those it trained, as networks, by their `id`; without those not readable."""
        models = {id(model): model for _, model in self.models} | {id(fit.model): fit.model for fit in self.fits}
        read: dict[int, Network] = {}
        for key, model in models.items():
            try:
                read[key] = network_of(model, self)
            except Exception:
                log_failure(f"Reading the model {model.name}")
        return read

    @cached_property
    def calls(self) -> list[RecordedCall]:
        """The calls of the learner's own lines, not those that Keras made while it built a Sequential."""
        return [call for call in self.record.calls if call.stack is None]

    @cached_property
    def unused(self) -> list[Any]:
        """The layers that were made here, have a name, and were never called, nor given to what will call them."""
        made = [entry.layer for entry in self.record.created]
        holders = [*made, *(value for value in self.namespace.values() if isinstance(value, keras.Layer))]
        held = {id(inner) for holder in holders for inner in layers_held(holder)}
        named = {id(value) for value in self.namespace.values()}
        plain = [layer for layer in made if not isinstance(layer, (keras.Model, keras.layers.InputLayer))]
        free = [layer for layer in plain if id(layer) in named and id(layer) not in held]
        return [layer for layer in free if not calls_of(layer) and not was_called(layer)]

    @cached_property
    def fits(self) -> list[Fit]:
        """What was trained here, and on what."""
        trained = [entry for entry in self.record.trained if entry.method == "fit"]
        return [Fit(entry.model, *(_argument(entry, n, name) for n, name in enumerate("xy"))) for entry in trained]

    def labels(self, model: Any) -> list[np.ndarray]:
        """The arrays of labels on which a model was trained here."""
        return [array for fit in self.fits if fit.model is model for array in arrays_of(fit.y)]

    def name(self, thing: Any) -> str:
        """The learner's variable for it, else its own name."""
        return self.variable(thing) or (producer_name(thing) if isinstance(thing, KerasTensor) else thing.name)

    def variable(self, thing: Any) -> str:
        """The learner's variable for it, or nothing."""
        return self.variables.get(id(thing), "")

    @cached_property
    def variables(self) -> dict[int, str]:
        """The learner's first variable for each thing, by its `id`."""
        names: dict[int, str] = {}
        for name, value in self.namespace.items():
            if not name.startswith("_"):
                names.setdefault(id(value), name)
        return names


CellRule = Callable[[Cell], Iterator[Finding]]
"""A rule on what the graph does not show: data, losses, what is written. It finds the places of one mistake."""


def is_model(thing: Any) -> bool:
    return isinstance(thing, keras.Model)


def arrays_of(value: Any) -> list[np.ndarray]:
    """The arrays and tensors of numbers in what a model was given."""
    return [np.asarray(leaf) for leaf in tree.flatten(value) if is_data(leaf)]


def _compiled(syntax: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(syntax):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "compile":
            yield node.func.value


def _argument(trained: Trained, position: int, name: str) -> Any:
    return trained.kwargs.get(name, trained.args[position] if position < len(trained.args) else None)


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

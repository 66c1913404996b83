"""A saved Keras model as a `Topology`, without importing Keras: `.keras` archives and `model.to_json()`.

A file from a stranger is only data here. It is read under caps on size, depth and number of calls, and whatever is
wrong with it is said in one `FileRefused`. The live reader and this one give the same fingerprint for one model;
shapes are filled in as far as the file holds them, weights are not known, and custom layers stay closed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from kerastutor.formats.containers import FileRefused, json_in, parsed
from kerastutor.formats.saved_graph import SavedGraph, SavedLayer, SavedNode, leaves, saved_graph, stacked_layers
from kerastutor.formats.widths import width
from kerastutor.knowledge.normal_config import bind_arguments, handed_down, is_opaque, layer_config, owns
from kerastutor.knowledge.values import plain
from kerastutor.topology.graph import (
    Api,
    Argument,
    Call,
    Json,
    Layer,
    Port,
    Ref,
    Scope,
    Tensor,
    Topology,
    TopologyError,
    arguments_from,
)
from kerastutor.topology.ids import Frame, Ids
from kerastutor.topology.plain import FORMAT
from kerastutor.topology.sameness.rules import without_implicit_masks

__all__ = ["FileRefused", "from_saved", "read", "read_text"]

MOST_CALLS = 20_000
"""Calls and nested models after all are opened; a small file can otherwise unfold into any number of them."""

_TOO_MANY = f"This model unfolds into more than {MOST_CALLS} calls, more than can be shown."


def read(path: str | os.PathLike[str]) -> Topology:
    """Read a `.keras` archive, a file with `model.to_json()`, or a topology's own JSON.

    Raises:
        FileRefused: the file is missing, damaged, too large, of an older Keras, or holds no graph.
    """
    return from_saved(json_in(path))


def read_text(text: str | bytes) -> Topology:
    """Read the text that `model.to_json()` or `Topology.to_json()` returns.

    >>> read_text("[1, 2")
    Traceback (most recent call last):
    kerastutor.formats.containers.FileRefused: This text is not a saved model: its JSON is damaged (...).

    Raises:
        FileRefused: as `read` does.
    """
    return from_saved(parsed(text))


def from_saved(saved: Json) -> Topology:
    """The topology in the JSON of a saved model, as `containers.json_from` gives it.

    Raises:
        FileRefused: as `read` does.
    """
    try:
        if isinstance(saved, Mapping) and saved.get("format") == FORMAT:
            if len(saved.get("calls", ())) > MOST_CALLS:
                raise FileRefused(_TOO_MANY)
            return Topology.from_plain(saved)
        return without_implicit_masks(_Reader().model(SavedLayer.of(saved)))
    except FileRefused:
        raise
    except TopologyError as problem:
        raise FileRefused(str(problem)) from None
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, OverflowError, RecursionError) as problem:
        raise FileRefused(
            f"This saved model is damaged: something stands where it does not belong ({type(problem).__name__})."
        ) from None


class _Reader:
    """Collects layers and calls while a saved model is walked, in the order in which the live reader does."""

    def __init__(self) -> None:
        self.layers: dict[Any, Layer] = {}
        self.calls: list[Call] = []
        self.tensors: dict[Ref, Tensor] = {}
        self.scopes: list[Scope] = []
        self.ids = Ids()
        self.opened: dict[Any, str] = {}  # the id of a model that is opened, the same at each of its calls
        self.graphs: dict[int, SavedGraph] = {}

    def model(self, model: SavedLayer) -> Topology:
        """The outermost model."""
        if model.is_graph:
            graph = self._graph(model)
            known = {source: self._input(graph.layer(source.layer)) for _, source in leaves(graph.inputs)}
            inputs = tuple(_ports(graph.inputs, known))
            self._walk(graph, known, Frame())
            return self._finish(model, "functional", inputs, tuple(_ports(graph.outputs, known)))
        if model.is_stack:
            return self._stack(model)
        raise FileRefused(
            f"This file holds a model of the class {model.class_name!r}, whose graph stands only in its code; "
            "read the live model instead of the file."
        )

    def _stack(self, model: SavedLayer) -> Topology:
        source, layers = stacked_layers(model)
        if source is None:
            layer = self.layers["input"] = Layer(self.ids.layer("input"), "Input", name="input")
            latest = self._append(layer, (), 1, Frame())
        else:
            latest = [self._input(source)]
        inputs = (Port(latest[0]),)
        for inner in layers:
            latest = self._call(inner, latest[:1], {}, Frame(), 1)
        return self._finish(model, "sequential", inputs, tuple(map(Port, latest)))

    def _finish(self, model: SavedLayer, api: Api, inputs: tuple[Port, ...], outputs: tuple[Port, ...]) -> Topology:
        calls = (
            replace(call, outputs=tuple(self.tensors.get(Ref(call.id, i), Tensor()) for i in range(len(call.outputs))))
            for call in self.calls
        )
        return Topology(
            tuple({layer.id: layer for layer in self.layers.values()}.values()),
            tuple(calls),
            inputs,
            outputs,
            name=model.name,
            api=api,
            scopes=tuple(self.scopes),
        )

    def _graph(self, model: SavedLayer) -> SavedGraph:
        key = id(model.config)
        if key not in self.graphs:
            self.graphs[key] = saved_graph(model)
        return self.graphs[key]

    def _walk(self, graph: SavedGraph, known: dict[Any, Ref], frame: Frame) -> None:
        for place, node in graph.nodes_in_order(known):
            args = [_value(value, known) for value in node.args]
            kwargs = {name: _value(value, known) for name, value in node.kwargs.items()}
            returned = self._call(graph.layer(place.layer), args, kwargs, frame, graph.used.get(place, 1))
            for index, ref in enumerate(returned):
                source = place.tensor(index)
                known[source] = ref
                if source in graph.tensors:
                    self.tensors.setdefault(ref, graph.tensors[source])

    def _call(self, layer: SavedLayer, args: list[Any], kwargs: dict[str, Any], frame: Frame, used: int) -> list[Ref]:
        """Read one call, as itself or opened, and say which tensors it returns; at least `used` are asked for."""
        if layer.is_graph or layer.is_stack:
            given = [*_refs(args), *_refs({name: kwargs[name] for name in kwargs if name not in ("mask", "training")})]
            inside = self._enter(layer, frame, kwargs.get("training"))
            return self._open_graph(layer, given, inside) if layer.is_graph else self._open_stack(layer, given, inside)
        made = self._layer(layer, frame)
        bound = bind_arguments(made.kind, args, handed_down(made.kind, kwargs, frame.training))
        arguments = tuple(argument for slot, value in bound for argument in arguments_from(slot, value))
        return self._append(made, arguments, max(used, self._width(made, arguments)), frame)

    def _open_graph(self, model: SavedLayer, given: list[Ref], inside: Frame) -> list[Ref]:
        graph = self._graph(model)
        sources = [source for _, source in leaves(graph.inputs)]
        if len(sources) != len(given):
            raise FileRefused(
                f"This saved model is damaged: {model.name!r} takes {len(sources)} tensors and is given {len(given)}."
            )
        known = dict(zip(sources, given, strict=True))
        self._walk(graph, known, inside)
        return [_known(source, known) for _, source in leaves(graph.outputs)]

    def _open_stack(self, model: SavedLayer, given: list[Ref], inside: Frame) -> list[Ref]:
        latest = given[:1]
        if not latest:
            raise FileRefused(f"This saved model is damaged: {model.name!r} is called without a tensor.")
        for inner in stacked_layers(model)[1]:
            latest = self._call(inner, latest[:1], {}, inside, 1)
        return latest

    def _append(self, layer: Layer, arguments: tuple[Argument, ...], count: int, frame: Frame) -> list[Ref]:
        self._count()
        name = self.ids.call(layer.id)
        self.calls.append(Call(name, layer.id, arguments, (Tensor(),) * count, frame.scope))
        return [Ref(name, index) for index in range(count)]

    def _width(self, layer: Layer, arguments: tuple[Argument, ...]) -> int:
        constants = {slot: value for slot, value in arguments if not isinstance(value, Ref)}
        tensors = [value for _, value in arguments if isinstance(value, Ref)]
        first = self.tensors.get(tensors[0]) if tensors else None
        return width(
            layer.kind, layer.config, {**constants, "tensors": len(tensors)}, first.shape if first is not None else None
        )

    def _count(self) -> None:
        if len(self.calls) + len(self.scopes) >= MOST_CALLS:
            raise FileRefused(_TOO_MANY)

    def _enter(self, model: SavedLayer, frame: Frame, training: Json = None) -> Frame:
        self._count()
        if model.key not in self.opened:
            self.opened[model.key] = self.ids.layer(frame.path + model.name)
        path = self.opened[model.key]
        scope = self.ids.call(path)
        self.scopes.append(Scope(scope, model.name, model.kind, path))
        return frame.inside(scope, path, training)

    def _input(self, source: SavedLayer) -> Ref:
        shape = source.config.get("batch_shape")
        if not isinstance(shape, list) or not all(n is None or type(n) is int for n in shape):
            raise FileRefused(f"This saved model is damaged: the input {source.name!r} has no shape.")
        config = layer_config("Input", {"batch_shape": shape, "dtype": source.config.get("dtype")})
        layer = Layer(self.ids.layer(source.name), "Input", name=source.name, config=config)
        self.layers["input", source.key] = layer
        (ref,) = self._append(layer, (), 1, Frame())
        self.tensors[ref] = Tensor(tuple(shape), config.get("dtype", "float32"))
        return ref

    def _layer(self, saved: SavedLayer, frame: Frame) -> Layer:
        if saved.key not in self.layers:
            config = layer_config(saved.kind, saved.config)
            self.layers[saved.key] = Layer(
                id=self.ids.layer(frame.path + saved.name),
                kind=saved.kind,
                name=saved.name,
                config=config,
                owns=owns(saved.kind, config),
                trainable=saved.config.get("trainable") is not False,
                opaque=is_opaque(saved.kind, config),
                weights=() if saved.kind.startswith("ops.") else None,
            )
        return self.layers[saved.key]


def _known(source: Any, known: Mapping[Any, Ref]) -> Ref:
    if source not in known:
        raise FileRefused(f"This saved model is damaged: it takes a tensor of {source.layer!r} that nobody returns.")
    return known[source]


def _value(value: Json, known: Mapping[Any, Ref]) -> Any:
    """An argument with `Ref`s for tensors and JSON for the rest."""
    source = SavedNode.tensor_in(value)
    if source is not None:
        return _known(source, known)
    if isinstance(value, list):
        return [_value(item, known) for item in value]
    if isinstance(value, Mapping) and "class_name" not in value:
        return {name: _value(item, known) for name, item in value.items()}
    return plain(value)


def _refs(value: Any) -> Iterator[Ref]:
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _refs(item)
    elif isinstance(value, Mapping):
        for name in sorted(value):
            yield from _refs(value[name])


def _ports(structure: Json, known: Mapping[Any, Ref]) -> Iterator[Port]:
    return (Port(_known(source, known), key) for key, source in leaves(structure))

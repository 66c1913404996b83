"""A live Keras model as a `Topology`: every call, whatever the model was written with.

Sequential and functional models hold their graph, and it is walked. A subclassed model or a composite layer holds only
code; that is run once on symbolic tensors under `recording`, which shows the calls inside and leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePath
from typing import Any, NamedTuple

import keras
from keras import KerasTensor, tree
from keras.src.models.functional import Functional

from kerastutor.knowledge.normal_config import bind_arguments, kind_of, layer_config, owns
from kerastutor.knowledge.values import plain
from kerastutor.models.configuration import configuration
from kerastutor.models.recording import Record, RecordedCall, composite, recording
from kerastutor.topology.graph import (
    Api,
    Argument,
    Call,
    Layer,
    Port,
    Ref,
    Scope,
    Source,
    Tensor,
    Topology,
    Weight,
    arguments_from,
)
from kerastutor.topology.rules import without_implicit_masks

Opens = Callable[[keras.Layer], bool]


class NotReadable(TypeError):
    """What was given is no Keras model that can be read; the message says what to do."""


def closed(layer: keras.Layer) -> bool:
    """Open nothing: nested models and composite layers stay one call each."""
    return False


def nested(layer: keras.Layer) -> bool:
    """Open nested Sequential and functional models, whose graph files hold too; keep composite layers closed."""
    return isinstance(layer, (keras.Sequential, Functional))


def read(model: keras.Model, *, opens: Opens = composite, inputs: Any = None) -> Topology:
    """Read a Keras model into its call-level topology.

    Args:
        model: Sequential (built or not), functional, or a subclass of `keras.Model` that was called or built.
        opens: which layers are looked into: `composite` (all that can be), `nested`, or `closed`. Layers of Keras that
            wrap another one, such as Bidirectional, are never opened; their inner layer stands in their configuration.
        inputs: for a subclassed model, the symbolic tensors to trace it with: `keras.Input` objects, alone or
            in a list or dict. Needed only where the model was built from something else than its call on data.

    Returns:
        The topology, with shapes, dtypes and weights as far as the model has them. Where a subclassed model takes a
        path that depends on the data, the part that could be traced, and the reason in `Topology.partial`.

    Raises:
        NotReadable: it is no Keras model, or a subclassed model of which nothing is known yet.

    >>> import keras
    >>> image = keras.Input((4,), name="image")
    >>> topology = read(keras.Model(image, keras.layers.Dense(2, name="scores")(image)))
    >>> [call.id for call in topology.calls], topology.parameters
    (['image', 'scores'], 10)
    """
    _check(model)
    reader = _Reader(opens)
    if isinstance(model, keras.Sequential) and _graph_of(model) is None:
        return reader.stack(model)
    graph = _graph_of(model)
    if graph is not None:
        return reader.graph(model, graph)
    return reader.traced(model, _symbolic_inputs(model) if inputs is None else inputs)


class _Frame(NamedTuple):
    """Where calls are read: the enclosing calls, and the path that the ids of layers inside begin with."""

    scope: tuple[str, ...] = ()
    path: str = ""


class _Reader:
    """Collects layers and calls while a model is walked."""

    def __init__(self, opens: Opens) -> None:
        self.opens = opens
        self.layers: dict[int, Layer] = {}
        self.calls: list[Call] = []
        self.scopes: list[Scope] = []
        self.inputs: list[Port] = []
        self.taken: set[str] = set()
        self.times: dict[str, int] = {}
        self.kept: list[Any] = []  # objects whose id is a key here must live as long
        self.partial: str | None = None

    def stack(self, model: keras.Sequential) -> Topology:
        """A Sequential that does not know its input yet: the chain, without shapes."""
        source = keras.layers.InputLayer((None,), name="input")
        layer = Layer(self._fresh("input"), "Input", name="input")
        self.layers[id(source)] = layer
        self.kept.append(source)
        self.calls.append(Call(layer.id, layer.id))
        latest = Ref(layer.id)
        self.inputs.append(Port(latest))
        for operation in model.layers:
            latest = self._stacked(operation, latest, _Frame())
        return self._finish(model, "sequential", (Port(latest),))

    def graph(self, model: keras.Model, graph: Functional) -> Topology:
        """A model that holds its graph."""
        known: dict[int, Ref] = {}
        for tensor in tree.flatten(graph._inputs_struct):
            known[id(tensor)] = self._input(tensor)
        self.inputs.extend(_ports(graph._inputs_struct, known))
        self._walk(graph, known, _Frame())
        api: Api = "sequential" if isinstance(model, keras.Sequential) else "functional"
        return self._finish(model, api, tuple(_ports(graph._outputs_struct, known)))

    def traced(self, model: keras.Model, inputs: Any) -> Topology:
        """A subclassed model, by running its `call` on symbolic tensors."""
        known = {id(tensor): self._input(tensor) for tensor in tree.flatten(inputs)}
        self.inputs.extend(_ports(inputs, known))
        outputs = self._trace(model, (inputs,), {}, known, _Frame(), lambda layer: layer is model or self.opens(layer))
        if outputs is None:
            latest = Ref(self.calls[-1].id)
            return self._finish(model, "subclassed", (Port(latest),))
        return self._finish(model, "subclassed", tuple(_ports(outputs, known)))

    def _finish(self, model: keras.Model, api: Api, outputs: tuple[Port, ...]) -> Topology:
        layers = tuple({layer.id: layer for layer in self.layers.values()}.values())
        return without_implicit_masks(
            Topology(
                layers,
                tuple(self.calls),
                tuple(self.inputs),
                outputs,
                name=model.name,
                api=api,
                scopes=tuple(self.scopes),
                partial=self.partial,
            )
        )

    def _walk(self, graph: Functional, known: dict[int, Ref], frame: _Frame) -> None:
        for node in _nodes_in_order(graph, known):
            arguments = node.arguments
            self._call(node.operation, arguments.args, arguments.kwargs, node.outputs, known, frame)

    def _call(
        self,
        operation: Any,
        args: Any,
        kwargs: Any,
        outputs: list[KerasTensor],
        known: dict[int, Ref],
        frame: _Frame,
        source: Source | None = None,
    ) -> None:
        """Read one call: as itself, or opened."""
        if isinstance(operation, keras.Layer) and self.opens(operation):
            graph = _graph_of(operation)
            if graph is not None:
                self._open_graph(operation, graph, args, outputs, known, frame)
                return
            if not isinstance(operation, keras.Sequential) and self._open_code(
                operation, args, kwargs, outputs, known, frame
            ):
                return
        layer = self._layer(operation, frame)
        arguments = tuple(_arguments(layer, args, kwargs, known))
        self._append(layer, arguments, outputs, known, frame, source)

    def _append(
        self,
        layer: Layer,
        arguments: tuple[Argument, ...],
        outputs: list[KerasTensor],
        known: dict[int, Ref],
        frame: _Frame,
        source: Source | None,
    ) -> None:
        name = self._next_call(layer.id)
        for index, tensor in enumerate(outputs):
            known[id(tensor)] = Ref(name, index)
        self.calls.append(Call(name, layer.id, arguments, tuple(map(_tensor, outputs)), frame.scope, source))

    def _open_graph(
        self,
        model: keras.Layer,
        graph: Functional,
        args: Any,
        outputs: list[KerasTensor],
        known: dict[int, Ref],
        frame: _Frame,
    ) -> None:
        """Put the calls of a nested model in the place of its call."""
        inside = self._enter(model, frame)
        given = [known[id(tensor)] for tensor in tree.flatten(args) if isinstance(tensor, KerasTensor)]
        inner = {id(tensor): ref for tensor, ref in zip(tree.flatten(graph._inputs_struct), given, strict=False)}
        self._walk(graph, inner, inside)
        for tensor, returned in zip(outputs, tree.flatten(graph._outputs_struct), strict=True):
            known[id(tensor)] = inner[id(returned)]

    def _open_code(
        self,
        layer: keras.Layer,
        args: Any,
        kwargs: Any,
        outputs: list[KerasTensor],
        known: dict[int, Ref],
        frame: _Frame,
    ) -> bool:
        """Put the calls inside a composite layer in the place of its call; False where it cannot be traced."""
        fresh: dict[int, KerasTensor] = {}

        def replace(value: Any) -> Any:
            if not isinstance(value, KerasTensor):
                return value
            return fresh.setdefault(id(value), KerasTensor(value.shape, dtype=value.dtype))

        arguments = tree.map_structure(replace, (args, dict(kwargs)))
        try:
            with recording(lambda inner: inner is layer or self.opens(inner)) as record:
                returned = layer(*arguments[0], **arguments[1])
        except Exception:
            return False
        inner = {id(tensor): known[original] for original, tensor in fresh.items()}
        self._keep(record, returned)
        self._play(record, inner, frame, {})
        if not all(id(tensor) in inner for tensor in tree.flatten(returned)):
            return False
        for tensor, found in zip(outputs, tree.flatten(returned), strict=True):
            known[id(tensor)] = inner[id(found)]
        return True

    def _trace(
        self, model: keras.Model, args: Any, kwargs: Any, known: dict[int, Ref], frame: _Frame, opens: Opens
    ) -> Any:
        """Run a subclassed model under recording; None where it stopped on the way."""
        outputs: Any = None
        with recording(opens) as record:
            try:
                outputs = model(*args, **kwargs)
            except Exception as problem:
                self.partial = _why_partial(model, problem)
        self._keep(record, outputs)
        outermost = {id(opened): frame for opened in record.opened[:1]}
        self._play(record, known, frame, outermost)
        return outputs

    def _play(self, record: Record, known: dict[int, Ref], frame: _Frame, frames: dict[int, _Frame]) -> None:
        """Read the calls of a recording; `frames` says where the composite layers entered so far stand."""
        for call in record.calls:
            inside = self._frame_of(call, frame, frames)
            source = None if call.source is None else Source(PurePath(call.source.file).name, call.source.line)
            outputs = [tensor for tensor in tree.flatten(call.outputs) if isinstance(tensor, KerasTensor)]
            for tensor in tree.flatten((call.args, dict(call.kwargs))):
                if isinstance(tensor, KerasTensor) and id(tensor) not in known:
                    known[id(tensor)] = self._input(tensor)
            layer = self._layer(call.operation, inside)
            arguments = tuple(_arguments(layer, call.args, call.kwargs, known))
            self._append(layer, arguments, outputs, known, inside, source)

    def _frame_of(self, call: RecordedCall, outside: _Frame, frames: dict[int, _Frame]) -> _Frame:
        frame = outside
        for opened in call.scope:
            if id(opened) not in frames:
                frames[id(opened)] = self._enter(opened.layer, frame)
            frame = frames[id(opened)]
        return frame

    def _enter(self, layer: keras.Layer, frame: _Frame) -> _Frame:
        """The frame inside a call of a nested model or composite layer."""
        path = self._path_of(layer, frame)
        scope = self._next_call(path)
        self.scopes.append(Scope(scope, layer.name, _kind(layer), path))
        return _Frame((*frame.scope, scope), f"{path}/")

    def _path_of(self, layer: keras.Layer, frame: _Frame) -> str:
        """The id of a layer that is opened and so has no `Layer` of its own; the same at each of its calls."""
        key = -id(layer)
        if key not in self.layers:
            self.kept.append(layer)
            self.layers[key] = Layer(self._fresh(frame.path + layer.name), _kind(layer), name=layer.name)
        return self.layers[key].id

    def _input(self, tensor: KerasTensor) -> Ref:
        history = getattr(tensor, "_keras_history", None)
        operation = None if history is None else history.operation
        name = operation.name if operation is not None else tensor.name
        layer = Layer(self._fresh(name), "Input", name=name, config=_input_config(tensor))
        self.layers[id(tensor)] = layer
        self.kept.append(tensor)
        self.calls.append(Call(layer.id, layer.id, outputs=(_tensor(tensor),)))
        return Ref(layer.id)

    def _layer(self, operation: Any, frame: _Frame) -> Layer:
        layer = self.layers.get(id(operation))
        if layer is None:
            self.kept.append(operation)
            layer = self.layers[id(operation)] = _layer(operation, self._fresh(frame.path + operation.name))
        return layer

    def _stacked(self, operation: keras.Layer, latest: Ref, frame: _Frame) -> Ref:
        if isinstance(operation, keras.Sequential) and self.opens(operation):
            inside = self._enter(operation, frame)
            for inner in operation.layers:
                latest = self._stacked(inner, latest, inside)
            return latest
        layer = self._layer(operation, frame)
        name = self._next_call(layer.id)
        slot = bind_arguments(layer.kind, ("x",), {})[0][0]
        self.calls.append(Call(name, layer.id, (Argument(slot, latest),), scope=frame.scope))
        return Ref(name)

    def _next_call(self, layer: str) -> str:
        self.times[layer] = self.times.get(layer, 0) + 1
        return layer if self.times[layer] == 1 else f"{layer}#{self.times[layer]}"

    def _fresh(self, name: str) -> str:
        wanted, times = name, 1
        while wanted in self.taken:
            times += 1
            wanted = f"{name}~{times}"
        self.taken.add(wanted)
        return wanted

    def _keep(self, *objects: Any) -> None:
        self.kept.extend(objects)


def _check(model: Any) -> None:
    if isinstance(model, keras.Model):
        return
    if isinstance(model, type) and issubclass(model, keras.Layer):
        raise NotReadable(f"{model.__name__} is a class; make one with {model.__name__}(...) and pass that.")
    if isinstance(model, keras.Layer):
        raise NotReadable(
            f"{model.name!r} is a single layer, not a model; put it into keras.Sequential([...]) or call it on a "
            "keras.Input and pass keras.Model(inputs, outputs)."
        )
    if isinstance(model, KerasTensor):
        raise NotReadable("This is a tensor of a graph, not a model; pass keras.Model(inputs, outputs).")
    if isinstance(model, (list, tuple)):
        raise NotReadable("This is a list, not a model; if it lists layers, pass keras.Sequential([...]).")
    if model is None:
        raise NotReadable("This is None, not a model; does the cell that builds the model end in return or assign it?")
    raise NotReadable(f"This is a {type(model).__name__}, not a Keras model; pass a keras.Sequential or keras.Model.")


def _graph_of(model: Any) -> Functional | None:
    """The graph that a Sequential or functional model holds; None where there is none (yet)."""
    if isinstance(model, Functional):
        return model
    return model._functional if isinstance(model, keras.Sequential) else None


def _nodes_in_order(graph: Functional, known: Mapping[int, Ref]) -> Iterator[Any]:
    """The nodes that the outputs depend on, each after those it takes from: depth first, arguments in order."""
    done: set[int] = set()
    waiting = [_producer(tensor) for tensor in reversed(tree.flatten(graph._outputs_struct)) if id(tensor) not in known]
    while waiting:
        node = waiting[-1]
        if id(node) in done:
            waiting.pop()
            continue
        before = [_producer(t) for t in node.arguments.keras_tensors if id(t) not in known]
        missing = [other for other in before if id(other) not in done]
        if missing:
            waiting.extend(reversed(missing))
        else:
            done.add(id(node))
            waiting.pop()
            yield node


def _producer(tensor: KerasTensor) -> Any:
    operation, node, _ = tensor._keras_history
    return operation._inbound_nodes[node]


def _symbolic_inputs(model: keras.Model) -> Any:
    """Symbolic tensors like the data that a subclassed model was built with."""
    shapes = getattr(model, "_build_shapes_dict", None)
    if not shapes:
        raise NotReadable(
            f"The model {model.name!r} was never called, so nothing is known of its inputs; call it once on data or on "
            "keras.Input(shape) and try again."
        )
    return _inputs_for(next(iter(shapes.values())) if len(shapes) == 1 else dict(shapes))


def _inputs_for(shapes: Any) -> Any:
    if isinstance(shapes, Mapping):
        return {name: keras.Input(batch_shape=(None, *shape[1:]), name=name) for name, shape in shapes.items()}
    if shapes and isinstance(shapes[0], (list, tuple)):
        return [keras.Input(batch_shape=(None, *shape[1:])) for shape in shapes]
    return keras.Input(batch_shape=(None, *shapes[1:]))


def _why_partial(model: keras.Model, problem: Exception) -> str:
    reason = str(problem).strip().splitlines()
    return (
        f"Only a part of {model.name!r} could be followed, up to where its call() needs real numbers: "
        f"{type(problem).__name__}: {reason[0] if reason else ''}"
    )


def _layer(operation: Any, name: str) -> Layer:
    kind = _kind(operation)
    config = layer_config(kind, configuration(kind, operation))
    is_layer = isinstance(operation, keras.Layer)
    return Layer(
        id=name,
        kind=kind,
        name=operation.name,
        config=config,
        owns=owns(kind, config),
        trainable=operation.trainable if is_layer else True,
        opaque=">" in kind or kind == "Lambda",
        weights=_weights(operation) if is_layer else (),
    )


def _kind(operation: Any) -> str:
    cls = type(operation)
    if cls.__module__.startswith("keras.src."):
        return kind_of(cls.__module__, cls.__name__, None)
    return kind_of(cls.__module__, cls.__name__, keras.saving.get_registered_name(cls))


def _weights(layer: keras.Layer) -> tuple[Weight, ...] | None:
    if not layer.built:
        return None
    return tuple(Weight(variable.name, tuple(variable.shape), variable.trainable) for variable in layer.weights)


def _arguments(layer: Layer, args: Any, kwargs: Any, known: Mapping[int, Ref]) -> Iterator[Argument]:
    for slot, value in bind_arguments(layer.kind, args, kwargs):
        if isinstance(value, KerasTensor):
            yield Argument(slot, known[id(value)])
        else:
            yield from arguments_from(slot, _value(value, known))


def _value(value: Any, known: Mapping[int, Ref]) -> Any:
    """An argument with `Ref`s for tensors and JSON for the rest."""
    if isinstance(value, KerasTensor):
        return known[id(value)]
    if isinstance(value, (list, tuple)) and not isinstance(value, Ref):
        return [_value(item, known) for item in value]
    if isinstance(value, dict):
        return {str(name): _value(item, known) for name, item in value.items()}
    return plain(value)


def _tensor(tensor: KerasTensor) -> Tensor:
    return Tensor(tuple(tensor.shape), tensor.dtype)


def _input_config(tensor: KerasTensor) -> dict[str, Any]:
    return layer_config("Input", {"batch_shape": list(tensor.shape), "dtype": tensor.dtype})


def _ports(structure: Any, known: Mapping[int, Ref], key: str | None = None) -> Iterator[Port]:
    """The ports of a structure of tensors: keys where a dict names them, the path where structures nest."""
    if isinstance(structure, KerasTensor):
        yield Port(known[id(structure)], key)
    elif isinstance(structure, Mapping):
        for name in sorted(structure):
            yield from _ports(structure[name], known, f"{key}.{name}" if key else str(name))
    else:
        for position, item in enumerate(structure):
            deeper = not isinstance(item, KerasTensor) or key is not None
            yield from _ports(item, known, (f"{key}.{position}" if key else str(position)) if deeper else None)

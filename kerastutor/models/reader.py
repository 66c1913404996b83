"""Walks a Keras model and collects its layers and calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import Any

import keras
from keras import KerasTensor, tree

from kerastutor.knowledge.normal_config import bind_arguments, handed_down
from kerastutor.models.call_arguments import CalledWith, built_for
from kerastutor.models.describing import arguments, kind, ports, tensor_from
from kerastutor.models.growing import OUTERMOST, Collection
from kerastutor.models.keras_inside import KerasNode, graph_of_stack, node_behind
from kerastutor.models.recording import Record, RecordedCall, composite, names_kept, recording
from kerastutor.models.wrappers import Inside, inside
from kerastutor.system.own_failures import log_failure
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
    Unreadable,
    arguments_from,
)
from kerastutor.topology.ids import Frame
from kerastutor.topology.sameness.rules import without_implicit_masks


class NotReadable(Unreadable, TypeError):
    """What was given is no Keras model that can be read; the message says what to do."""


Opens = Callable[[keras.Layer], bool]
"""Asked for each layer: is it to be looked into?"""


class Reader(Collection):
    """Collects layers and calls while a model is walked.

    Attributes:
        given: what the model is called with.
        confirmed: whether each layer of a traced model is called on a shape like the one it was built for.
    """

    def __init__(self, opens: Opens) -> None:
        super().__init__()
        self.opens = opens
        self.paths: dict[int, str] = {}
        self.scopes: list[Scope] = []
        self.inputs: list[Port] = []
        self.partial: str | None = None
        self.given = CalledWith(())
        self.confirmed = True

    def stack(self, model: keras.Sequential) -> Topology:
        """A Sequential that does not know its input yet: the chain, without shapes."""
        layer = Layer(self.ids.layer("input"), "Input", name="input", weights=())
        self.layers[id(layer)] = layer
        self.calls.append(Call(layer.id, layer.id))
        latest = Ref(layer.id)
        self.inputs.append(Port(latest))
        for operation in model.layers:
            latest = self._stacked(operation, latest, OUTERMOST)
        return self._finish(model, "sequential", (Port(latest),))

    def graph(self, model: keras.Model, graph: keras.Function) -> Topology:
        """A model that holds its graph."""
        known: dict[int, Ref] = {}
        self.given = CalledWith((graph.input,))
        for tensor in graph.inputs:
            known[id(tensor)] = self.input(tensor)
        self.inputs.extend(ports(graph.input, known))
        self._walk(graph, known, OUTERMOST)
        api: Api = "sequential" if isinstance(model, keras.Sequential) else "functional"
        return self._finish(model, api, tuple(ports(graph.output, known)))

    def traced(self, model: keras.Model, given: CalledWith) -> Topology:
        """A subclassed model, by running its `call` on symbolic tensors."""
        self.given = given
        known = {id(tensor): self.input(tensor) for tensor in given_tensors(given.args, given.kwargs)}
        self.inputs.extend(ports(given.structure, known))
        outputs = self._trace(model, given, known)
        if self.partial is not None:
            return self._finish(model, "subclassed", (Port(Ref(self.calls[-1].id)),))
        found = tuple(ports(outputs, known))
        if not found:
            raise NotReadable(f"call() of {model.name!r} returns no tensor; end it with `return` and its outputs.")
        if not all(leaf is None or isinstance(leaf, KerasTensor) for leaf in tree.flatten(outputs)):
            self.partial = f"Beside tensors, call() of {model.name!r} returns a constant, which no drawing holds."
        return self._finish(model, "subclassed", found)

    def _finish(self, model: keras.Model, api: Api, outputs: tuple[Port, ...]) -> Topology:
        return without_implicit_masks(
            Topology(
                tuple(self.layers.values()),
                tuple(self.calls),
                tuple(self.inputs),
                outputs,
                name=model.name,
                api=api,
                scopes=tuple(self.scopes),
                partial=self.partial,
            )
        )

    def _walk(self, graph: keras.Function, known: dict[int, Ref], frame: Frame) -> None:
        for node in _nodes_in_order(graph, known):
            self._read(node, known, frame)

    def _read(self, node: KerasNode, known: dict[int, Ref], frame: Frame) -> None:
        """Read one call: as itself, or opened."""
        operation, given = node.operation, node.arguments
        if isinstance(operation, keras.Layer) and self.opens(operation):
            graph = graph_of(operation)
            if graph is not None:
                self._open_graph(node, graph, known, frame)
                return
            within = inside(operation)
            if within is not None and len(given_tensors(given.args, given.kwargs)) == 1:
                self._open_wrapper(node, within, known, frame)
                return
            if composite(operation) and self._open_code(node, known, frame):
                return
        layer = self.layer(operation, frame.path)
        taken = arguments(layer, given.args, handed_down(layer.kind, given.kwargs, frame.training), known)
        _returned(self.call(layer, tuple(taken), _made(node.outputs), frame), node.outputs, known)

    def _open_graph(self, node: KerasNode, graph: keras.Function, known: dict[int, Ref], frame: Frame) -> None:
        """Put the calls of a nested model in the place of its call."""
        inside = self._enter(node.operation, frame, node.arguments.kwargs.get("training"))
        given = [known[id(tensor)] for tensor in given_tensors(node.arguments.args, {})]
        inner = {id(tensor): ref for tensor, ref in zip(graph.inputs, given, strict=False)}
        self._walk(graph, inner, inside)
        for tensor, returned in zip(node.outputs, graph.outputs, strict=True):
            known[id(tensor)] = inner[id(returned)]

    def _open_wrapper(self, node: KerasNode, within: Inside, known: dict[int, Ref], frame: Frame) -> None:
        """Put the calls inside a wrapper in the place of its call."""
        frame, made = self._enter(node.operation, frame), _made(node.outputs)
        (given,) = given_tensors(node.arguments.args, {})
        for inner in within.layers:
            layer = self.layer(inner, frame.path)
            name = self.call(layer, tuple(arguments(layer, (given,), {}, known)), made, frame)
        if within.merge:
            merge = Layer(self.ids.layer(f"{frame.path}{within.merge.lower()}"), within.merge, weights=())
            self.layers[id(merge)] = merge
            branches = [Ref(call.id) for call in self.calls[-len(within.layers) :]]
            name = self.call(merge, tuple(arguments_from("inputs", branches)), made, frame)
        _returned(name, node.outputs, known)

    def _open_code(self, node: KerasNode, known: dict[int, Ref], frame: Frame) -> bool:
        """Put the calls inside a composite layer in the place of its call; False where it cannot be traced."""
        layer, given = node.operation, node.arguments
        fresh: dict[int, KerasTensor] = {}

        def replace(value: Any) -> Any:
            if not isinstance(value, KerasTensor):
                return value
            return fresh.setdefault(id(value), KerasTensor(value.shape, dtype=value.dtype))

        with names_kept():
            fresh_args, fresh_kwargs = tree.map_structure(replace, (given.args, dict(given.kwargs)))
        try:
            with recording(lambda inner: inner is layer or self.opens(inner)) as record:
                returned = layer(*fresh_args, **fresh_kwargs)
        except Exception:
            log_failure(f"Opening the layer {layer.name!r}")
            return False
        inner = {id(tensor): known[original] for original, tensor in fresh.items()}
        made = {*inner, *(id(tensor) for call in record.calls for tensor in tree.flatten(call.outputs))}
        if not all(id(tensor) in made for tensor in tree.flatten(returned)):
            return False
        self.kept += [record, returned]
        self._play(record, inner, frame, {})
        for tensor, found in zip(node.outputs, tree.flatten(returned), strict=True):
            known[id(tensor)] = inner[id(found)]
        return True

    def _trace(self, model: keras.Model, given: CalledWith, known: dict[int, Ref]) -> Any:
        """Run a subclassed model under recording; None where it stopped on the way."""
        outputs: Any = None
        opens: Opens = lambda layer: layer is model or self.opens(layer)  # noqa: E731
        with recording(opens) as record:
            try:
                outputs = model(*given.args, **given.kwargs)
            except Exception as problem:
                self.partial = _why_partial(model, problem)
        self.kept += [record, outputs]
        first_calls = {id(call.operation): call for call in reversed(record.calls)}
        self.confirmed = all(map(_as_built, first_calls.values()))
        self._play(record, known, OUTERMOST, {id(opened): OUTERMOST for opened in record.opened[:1]})
        return outputs

    def _play(self, record: Record, known: dict[int, Ref], frame: Frame, frames: dict[int, Frame]) -> None:
        """Read the calls of a recording; `frames` says where the composite layers entered so far stand."""
        for call in record.calls:
            inside = self._frame_of(call, frame, frames)
            source = None if call.source is None else Source(PurePath(call.source.file).name, call.source.line)
            outputs = [tensor for tensor in tree.flatten(call.outputs) if isinstance(tensor, KerasTensor)]
            for tensor in tree.flatten((call.args, dict(call.kwargs))):
                if isinstance(tensor, KerasTensor) and id(tensor) not in known:
                    known[id(tensor)] = self.input(tensor)
            layer = self.layer(call.operation, inside.path)
            given = tuple(arguments(layer, call.args, call.kwargs, known))
            _returned(self.call(layer, given, _made(outputs), inside, source), outputs, known)

    def _frame_of(self, call: RecordedCall, outside: Frame, frames: dict[int, Frame]) -> Frame:
        frame = outside
        for opened in call.scope:
            if id(opened) not in frames:
                frames[id(opened)] = self._enter(opened.layer, frame)
            frame = frames[id(opened)]
        return frame

    def _enter(self, layer: keras.Layer, frame: Frame, training: Any = None) -> Frame:
        """The frame inside a call of a nested model or composite layer."""
        path = self._path_of(layer, frame)
        scope = self.ids.call(path)
        self.scopes.append(Scope(scope, layer.name, kind(layer), path))
        return frame.inside(scope, path, training)

    def _path_of(self, layer: keras.Layer, frame: Frame) -> str:
        """The id of a layer that is opened and so has no `Layer` of its own; the same at each of its calls."""
        if id(layer) not in self.paths:
            self.kept.append(layer)
            self.paths[id(layer)] = self.ids.layer(frame.path + layer.name)
        return self.paths[id(layer)]

    def _stacked(self, operation: keras.Layer, latest: Ref, frame: Frame) -> Ref:
        graph = graph_of(operation)
        if graph is not None and self.opens(operation):
            if not len(graph.inputs) == len(graph.outputs) == 1:
                raise NotReadable(
                    f"{operation.name!r} takes or returns several tensors and stands in a Sequential that does not "
                    "know its input yet; call it in keras.Model(inputs, outputs) instead."
                )
            known = {id(graph.inputs[0]): latest}
            self._walk(graph, known, self._enter(operation, frame))
            return known[id(graph.outputs[0])]
        if isinstance(operation, keras.Sequential) and self.opens(operation):
            inside = self._enter(operation, frame)
            for inner in operation.layers:
                latest = self._stacked(inner, latest, inside)
            return latest
        layer = self.layer(operation, frame.path)
        slot = bind_arguments(layer.kind, ("x",), {})[0][0]
        return Ref(self.call(layer, (Argument(slot, latest),), (Tensor(),), frame))


def _made(outputs: Iterable[KerasTensor]) -> tuple[Tensor, ...]:
    return tuple(map(tensor_from, outputs))


def _returned(call: str, outputs: Iterable[KerasTensor], known: dict[int, Ref]) -> None:
    """Take down which tensors a call returned."""
    for index, tensor in enumerate(outputs):
        known[id(tensor)] = Ref(call, index)


def given_tensors(args: Any, kwargs: Any) -> list[KerasTensor]:
    """The tensors among the arguments of a call."""
    return [tensor for tensor in tree.flatten((args, kwargs)) if isinstance(tensor, KerasTensor)]


def graph_of(model: Any) -> keras.Function | None:
    """The graph that a Sequential or functional model holds; None where there is none (yet)."""
    if isinstance(model, keras.Function):
        return model
    return graph_of_stack(model) if isinstance(model, keras.Sequential) else None


def _as_built(call: RecordedCall) -> bool:
    """Whether a layer is called on a shape like the one that it was built for; an open axis is like any length."""
    built = built_for(call.operation) if isinstance(call.operation, keras.Layer) else None
    given = given_tensors(call.args, {})
    if len(given) != 1 or not isinstance(built, (list, tuple)):
        return True
    if not all(axis is None or isinstance(axis, int) for axis in built):
        return True
    shape = given[0].shape
    same = (one is None or other is None or one == other for one, other in zip(built[1:], shape[1:], strict=False))
    return len(built) == len(shape) and all(same)


def _nodes_in_order(graph: keras.Function, known: Mapping[int, Ref]) -> Iterator[KerasNode]:
    """The nodes that the outputs depend on, each after those it takes from: depth first, arguments in order."""
    done: set[int] = set()
    waiting: list[Any] = [node_behind(tensor) for tensor in reversed(graph.outputs) if id(tensor) not in known]
    while waiting:
        node = waiting[-1]
        if id(node) in done:
            waiting.pop()
            continue
        before: list[Any] = [node_behind(t) for t in node.input_tensors if id(t) not in known]
        missing = [other for other in before if id(other) not in done]
        if missing:
            waiting.extend(reversed(missing))
        else:
            done.add(id(node))
            waiting.pop()
            yield node


def _why_partial(model: keras.Model, problem: Exception) -> str:
    reason = str(problem).strip().splitlines()
    return (
        f"Only a part of {model.name!r} could be followed, up to where its call() needs real numbers: "
        f"{type(problem).__name__}: {reason[0] if reason else ''}"
    )

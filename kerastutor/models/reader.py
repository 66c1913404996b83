"""Walks a Keras model and collects its layers and calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

import keras
from keras import KerasTensor, tree

from kerastutor.knowledge.normal_config import bind_arguments, handed_down
from kerastutor.models.both_ways import CHOICE, Pair, counterparts, is_noise, paired
from kerastutor.models.call_arguments import CalledWith, built_for
from kerastutor.models.describing import UNTRACKED, arguments, kind, ports, tensor_from, variable_layer
from kerastutor.models.growing import OUTERMOST, Collection
from kerastutor.models.keras_inside import KerasNode, graph_of_stack, layers_within, node_behind
from kerastutor.models.recording import Effect, Opened, Record, RecordedCall, composite, names_kept, of_keras, recording
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


@dataclass(eq=False)
class _Trace:
    """What one run of a layer's code did, and what it returned."""

    record: Record
    returned: Any = None


class _Stopped(Exception):
    """A run that raised on the way."""

    def __init__(self, trace: _Trace, problem: Exception) -> None:
        super().__init__(str(problem))
        self.trace, self.problem = trace, problem


_Made = tuple[dict[int, Ref], dict[int, Ref]]
"""Where each tensor is made, by its `id`: those of the run in inference, and those of the run in training."""


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
        self.choices: dict[tuple[Ref, Ref], Ref] = {}
        self.created: set[int] = set()
        self.held: set[int] = set()
        self.counts: set[int] = set()
        self.updates_metrics = False

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
        traces = self._trace(model, given)
        self._play(traces, known, OUTERMOST, {id(opened): OUTERMOST for opened in traces[0].record.opened[:1]})
        outputs = traces[0].returned
        if self.partial is not None:
            return self._finish(model, "subclassed", (Port(Ref(self.calls[-1].id)),))
        found = tuple(ports(outputs, known))
        if not found:
            raise NotReadable(f"call() of {model.name!r} returns no tensor; end it with `return` and its outputs.")
        if not all(leaf is None or isinstance(leaf, KerasTensor) for leaf in tree.flatten(outputs)):
            self.partial = f"Beside tensors, call() of {model.name!r} returns a constant, which no drawing holds."
        return self._finish(model, "subclassed", found)

    def _finish(self, model: keras.Model, api: Api, outputs: tuple[Port, ...]) -> Topology:
        topology = Topology(
            tuple(self.layers.values()),
            tuple(self.calls),
            tuple(self.inputs),
            outputs,
            name=model.name,
            api=api,
            scopes=tuple(self.scopes),
            partial=self.partial,
        )
        return without_implicit_masks(_without_counting(topology) if self.updates_metrics else topology)

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
        inner = {id(tensor): known[original] for original, tensor in fresh.items()}
        try:
            traces = list(self._traces(layer, CalledWith(fresh_args, fresh_kwargs)))
        except Exception:
            log_failure(f"Opening the layer {layer.name!r}")
            return False
        for trace in traces:
            made = {*inner, *(id(tensor) for call in trace.record.calls for tensor in tree.flatten(call.outputs))}
            if not all(id(tensor) in made for tensor in tree.flatten(trace.returned)):
                return False
        self._play(traces, inner, frame, {})
        for tensor, found in zip(node.outputs, tree.flatten(traces[0].returned), strict=True):
            known[id(tensor)] = inner[id(found)]
        return True

    def _trace(self, model: keras.Model, given: CalledWith) -> list[_Trace]:
        """Run a subclassed model under recording; of one that stopped on the way what ran until then."""
        try:
            traces = list(self._traces(model, given))
        except _Stopped as stopped:
            self.partial = _why_partial(model, stopped.problem)
            traces = [stopped.trace]
        first_calls = {id(call.operation): call for call in reversed(traces[0].record.calls)}
        self.confirmed = all(map(_as_built, first_calls.values()))
        return traces

    def _traces(self, layer: keras.Layer, given: CalledWith) -> Iterator[_Trace]:
        """What a call does in inference and, where it may do something else, in training."""
        inference = self._run(layer, given, training=False)
        self.held |= {id(one) for one in (*layers_within(layer), *layer.variables)}
        self.counts |= {id(variable) for variable in layer.metrics_variables}
        yield inference
        if not inference.record.asks_training:
            return
        try:
            yield self._run(layer, given, training=True)
        except _Stopped:
            log_failure(f"Tracing {layer.name!r} in training")

    def _run(self, layer: keras.Layer, given: CalledWith, *, training: bool) -> _Trace:
        opens: Opens = lambda inner: inner is layer or self.opens(inner)  # noqa: E731
        with recording(opens, training=training) as record:
            trace = _Trace(record)
            self.kept.append(trace)
            try:
                trace.returned = layer(*given.args, **given.kwargs)
            except Exception as problem:
                raise _Stopped(trace, problem) from problem
        return trace

    def _play(self, traces: list[_Trace], known: dict[int, Ref], frame: Frame, frames: dict[int, Frame]) -> None:
        """Read the calls of a layer's traces, and what each tensor is that it returned in inference.

        Args:
            known: the tensors that the layer is given; those that it makes in inference are added.
            frames: where the composite layers that were entered so far stand.
        """
        inference, training = traces[0], traces[-1] if len(traces) > 1 else None
        record = None if training is None else training.record
        made: _Made = known, dict(known)
        same = counterparts(inference.record, record)
        self.created |= {id(made.layer) for trace in traces for made in trace.record.created}
        for pair in paired(inference.record, record):
            call = next(one for one in pair if one is not None)
            self._read_pair(pair, made, self._frame_of(call, frame, frames, same))
        if training is not None:
            self._return_both(inference, training, made, frame)
        self._add_effects(traces[-1].record.effects, inference.returned, made, frame)

    def _read_pair(self, pair: Pair, made: _Made, frame: Frame) -> None:
        """Read one call that was made in inference, in training or in both."""
        (call, known), *rest = [(one, where) for one, where in zip(pair, made, strict=True) if one is not None]
        layer = self._held(call.operation, self.layer(call.operation, frame.path))
        given = list(self._taken(layer, call, known, frame))
        for other, there in rest:
            trained = self._taken(layer, other, there, frame)
            given = [
                Argument(slot, self._either(value, value_then.value, frame))
                for (slot, value), value_then in zip(given, trained, strict=True)
            ]
        source = None if call.source is None else Source(PurePath(call.source.file).name, call.source.line)
        outputs = _tensors(call.outputs)
        name = self.call(layer, tuple(given), _made(outputs), frame, source)
        _returned(name, outputs, known)
        for other, there in rest:
            _returned(name, _tensors(other.outputs), there)

    def _taken(self, layer: Layer, call: RecordedCall, known: dict[int, Ref], frame: Frame) -> Iterator[Argument]:
        for value in tree.flatten((call.args, dict(call.kwargs))):
            if id(value) in known or not isinstance(value, (KerasTensor, keras.Variable)):
                continue
            met = self.layers.get(id(value))
            if met is not None:
                known[id(value)] = Ref(met.id)
            elif isinstance(value, KerasTensor):
                known[id(value)] = self.input(value)
            else:
                known[id(value)] = self._variable(value, frame)
        return arguments(layer, call.args, handed_down(layer.kind, call.kwargs, frame.training), known)

    def _variable(self, variable: keras.Variable, frame: Frame) -> Ref:
        layer = variable_layer(variable, self.ids.layer(frame.path + variable.name))
        self.layers[id(variable)] = layer
        self.kept.append(variable)
        return Ref(self.call(self._held(variable, layer), (), (Tensor(tuple(variable.shape), variable.dtype),), frame))

    def _held(self, thing: Any, layer: Layer) -> Layer:
        """The layer; where Keras does not know of its weights, and so never trains them, with a word that says why."""
        if id(thing) in self.held or layer.owns != "weights" or UNTRACKED in layer.config:
            return layer
        why = "made in call" if id(thing) in self.created else "not held"
        found = self.layers[id(thing)] = replace(layer, config={**layer.config, UNTRACKED: why}, weights=())
        return found

    def _add_effects(self, effects: list[Effect], returned: Any, made: _Made, frame: Frame) -> None:
        """Losses added in a call, and values given to variables: the first tensor passes an operation that does so."""
        refs = {**made[1], **made[0]}
        first = next((tensor for tensor in _tensors(returned) if id(tensor) in made[0]), None)
        for effect in effects:
            if id(effect.variable) in self.counts:
                self.updates_metrics = True
                continue
            if first is None:
                return
            kind, slot = ("ops.AddLoss", "loss") if effect.variable is None else ("ops.SetWeight", "value")
            value: Any = refs.get(id(effect.value), "numbers that no tensor goes into")
            given = [Argument("x", made[0][id(first)]), Argument(slot, value)]
            if effect.variable is not None:
                met = self.layers.get(id(effect.variable))
                given.append(Argument("weight", Ref(met.id) if met else self._variable(effect.variable, frame)))
            layer = Layer(self.ids.layer(f"{frame.path}{kind[4:].lower()}"), kind, weights=())
            self.layers[id(layer)] = layer
            made[0][id(first)] = Ref(self.call(layer, tuple(given), (tensor_from(first),), frame))

    def _return_both(self, inference: _Trace, training: _Trace, made: _Made, frame: Frame) -> None:
        known, trained = made
        outputs, others = _tensors(inference.returned), _tensors(training.returned)
        if len(outputs) != len(others):
            self.partial = "In training call() returns another number of tensors; only what it does otherwise was read."
        for tensor, other in zip(outputs, others, strict=False):
            if id(tensor) in known and id(other) in trained:
                known[id(tensor)] = self._either(known[id(tensor)], trained[id(other)], frame)

    def _either(self, inference: Any, training: Any, frame: Frame) -> Any:
        """The tensor that is one in inference and the other in training: one of the two where that will do."""
        if inference == training:
            return inference
        if self._without_noise(inference) == self._without_noise(training):
            return training
        if (inference, training) not in self.choices:
            layer = Layer(self.ids.layer(f"{frame.path}by_training"), CHOICE, name="if training", weights=())
            self.layers[id(layer)] = layer
            given = Argument("inference", inference), Argument("training", training)
            made = next(call for call in self.calls if call.id == training.call).outputs[training.index]
            self.choices[inference, training] = Ref(self.call(layer, given, (made,), frame))
        return self.choices[inference, training]

    def _without_noise(self, ref: Ref) -> Ref:
        """The tensor behind layers that do nothing in inference, such as Dropout."""
        calls = {call.id: call for call in self.calls}
        kinds = {layer.id: layer.kind for layer in self.layers.values()}
        while is_noise(kinds[calls[ref.call].layer]) and not calls[ref.call].constants:
            (ref,) = calls[ref.call].tensors
        return ref

    def _frame_of(
        self, call: RecordedCall, outside: Frame, frames: dict[int, Frame], same: Mapping[int, Opened]
    ) -> Frame:
        frame = outside
        for entered in call.scope:
            opened = same.get(id(entered), entered)
            if id(opened) not in frames:
                frames[id(opened)] = self._enter(opened.layer, frame, opened.kwargs.get("training"))
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
        if isinstance(operation, keras.Sequential) and self.opens(operation) and not has_own_call(operation):
            inside = self._enter(operation, frame)
            for inner in operation.layers:
                latest = self._stacked(inner, latest, inside)
            return latest
        layer = self.layer(operation, frame.path)
        slot = bind_arguments(layer.kind, ("x",), {})[0][0]
        return Ref(self.call(layer, (Argument(slot, latest),), (Tensor(),), frame))


def _without_counting(topology: Topology) -> Topology:
    """Without the operations that only make a metric's numbers, which are nobody's network."""
    counting = {
        call.id
        for call in topology.calls
        if call.id not in topology.reaching and topology.layer[call.layer].kind.startswith("ops.")
    }
    calls = tuple(call for call in topology.calls if call.id not in counting)
    used = {call.layer for call in calls}
    layers = (one for one in topology.layers if one.id in used or not one.kind.startswith("ops."))
    return replace(topology, layers=tuple(layers), calls=calls)


def _tensors(structure: Any) -> list[KerasTensor]:
    return [tensor for tensor in tree.flatten(structure) if isinstance(tensor, KerasTensor)]


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
    """The graph that a Sequential or functional model computes by; None where there is none (yet).

    Nor is there where its class has a `call` of its own: that is what runs, whatever graph Keras has stored.
    """
    return None if has_own_call(model) else stored_graph(model)


def stored_graph(model: Any) -> keras.Function | None:
    """The graph that Keras holds for a Sequential or functional model, whether or not it computes by it."""
    if isinstance(model, keras.Function):
        return model
    return graph_of_stack(model) if isinstance(model, keras.Sequential) else None


def has_own_call(model: Any) -> bool:
    """Whether the class of a model says itself what a call does.

    >>> has_own_call(keras.Sequential()), has_own_call(type("Own", (keras.Sequential,), {"call": lambda self, x: x})())
    (False, True)
    """
    return not of_keras(next((cls for cls in type(model).__mro__ if "call" in vars(cls)), keras.Layer))


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

"""One mistake of a named kind, made on purpose: for practice, and to try whether the comparison finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from random import Random
from typing import Literal, get_args

from kerastutor.knowledge import facts
from kerastutor.topology.editing import fresh, with_call, with_call_after, with_layer, without_call
from kerastutor.topology.graph import Argument, Call, Json, Layer, Port, Ref, Topology, TopologyError
from kerastutor.topology.inventing.shapes import with_shapes
from kerastutor.topology.sameness.canonical import equal
from kerastutor.topology.wording import Arrow

MutationKind = Literal[
    "wrong_config",
    "activation_dropped",
    "wrong_layer",
    "missing_layer",
    "extra_layer",
    "wrong_arrow",
    "swapped_order",
    "shared_not_twin",
    "twin_not_shared",
    "input_order",
    "output_order",
    "extra_output",
    "wrong_key",
    "wrong_argument",
    "frozen",
]
KINDS: tuple[MutationKind, ...] = get_args(MutationKind)


@dataclass(frozen=True)
class Mutant:
    """A network with one mistake in it.

    Attributes:
        topology: the network as the learner would have it, with shapes.
        kind: which mistake, one of `KINDS`.
        calls: the ids of its calls that the mistake touches; where a layer is missing, its neighbours.
        arrows: its arrows that the mistake touches.
    """

    topology: Topology
    kind: MutationKind
    calls: tuple[str, ...]
    arrows: tuple[Arrow, ...] = ()


def mutate(topology: Topology, kind: MutationKind, seed: int) -> Mutant:
    """`topology` with one mistake of `kind`: another function under the rules, and shapes that still fit.

    Raises `LookupError` where the topology gives no occasion for it (no merge whose order counts, no shared layer).
    """
    rng = Random(f"{kind}/{seed}")
    candidates = list(_MAKERS[kind](topology, rng))
    rng.shuffle(candidates)
    for candidate in candidates:
        mutant = _tried(candidate, kind)
        if mutant is not None and not equal(mutant.topology, topology):
            return mutant
    raise LookupError(f"The topology {topology.name!r} gives no occasion for the mistake {kind!r}.")


@dataclass(frozen=True)
class _Candidate:
    made: Callable[[], Topology]
    calls: tuple[str, ...]
    arrows: tuple[Arrow, ...] = ()


def _tried(candidate: _Candidate, kind: MutationKind) -> Mutant | None:
    try:
        topology = with_shapes(candidate.made())
    except (TopologyError, ValueError):
        return None
    return Mutant(topology, kind, candidate.calls, candidate.arrows)


def _steps(topology: Topology) -> Iterator[tuple[Call, Layer]]:
    """The calls that reach an output and are no inputs, with their layers."""
    for call in topology.calls:
        layer = topology.layer[call.layer]
        if layer.kind != "Input" and call.id in topology.reaching:
            yield call, layer


def _layers(topology: Topology) -> Iterator[Layer]:
    """The layers of those calls, each once."""
    yield from {layer.id: layer for _, layer in _steps(topology)}.values()


def _wrong_config(topology: Topology, rng: Random) -> Iterator[_Candidate]:
    last = {port.tensor.call for port in topology.outputs}
    for call, layer in _steps(topology):
        for name, value in layer.config.items():
            if call.id in last and name != "activation":
                continue
            for other in _other_values(name, value, rng):
                config = {**layer.config, name: other}
                if other is None:
                    del config[name]
                changed = replace(layer, config=config)
                yield _Candidate(partial(with_layer, topology, changed), topology.calls_of[layer.id])


_ACTIVATIONS = ("relu", "tanh", "gelu", "sigmoid", "softmax")


def _other_values(name: str, value: Json, rng: Random) -> list[Json]:
    """Values that learners mix up with this one; None for the default, which no config holds."""
    if name in ("units", "filters", "output_dim"):
        return [value * 2, value // 2] if value > 3 else [value + 1]
    if name == "activation":
        return [rng.choice([other for other in _ACTIVATIONS if other != value])]
    if name == "kernel_size":
        return [[n + 2 for n in value]]
    if name == "padding":
        return [None if value == "same" else "same"]
    if name == "rate":
        return [0.5 if value != 0.5 else 0.2]
    return [None] if isinstance(value, bool) else []


def _activation_dropped(topology: Topology, rng: Random) -> Iterator[_Candidate]:
    for layer in _layers(topology):
        if "activation" in layer.config and layer.kind != "Activation":
            changed = replace(layer, config={k: v for k, v in layer.config.items() if k != "activation"})
            yield _Candidate(partial(with_layer, topology, changed), topology.calls_of[layer.id])


_CONFUSED = {
    "Add": ("Multiply", "Concatenate", "Average"), "Multiply": ("Add",), "Subtract": ("Add",),
    "Average": ("Add", "Maximum"),
    "Maximum": ("Average",), "Concatenate": ("Add",), "ops.Add": ("ops.Multiply",), "ops.Subtract": ("ops.Add",),
    "ops.Multiply": ("ops.Add",), "LSTM": ("GRU",), "GRU": ("LSTM",), "Conv2D": ("SeparableConv2D",),
    "SeparableConv2D": ("Conv2D",), "Conv1D": ("SeparableConv1D",), "MaxPooling2D": ("AveragePooling2D",),
    "AveragePooling2D": ("MaxPooling2D",), "MaxPooling1D": ("AveragePooling1D",), "AveragePooling1D": ("MaxPooling1D",),
    "Flatten": ("GlobalAveragePooling2D", "GlobalAveragePooling1D"), "GlobalAveragePooling2D": ("Flatten",),
    "GlobalMaxPooling2D": ("GlobalAveragePooling2D",), "GlobalAveragePooling1D": ("GlobalMaxPooling1D", "Flatten"),
    "GlobalMaxPooling1D": ("GlobalAveragePooling1D",), "BatchNormalization": ("LayerNormalization",),
    "LayerNormalization": ("BatchNormalization",), "Dropout": ("GaussianDropout",), "ReLU": ("LeakyReLU",),
}  # fmt: skip


_POOLING = {f"{kind}Pooling{axes}D": axes for kind in ("Max", "Average") for axes in (1, 2)}


def pooling_config(kind: str) -> dict[str, Json]:
    """Windows of two: the default of maximum pooling; average pooling must be told.

    >>> pooling_config("MaxPooling2D"), pooling_config("AveragePooling2D")
    ({}, {'pool_size': [2, 2]})
    """
    return {} if kind.startswith("Max") else {"pool_size": [2] * _POOLING[kind]}


def _wrong_layer(topology: Topology, rng: Random) -> Iterator[_Candidate]:
    for layer in _layers(topology):
        for kind in _CONFUSED.get(layer.kind, ()):
            config = pooling_config(kind) if kind in _POOLING else layer.config
            changed = replace(layer, kind=kind, config=config, weights=None)
            yield _Candidate(partial(with_layer, topology, changed), topology.calls_of[layer.id])


def _missing_layer(topology: Topology, rng: Random) -> Iterator[_Candidate]:
    outputs = {port.tensor.call for port in topology.outputs}
    for call, _ in _steps(topology):
        if len(call.tensors) == 1 and call.id not in outputs:
            source = call.tensors[0]
            users = topology.consumers[call.id]
            arrows = tuple(Arrow(source, user.call, user.slot) for user in users)
            yield _Candidate(
                partial(without_call, topology, call.id, source),
                (source.call, *(user.call for user in users)),
                arrows,
            )


def _extra_layer(topology: Topology, rng: Random) -> Iterator[_Candidate]:
    extras: list[tuple[str, dict[str, Json]]] = [
        ("Dropout", {"rate": 0.5}), ("BatchNormalization", {}), ("Activation", {"activation": "tanh"}),
        ("Dense", {"units": 8}), ("MaxPooling2D", {}), ("MaxPooling1D", {}),
    ]  # fmt: skip
    for call in topology.calls:
        users = frozenset(user.call for user in topology.consumers[call.id] if user.call in topology.reaching)
        if not users or topology.tensor(Ref(call.id)).dtype == "int32":
            continue
        kind, config = rng.choice(extras)
        name = fresh(kind.lower(), topology.layer)
        layer = Layer(name, kind, config=config, owns=facts(kind).owns)
        extra = Call(name, name, (Argument("inputs", Ref(call.id)),))
        chosen = rng.choice([users, users, frozenset({rng.choice(sorted(users))})])
        yield _Candidate(
            partial(with_call_after, topology, Ref(call.id), layer, extra, chosen),
            (name,),
        )


def _wrong_arrow(topology: Topology, rng: Random) -> Iterator[_Candidate]:
    tensors = [Ref(call.id, index) for call in topology.calls for index in range(len(call.outputs))]
    for call, _ in _steps(topology):
        for position, (slot, value) in enumerate(call.arguments):
            if not isinstance(value, Ref):
                continue
            others = [other for other in tensors if other != value and _fits(topology, value, other)]
            for other in rng.sample(others, min(len(others), 3)):
                arguments = list(call.arguments)
                arguments[position] = Argument(slot, other)
                changed = replace(call, arguments=tuple(arguments))
                yield _Candidate(partial(with_call, topology, changed), (), (Arrow(other, call.id, slot),))


def _fits(topology: Topology, value: Ref, other: Ref) -> bool:
    ours, theirs = topology.tensor(value), topology.tensor(other)
    return ours.shape is not None and ours == theirs and other.call in topology.reaching


_ORDERED = ("Concatenate", "Subtract", "ops.Subtract", "Attention", "MultiHeadAttention")


def _swapped_order(topology: Topology, rng: Random) -> Iterator[_Candidate]:
    for call, layer in _steps(topology):
        places = [place for place, (_, value) in enumerate(call.arguments) if isinstance(value, Ref)]
        if layer.kind not in _ORDERED or len(places) < 2:
            continue
        first, second = sorted(rng.sample(places, 2))
        arguments = list(call.arguments)
        arguments[first] = Argument(call.arguments[first].slot, call.arguments[second].value)
        arguments[second] = Argument(call.arguments[second].slot, call.arguments[first].value)
        changed = replace(call, arguments=tuple(arguments))
        arrows = tuple(Arrow(arguments[place].value, call.id, arguments[place].slot) for place in (first, second))
        yield _Candidate(partial(with_call, topology, changed), (call.id,), arrows)


def _shared_not_twin(topology: Topology, rng: Random) -> Iterator[_Candidate]:
    """Two layers of one configuration become one that is called twice."""
    steps = [(call, layer) for call, layer in _steps(topology) if layer.owns == "weights"]
    for place, (call, layer) in enumerate(steps):
        for other, twin in steps[place + 1 :]:
            alike = layer.kind == twin.kind and layer.config == twin.config and layer.weights == twin.weights
            if alike and twin.id != layer.id and len(topology.calls_of[twin.id]) == 1:
                changed = replace(other, layer=layer.id)
                yield _Candidate(partial(with_call, topology, changed), (call.id, other.id))


def _twin_not_shared(topology: Topology, rng: Random) -> Iterator[_Candidate]:
    """One call of a shared layer gets a layer of its own."""
    for layer in topology.layers:
        calls = [call for call in topology.calls_of[layer.id] if call in topology.reaching]
        if layer.owns != "weights" or len(calls) < 2:
            continue
        chosen = rng.choice(calls)
        name = fresh(f"{layer.id}_twin", topology.layer)
        twin = replace(layer, id=name, name=name.rsplit("/", 1)[-1])
        changed = replace(topology.call[chosen], layer=name)
        yield _Candidate(partial(with_call, topology, changed, (*topology.layers, twin)), tuple(calls))


def _input_order(topology: Topology, rng: Random) -> Iterator[_Candidate]:
    if len(topology.inputs) > 1:
        ports = _swapped(topology.inputs, rng)
        calls = tuple(new.tensor.call for new, old in zip(ports, topology.inputs, strict=True) if new != old)
        yield _Candidate(partial(replace, topology, inputs=ports), calls)


def _output_order(topology: Topology, rng: Random) -> Iterator[_Candidate]:
    if len(topology.outputs) > 1:
        ports = _swapped(topology.outputs, rng)
        calls = tuple(new.tensor.call for new, old in zip(ports, topology.outputs, strict=True) if new != old)
        yield _Candidate(partial(replace, topology, outputs=ports), calls)


def _swapped(ports: tuple[Port, ...], rng: Random) -> tuple[Port, ...]:
    """Two tensors swapped; the keys stay where they are."""
    first, second = rng.sample(range(len(ports)), 2)
    swapped = list(ports)
    swapped[first] = Port(ports[second].tensor, ports[first].key)
    swapped[second] = Port(ports[first].tensor, ports[second].key)
    return tuple(swapped)


def _extra_output(topology: Topology, rng: Random) -> Iterator[_Candidate]:
    """A tensor inside the network is returned too, or an output is returned twice."""
    names: dict[str, object] = {str(port.key): port for port in topology.outputs}
    for call in topology.calls:
        if call.id in topology.reaching:
            key = None if topology.outputs[0].key is None else fresh("more", names)
            ports = (*topology.outputs, Port(Ref(call.id), key))
            yield _Candidate(partial(replace, topology, outputs=ports), (call.id,))


def _wrong_key(topology: Topology, rng: Random) -> Iterator[_Candidate]:
    """An output under another name in the dict of outputs, or a single one in a dict or out of it."""
    names: dict[str, object] = {str(port.key): port for port in topology.outputs}
    if len(topology.outputs) > 1 and topology.outputs[0].key is None:
        return
    place = rng.randrange(len(topology.outputs))
    port = topology.outputs[place]
    for key in ["answer"] if port.key is None else [fresh(port.key, names)]:
        ports = (*topology.outputs[:place], Port(port.tensor, key), *topology.outputs[place + 1 :])
        yield _Candidate(partial(replace, topology, outputs=ports), (port.tensor.call,))


_SWITCHES = {"Dropout": "training", "BatchNormalization": "training", "MultiHeadAttention": "use_causal_mask"}


def _wrong_argument(topology: Topology, rng: Random) -> Iterator[_Candidate]:
    """Another number or truth value given to a call, or a switch turned on."""
    for call, layer in _steps(topology):
        given: dict[str, Ref | Json] = dict(call.arguments)
        switch = _SWITCHES.get(layer.kind)
        others = {slot: _other_constant(value) for slot, value in given.items() if isinstance(value, (int, float))}
        if switch is not None and switch not in given:
            others[switch] = True
        for slot, other in others.items():
            arguments = tuple(Argument(name, value) for name, value in {**given, slot: other}.items())
            changed = replace(call, arguments=arguments)
            yield _Candidate(partial(with_call, topology, changed), (call.id,))


def _other_constant(value: float) -> Json:
    return not value if isinstance(value, bool) else value + 1


def _frozen(topology: Topology, rng: Random) -> Iterator[_Candidate]:
    for layer in _layers(topology):
        if layer.owns == "weights":
            changed = replace(layer, trainable=not layer.trainable)
            yield _Candidate(partial(with_layer, topology, changed), topology.calls_of[layer.id])


_MAKERS: dict[MutationKind, Callable[[Topology, Random], Iterator[_Candidate]]] = {
    "wrong_config": _wrong_config,
    "activation_dropped": _activation_dropped,
    "wrong_layer": _wrong_layer,
    "missing_layer": _missing_layer,
    "extra_layer": _extra_layer,
    "wrong_arrow": _wrong_arrow,
    "swapped_order": _swapped_order,
    "shared_not_twin": _shared_not_twin,
    "twin_not_shared": _twin_not_shared,
    "input_order": _input_order,
    "output_order": _output_order,
    "extra_output": _extra_output,
    "wrong_key": _wrong_key,
    "wrong_argument": _wrong_argument,
    "frozen": _frozen,
}

"""Mistakes in the graph: what is shared, merged, left out or given the wrong tensor."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations

from kerastutor.coaching.silent.network import Network, Rule
from kerastutor.coaching.tensors import shape_text
from kerastutor.knowledge import facts
from kerastutor.topology.finding import Finding
from kerastutor.topology.graph import Call, Layer, Ref, Topology

POINTLESS_WITH_ITSELF = ("sum", "extreme", "side by side")
"""The merges that are given different tensors; the product of a tensor with itself is its square."""


def shared_by_accident(network: Network) -> Iterator[Finding]:
    topology = network.topology
    for layer in topology.layers:
        calls = topology.calls_of[layer.id]
        again = [call for call in calls if _repeats(topology, call)]
        count = len(calls) if topology.api == "sequential" else len(again) + 1
        if layer.owns == "weights" and count > 1:
            yield network.found("shared_by_accident", layer, layer=network.name(layer.id), count=count)


def add_broadcasts(network: Network) -> Iterator[Finding]:
    topology = network.topology
    for call, layer in _merges(topology, "sum"):
        sign = facts(layer.kind).sign
        for one, other in combinations(call.tensors, 2):
            first, second = topology.tensor(one).shape or (), topology.tensor(other).shape or ()
            if _stretched(first, second) and (not sign or _not_meant(topology, one, other)):
                yield network.found(
                    "add_broadcasts",
                    layer,
                    call.id,
                    layer=sign or network.name(layer.id),
                    first=network.name(one),
                    first_shape=shape_text(first),
                    second=network.name(other),
                    second_shape=shape_text(second),
                )


def concatenate_batch(network: Network) -> Iterator[Finding]:
    for call, layer in _calls(network.topology, "Concatenate", "ops.Concatenate"):
        if layer.config.get("axis", facts(layer.kind).parameters["axis"]) == 0:
            name = "ops.concatenate" if layer.kind.startswith("ops.") else network.name(layer.id)
            yield network.found("concatenate_batch", layer, call.id, layer=name)


def softmax_one_unit(network: Network) -> Iterator[Finding]:
    topology = network.topology
    for layer in topology.layers:
        softmax = layer.kind == "Softmax" or layer.config.get("activation") == "softmax"
        alone = layer.kind == "Dense" and layer.config.get("units") == 1
        given = [topology.tensor(ref) for call in topology.calls_of[layer.id] for ref in topology.call[call].tensors]
        if layer.kind in ("Softmax", "Activation") and layer.config.get("axis", -1) == -1:
            alone = any((tensor.shape or (None,))[-1] == 1 for tensor in given)
        if softmax and alone:
            yield network.found("softmax_one_unit", layer, here=network.name(layer.id))


def reaches_no_output(network: Network) -> Iterator[Finding]:
    topology = network.topology
    for call in topology.calls if topology.outputs else ():
        layer, held = topology.layer[call.layer], network.variables.get(Ref(call.id))
        plain = layer.kind != "Input" and not layer.kind.startswith("ops.") and layer.id not in network.spared
        dead = plain and call.id not in topology.reaching and not topology.consumers[call.id]
        if dead and not (held and _may_be_used_later(network, call)):
            what, name = ("The tensor", held) if held else ("The result of", network.name(layer.id))
            yield network.found("reaches_no_output", layer, call.id, what=what, name=name, model=topology.name)


def layer_unused(network: Network) -> Iterator[Finding]:
    topology = network.topology
    for layer in topology.layers if topology.outputs else ():
        if not topology.calls_of[layer.id]:
            yield network.found("layer_unused", layer, layer=network.name(layer.id))


def self_merge(network: Network) -> Iterator[Finding]:
    for call, layer in _merges(network.topology, *POINTLESS_WITH_ITSELF):
        if len(call.tensors) == 2 and len(set(call.tensors)) == 1:
            known = facts(layer.kind)
            name = known.sign or (f"ops.{known.function}" if known.function else network.name(layer.id))
            yield network.found("self_merge", layer, call.id, here=name, there=network.name(call.tensors[0]))


def embedding_on_floats(network: Network) -> Iterator[Finding]:
    for call, layer in _calls(network.topology, "Embedding"):
        for ref in call.tensors:
            dtype = str(network.topology.tensor(ref).dtype)
            if "float" in dtype:
                names = {"layer": network.name(layer.id), "tensor": network.name(ref)}
                yield network.found("embedding_on_floats", layer, call.id, dtype=dtype, **names)


def answer_for_every_place(network: Network) -> Iterator[Finding]:
    topology = network.topology
    if len(topology.outputs) != 1:
        return
    end = topology.outputs[0].tensor
    last, shape = topology.layer_of(end.call), topology.tensor(end).shape or ()
    inputs = [topology.tensor(port.tensor) for port in topology.inputs]
    pictures = all(len(given.shape or ()) >= 3 and "int" not in str(given.dtype) for given in inputs)
    if last.kind != "Dense" or last.config.get("activation") != "softmax" or len(shape) <= 2 or not pictures:
        return
    sequences = any(facts(layer.kind).labels_each_place for layer in topology.layers)
    if not sequences and not _label_for_every_place(network, shape):
        name = network.name(last.id)
        yield network.found("answer_for_every_place", last, end.call, layer=name, shape=shape_text(shape))


OF_CALLS: tuple[Rule, ...] = (add_broadcasts, concatenate_batch, self_merge, embedding_on_floats)
"""The rules on the calls that the author's own lines make: not on those that Keras makes to build a stack."""
OF_MODELS: tuple[Rule, ...] = (softmax_one_unit, answer_for_every_place)
"""The rules on models, stacks too."""
OF_CODE: tuple[Rule, ...] = (shared_by_accident, reaches_no_output, layer_unused)
"""The rules on what the code is that makes a network; where each step is looked at by itself, they are no mistakes."""


def _calls(topology: Topology, *kinds: str) -> Iterator[tuple[Call, Layer]]:
    """The calls of layers of these kinds, with the layer."""
    for call in topology.calls:
        layer = topology.layer[call.layer]
        if layer.kind in kinds:
            yield call, layer


def _merges(topology: Topology, *ways: str) -> Iterator[tuple[Call, Layer]]:
    """The calls of what merges tensors in one of these ways, with the layer."""
    for call in topology.calls:
        layer = topology.layer[call.layer]
        if facts(layer.kind).merges in ways:
            yield call, layer


def _repeats(topology: Topology, call: str) -> bool:
    """Whether a layer is given what it returned before, at most with a dropout or the like between."""
    given = topology.call[call].tensors
    while len(set(given)) == 1:
        before = topology.layer_of(given[0].call)
        if before.id == topology.call[call].layer:
            return True
        if not facts(before.kind).keeps_shape:
            return False
        given = topology.call[given[0].call].tensors
    return False


def _stretched(first: tuple[int | None, ...], second: tuple[int | None, ...]) -> bool:
    """Whether an axis of length 1 is repeated; one number for each channel, alike at all places, is meant."""
    if len(first) != len(second):
        return False
    unlike = [axis for axis in range(1, len(first)) if first[axis] != second[axis] and 1 in (first[axis], second[axis])]
    return bool(unlike) and unlike != list(range(1, len(first) - 1))


def _not_meant(topology: Topology, one: Ref, other: Ref) -> bool:
    """Whether the operator adds what layers return: who takes a mean or adds an axis knows of the length 1."""
    shapes = {ref: topology.tensor(ref).shape or () for ref in (one, other)}
    thin = min(one, other, key=lambda ref: math.prod(length or 1 for length in shapes[ref]))
    maker = topology.layer_of(thin.call).kind
    return maker == "Input" or (not maker.startswith("ops.") and len(shapes[thin]) > 2)


def _may_be_used_later(network: Network, call: Call) -> bool:
    """Whether something kept in a variable stands after an output, or beside one that is not yet trained."""
    topology = network.topology
    if not facts(topology.layer[call.layer].kind).ends_models:
        return False
    outputs = {port.tensor for port in topology.outputs}
    given = call.tensors
    while not outputs.intersection(given):
        if len(given) != 1:
            beside = {ref for tensor in outputs for ref in topology.call[tensor.call].tensors}
            return network.labels is None and beside.issuperset(call.tensors)
        given = topology.call[given[0].call].tensors
    return True


def _label_for_every_place(network: Network, shape: tuple[int | None, ...]) -> bool:
    """Whether labels, or else a picture of the same height and width, say that each place is meant to have a class."""
    if network.labels is not None:
        return all(axes >= len(shape) - 1 for axes in network.labels)
    inputs = [network.topology.tensor(port.tensor).shape or () for port in network.topology.inputs]
    return len(shape) > 3 and any(given[1:-1] == shape[1:-1] for given in inputs)

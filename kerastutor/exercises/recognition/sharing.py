"""Weights: twins where one layer was meant, one layer where twins were meant; and work that was lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from kerastutor.exercises.case import Case, Net
from kerastutor.exercises.recognition.telling import (
    Sighting,
    around,
    between,
    call_on,
    layer,
    left_out,
    names,
)
from kerastutor.topology.sameness.normal import Node


def twins(case: Case) -> Iterator[Sighting]:
    """The answer calls one layer several times, the learner has several layers."""
    groups = {layer: calls for layer, calls in _sharing(case).items() if len({_layer(case, our) for our in calls}) > 1}
    blocks: dict[str, list[str]] = defaultdict(list)
    for name in groups:
        blocks[_block(case, name)].append(name)
    for block, found in blocks.items():
        if block and _weighted(case, block) <= set(found):
            ours = tuple(our for name in found for our in groups[name])
            first, *others = groups[found[0]]
            code = f"`{block}({_source(case, first)})`, `{block}({_source(case, others[0])})`"
            yield Sighting("submodel_rebuilt", (first,), names(case, others), code, ours)
            continue
        for name in found:
            ours = tuple(groups[name])
            code = f"`shared = {layer(case.asked(ours[0]), case.theirs)}`, then " + " and ".join(
                f"`shared({_source(case, our)})`" for our in ours[:2]
            )
            yield Sighting("twin_for_shared", ours[:1], names(case, ours[1:]), code, ours)


def shared(case: Case) -> Iterator[Sighting]:
    """The learner calls one layer several times, the answer has several layers."""
    calls: dict[str, list[str]] = defaultdict(list)
    for our, their in case.pair.items():
        if case.mine(our).owns == "weights" and case.theirs.nodes[their].owns == "weights":
            calls[case.mine(our).layer].append(our)
    for ours in calls.values():
        if len({case.asked(our).layer for our in ours}) > 1:
            code = " and ".join(f"`{layer(case.asked(our), case.theirs)}({_source(case, our)})`" for our in ours[:2])
            yield Sighting("shared_for_twins", tuple(ours[:1]), names(case, ours[1:]), code, tuple(ours))


def repeated(case: Case) -> Iterator[Sighting]:
    """A layer that is called less often than it should be, or more often."""
    for their in list(case.missing):
        node = case.theirs.nodes[their]
        calls = [case.back[other] for other in _calls(case.theirs, node) if other in case.back]
        if calls and their in case.missing:
            code = call_on(case, calls[-1], *case.come_from(their))
            lost = [name for name in case.missing if case.theirs.nodes[name].origin == node.origin]
            there, beside = between(case, their), around(case, their)
            yield Sighting("call_missing", (calls[-1],), there, code, beside, theirs=lost)
    for our in list(case.extra):
        node = case.mine(our)
        calls = [other for other in _calls(case.ours, node) if other in case.pair]
        if calls and our in case.extra:
            whole = [name for name in case.extra if case.mine(name).origin == node.origin]
            there = names(case, case.ours.sources[our])
            yield Sighting("call_extra", (our,), there, left_out(case, our), ours=whole)


def _sharing(case: Case) -> dict[str, list[str]]:
    """For each layer with weights of the answer, the learner's calls meant to use it, as the data meet them."""
    calls: dict[str, list[str]] = defaultdict(list)
    place = {call.id: number for number, call in enumerate(case.learner.calls)}
    for our, their in sorted(case.pair.items(), key=lambda pair: place.get(case.mine(pair[0]).origin, -1)):
        if case.theirs.nodes[their].owns == "weights" and case.mine(our).owns == "weights":
            calls[case.theirs.nodes[their].layer].append(our)
    return calls


def _calls(net: Net, node: Node) -> list[str]:
    """The calls of the layer of a node, where it has weights; without any, one layer is as good as several."""
    return net.calls_of[node.layer] if node.owns == "weights" else []


def _layer(case: Case, our: str) -> str:
    return case.mine(our).layer


def _block(case: Case, name: str) -> str:
    """The nested model of the answer that a layer stands in; empty for none."""
    calls = case.expected.calls_of.get(name, ())
    scopes = {scope.id: scope.layer for scope in case.expected.scopes}
    inside = [scopes.get(case.expected.call[call].scope[-1], "") for call in calls if case.expected.call[call].scope]
    return inside[0] if inside and len(inside) == len(calls) else ""


def _weighted(case: Case, block: str) -> set[str]:
    return {one.id for one in case.expected.layers if one.owns == "weights" and _block(case, one.id) == block}


def _source(case: Case, our: str) -> str:
    sources = case.ours.sources[our]
    return case.learner.layer_of(case.mine(sources[0]).origin).name if sources else ""

"""Weights: twins where one layer was meant, one layer where twins were meant; and work that was lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from kerastutor.exercises.alignment import Net
from kerastutor.exercises.case import Case
from kerastutor.exercises.recognition.telling import (
    around,
    between,
    call_on,
    layer,
    left_out,
    names,
    seen,
    written,
)
from kerastutor.topology.finding import Finding
from kerastutor.topology.graph import Layer
from kerastutor.topology.sameness.normal import Node


def twins(case: Case) -> Iterator[Finding]:
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
            yield seen(case, "submodel_rebuilt", (first,), names(case, others), code, *ours)
            continue
        for name in found:
            ours = tuple(groups[name])
            code = f"`shared = {layer(case.asked(ours[0]), case.theirs)}`, then " + " and ".join(
                f"`shared({_source(case, our)})`" for our in ours[:2]
            )
            yield seen(case, "twin_for_shared", ours[:1], names(case, ours[1:]), code, *ours)


def shared(case: Case) -> Iterator[Finding]:
    """The learner calls one layer several times, the answer has several layers."""
    calls: dict[str, list[str]] = defaultdict(list)
    for our, their in case.pair.items():
        if case.mine(our).owns == "weights" and case.theirs.nodes[their].owns == "weights":
            calls[case.mine(our).layer].append(our)
    for ours in calls.values():
        if len({case.asked(our).layer for our in ours}) > 1:
            code = " and ".join(f"`{layer(case.asked(our), case.theirs)}({_source(case, our)})`" for our in ours[:2])
            yield seen(case, "shared_for_twins", tuple(ours[:1]), names(case, ours[1:]), code, *ours)


def repeated(case: Case) -> Iterator[Finding]:
    """A layer that is called less often than it should be, or more often."""
    for their in list(case.missing):
        node = case.theirs.nodes[their]
        calls = [case.back[other] for other in _calls(case.theirs, node) if other in case.back]
        if calls and their in case.missing:
            code = call_on(case, calls[-1], *case.come_from(their))
            yield seen(case, "call_missing", (calls[-1],), between(case, their), code, *around(case, their))
            case.settle(*(name for name in case.missing if case.theirs.nodes[name].origin == node.origin))
    for our in list(case.extra):
        node = case.mine(our)
        calls = [other for other in _calls(case.ours, node) if other in case.pair]
        if calls and our in case.extra:
            yield seen(case, "call_extra", (our,), names(case, case.ours.sources[our]), left_out(case, our))
            case.settle(*(name for name in case.extra if case.mine(name).origin == node.origin))


def lost_work(case: Case) -> Iterator[Finding]:
    """What is missing was written, but never called, or called for nothing."""
    if case.leftovers is None:
        return
    spare = [one for one in case.leftovers.layers if not case.leftovers.calls_of[one.id]]
    dead = [call for call in case.leftovers.calls if call.id not in case.leftovers.reaching]
    for origin in dict.fromkeys(case.theirs.nodes[name].origin for name in case.missing):
        lost = [name for name in case.missing if case.theirs.nodes[name].origin == origin]
        if not lost:
            continue
        wanted = case.expected.layer_of(origin)
        here = around(case, lost[0])
        place = between(case, lost[-1])
        called = next((call for call in dead if _alike(case.leftovers.layer_of(call.id), wanted)), None)
        created = next((one for one in spare if _alike(one, wanted)), None)
        if called is not None and called.tensors:
            users = [user for user, _, _ in case.theirs.users[lost[-1]]]
            branch = any(case.is_merge(case.theirs.nodes[user]) for user in users)
            merges = [user for user in users if user in case.missing]
            taking = [user for name in (*lost, *merges) for user in case.go_to(name)]
            word = names(case, taking or here)
            kind = "dead_branch" if branch else "overwritten"
            before = tuple(node for node in here if node not in taking)
            yield seen(case, kind, tuple(taking) or here, word, written(case, lost[0]), *before, name=called.id)
            case.settle(*lost, *merges, *taking)
        elif created is not None:
            yield seen(case, "never_called", here, place, written(case, lost[0]), name=created.name)
            case.settle(*lost)


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
    return [name for name, other in net.nodes.items() if other.layer == node.layer] if node.owns == "weights" else []


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


def _alike(one: Layer, wanted: Layer) -> bool:
    return one.kind == wanted.kind and dict(one.config) == dict(wanted.config)

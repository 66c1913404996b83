"""Edits as changes that can be made: of layers, calls and ports of the learner's network in normal form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, replace

from kerastutor.topology.differences.edits import OUTPUT, Edit, pair_layers
from kerastutor.topology.differences.matching import Matching
from kerastutor.topology.differences.sides import Pairs, PortOf, Side
from kerastutor.topology.editing import fresh, in_computing_order
from kerastutor.topology.graph import Argument, Call, Layer, Port, Ref, Tensor, Topology


@dataclass(frozen=True)
class Change:
    """What to put in, and what to take out.

    Attributes:
        layers, calls: new ones, and those that replace the ones of their id.
        removed: ids of calls to take out.
        inputs, outputs: the ports as they should be; None where they stay.
    """

    layers: tuple[Layer, ...] = ()
    calls: tuple[Call, ...] = ()
    removed: tuple[str, ...] = ()
    inputs: tuple[Port, ...] | None = None
    outputs: tuple[Port, ...] | None = None


def corrected(topology: Topology, changes: Iterable[Change]) -> Topology:
    """The topology with all changes made."""
    layers, calls = dict(topology.layer), dict(topology.call)
    inputs, outputs = topology.inputs, topology.outputs
    removed: set[str] = set()
    for change in changes:
        layers |= {layer.id: layer for layer in change.layers}
        calls |= {call.id: call for call in change.calls}
        removed |= set(change.removed)
        inputs = inputs if change.inputs is None else change.inputs
        outputs = outputs if change.outputs is None else change.outputs
    kept = _without(calls, removed)
    used = {call.layer for call in kept}
    return Topology(
        tuple(layer for layer in layers.values() if layer.id in used),
        in_computing_order(kept),
        inputs,
        outputs,
        name=topology.name,
    )


def _without(calls: dict[str, Call], removed: set[str]) -> list[Call]:
    """The calls less the removed ones, and less those that took their tensors and so reach no output."""
    gone = set(removed)
    size = -1
    while size != len(gone):
        size = len(gone)
        gone |= {call.id for call in calls.values() if any(ref.call in gone for ref in call.tensors)}
    return [call for call in calls.values() if call.id not in gone]


def changes(matching: Matching, found: Sequence[Edit]) -> list[Change]:
    """For each edit its change; all of them together make the expected network."""
    ours, theirs = matching.ours, matching.theirs
    goal = _Goal(ours, theirs, matching.pairs)
    made = [Change(removed=_removed(ours, matching.pairs, edit)) for edit in found]
    for other in range(len(theirs)):
        call, layer = goal.changed_call(other), goal.changed_layer(other)
        if call:
            place = goal.responsible_for_call(other, found)
            made[place] = replace(made[place], calls=(*made[place].calls, call))
        if layer:
            place = goal.responsible_for_layer(other, found)
            made[place] = replace(made[place], layers=(*made[place].layers, layer))
    inputs, outputs = goal.ports(theirs.inputs), goal.ports(theirs.outputs)
    if inputs != _ports(ours, ours.inputs):
        place = next((n for n, edit in enumerate(found) if _about_inputs(edit, ours, theirs)), 0)
        made[place] = replace(made[place], inputs=inputs)
    if outputs != _ports(ours, ours.outputs):
        their_ends = {port.node for port in theirs.outputs if matching.pairs.ours[port.node] < 0}
        our_ends = {port.node for port in ours.outputs if matching.pairs.theirs[port.node] < 0}
        place = _first(found, lambda edit: edit.ours == (OUTPUT,), lambda edit: _holds(edit, their_ends, our_ends))
        made[place] = replace(made[place], outputs=outputs)
    return made


def _removed(ours: Side, pairs: Pairs, edit: Edit) -> tuple[str, ...]:
    surplus = (place for place in edit.ours if place != OUTPUT and pairs.theirs[place] < 0)
    return tuple(ours.nodes[place].id for place in surplus)


def _about_inputs(edit: Edit, ours: Side, theirs: Side) -> bool:
    return edit.kind == "input_order" or any(
        place != OUTPUT and side.nodes[place].kind == "Input"
        for side, places in ((ours, edit.ours), (theirs, edit.theirs))
        for place in places
    )


def _ports(side: Side, ports: Iterable[PortOf]) -> tuple[Port, ...]:
    return tuple(Port(Ref(side.nodes[port.node].id, port.index), port.key) for port in ports)


class _Goal:
    """The expected network, its calls and layers named as the learner's where they correspond."""

    def __init__(self, ours: Side, theirs: Side, pairs: Pairs) -> None:
        self.ours, self.theirs, self.pairs = ours, theirs, pairs
        taken: dict[str, object] = dict.fromkeys(ours.number)
        self.names: list[str] = []
        for other, node in enumerate(theirs.nodes):
            place = pairs.ours[other]
            self.names.append(ours.nodes[place].id if place >= 0 else fresh(node.id, taken))
            taken[self.names[-1]] = None
        self.layers = self._layer_names()

    def _layer_names(self) -> dict[str, str]:
        groups: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for other, place in enumerate(self.pairs.ours):
            if place >= 0:
                key = self.ours.nodes[place].layer, self.theirs.nodes[other].layer
                groups.setdefault(key, []).append((place, other))
        _, names = pair_layers(groups)
        taken: dict[str, object] = dict.fromkeys(self.ours.calls_of)
        for layer in self.theirs.calls_of:
            if layer not in names:
                names[layer] = fresh(layer, taken)
                taken[names[layer]] = None
        return names

    def changed_call(self, other: int) -> Call | None:
        """The expected call, if the learner has none that is equal."""
        node, place = self.theirs.nodes[other], self.pairs.ours[other]
        arguments = tuple(
            Argument(
                slot, Ref(self.names[self.theirs.number[value.call]], value.index) if isinstance(value, Ref) else value
            )
            for slot, value in node.arguments
        )
        call = Call(self.names[other], self.layers[node.layer], arguments, (Tensor(),) * node.width)
        if place >= 0:
            mine = self.ours.nodes[place]
            if (mine.layer, tuple(mine.arguments), mine.width) == (call.layer, call.arguments, node.width):
                return None
        return call

    def changed_layer(self, other: int) -> Layer | None:
        """The layer of the expected call, if the learner has none that is equal."""
        node, place = self.theirs.nodes[other], self.pairs.ours[other]
        name = self.layers[node.layer]
        if place >= 0 and self.ours.nodes[place].layer == name and self.ours.labels[place] == self.theirs.labels[other]:
            return None
        return Layer(
            name,
            node.kind,
            config=node.config,
            owns=node.owns,
            trainable=node.trainable,
            opaque=node.opaque,
            code=node.code,
        )

    def ports(self, ports: Iterable[PortOf]) -> tuple[Port, ...]:
        """Ports of the expected network in the learner's names."""
        return tuple(Port(Ref(self.names[port.node], port.index), port.key) for port in ports)

    def responsible_for_layer(self, other: int, found: Sequence[Edit]) -> int:
        """Which edit says that the layer of this call must change: one about it, or about a neighbour."""
        about, beside_gaps, beside = self._near(other)
        return _first(found, about, beside_gaps, beside)

    def responsible_for_call(self, other: int, found: Sequence[Edit]) -> int:
        """Which edit says that this call must take something else: one about a neighbour that comes or goes, or it."""
        about, beside_gaps, beside = self._near(other)
        return _first(found, beside_gaps, about, beside)

    def _near(self, other: int) -> tuple[_Says, _Says, _Says]:
        """Whether an edit is about a call; about one beside it that has no partner; about any beside it."""
        place = self.pairs.ours[other]
        theirs = {taken.source for taken in self.theirs.taken[other] if taken.source is not None}
        taken_here = self.ours.taken[place] if place >= 0 else ()
        ours = {taken.source for taken in taken_here if taken.source is not None}
        gaps = {one for one in theirs if self.pairs.ours[one] < 0}, {one for one in ours if self.pairs.theirs[one] < 0}
        return (
            lambda edit: _holds(edit, {other}, {place} - {-1}),
            lambda edit: _holds(edit, *gaps),
            lambda edit: _holds(edit, theirs, ours),
        )


_Says = Callable[[Edit], bool]


def _holds(edit: Edit, theirs: Set[int], ours: Set[int]) -> bool:
    """Whether an edit is about one of these nodes of either side."""
    return not theirs.isdisjoint(edit.theirs) or not ours.isdisjoint(edit.ours)


def _first(found: Sequence[Edit], *says: _Says) -> int:
    """The first edit of which the first thing is true, else the second; else the first of all."""
    return next((place for is_so in says for place, edit in enumerate(found) if is_so(edit)), 0)

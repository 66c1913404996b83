"""Small changes to a topology, each giving a new one: the steps of which mutations and corrections are made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from graphlib import TopologicalSorter
from heapq import heapify, heappop, heappush

from kerastutor.topology.graph import Argument, Call, Layer, Port, Ref, Topology


def in_computing_order(calls: Iterable[Call]) -> tuple[Call, ...]:
    """The calls, each after those whose tensors it takes, as close to the order given as can be.

    Raises:
        graphlib.CycleError: a call depends on itself; its second argument is the round trip, as ids.
    """
    given = tuple(calls)
    place = {call.id: number for number, call in enumerate(given)}
    # A tensor of a call that is not given counts for nothing here: whoever builds a topology of them is told.
    order = TopologicalSorter({call.id: [ref.call for ref in call.tensors if ref.call in place] for call in given})
    order.prepare()
    done: list[Call] = []
    ready = [place[name] for name in order.get_ready()]
    heapify(ready)
    while ready:
        done.append(call := given[heappop(ready)])
        order.done(call.id)
        for name in order.get_ready():
            heappush(ready, place[name])
    return tuple(done)


def rebuilt(
    topology: Topology,
    calls: Iterable[Call],
    layers: Iterable[Layer] | None = None,
    inputs: tuple[Port, ...] | None = None,
    outputs: tuple[Port, ...] | None = None,
) -> Topology:
    """The topology with other parts: calls put in computing order, layers that lost their last call dropped."""
    ordered = in_computing_order(calls)
    used = {call.layer for call in ordered} | {layer for layer, calls in topology.calls_of.items() if not calls}
    return replace(
        topology,
        layers=tuple(layer for layer in (topology.layers if layers is None else layers) if layer.id in used),
        calls=ordered,
        inputs=topology.inputs if inputs is None else inputs,
        outputs=topology.outputs if outputs is None else outputs,
    )


def with_layer(topology: Topology, layer: Layer) -> Topology:
    """The topology with `layer` in the place of the one that has its id."""
    return replace(topology, layers=tuple(layer if old.id == layer.id else old for old in topology.layers))


def with_call(topology: Topology, call: Call, layers: Iterable[Layer] | None = None) -> Topology:
    """The topology with `call` in the place of the one that has its id; CycleError if it would depend on itself."""
    return rebuilt(topology, (call if old.id == call.id else old for old in topology.calls), layers)


def without_call(topology: Topology, call: str, instead: Ref) -> Topology:
    """The topology without one call; whoever took its tensors takes `instead`."""

    def moved(ref: Ref, user: str) -> Ref:
        return instead if ref.call == call else ref

    calls = [_redirected(other, moved) for other in topology.calls if other.id != call]
    return rebuilt(topology, calls, outputs=_redirected_ports(topology.outputs, moved))


def with_call_after(topology: Topology, tensor: Ref, layer: Layer, call: Call, users: frozenset[str]) -> Topology:
    """The topology with a new call that takes `tensor`; the calls in `users` ("" the outputs) take the new one's."""

    def moved(ref: Ref, user: str) -> Ref:
        return Ref(call.id) if ref == tensor and user in users else ref

    calls = [*(_redirected(other, moved) for other in topology.calls), call]
    layers = topology.layers if layer.id in topology.layer else (*topology.layers, layer)
    return rebuilt(topology, calls, layers, outputs=_redirected_ports(topology.outputs, moved))


def _redirected(call: Call, moved: Callable[[Ref, str], Ref]) -> Call:
    arguments = (
        Argument(slot, moved(value, call.id) if isinstance(value, Ref) else value) for slot, value in call.arguments
    )
    return replace(call, arguments=tuple(arguments))


def _redirected_ports(ports: tuple[Port, ...], moved: Callable[[Ref, str], Ref]) -> tuple[Port, ...]:
    return tuple(Port(moved(tensor, ""), key) for tensor, key in ports)


def fresh(name: str, taken: Mapping[str, object]) -> str:
    """`name`, or the first of `name_1`, `name_2`, ... that is not taken."""
    number, free = 0, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def leaves(calls: Iterable[Call]) -> tuple[Ref, ...]:
    """The open ends: the first tensor of each call of which no other call takes anything, in the order of the calls."""
    calls = tuple(calls)
    taken = {ref.call for call in calls for ref in call.tensors}
    return tuple(Ref(call.id, 0) for call in calls if call.id not in taken)

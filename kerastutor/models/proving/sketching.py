"""The first look: what a network computes where all weights of one shape hold the same numbers.

Layers that are set alike are then one and the same function, in both networks. So few are made, none twice, and they
are kept for the next look: a learner's next try has most of its layers in common with the last one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import keras
import numpy as np

from kerastutor.knowledge import facts
from kerastutor.models.assembly import called_on, living
from kerastutor.models.proving.twin import Carried, as_it_was, carried_by, precise, token_of
from kerastutor.topology.graph import Argument, Call, Layer, Ref, Topology

ROOM = 2_000_000
"""How many numbers the layers that are kept may hold together."""


class Stock:
    """Living layers by what they are set to and what they are given."""

    def __init__(self) -> None:
        self._known: dict[str, _Filled] = {}

    def outputs(self, topology: Topology, inputs: Sequence[Any]) -> list[np.ndarray]:
        """What a network computes in inference.

        Raises:
            NotBuildable: the inside of a layer is not part of the topology.
        """
        ports = [port.tensor for port in topology.inputs]
        with as_it_was():
            tensors: dict[Ref, Any] = {
                ref: keras.ops.convert_to_tensor(array) for ref, array in zip(ports, inputs, strict=True)
            }
            for call in topology.calls:
                layer = topology.layer_of(call.id)
                if layer.kind != "Input" and call.id in topology.reaching:
                    taken = [(str(tensors[ref].shape), str(tensors[ref].dtype)) for ref in call.tensors]
                    filled = self._filled(layer, json.dumps([taken, [slot for slot, _ in call.arguments]]))
                    returned = keras.tree.flatten(filled.called(call, tensors))
                    tensors.update({Ref(call.id, index): tensor for index, tensor in enumerate(returned)})
        self._make_room()
        return [keras.ops.convert_to_numpy(tensors[port.tensor]) for port in topology.outputs]

    def _filled(self, layer: Layer, given: str) -> _Filled:
        config = json.dumps(dict(layer.config), sort_keys=True, default=str)
        name = f"{layer.kind} {config} {layer.trainable} {given}"
        if name not in self._known:
            self._known[name] = _Filled(layer)
        return self._known[name]

    def _make_room(self) -> None:
        if len(self._known) > 1000 or sum(filled.size for filled in self._known.values()) > ROOM:
            self._known.clear()


class _Filled:
    """A living layer whose weights hold the numbers of their shape."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        self._thing = living(precise(layer))
        self._moving: list[Carried] | None = None
        self.size = 0

    def called(self, call: Call, tensors: Mapping[Ref, Any]) -> Any:
        """What it returns; the first call makes its weights, and is made again with the right numbers in them."""
        call = _in_inference(self._layer, call)
        if self._moving is None:
            returned = called_on(self._thing, call, tensors)
            carried = list(carried_by(self._layer, self._thing))
            self._moving = [one for one in carried if one.may_move]
            self.size = sum(int(np.prod(one.variable.shape)) for one in carried)
            if not carried:
                return returned
            self._fill(carried)
        self._fill(self._moving)
        return called_on(self._thing, call, tensors)

    def _fill(self, carried: Sequence[Carried]) -> None:
        for one in carried:
            one.put(token_of(one.key), 1.0)


def _in_inference(layer: Layer, call: Call) -> Call:
    """The call as a model in inference makes it: what it was not told otherwise does not train."""
    told = any(slot == "training" for slot, _ in call.arguments)
    if told or "training" not in facts(layer.kind).call_arguments:
        return call
    return replace(call, arguments=(*call.arguments, Argument("training", False)))

"""A nested model as a topology of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kerastutor.topology.graph import Argument, Call, Json, Layer, Port, Ref, Scope, Topology


def inner_topology(topology: Topology, scope: str, calls: Sequence[Call]) -> Topology:
    """The calls of one nested model as a topology, with an input for each tensor that enters."""
    inside = {call.id for call in calls}
    entering = list(dict.fromkeys(ref for call in calls for ref in call.tensors if ref.call not in inside))
    names = {ref: f"{scope}:input:{number}" for number, ref in enumerate(entering)}
    inputs = [
        Layer(names[ref], "Input", name=f"{scope}_input", config=_input_config(topology, ref)) for ref in entering
    ]
    taken_outside = {
        ref for call in topology.calls if call.id not in inside and call.id in topology.reaching for ref in call.tensors
    } | {port.tensor for port in topology.outputs}
    outputs = [
        Ref(call.id, index)
        for call in calls
        for index in range(len(call.outputs))
        if Ref(call.id, index) in taken_outside
    ]
    used = {call.layer for call in calls}
    return Topology(
        layers=(*inputs, *(layer for layer in topology.layers if layer.id in used)),
        calls=(
            *(Call(layer.id, layer.id) for layer in inputs),
            *(
                replace(
                    call,
                    scope=call.scope[1:],
                    arguments=tuple(
                        Argument(slot, Ref(names[value]) if isinstance(value, Ref) and value in names else value)
                        for slot, value in call.arguments
                    ),
                )
                for call in calls
            ),
        ),
        inputs=tuple(Port(Ref(layer.id)) for layer in inputs),
        outputs=tuple(map(Port, outputs)),
        scopes=tuple(Scope(*inner) for inner in map(_fields, topology.scopes)),
    )


def _fields(scope: Scope) -> tuple[str, str, str, str]:
    return scope.id, scope.name, scope.kind, scope.layer


def _input_config(topology: Topology, ref: Ref) -> dict[str, Json]:
    tensor = topology.tensor(ref)
    config: dict[str, Json] = {} if tensor.shape is None else {"shape": list(tensor.shape)}
    if tensor.dtype not in (None, "float32"):
        config["dtype"] = tensor.dtype
    return config

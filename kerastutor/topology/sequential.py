"""Can a topology be written as a `Sequential`? If not: every call and arrow that forbids it.

A `Sequential` passes one tensor from step to step. A step is a layer, called once, with that tensor alone; a nested
model or a composite layer is one step too, whatever is wired inside it, as long as one tensor enters and one leaves.
So a skip *inside* a custom layer forbids nothing, and the same skip between the layers of the stack does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from kerastutor.knowledge import facts
from kerastutor.topology.graph import Argument, Call, Layer, Ref, Topology
from kerastutor.topology.wording import Arrow, call_name, listing, tensor_name

ReasonKind = Literal[
    "several_inputs",
    "several_outputs",
    "named_input",
    "named_output",
    "no_layers",
    "branch",
    "merge",
    "skip",
    "shared_layer",
    "extra_arguments",
    "several_tensors",
    "operation",
    "partial",
]

_REMEDIES = {
    "ops.Reshape": "keras.layers.Reshape is the layer for it",
    "ops.Transpose": "keras.layers.Permute is the layer for it where the batch axis stays first",
    "ops.Softmax": "keras.layers.Softmax is the layer for it",
    "ops.LeakyRelu": "keras.layers.LeakyReLU is the layer for it",
    "ops.Elu": "keras.layers.ELU is the layer for it",
    "ops.Multiply": "keras.layers.Rescaling is the layer for it where the factor is a constant",
    "ops.TrueDivide": "keras.layers.Rescaling is the layer for it where the divisor is a constant",
    "ops.Divide": "keras.layers.Rescaling is the layer for it where the divisor is a constant",
    "ops.Add": "keras.layers.Rescaling, with its offset, is the layer for it where the summand is a constant",
    "ops.Subtract": "keras.layers.Rescaling, with its offset, is the layer for it where one side is a constant",
}


@dataclass(frozen=True)
class Reason:
    """One thing that forbids a Sequential.

    Attributes:
        kind: what it is, one word of `ReasonKind`.
        calls: the ids of the calls concerned, in computing order.
        sentence: what it is, in the learner's names.
        arrows: the arrows of the drawing that forbid it, where there are any.
    """

    kind: ReasonKind
    calls: tuple[str, ...]
    sentence: str
    arrows: tuple[Arrow, ...] = ()


def why_not_sequential(topology: Topology) -> tuple[Reason, ...]:
    """Every reason why `topology` cannot be a Sequential, in computing order; empty when it can be one.

    Calls that reach no output are not looked at. Operations that have the form of an activation may stand in a stack,
    since `keras.layers.Activation` writes them.

    >>> from kerastutor.topology.graph import Port
    >>> x, dense = Layer("x", "Input"), Layer("dense", "Dense", config={"units": 4}, owns="weights")
    >>> calls = (
    ...     Call("x", "x"),
    ...     Call("dense", "dense", (Argument("inputs", Ref("x")),)),
    ...     Call("add", "add", (Argument("inputs.0", Ref("dense")), Argument("inputs.1", Ref("x")))),
    ... )
    >>> net = Topology((x, dense, Layer("add", "Add")), calls, (Port(Ref("x")),), (Port(Ref("add")),))
    >>> for reason in why_not_sequential(net):
    ...     print(reason.kind, *reason.calls)
    branch x dense add
    skip x add
    merge add
    """
    if topology.partial:
        return (Reason("partial", (), f"Only a part of the model could be read: {topology.partial}"),)
    stack = _Stack(topology)
    place = {call.id: position for position, call in enumerate(topology.calls)}
    between = [
        *_branches(stack),
        *_skips(stack),
        *_merges(stack),
        *_extra_arguments(stack),
        *_several_tensors(stack),
        *_shared_layers(stack),
        *_operations(stack),
    ]
    between.sort(key=lambda reason: place[reason.calls[0]])
    return (*_inputs(topology), *between, *_outputs(stack))


def steps(topology: Topology) -> dict[str, list[Call]]:
    """The calls that reach an output, those of one outermost nested model taken together as one step.

    By the id of the call, or of the nested model's scope; in the order of the stack where the topology is one, the
    input first.
    """
    found: dict[str, list[Call]] = {}
    for call in topology.calls:
        if call.id in topology.reaching:
            found.setdefault(call.scope[0] if call.scope else call.id, []).append(call)
    return found


class _Stack:
    """The steps of a topology, and the arrows between them."""

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        self.scopes = {scope.id: scope for scope in topology.scopes}
        self.members = {step: [call.id for call in calls] for step, calls in steps(topology).items()}
        places = {call: step for step, calls in self.members.items() for call in calls}
        self.step = {call.id: places[call.id] for call in topology.calls if call.id in places}

    @cached_property
    def entering(self) -> dict[str, list[Arrow]]:
        """For each step, the arrows that enter it; a nested model takes one tensor once, wherever it goes inside."""
        found: dict[str, list[Arrow]] = {}
        for step, calls in self.members.items():
            arrows = [
                Arrow(value, call, slot)
                for call in calls
                for slot, value in self.topology.call[call].arguments
                if isinstance(value, Ref) and self.step[value.call] != step
            ]
            found[step] = arrows if self.is_call(step) else _one_for_each_tensor(arrows)
        return found

    @cached_property
    def taken(self) -> dict[Ref, list[Arrow]]:
        """For each tensor that leaves a step, the arrows to other steps, one for each step."""
        found: dict[Ref, dict[str, Arrow]] = {}
        for step, arrows in self.entering.items():
            for arrow in arrows:
                found.setdefault(arrow.tensor, {}).setdefault(step, arrow)
        return {tensor: list(arrows.values()) for tensor, arrows in found.items()}

    @cached_property
    def before(self) -> dict[str, int]:
        """For each step, the steps it depends on, as a set of bits in the order of `members`."""
        bits = {step: 1 << place for place, step in enumerate(self.members)}
        above: dict[str, int] = {}
        found = dict.fromkeys(self.members, 0)
        for call, step in self.step.items():
            above[call] = 0
            for ref in self.topology.call[call].tensors:
                above[call] |= above[ref.call] | bits[self.step[ref.call]]
            found[step] |= above[call] & ~bits[step]
        return found

    def is_call(self, step: str) -> bool:
        """Whether the step is a call of its own, and not a nested model."""
        return self.members[step] == [step] and not self.topology.call[step].scope

    def name(self, step: str) -> str:
        """The step in the learner's words."""
        if self.is_call(step):
            return call_name(self.topology, step)
        return f"`{self.scopes[step].name if step in self.scopes else step}`"

    def step_calls(self) -> Iterator[tuple[Call, Layer]]:
        """The steps that are calls of their own, with their layers."""
        for step in self.members:
            if self.is_call(step):
                yield self.topology.call[step], self.topology.layer_of(step)


def _one_for_each_tensor(arrows: list[Arrow]) -> list[Arrow]:
    first: dict[Ref, Arrow] = {}
    for arrow in arrows:
        first.setdefault(arrow.tensor, arrow)
    return list(first.values())


def _inputs(topology: Topology) -> Iterator[Reason]:
    calls = tuple(port.tensor.call for port in topology.inputs)
    names = [call_name(topology, call) for call in calls]
    if len(calls) > 1:
        sentence = f"The model has {len(calls)} inputs, {listing(names)}; a Sequential has one."
        yield Reason("several_inputs", calls, sentence)
    elif any(port.key is not None for port in topology.inputs):
        key = topology.inputs[0].key
        sentence = f"The model takes a dict with the key {key!r}; a Sequential takes the bare tensor."
        yield Reason("named_input", calls, sentence)


def _outputs(stack: _Stack) -> Iterator[Reason]:
    ports = stack.topology.outputs
    calls = tuple(port.tensor.call for port in ports)
    if set(calls) <= {port.tensor.call for port in stack.topology.inputs}:
        yield Reason("no_layers", calls, "No layer stands between the input and the output; a Sequential needs one.")
    elif len(ports) > 1 and not _whole_last_step(stack):
        names = [tensor_name(stack.topology, port.tensor) for port in ports]
        sentence = f"The model has {len(ports)} outputs, {listing(names)}; a Sequential has one."
        yield Reason("several_outputs", calls, sentence)
    elif any(port.key is not None for port in ports):
        sentence = f"The model returns a dict with the key {ports[0].key!r}; a Sequential returns the bare tensor."
        yield Reason("named_output", calls, sentence)


def _whole_last_step(stack: _Stack) -> bool:
    """Whether the outputs are all the tensors of one last layer, as an LSTM with `return_state=True` returns them."""
    call = stack.topology.outputs[-1].tensor.call
    whole = [Ref(call, index) for index in range(len(stack.topology.call[call].outputs))]
    return [port.tensor for port in stack.topology.outputs] == whole and stack.is_call(stack.step[call])


def _branches(stack: _Stack) -> Iterator[Reason]:
    for tensor, arrows in stack.taken.items():
        if len(arrows) > 1:
            users = [stack.name(stack.step[arrow.call]) for arrow in arrows]
            sentence = (
                f"{_start(tensor_name(stack.topology, tensor))} goes to {listing(users)}; "
                "in a Sequential each tensor goes to the next layer only."
            )
            yield Reason("branch", (tensor.call, *(arrow.call for arrow in arrows)), sentence, tuple(arrows))


def _skips(stack: _Stack) -> Iterator[Reason]:
    place = {step: position for position, step in enumerate(stack.members)}
    for step, arrows in stack.entering.items():
        sources = [stack.step[arrow.tensor.call] for arrow in arrows]
        for arrow, source in zip(arrows, sources, strict=True):
            passed = [other for other in sources if stack.before[other] >> place[source] & 1]
            if passed:
                sentence = (
                    f"The arrow from {tensor_name(stack.topology, arrow.tensor)} to {stack.name(step)} skips "
                    f"{stack.name(passed[-1])}; a Sequential has no arrow past a layer."
                )
                yield Reason("skip", (arrow.tensor.call, arrow.call), sentence, (arrow,))


def _merges(stack: _Stack) -> Iterator[Reason]:
    for step, arrows in stack.entering.items():
        merged = _merged(stack.topology, step, arrows) if stack.is_call(step) else arrows
        if merged and (len(merged) > 1 or "." in merged[0].slot):
            names = [tensor_name(stack.topology, arrow.tensor) for arrow in merged]
            tensors = "a list of one tensor" if len(merged) == 1 else f"{len(merged)} tensors"
            sentence = (
                f"{_start(stack.name(step))} takes {tensors}, {listing(names)}; "
                "in a Sequential each layer takes the one tensor of the layer before it."
            )
            yield Reason("merge", (merged[0].call,), sentence, tuple(merged))


def _merged(topology: Topology, call: str, arrows: list[Arrow]) -> list[Arrow]:
    """The arrows into the first parameter of a layer's call; an operation's operands are all merged."""
    if not arrows or topology.layer_of(call).kind.startswith("ops."):
        return arrows
    first = _parameter(topology.call[call].arguments[0].slot)
    return [arrow for arrow in arrows if _parameter(arrow.slot) == first]


def _extra_arguments(stack: _Stack) -> Iterator[Reason]:
    for call, layer in stack.step_calls():
        if layer.kind.startswith("ops."):
            continue
        extra = [argument for argument in call.arguments if _is_extra(call, argument)]
        if extra:
            written = listing([_written(stack.topology, argument) for argument in extra])
            sentence = (
                f"{_start(call_name(stack.topology, call.id))} is also given {written}; "
                "a Sequential gives a layer nothing but the tensor of the layer before it."
            )
            arrows = tuple(Arrow(value, call.id, slot) for slot, value in extra if isinstance(value, Ref))
            yield Reason("extra_arguments", (call.id,), sentence, arrows)


def _is_extra(call: Call, argument: Argument) -> bool:
    return argument.value is not None and _parameter(argument.slot) != _parameter(call.arguments[0].slot)


def _written(topology: Topology, argument: Argument) -> str:
    value = argument.value
    return f"`{argument.slot}={tensor_name(topology, value).strip('`') if isinstance(value, Ref) else value!r}`"


def _several_tensors(stack: _Stack) -> Iterator[Reason]:
    last = stack.step[stack.topology.outputs[-1].tensor.call] if _whole_last_step(stack) else None
    for step in stack.members:
        count = _tensors_returned(stack, step)
        if count > 1 and step != last:
            sentence = (
                f"{_start(stack.name(step))} returns {count} tensors; "
                "in a Sequential each layer returns one, which the next layer takes."
            )
            yield Reason("several_tensors", (stack.members[step][-1],), sentence)


def _tensors_returned(stack: _Stack, step: str) -> int:
    if stack.is_call(step):
        return len(stack.topology.call[step].outputs)
    leaving = {tensor for tensor in stack.taken if stack.step[tensor.call] == step}
    leaving.update(port.tensor for port in stack.topology.outputs if stack.step[port.tensor.call] == step)
    return len(leaving)


def _shared_layers(stack: _Stack) -> Iterator[Reason]:
    """Layers with weights that stand in several steps; a nested model called twice is named once, for all it holds."""
    named: set[str] = set()
    for layer, calls in stack.topology.calls_of.items():
        steps_of = list(dict.fromkeys(stack.step[call] for call in calls if call in stack.step))
        if stack.topology.layer[layer].owns != "weights" or len(steps_of) < 2:
            continue
        nested = {stack.scopes[step].layer if step in stack.scopes else None for step in steps_of}
        shared = next(iter(nested)) if len(nested) == 1 and None not in nested else None
        if (shared or layer) in named:
            continue
        named.add(shared or layer)
        name = stack.name(steps_of[0]) if shared else f"`{stack.topology.layer[layer].name}`"
        sentence = (
            f"{_start(name)} is called {len(steps_of)} times and its weights are shared; "
            "a Sequential calls each of its layers once."
        )
        first_calls = tuple(next(call for call in calls if stack.step.get(call) == step) for step in steps_of)
        yield Reason("shared_layer", first_calls, sentence)


def _operations(stack: _Stack) -> Iterator[Reason]:
    for call, layer in stack.step_calls():
        if not layer.kind.startswith("ops.") or _is_activation(call, layer) or len(stack.entering[call.id]) > 1:
            continue
        remedy = _REMEDIES.get(layer.kind, "a layer of your own, or keras.layers.Lambda, can hold it")
        sentence = f"{_start(call_name(stack.topology, call.id))} is an operation and no layer; {remedy}."
        yield Reason("operation", (call.id,), sentence)


def _is_activation(call: Call, layer: Layer) -> bool:
    known = facts(layer.kind)
    return (
        known.activation != ""
        and layer.config == known.activation_config
        and not any(argument.value is not None for argument in call.constants)
    )


def _parameter(slot: str) -> str:
    return slot.split(".", 1)[0]


def _start(name: str) -> str:
    return name[0].upper() + name[1:]

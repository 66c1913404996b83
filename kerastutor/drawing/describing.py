"""A topology in words: a table for plain text, and sentences that a screen reader can walk."""

from __future__ import annotations

from collections.abc import Sequence

from kerastutor.drawing import words
from kerastutor.drawing.badges import badges
from kerastutor.drawing.scene import tensor_words
from kerastutor.drawing.stack import stack_of
from kerastutor.topology.graph import Call, Port, Ref, Topology

_KINDS = {"sequential": "Sequential", "functional": "functional", "subclassed": "subclassed"}


def summary(topology: Topology) -> str:
    """One sentence for the whole network.

    >>> summary(Topology((), (), (), (), name="empty"))
    'The functional model “empty” has no layers.'
    """
    layers = [layer for layer in topology.layers if layer.kind != "Input" and topology.calls_of[layer.id]]
    start = f"The {_KINDS[topology.api]} model “{words.plain(topology.name)}” has"
    if not layers:
        return f"{start} no layers."
    parts = [
        _number(len(topology.inputs), "input"),
        _number(len(topology.outputs), "output"),
        _number(len(layers), "layer"),
    ]
    count = words.count_words(topology.parameters)
    end = f" and {count}" if count else ""
    return f"{start} {', '.join(parts)}{end}."


def description(topology: Topology) -> str:
    """Every call as one numbered sentence: what it is, what it takes, what it returns, and what it shares."""
    numbers = {call.id: number for number, call in enumerate(topology.calls, start=1)}
    worn = badges(topology)
    lines = [summary(topology)]
    for call in topology.calls:
        layer = topology.layer_of(call.id)
        said = [f"{numbers[call.id]}. {_subject(topology, call)}"]
        if call.tensors:
            said.append(f"takes {_taken(topology, call.tensors, numbers)}")
        shapes = [words.shape_words(tensor) for tensor in call.outputs]
        if all(shapes):
            said.append(f"returns {' and '.join(shapes)}")
        if layer.parameters:
            said.append(f"has {words.count_words(layer.parameters)}{'' if layer.trainable else ', frozen'}")
        sentence = ", ".join(said) + "."
        if call.id in worn:
            mark = worn[call.id]
            sentence += f" Shared layer {mark.letter}: use {mark.use} of {mark.uses}."
        if topology.outputs and call.id not in topology.reaching:
            sentence += " It reaches no output."
        lines.append(sentence)
    lines += [_output(topology, number, port, numbers) for number, port in enumerate(topology.outputs, start=1)]
    unused = [words.plain(layer.name) for layer in topology.layers if not topology.calls_of[layer.id]]
    if unused:
        lines.append(f"Created but never called: {', '.join(unused)}.")
    if topology.partial:
        lines.append(f"Only a part of the model could be read: {words.plain(topology.partial)}")
    return "\n".join(lines)


def verdict(topology: Topology) -> str:
    """Whether it can be a Sequential, and what forbids it."""
    reasons = stack_of(topology).reasons
    if not reasons:
        return "It can be written as a Sequential."
    return f"It cannot be a Sequential. {' '.join(words.plain(words.quoted(reason.sentence)) for reason in reasons)}"


def table(topology: Topology) -> str:
    """The network as lines of plain text: number, layer, name, where its tensors come from, shape, parameters."""
    numbers = {call.id: number for number, call in enumerate(topology.calls, start=1)}
    rows = [("", "layer", "name", "takes", "returns", "parameters")]
    for call in topology.calls:
        layer = topology.layer_of(call.id)
        cap = words.activation(layer)
        facts = [*words.highlights(layer), *([cap] if cap else [])]
        kind = words.title(layer.kind) + (f" ({', '.join(facts)})" if facts else "")
        taken = ", ".join(str(numbers[ref.call]) for ref in call.tensors)
        shape = "; ".join(words.shape_words(tensor) for tensor in call.outputs)
        count = "" if layer.parameters is None else f"{layer.parameters:,}"
        rows.append((str(numbers[call.id]), kind, _use(topology, call), taken, shape, count))
    outputs = ", ".join(str(numbers[port.tensor.call]) for port in topology.outputs)
    ending = ["", f"outputs: {outputs}"] if outputs else []
    return "\n".join([summary(topology), "", *_aligned(rows), *ending])


def call_words(topology: Topology, call: Call) -> str:
    """What a call is, in one phrase, with what matters about its layer: for labels that are read aloud."""
    layer = topology.layer_of(call.id)
    cap = words.activation(layer)
    facts = [*words.highlights(layer), *([f"{cap} activation"] if cap else [])]
    phrase = ", ".join([f"{words.title(layer.kind)} “{words.plain(layer.name)}”", *facts])
    shape = tensor_words(topology, Ref(call.id)) if call.outputs else ""
    count = words.count_words(layer.parameters)
    return ", ".join(part for part in (phrase, shape and f"returns {shape}", count) if part)


def _subject(topology: Topology, call: Call) -> str:
    layer = topology.layer_of(call.id)
    cap = words.activation(layer)
    facts = [*words.highlights(layer), *([f"{cap} activation"] if cap else [])]
    scope = f" in {' in '.join(map(words.plain, reversed(call.scope)))}" if call.scope else ""
    return ", ".join([f"{words.title(layer.kind)} “{words.plain(layer.name)}”{scope}", *facts])


def _taken(topology: Topology, refs: Sequence[Ref], numbers: dict[str, int]) -> str:
    return " and ".join(
        f"{numbers[ref.call]} ({words.plain(topology.layer_of(ref.call).name)}{_index(topology, ref)})" for ref in refs
    )


def _index(topology: Topology, ref: Ref) -> str:
    return f", tensor {ref.index + 1}" if len(topology.call[ref.call].outputs) > 1 else ""


def _output(topology: Topology, number: int, port: Port, numbers: dict[str, int]) -> str:
    name = words.plain(port.key) if port.key is not None else str(number)
    which = name if len(topology.outputs) > 1 or port.key is not None else ""
    return f"Output {which}".strip() + f" is what {_taken(topology, [port.tensor], numbers)} returns."


def _use(topology: Topology, call: Call) -> str:
    calls = topology.calls_of[call.layer]
    name = words.plain(topology.layer[call.layer].name)
    return name if len(calls) == 1 else f"{name} (use {calls.index(call.id) + 1} of {len(calls)})"


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.rjust(wide) if place in (0, 5) else cell.ljust(wide) for place, (cell, wide) in enumerate(cells)
        ).rstrip()
        for cells in (list(zip(row, widths, strict=True)) for row in rows)
    ]

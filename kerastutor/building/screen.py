"""What a builder looks like at one moment: plain data, ready to be put on a page.

The page holds no logic. It shows what stands here and sends back what the learner wants, as `Builder` methods.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import asdict
from difflib import SequenceMatcher
from typing import Any

from kerastutor.building.builder import Builder, Code, code_of
from kerastutor.building.draft import leaves
from kerastutor.building.edits import moves
from kerastutor.building.forms import Field, form_of, offered
from kerastutor.building.log import BuildLog
from kerastutor.building.own_layers import own_layers
from kerastutor.coaching.silent import Network, notice_in
from kerastutor.drawing.words import shape_words
from kerastutor.knowledge import facts
from kerastutor.topology.finding import Finding
from kerastutor.topology.graph import Json, Ref, Topology
from kerastutor.topology.sequential import Reason, why_not_sequential

FAMILIES = {
    "dense": "Dense",
    "activation": "Activation",
    "convolution": "Convolution",
    "pooling": "Pooling",
    "reshape": "Shape",
    "normalisation": "Normalisation",
    "regularisation": "Regularisation",
    "merge": "Merge",
    "recurrent": "Sequences",
    "attention": "Attention",
    "text": "Text",
    "preprocessing": "Preparation of data",
    "wrapper": "Layers around layers",
    "custom": "Others",
}
"""The families of the palette, by purpose, in the order they are shown."""


def palette() -> list[dict[str, Json]]:
    """Every layer that can be added: kind, name, family, sentence and the page about it; the learner's own first."""
    order = list(FAMILIES)
    entries = [(kind, facts(kind)) for kind in offered()]
    entries.sort(key=lambda entry: order.index(entry[1].family) if entry[1].family in order else len(order))
    own = [
        {"kind": kind, "name": cls.__name__, "family": "Your own", "sentence": _first_line(cls), "link": ""}
        for kind, cls in own_layers().items()
    ]
    return own + [
        {
            "kind": kind,
            "name": kind,
            "family": FAMILIES.get(known.family, "Others"),
            "sentence": known.sentence,
            "link": known.link,
        }
        for kind, known in entries
    ]


def _first_line(cls: type) -> str:
    """What a class of the learner's says of itself."""
    said = inspect.getdoc(cls) if "__doc__" in vars(cls) else None
    return said.splitlines()[0] if said else "A layer of your own."


def form_page(kind: str, config: dict[str, Json] | None = None) -> dict[str, Json]:
    """The form of a layer, filled with `config` where it is given."""
    config = config or {}
    return {
        "kind": kind,
        "fields": [_field(field, config.get(field.name, field.default)) for field in form_of(kind, config)],
    }


def page(builder: Builder, selected: Sequence[Ref], message: dict[str, Json] | None = None) -> dict[str, Json]:
    """Everything beside the drawing: steps, tensors, code, and what there is to say."""
    log, topology = builder.log, builder.topology
    code = builder.code
    return {
        "position": log.position,
        "steps": [edit.sentence for edit in log.edits],
        "tensors": [_tensor(topology, ref) for ref in tensors(topology)],
        "selected": [list(ref) for ref in selected],
        "layers": [_layer(topology, layer.id) for layer in topology.layers],
        "takes": {call.id: [list(ref) for ref in call.tensors] for call in topology.calls},
        "moves": list(moves(log.now.draft, selected[0].call)) if len(selected) == 1 else [],
        "inputs": [port.tensor.call for port in topology.inputs],
        "outputs": [list(port.tensor) for port in topology.outputs],
        "ends": [list(ref) for ref in leaves(topology.calls)],
        "code": _code(code, log),
        "summary": _summary(topology),
        "lit": sorted(new_calls(log)),
        "message": message or {},
        "hints": [{"text": finding.sentence, "remedy": finding.remedy} for finding in remarks(log)],
    }


def tensors(topology: Topology) -> list[Ref]:
    """Every tensor of the network, in the order of the calls."""
    return [Ref(call.id, index) for call in topology.calls for index in range(len(call.outputs))]


def new_calls(log: BuildLog) -> set[str]:
    """The calls that the last step added or made anew."""
    if not log.position:
        return set()
    before, now = log.states[log.position - 1], log.now
    return {name for name, made in now.tensors.items() if before.tensors.get(name) is not made}


def remarks(log: BuildLog) -> list[Finding]:
    """What Keras takes and is most often not meant: what the last step brought that the network did not have before."""
    if not log.position:
        return []
    known = notice_in(Network(log.states[log.position - 1].topology))
    return [finding for finding in notice_in(Network(log.now.topology)) if finding not in known]


def left_sequential(log: BuildLog) -> int | None:
    """The number of the step that left Sequential territory for good; None while the network can be a stack."""
    left = None
    for number in range(1, log.position + 1):
        if _forbidden(log.states[number].topology):
            left = number if left is None else left
        else:
            left = None
    return left


def _forbidden(topology: Topology) -> tuple[Reason, ...]:
    return tuple(reason for reason in why_not_sequential(topology) if reason.kind != "no_layers")


def _code(code: Code, log: BuildLog) -> dict[str, Json]:
    before = code_of(log.states[log.position - 1].draft.topology) if log.position else Code("", "", ())
    step = left_sequential(log)
    return {
        "functional": code.functional,
        "sequential": code.sequential,
        "lit_functional": new_lines(before.functional, code.functional) if log.position else [],
        "lit_sequential": new_lines(before.sequential, code.sequential) if log.position else [],
        "reasons": [reason.sentence for reason in code.reasons],
        "left": "" if step is None else f"Step {step} ({log.edits[step - 1].sentence}) left what a Sequential can be.",
    }


def new_lines(before: str, now: str) -> list[int]:
    """The lines of `now`, counted from 0, that `before` does not have.

    >>> new_lines("a\\nb", "a\\nc\\nb")
    [1]
    """
    lines = now.splitlines()
    matcher = SequenceMatcher(None, before.splitlines(), lines, autojunk=False)
    kept = {line for block in matcher.get_matching_blocks() for line in range(block.b, block.b + block.size)}
    return [number for number in range(len(lines)) if number not in kept and lines[number].strip()]


def _tensor(topology: Topology, ref: Ref) -> dict[str, Json]:
    call = topology.call[ref.call]
    name = topology.layer[call.layer].name
    number = topology.calls_of[call.layer].index(call.id) + 1
    label = name if number == 1 else f"{name}, call {number}"
    if len(call.outputs) > 1:
        label += f", tensor {ref.index + 1}"
    return {"ref": list(ref), "label": label, "shape": shape_words(topology.tensor(ref))}


def _layer(topology: Topology, id_: str) -> dict[str, Json]:
    layer = topology.layer[id_]
    return {"id": id_, "name": layer.name, "kind": layer.kind, "calls": list(topology.calls_of[id_])}


def _summary(topology: Topology) -> str:
    layers = sum(layer.kind != "Input" for layer in topology.layers)
    parameters = topology.parameters
    words = f"{layers} {'layer' if layers == 1 else 'layers'}"
    return (
        words if parameters is None else f"{words}, {parameters:,} {'parameter' if parameters == 1 else 'parameters'}"
    )


def _field(field: Field, value: Any) -> dict[str, Json]:
    choices = list(field.choices)
    labels = ["none" if choice is None else _label(choice) for choice in choices]
    return {**asdict(field), "choices": choices, "labels": labels, "value": _typed(value, field)}


def _label(choice: Any) -> str:
    return choice if isinstance(choice, str) else _written(choice)


def _typed(value: Any, field: Field) -> Json:
    """A value as the learner would type it."""
    if field.type in ("switch", "choice"):
        return value
    if value is None:
        return ""
    if field.type == "layer" and value:
        return _written(value)
    return ", ".join(map(str, value)) if isinstance(value, list) and not any(map(_deep, value)) else str(value)


def _deep(value: Any) -> bool:
    return isinstance(value, (list, str))


def _written(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, dict) and set(value) == {"kind", "config"}:
        return f"{value['kind']}({', '.join(f'{key}={_written(item)}' for key, item in value['config'].items())})"
    return repr(value)

"""What is said about one box when the learner asks: plain data for the card of the widget."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kerastutor.drawing import words
from kerastutor.drawing.badges import Badge, badges
from kerastutor.drawing.describing import call_words
from kerastutor.drawing.scene import Box, Scene, tensor_words
from kerastutor.knowledge import facts
from kerastutor.topology.graph import Call, Layer, Ref, Topology, Weight

Card = dict[str, Any]


def cards(topology: Topology, scene: Scene, names: Mapping[str, str]) -> dict[str, Card]:
    """The card of each box of a scene, by key; `names` leads from keys to ids of calls where they are not the same."""
    worn = badges(topology)
    return {box.key: _card(topology, box, names.get(box.key, box.key), worn) for box in scene.boxes}


def _card(topology: Topology, box: Box, key: str, worn: dict[str, Badge]) -> Card:
    if box.look == "output":
        return {"title": box.title, "says": "What the model returns.", "label": f"{box.title} of the model"}
    if box.look == "group":
        return _group_card(topology, box)
    call = topology.call[key]
    layer = topology.layer_of(key)
    known = facts(layer.kind)
    return {
        "title": words.title(layer.kind),
        "name": words.plain(layer.name),
        "label": _label(topology, call, worn.get(call.id)),
        "says": known.sentence,
        "link": known.link,
        "config": _config(layer),
        "takes": [_taken(topology, argument.slot, argument.value) for argument in call.arguments],
        "returns": [tensor_words(topology, Ref(call.id, index)) for index in range(len(call.outputs))],
        "weights": [_weight(weight) for weight in layer.weights or ()],
        "sum": _sum(layer),
        "shared": _shared(worn.get(call.id)),
        "line": f"{words.plain(call.source.file)}, line {call.source.line}" if call.source else "",
    }


def _group_card(topology: Topology, box: Box) -> Card:
    repeated = f", repeated {box.times} times" if box.times > 1 else ""
    label = ", ".join(part for part in (f"Group “{box.title}”{repeated}: {len(box.calls)} layers", box.count) if part)
    return {"title": box.title, "label": f"{label}. Closed.", "group": True, "says": box.name}


def _label(topology: Topology, call: Call, worn: Badge | None) -> str:
    label = call_words(topology, call)
    names = [words.plain(topology.layer_of(ref.call).name) for ref in call.tensors]
    if names:
        label += f", takes {' and '.join(names)}"
    return f"{label}. {_shared(worn)}".strip() if worn else f"{label}."


def _config(layer: Layer) -> list[list[str]]:
    """The parameters that are not left to their default, and those that matter most whether or not they are."""
    known = facts(layer.kind)
    shown = dict(layer.config)
    for name in known.highlights:
        value = known.parameters.get(name)
        if name not in shown and value is not None and isinstance(value, (bool, int, float, str, list)):
            shown[name] = value
    return [[words.plain(name), words.value_words(value)] for name, value in shown.items()]


def _taken(topology: Topology, slot: str, value: Any) -> list[str]:
    if not isinstance(value, Ref):
        return [_slot(slot), words.value_words(value)]
    name = words.plain(topology.layer_of(value.call).name)
    shape = tensor_words(topology, value)
    return [_slot(slot), f"{name}: {shape}" if shape else name]


def _slot(slot: str) -> str:
    """Where a tensor goes in, counted as people count where it is one of a list."""
    name, _, place = slot.partition(".")
    return f"{words.plain(name).removesuffix('s')} {int(place) + 1}" if place.isdecimal() else words.plain(slot)


def _weight(weight: Weight) -> list[str]:
    shape = " × ".join(map(str, weight.shape)) or "1"
    return [words.plain(weight.name), shape, f"{weight.size:,}", "" if weight.trainable else "not trained"]


def _sum(layer: Layer) -> str:
    """How the number of parameters comes about, weight by weight."""
    sizes = [weight.size for weight in layer.weights or ()]
    if not sizes:
        return ""
    products = [" × ".join(map(str, weight.shape)) or "1" for weight in layer.weights or ()]
    return f"{' + '.join(products)} = {sum(sizes):,}"


def _shared(worn: Badge | None) -> str:
    if worn is None:
        return ""
    return f"Shared layer {worn.letter}: this is use {worn.use} of {worn.uses}, with the same weights each time."

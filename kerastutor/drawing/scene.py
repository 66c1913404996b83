"""What is seen of a topology: boxes, the arrows between them and the frames around them, before any coordinates.

A box stands for one call, for an output, or for a closed group of calls. Which groups are closed is the reader's
choice; the scene follows from the topology and that choice alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil
from typing import Literal

from kerastutor.drawing import metrics, words
from kerastutor.drawing.badges import Badge, badges
from kerastutor.drawing.grouping import Group
from kerastutor.knowledge import facts
from kerastutor.topology.graph import Argument, Call, Layer, Port, Ref, Topology

Look = Literal["layer", "operation", "input", "output", "group"]
Mark = Literal["", "missing", "extra", "wrong", "failing", "unused"]

TITLE, FACT, NAME, COUNT, CAP, SHAPE = 13.0, 11.5, 11.5, 11.0, 11.0, 11.0
"""Font sizes in pixels, by what is written."""

BODY, STRIP, PILL, OUTPUT = 46.0, 20.0, 30.0, 26.0
"""Heights in pixels: of a box, of its activation strip, of an operation, of an output."""

NARROW, WIDE = 172.0, 296.0
ICON, PAD, GAP, BADGE = 36.0, 10.0, 12.0, 26.0
_TOO_LITTLE = 24.0

SYMBOLS: Mapping[str, str] = {
    "ops.Add": "+",
    "ops.Subtract": "−",
    "ops.Multiply": "×",
    "ops.Divide": "÷",
    "ops.TrueDivide": "÷",
    "ops.Matmul": "@",
    "ops.Power": "^",
    "ops.GetItem": "[ ]",
    "ops.Negative": "−",
}
"""The operator a learner writes for an operation."""


@dataclass(frozen=True)
class Box:
    """One box. Its texts are plain, on one line, and fit `width`; sizes are in pixels.

    Attributes:
        key: unique in the scene: the call's id, a group's key, or `"output:0"`.
        calls: the ids of the calls it stands for.
        times: how many repeated blocks it stands for.
        cap: the activation at its lower edge.
        mark: what a difference view says of it.
    """

    key: str
    look: Look
    family: str
    title: str
    name: str = ""
    fact: str = ""
    count: str = ""
    cap: str = ""
    badge: Badge | None = None
    calls: tuple[str, ...] = ()
    times: int = 1
    mark: Mark = ""
    width: float = NARROW

    @property
    def height(self) -> float:
        """The height that what it says needs."""
        if self.look == "operation":
            return PILL
        return OUTPUT if self.look == "output" else BODY + (STRIP if self.cap else 0)


@dataclass(frozen=True)
class DrawnArrow:
    """A tensor on its way from the box `tail` to the box `head`.

    Attributes:
        tensor: the tensor; for an output the one that leaves the model.
        label: its shape in words.
        port: what stands at the arrow's head where order counts: a number or a parameter's name.
        slot: the parameter that takes it.
        mark: what a difference view says of it.
    """

    tail: str
    head: str
    tensor: Ref
    label: str = ""
    port: str = ""
    slot: str = ""
    mark: Mark = ""


@dataclass(frozen=True)
class GroupFrame:
    """An open group: drawn around the boxes and frames in it."""

    key: str
    title: str
    boxes: tuple[str, ...]
    parent: str | None = None
    badge: Badge | None = None


@dataclass(frozen=True)
class Scene:
    """Boxes in computing order, arrows, and frames with the outer ones first."""

    name: str
    boxes: tuple[Box, ...]
    arrows: tuple[DrawnArrow, ...]
    frames: tuple[GroupFrame, ...] = ()

    @cached_property
    def box(self) -> Mapping[str, Box]:
        """The boxes by key."""
        return {box.key: box for box in self.boxes}

    @cached_property
    def arriving(self) -> Mapping[str, tuple[DrawnArrow, ...]]:
        """The arrows into each box, in the order of its arguments."""
        found: dict[str, list[DrawnArrow]] = {box.key: [] for box in self.boxes}
        for arrow in self.arrows:
            found[arrow.head].append(arrow)
        return {key: tuple(arrows) for key, arrows in found.items()}


def compose(topology: Topology, groups: Collection[Group] = (), closed: Collection[str] = ()) -> Scene:
    """The scene of a topology in which the groups with their keys in `closed` are one box each."""
    seen = _Seen(topology, groups, closed)
    boxes = (*seen.boxes(), *_output_boxes(topology))
    room = max((_needed(box) for box in boxes), default=NARROW)
    wide = min(max(ceil(room) + 1.0, NARROW), WIDE)  # to spare, or rounding cuts the text that asks for most
    return Scene(
        name=words.plain(topology.name),
        boxes=tuple(_fitted(box, wide) for box in boxes),
        arrows=(*seen.arrows(), *_output_arrows(topology, seen.key)),
        frames=tuple(seen.frames()),
    )


class _Seen:
    """Which calls are seen on their own and which through a closed group."""

    def __init__(self, topology: Topology, groups: Collection[Group], closed: Collection[str]) -> None:
        self.topology = topology
        self.groups = groups
        self.badges = badges(topology)
        self.key = {call.id: call.id for call in topology.calls}
        self.closed: dict[str, Group] = {}
        inside: dict[str, str] = {}
        for group in groups:
            hidden = group.parent is not None and (group.parent in self.closed or group.parent in inside)
            if hidden:
                inside[group.key] = group.key
            elif group.key in closed:
                self.closed[group.key] = group
                self.key.update(dict.fromkeys(group.calls, group.key))
        self.opened = [group for group in groups if group.key not in self.closed and group.key not in inside]

    def boxes(self) -> Iterator[Box]:
        for key in dict.fromkeys(self.key.values()):
            if key in self.closed:
                yield group_box(self.topology, self.closed[key], self.badges.get(key))
            else:
                yield call_box(self.topology, self.topology.call[key], self.badges.get(key))

    def arrows(self) -> Iterator[DrawnArrow]:
        known: set[tuple[str, str, Ref]] = set()
        for call in self.topology.calls:
            head = self.key[call.id]
            for number, argument in enumerate(_tensor_arguments(call), start=1):
                tail = self.key[argument.value.call]
                repeated = head in self.closed and (tail, head, argument.value) in known
                known.add((tail, head, argument.value))
                if tail != head and not repeated:
                    port = "" if head in self.closed else _port(self.topology, call, argument, number)
                    label = tensor_words(self.topology, argument.value)
                    yield DrawnArrow(tail, head, argument.value, label, port, argument.slot)

    def frames(self) -> Iterator[GroupFrame]:
        for group in self.opened:
            boxes = tuple(dict.fromkeys(self.key[call] for call in group.calls))
            yield GroupFrame(group.key, group.title, boxes, group.parent, self.badges.get(group.key))


def call_box(topology: Topology, call: Call, badge: Badge | None = None) -> Box:
    """The box of one call."""
    layer = topology.layer_of(call.id)
    if layer.kind.startswith("ops."):
        return _operation_box(layer, call)
    cap = words.activation(layer)
    return Box(
        key=call.id,
        look="input" if layer.kind == "Input" else "layer",
        family=facts(layer.kind).family,
        title=words.title(layer.kind),
        name=words.plain(layer.name),
        fact=" · ".join(words.highlights(layer)) or _input_type(layer),
        count=_count(layer),
        cap=cap,
        badge=badge,
        calls=(call.id,),
        mark="unused" if topology.outputs and call.id not in topology.reaching else "",
    )


def _operation_box(layer: Layer, call: Call) -> Box:
    constants = ", ".join(words.value_words(value) for _, value in call.constants if value is not None)
    symbol = SYMBOLS.get(layer.kind)
    name = words.title(layer.kind)
    return Box(
        key=call.id,
        look="operation",
        family="operation",
        title=f"{symbol}  {name}" if symbol else name,
        fact=constants or " · ".join(words.highlights(layer)),
        calls=(call.id,),
    )


def group_box(topology: Topology, group: Group, badge: Badge | None = None) -> Box:
    """The box of a closed group."""
    layers = {topology.call[call].layer: None for call in group.calls}
    kinds = dict.fromkeys(words.title(topology.layer[layer].kind) for layer in layers)
    counts = [topology.layer[layer].parameters for layer in layers]
    total = None if None in counts else sum(count or 0 for count in counts)
    return Box(
        key=group.key,
        look="group",
        family="wrapper",
        title=group.title,
        name=", ".join(kinds),
        fact=f"×{group.times}" if group.times > 1 else f"{len(group.calls)} layers",
        count=words.count_words(total),
        badge=badge,
        calls=group.calls,
        times=group.times,
    )


def _output_boxes(topology: Topology) -> Iterator[Box]:
    for number, port in enumerate(topology.outputs):
        yield Box(output_key(number), "output", "input", _output_title(topology.outputs, number, port), width=110)


def _output_title(outputs: tuple[Port, ...], number: int, port: Port) -> str:
    if port.key is not None:
        return f"output {words.plain(port.key)}"
    return "output" if len(outputs) == 1 else f"output {number + 1}"


def output_key(number: int) -> str:
    """The key of the box of output `number`, from 0."""
    return f"output:{number}"


def _output_arrows(topology: Topology, key: Mapping[str, str]) -> Iterator[DrawnArrow]:
    for number, port in enumerate(topology.outputs):
        label = tensor_words(topology, port.tensor)
        yield DrawnArrow(key[port.tensor.call], output_key(number), port.tensor, label)


def tensor_words(topology: Topology, ref: Ref) -> str:
    """A tensor's shape in words, and which it is where its call returns several."""
    shape = words.shape_words(topology.tensor(ref))
    several = len(topology.call[ref.call].outputs) > 1
    return f"{ref.index + 1}: {shape}" if several else shape


def _tensor_arguments(call: Call) -> list[Argument]:
    return [argument for argument in call.arguments if isinstance(argument.value, Ref)]


def _port(topology: Topology, call: Call, argument: Argument, number: int) -> str:
    if facts(topology.layer_of(call.id).kind).commutes or len(call.tensors) < 2:
        return ""
    name, _, rest = argument.slot.partition(".")
    if rest and not rest.isdecimal():
        return words.plain(rest)
    if name in ("x1", "x2", "inputs", "x", "xs"):
        return str(number)
    return words.plain(f"{name} {int(rest) + 1}" if rest else name)


def _count(layer: Layer) -> str:
    said = words.count_words(layer.parameters)
    if layer.trainable or layer.owns != "weights":
        return said
    return f"frozen · {said}" if said else "frozen"


def _input_type(layer: Layer) -> str:
    dtype = layer.config.get("dtype") if layer.kind == "Input" else None
    return "" if dtype in (None, "float32") else words.value_words(dtype)


def _needed(box: Box) -> float:
    """The width at which nothing in the box is cut."""
    badge = BADGE if box.badge else 0
    if box.look in ("output", "operation"):
        return 0
    gap = GAP if box.fact else 0
    upper = ICON + metrics.width(box.title, TITLE, bold=True) + gap + metrics.width(box.fact, FACT) + PAD + badge
    gap = GAP if box.count else 0
    lower = ICON + metrics.width(box.name, NAME) + gap + metrics.width(box.count, COUNT) + PAD
    return upper if box.look == "group" else max(upper, lower)


def _fitted(box: Box, wide: float) -> Box:
    """The box with its texts cut to its width: the name gives way first, then the parameters."""
    if box.look == "output":
        heading = metrics.clip(box.title, WIDE - 24, SHAPE)
        return replace(box, title=heading, width=round(max(64.0, metrics.width(heading, SHAPE) + 24), 1))
    if box.look == "operation":
        return _fitted_operation(box)
    room = wide - ICON - PAD - (BADGE if box.badge else 0)
    heading = metrics.clip(box.title, room, TITLE, bold=True)
    left = room - metrics.width(heading, TITLE, bold=True) - GAP
    fact = _whole_words(box.fact, left)
    below = wide - ICON - PAD
    count = metrics.clip(box.count, below, COUNT)
    left = below - (metrics.width(count, COUNT) + GAP if count else 0)
    name = _clipped(box.name, left, NAME)
    cap = metrics.clip(box.cap, wide - 40, CAP)
    return replace(box, title=heading, fact=fact, count=count, name=name, cap=cap, width=round(wide, 1))


def _fitted_operation(box: Box) -> Box:
    heading = metrics.clip(box.title, WIDE - 40, TITLE, bold=True)
    said = metrics.width(heading, TITLE, bold=True)
    fact = metrics.clip(box.fact, WIDE - 48 - said, FACT) if said < WIDE - 80 else ""
    wide = said + (8 + metrics.width(fact, FACT) if fact else 0) + 36
    return replace(box, title=heading, fact=fact, width=round(max(wide, 84.0), 1))


def _whole_words(fact: str, room: float) -> str:
    """As many of the parameters as fit; a single one that does not is clipped."""
    parts = fact.split(" · ")
    while len(parts) > 1 and metrics.width(" · ".join(parts), FACT) > room:
        parts.pop()
    return _clipped(" · ".join(parts), room, FACT)


def _clipped(text: str, room: float, size: float) -> str:
    """The text as far as it fits; nothing rather than a letter and an ellipsis."""
    kept = metrics.clip(text, room, size)
    return kept if kept == text or room > _TOO_LITTLE else ""

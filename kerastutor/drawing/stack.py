"""The Sequential side: the layers as touching bricks, each beside its box of the graph, to where a stack must end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kerastutor.drawing import metrics, svg, words
from kerastutor.drawing.badges import badges
from kerastutor.drawing.boxes import activation_label, contents
from kerastutor.drawing.graph import Picture
from kerastutor.drawing.grouping import Group
from kerastutor.drawing.layout import Layout
from kerastutor.drawing.scene import BODY, NAME, NARROW, SHAPE, STRIP, TITLE, Box, Scene, group_box
from kerastutor.topology.graph import Port, Ref, Topology
from kerastutor.topology.sequential import Reason, steps, why_not_sequential

HALF_GAP = 29.0
"""Pixels a brick reaches beyond its box at the ends of the stack: half a gap between rows."""

NOTE = 300.0
"""Width in pixels of the note that says why the stack ends."""

_LINE, _SHOWN = 16.0, 3


@dataclass(frozen=True)
class Brick:
    """One step of the stack, from `top` to `bottom`; `tensor` is what it passes on."""

    box: Box
    top: float
    middle: float
    bottom: float
    tensor: str


@dataclass(frozen=True)
class Stack:
    """The bricks of a topology, and what forbids the rest; `complete` when nothing does."""

    steps: tuple[tuple[str, ...], ...]
    reasons: tuple[Reason, ...]

    @property
    def complete(self) -> bool:
        """Whether the whole topology is a stack."""
        return not self.reasons


def stack_of(topology: Topology) -> Stack:
    """The steps, as the ids of the calls of each, from the input to the output or to where a stack must end."""
    topology = _ended(topology)
    reasons = why_not_sequential(topology) if topology.outputs else ()
    if len(topology.inputs) != 1:
        return Stack((), reasons)
    members = {name: tuple(call.id for call in calls) for name, calls in steps(topology).items()}
    step = {call: name for name, calls in members.items() for call in calls}
    walked = _walk(topology, step, step.get(topology.inputs[0].tensor.call))
    return Stack(tuple(members[name] for name in walked), reasons)


def _walk(topology: Topology, step: Mapping[str, str], start: str | None) -> list[str]:
    """The names of the steps from `start` on, as long as one tensor leads to one next step."""
    crossing = [
        (tensor, step[tensor.call], name)
        for call, name in step.items()
        for tensor in topology.call[call].tensors
        if step[tensor.call] != name
    ]
    following: dict[str, list[str]] = {name: [] for name in step.values()}
    entering: dict[str, set[Ref]] = {name: set() for name in step.values()}
    for tensor, source, name in crossing:
        following[source].append(name)
        entering[name].add(tensor)
    nested = {topology.call[call].scope[0] for call in step if topology.call[call].scope}
    shared = _shared_steps(topology, step)
    walked: list[str] = []
    here = start
    while here and here not in shared and here not in walked and len(entering[here]) <= 1:
        walked.append(here)
        after = following[here]
        # A nested model may take the one tensor at several places inside; a layer takes it once.
        here = after[0] if len(after) == 1 or (len(set(after)) == 1 and after[0] in nested) else None
    return walked


def _ended(topology: Topology) -> Topology:
    """A topology that is still being built, and has no outputs yet, ends for now with the tensors nobody takes."""
    if topology.outputs:
        return topology
    loose = (call.id for call in topology.calls if call.outputs and not topology.consumers[call.id])
    return replace(topology, outputs=tuple(Port(Ref(call)) for call in loose))


def _shared_steps(topology: Topology, step: Mapping[str, str]) -> set[str]:
    """Steps whose weights another step uses too."""
    found: set[str] = set()
    for layer, calls in topology.calls_of.items():
        used_in = {step[call] for call in calls if call in step}
        if len(used_in) > 1 and topology.layer[layer].owns == "weights":
            found |= used_in
    return found


def paint(topology: Topology, stack: Stack, scene: Scene, layout: Layout, groups: Sequence[Group]) -> Picture:
    """The stack as a picture whose rows stand beside those of the graph."""
    bricks = bricks_of(topology, stack, scene, layout, groups)
    wide = max((brick.box.width for brick in bricks), default=NARROW)
    parts = [_brick(brick, wide, number, len(bricks), stack) for number, brick in enumerate(bricks)]
    parts += [_seam(brick, wide) for brick in bricks]
    labels = max((metrics.width(brick.tensor, SHAPE) + 22 for brick in bricks), default=0.0)
    bottom = bricks[-1].bottom if bricks else 0.0
    right = wide + labels
    if not stack.complete:
        note = _note(stack, bottom + 22 if bricks else 0.0)
        parts.append(note.body)
        right, bottom = max(right, note.width), note.height
    return Picture("".join(parts), round(right, 1), round(bottom + 2, 1))


def bricks_of(topology: Topology, stack: Stack, scene: Scene, layout: Layout, groups: Sequence[Group]) -> list[Brick]:
    """The bricks of a stack, from the top down, each beside its box of the graph."""
    shown = {call: box for box in scene.boxes for call in box.calls}
    steps = _seen_apart(stack.steps, shown)
    spans = [_span([shown[call] for call in calls], layout) for calls in steps]
    tensors = _leaving(scene, steps)
    bricks = []
    for number, (calls, (top, middle, bottom)) in enumerate(zip(steps, spans, strict=True)):
        upper = (spans[number - 1][2] + top) / 2 if number else top - 8
        lower = (bottom + spans[number + 1][0]) / 2 if number + 1 < len(spans) else bottom + HALF_GAP
        box = _box(topology, calls, shown, groups)
        bricks.append(Brick(box, round(upper, 1), round(middle, 1), round(lower, 1), tensors.get(number, "")))
    return bricks


def _seen_apart(steps: Sequence[tuple[str, ...]], shown: Mapping[str, Box]) -> list[tuple[str, ...]]:
    """The steps, those together that the graph shows as one closed box."""
    found: list[tuple[str, ...]] = []
    for calls in steps:
        if found and shown[found[-1][-1]] is shown[calls[0]]:
            found[-1] += calls
        else:
            found.append(calls)
    return found


def _span(boxes: Sequence[Box], layout: Layout) -> tuple[float, float, float]:
    """Top, middle and bottom of these boxes of the graph."""
    top = min(layout.centres[box.key][1] - box.height / 2 for box in boxes)
    bottom = max(layout.centres[box.key][1] + box.height / 2 for box in boxes)
    return top, (top + bottom) / 2, bottom


def _leaving(scene: Scene, steps: Sequence[tuple[str, ...]]) -> dict[int, str]:
    """The shape of what leaves each step, by its number."""
    step = {call: number for number, calls in enumerate(steps) for call in calls}
    found: dict[int, str] = {}
    for arrow in scene.arrows:
        number = step.get(arrow.tensor.call)
        inside = any(step.get(call) == number for call in scene.box[arrow.head].calls)
        if number is not None and not inside:
            found.setdefault(number, arrow.label)
    return found


def _box(topology: Topology, calls: tuple[str, ...], shown: Mapping[str, Box], groups: Sequence[Group]) -> Box:
    """The box of a step: the one of the graph that shows it, or one for a nested model that is open there."""
    if len({shown[call].key for call in calls}) == 1:
        return shown[calls[0]]
    scope = topology.call[calls[0]].scope[0]
    group = next(group for group in groups if group.key == scope)
    wide = max(box.width for box in shown.values())
    return replace(group_box(topology, group, badges(topology).get(group.key)), width=wide)


def _brick(brick: Brick, wide: float, number: int, count: int, stack: Stack) -> str:
    box, tall = brick.box, brick.bottom - brick.top
    torn = number == count - 1 and not stack.complete
    outline = svg.path("o", _outline(wide, tall, first=number == 0, last=number == count - 1, torn=torn))
    body = BODY + (STRIP if box.cap else 0)
    top = brick.middle - brick.top - body / 2
    content = outline + contents(replace(box, width=wide), top, wide)
    if box.cap:
        content += _cap(box, wide, top + BODY)
    kind = "b g" if box.look == "input" else "b"
    return svg.group(kind, content, y=brick.top, more=f' data-key="{svg.escape(box.key)}"')


def _cap(box: Box, wide: float, top: float) -> str:
    return svg.path("r", f"M.5 {top:g}H{wide - 0.5:g}v{STRIP:g}H.5z") + activation_label(box.cap, wide, top)


def _outline(wide: float, tall: float, *, first: bool, last: bool, torn: bool) -> str:
    """The outline of a brick: round corners at the ends of the stack, a torn edge where it must end."""
    r = 10
    upper = f"M0 {r}a{r} {r} 0 0 1 {r}-{r}H{wide - r:g}a{r} {r} 0 0 1 {r} {r}" if first else f"M0 0H{wide:g}"
    if torn:
        teeth = max(6, int(wide // 14))
        step = wide / teeth
        lower = f"V{tall:g}" + "".join(
            f"L{wide - (tooth + 0.5) * step:.1f} {tall - 7:g}L{wide - (tooth + 1) * step:.1f} {tall:g}"
            for tooth in range(teeth)
        )
    elif last:
        lower = f"V{tall - r:g}a{r} {r} 0 0 1-{r} {r}H{r}a{r} {r} 0 0 1-{r}-{r}"
    else:
        lower = f"V{tall:g}H0"
    return upper + lower + "z"


def _seam(brick: Brick, wide: float) -> str:
    """The tensor that passes from a brick to the next, written at the seam."""
    if not brick.tensor:
        return ""
    tick = svg.path("j", f"M{wide:g} {brick.bottom:g}h12")
    return tick + svg.text(wide + 17, brick.bottom + 4, "s", brick.tensor)


def _note(stack: Stack, top: float) -> Picture:
    """Why the stack ends here, in the reasons' own sentences."""
    heading = "The stack ends here" if stack.steps else "This cannot be a stack"
    shown = stack.reasons[:_SHOWN]
    lines: list[tuple[str, str]] = []
    for reason in _in_place(stack, shown):
        wrapped = metrics.wrap(words.quoted(reason.sentence), NOTE - 46, NAME)
        lines += [("f", line) for line in wrapped] + [("gap", "")]
    if len(stack.reasons) > _SHOWN:
        lines.append(("n", f"and {len(stack.reasons) - _SHOWN} more"))
    y = 26.0
    parts = [svg.text(36, y, "t", metrics.clip(heading, NOTE - 46, TITLE, bold=True))]
    for kind, line in lines:
        y += 6 if kind == "gap" else _LINE + 2
        parts.append(svg.text(36, y, kind, line))
    tall = y + (8 if lines and lines[-1][0] == "gap" else 14)
    sign = svg.path("ss", "M20 13l9.500 17h-19zM20 19v5M20 27v.1")
    card = svg.rect("nt", 1, 0, NOTE, tall, 10) + sign + "".join(parts)
    return Picture(svg.group("stop", card, y=round(top, 1)), NOTE + 2, round(top + tall, 1))


def _in_place(stack: Stack, reasons: Sequence[Reason]) -> list[Reason]:
    """The reasons with the one about the last brick first."""
    last = stack.steps[-1][-1] if stack.steps else ""
    return sorted(reasons, key=lambda reason: last not in reason.calls[:1])

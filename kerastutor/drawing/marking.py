"""The difference view: the learner's own graph, with what is missing ghosted in and what is extra or wrong marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from kerastutor.drawing.grouping import groups_of
from kerastutor.drawing.scene import Box, DrawnArrow, Mark, Scene, call_box, compose, output_key
from kerastutor.topology.differences.difference import Diff, Difference
from kerastutor.topology.graph import Ref, Topology

_BOX_MARKS: Mapping[str, Mark] = {
    "extra_layer": "extra",
    "wrong_layer": "wrong",
    "wrong_config": "wrong",
    "wrong_argument": "wrong",
    "swapped_order": "wrong",
    "shared_not_twin": "wrong",
    "twin_not_shared": "wrong",
    "input_order": "wrong",
    "output_order": "wrong",
    "wrong_key": "wrong",
}
_ARROW_MARKS: Mapping[str, Mark] = {
    "missing_layer": "wrong",
    "extra_arrow": "extra",
    "wrong_arrow": "wrong",
    "swapped_order": "wrong",
    "wrong_argument": "wrong",
}


def marked(learner: Topology, expected: Topology, difference: Diff) -> Scene:
    """The scene of the learner's graph with every difference in its place."""
    scene = compose(learner, groups_of(learner))
    boxes = _box_marks(difference.items)
    arrows = {**_arrow_marks(difference.items), **_output_marks(scene, difference.items)}
    ghosts = _Ghosts(scene, expected, difference.items)
    return replace(
        scene,
        boxes=(*(_marked_box(box, boxes) for box in scene.boxes), *ghosts.boxes()),
        arrows=(
            *(
                replace(arrow, mark=arrows.get((arrow.tensor, arrow.head, arrow.slot), arrow.mark))
                for arrow in scene.arrows
            ),
            *dict.fromkeys(ghosts.arrows()),
        ),
    )


def marked_at(topology: Topology, call: str) -> Scene:
    """The scene of a graph with one call marked."""
    scene = compose(topology, groups_of(topology))
    return replace(scene, boxes=tuple(_marked_box(box, {call: "wrong"}) for box in scene.boxes))


def _marked_box(box: Box, marks: Mapping[str, Mark]) -> Box:
    return replace(box, mark=next((marks[call] for call in box.calls if call in marks), box.mark))


def _box_marks(items: Iterable[Difference]) -> dict[str, Mark]:
    found: dict[str, Mark] = {}
    for item in items:
        if item.kind in _BOX_MARKS:
            for call in item.calls:
                found.setdefault(call, _BOX_MARKS[item.kind])
    return found


def _arrow_marks(items: Iterable[Difference]) -> dict[tuple[Ref, str, str], Mark]:
    return {
        (arrow.tensor, arrow.call, arrow.slot): _ARROW_MARKS[item.kind]
        for item in items
        if item.kind in _ARROW_MARKS
        for arrow in item.arrows
    }


def _output_marks(scene: Scene, items: Iterable[Difference]) -> dict[tuple[Ref, str, str], Mark]:
    """The arrows to the model's outputs that are wrong; of several from one tensor the last is the one too many."""
    found: dict[tuple[Ref, str, str], Mark] = {}
    outputs = {box.key for box in scene.boxes if box.look == "output"}
    for item in items:
        at_output = item.kind in ("extra_arrow", "wrong_arrow") and not item.arrows and not item.expected_calls
        leading = [arrow for arrow in scene.arrows if arrow.head in outputs and arrow.tensor in item.tensors[:1]]
        if at_output and leading:
            last = leading[-1]
            found[last.tensor, last.head, last.slot] = _ARROW_MARKS[item.kind]
    return found


class _Ghosts:
    """What is expected and not there: boxes for missing layers, and the arrows of everything that is missing."""

    def __init__(self, scene: Scene, expected: Topology, items: Iterable[Difference]) -> None:
        self.scene, self.expected, self.items = scene, expected, tuple(items)
        self.missing = {
            item.expected_calls[0]: item for item in items if item.kind == "missing_layer" and item.expected_calls
        }

    def boxes(self) -> Iterator[Box]:
        for call in self.missing:
            box = call_box(self.expected, self.expected.call[call])
            width = box.width if box.look == "operation" else max(other.width for other in self.scene.boxes)
            yield replace(box, key=_ghost(call), calls=(), mark="missing", badge=None, count="", width=width)

    def arrows(self) -> Iterator[DrawnArrow]:
        for item in self.items:
            if item.kind == "missing_layer" and item.expected_calls:
                yield from self._around(item.expected_calls[0], item)
            elif item.kind == "wrong_arrow" and len(item.tensors) > 1:
                yield self._arrow(item.tensors[1], item.calls[0])
            elif item.kind == "missing_arrow" and item.tensors and item.tensors[0].call != item.calls[0]:
                yield self._arrow(item.tensors[0], item.calls[0])

    def _around(self, call: str, item: Difference) -> Iterator[DrawnArrow]:
        """Arrows into and out of a missing layer; between two missing layers they lead from ghost to ghost."""
        sources = [tensor for tensor in self.expected.call[call].tensors if tensor.call in self.missing]
        for tensor in sources:
            yield DrawnArrow(_ghost(tensor.call), _ghost(call), Ref(_ghost(tensor.call)), mark="missing")
        if not sources:
            for tensor in item.tensors:
                yield replace(self._arrow(tensor, call), head=_ghost(call))
        if any(consumer.call in self.missing for consumer in self.expected.consumers[call]):
            return
        before = {tensor.call for tensor in item.tensors}
        after = [other for other in item.calls if other not in before and other in self.scene.box]
        for other in after or [output_key(0)]:
            if other in self.scene.box:
                yield DrawnArrow(_ghost(call), other, Ref(_ghost(call)), mark="missing")

    def _arrow(self, tensor: Ref, head: str) -> DrawnArrow:
        return DrawnArrow(tensor.call, head, tensor, mark="missing")


def _ghost(call: str) -> str:
    return f"missing:{call}"

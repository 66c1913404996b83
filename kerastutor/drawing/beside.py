"""Small multiples: several topologies as graphs side by side, two of them on common rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from kerastutor.drawing import graph, words
from kerastutor.drawing.aligning import align, partners
from kerastutor.drawing.graph import Panel
from kerastutor.drawing.grouping import Group, at_first, groups_of
from kerastutor.drawing.layout import Layout, arrange
from kerastutor.drawing.scene import Scene, compose
from kerastutor.topology.graph import Topology


@dataclass(frozen=True)
class AlignedGraph:
    """One of the graphs. Its boxes carry the keys of their partners in the first one; `names` leads back to its own."""

    topology: Topology
    label: str
    groups: tuple[Group, ...]
    scene: Scene
    layout: Layout
    names: Mapping[str, str]

    @property
    def panel(self) -> Panel:
        """The graph under its label."""
        calls = sum(box.look not in ("input", "output") for box in self.scene.boxes)
        count = words.count_words(self.topology.parameters)
        caption = " · ".join(part for part in (f"{calls} layer{'s' if calls != 1 else ''}", count) if part)
        return Panel(self.label, caption, graph.paint(self.scene, self.layout))


def beside(
    topologies: Sequence[Topology],
    labels: Sequence[str] | None = None,
    closed: Sequence[Collection[str]] | None = None,
) -> tuple[AlignedGraph, ...]:
    """Lay out several topologies; `labels` are by default their names, `closed` what is closed in each of them."""
    labels = [words.plain(topology.name) for topology in topologies] if labels is None else labels
    if len(labels) != len(topologies):
        raise ValueError(f"There are {len(topologies)} models and {len(labels)} labels; give each model one label.")
    groups = [groups_of(topology) for topology in topologies]
    if closed is None:
        closed = [at_first(topology, own) for topology, own in zip(topologies, groups, strict=True)]
    scenes = [compose(*each) for each in zip(topologies, groups, closed, strict=True)]
    layouts = [arrange(scene) for scene in scenes]
    matched = [{box.key: box.key for box in scenes[0].boxes}, *(partners(scenes[0], other) for other in scenes[1:])]
    if len(scenes) == 2:
        layouts = list(align(scenes[0], scenes[1], (layouts[0], layouts[1]), matched[1]))
    parts = zip(topologies, labels, groups, scenes, layouts, matched, strict=True)
    return tuple(_side(number, *part) for number, part in enumerate(parts))


def _side(
    number: int,
    topology: Topology,
    label: str,
    groups: tuple[Group, ...],
    scene: Scene,
    layout: Layout,
    matched: Mapping[str, str],
) -> AlignedGraph:
    own = [box.key for box in scene.boxes] + [frame.key for frame in scene.frames]
    new = {key: matched.get(key, f"{number}:{key}" if number else key) for key in own}
    renamed = Scene(
        scene.name,
        tuple(replace(box, key=new[box.key]) for box in scene.boxes),
        tuple(replace(arrow, tail=new[arrow.tail], head=new[arrow.head]) for arrow in scene.arrows),
        tuple(
            replace(
                frame,
                key=new[frame.key],
                boxes=tuple(new[key] for key in frame.boxes),
                parent=new[frame.parent] if frame.parent else None,
            )
            for frame in scene.frames
        ),
    )
    centres = {new[key]: place for key, place in layout.centres.items()}
    names = {shown: key for key, shown in new.items()}
    return AlignedGraph(topology, words.plain(label), groups, renamed, replace(layout, centres=centres), names)

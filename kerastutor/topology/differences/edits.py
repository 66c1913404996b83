"""What must be changed in the learner's graph to make it the expected one, given which node is which.

Each edit is one thing a person would say: a layer is missing, an arrow comes from the wrong tensor. Arrows that must
move only because a layer is missing or too many belong to that layer: behind a missing layer stands the tensor it would
have taken, and behind one too many what it takes itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple, get_args

from kerastutor.topology.differences.sides import Pairs, Side, Taken, Tensors, behind

DifferenceKind = Literal[
    "missing_layer",
    "extra_layer",
    "wrong_layer",
    "shared_not_twin",
    "twin_not_shared",
    "wrong_arrow",
    "missing_arrow",
    "extra_arrow",
    "swapped_order",
    "input_order",
    "output_order",
    "wrong_key",
    "wrong_config",
    "wrong_argument",
]
"""From the most fundamental to the least: in this order edits are told."""

OUTPUT = -1
"""Stands for the model's outputs where the node that takes a tensor is asked for."""


class Edit(NamedTuple):
    """One change.

    Attributes:
        kind: a word of `DifferenceKind`.
        ours: the learner's nodes it is about.
        theirs: the expected nodes it is about.
        mine: the learner's argument or port that is wrong, for arrows.
        wanted: the expected one.
    """

    kind: DifferenceKind
    ours: tuple[int, ...] = ()
    theirs: tuple[int, ...] = ()
    mine: tuple[Taken, ...] = ()
    wanted: tuple[Taken, ...] = ()


class Tried(NamedTuple):
    """Pairs of nodes, and all that they ask for.

    `cost` is how many edits that are, and of equals how much is taken for missing that may stand elsewhere.
    """

    cost: tuple[int, int]
    pairs: Pairs
    edits: list[Edit]


def tried(ours: Side, theirs: Side, pairs: Pairs) -> Tried:
    """What these pairs cost."""
    found = _by_model(edits(ours, theirs, pairs), ours.models)
    return Tried((len(found), pairs.ours.count(-1)), pairs, found)


def edits(ours: Side, theirs: Side, pairs: Pairs) -> list[Edit]:
    """All changes that the pairs ask for; none exactly when they are an isomorphism."""
    return _Comparison(ours, theirs, pairs).all()


def _by_model(found: list[Edit], models: Sequence[str]) -> list[Edit]:
    """The edits, those that say of each layer of a nested model that it is shared or is not, made one."""
    kept: list[Edit] = []
    together: dict[tuple[DifferenceKind, tuple[str, ...]], list[Edit]] = {}
    for edit in found:
        if edit.kind in ("shared_not_twin", "twin_not_shared"):
            inside = tuple(sorted(models[place] for place in edit.ours))
            if all(inside) and len(set(inside)) > 1:
                together.setdefault((edit.kind, inside), []).append(edit)
                continue
        kept.append(edit)
    for (kind, _), edits_of_model in together.items():
        ours = tuple(sorted(place for edit in edits_of_model for place in edit.ours))
        theirs = tuple(sorted(other for edit in edits_of_model for other in edit.theirs))
        kept.append(Edit(kind, ours, theirs))
    return kept


def in_order(found: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits, the most fundamental first."""
    return tuple(sorted(found, key=lambda edit: (_ORDER.index(edit.kind), edit.ours, edit.theirs)))


_ORDER: tuple[str, ...] = get_args(DifferenceKind)


class _Comparison:
    def __init__(self, ours: Side, theirs: Side, pairs: Pairs) -> None:
        self.ours, self.theirs, self.pairs = ours, theirs, pairs
        self.behind_ours: dict[int, Tensors] = {}
        self.behind_theirs: dict[int, Tensors] = {}
        self.own = [place if other >= 0 else -1 for place, other in enumerate(pairs.theirs)]

    def all(self) -> list[Edit]:
        found = [*self.unmatched(), *self.layers()]
        for other, place in enumerate(self.pairs.ours):
            if place >= 0:
                found += self.arguments(place, other)
        return [*found, *self.input_ports(), *self.output_ports()]

    # Layers and calls.

    def unmatched(self) -> list[Edit]:
        """Layers missing or too many."""
        missing = self.alone(self.theirs, self.ours, self.pairs.ours, "missing_layer")
        extra = self.alone(self.ours, self.theirs, self.pairs.theirs, "extra_layer")
        return [
            *(Edit(kind, ours, theirs) for kind, theirs, ours in missing),
            *(Edit(kind, ours, theirs) for kind, ours, theirs in extra),
        ]

    def alone(
        self, here: Side, there: Side, partners: Sequence[int], kind: DifferenceKind
    ) -> list[tuple[DifferenceKind, tuple[int, ...], tuple[int, ...]]]:
        """What is on one side only, as (kind of edit, nodes here, nodes there).

        A fused activation goes with its layer; where the layer has a partner it is a matter of its configuration.
        """
        found: list[tuple[DifferenceKind, tuple[int, ...], tuple[int, ...]]] = []
        changed: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for place, partner in enumerate(partners):
            if partner >= 0 or not here.reached[place]:
                continue
            main, activation = here.main[place], here.activation[place]
            if main < 0:
                gone = activation >= 0 and partners[activation] < 0
                found.append((kind, (place, activation) if gone else (place,), ()))
            elif partners[main] >= 0:
                layers = here.nodes[main].layer, there.nodes[partners[main]].layer
                changed.setdefault(layers, []).append((main, place))
        for pairs in changed.values():
            mains = tuple(partners[main] for main, _ in pairs)
            found.append(("wrong_config", tuple(node for pair in pairs for node in pair), mains))
        return found

    def layers(self) -> list[Edit]:
        """What layers are, and who shares which: layers are paired by the calls they have in common."""
        groups: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for other, place in enumerate(self.pairs.ours):
            if place >= 0:
                key = self.ours.nodes[place].layer, self.theirs.nodes[other].layer
                groups.setdefault(key, []).append((place, other))
        found: list[Edit] = []
        staying: dict[str, list[tuple[int, int]]] = {}
        paired, expected = pair_layers(groups)
        for (mine, its), calls in groups.items():
            shared = its not in expected
            if paired.get(mine) == its or shared:
                staying.setdefault(mine, []).extend(calls)
            if paired.get(mine) != its:
                beside = groups[mine, paired[mine]] if shared else groups[expected[its], its]
                places, others = zip(*sorted({*calls, *beside}), strict=True)
                found.append(Edit("shared_not_twin" if shared else "twin_not_shared", places, others))
        return [*found, *(edit for calls in staying.values() for edit in self.labels(calls))]

    def labels(self, calls: Sequence[tuple[int, int]]) -> Iterator[Edit]:
        """What the calls of one of the learner's layers should compute instead, once for each other thing."""
        wrong: dict[str, list[tuple[int, int]]] = {}
        for place, other in calls:
            if self.ours.labels[place] != self.theirs.labels[other]:
                wrong.setdefault(self.theirs.labels[other], []).append((place, other))
        for pairs in wrong.values():
            places, others = zip(*sorted(pairs), strict=True)
            same_kind = self.ours.nodes[places[0]].kind == self.theirs.nodes[others[0]].kind
            yield Edit("wrong_config" if same_kind else "wrong_layer", places, others)

    # Arrows.

    def behind_mine(self, place: int, index: int) -> Tensors:
        """The tensor itself, or for a call that is one too many those that it takes, in turn."""
        return behind(self.ours, place, index, self.own, self.behind_ours)

    def behind_its(self, other: int, index: int) -> Tensors:
        """The same for the expected graph, in the learner's nodes."""
        return behind(self.theirs, other, index, self.pairs.ours, self.behind_theirs)

    def fits(self, mine: Taken, wanted: Taken) -> bool:
        """Whether an argument is what it should be, as far as missing and surplus layers do not explain it."""
        if mine.source is None or wanted.source is None:
            return mine.source == wanted.source and mine.constant == wanted.constant
        if self.pairs.theirs[mine.source] >= 0 and self.pairs.ours[wanted.source] >= 0:
            return self.pairs.ours[wanted.source] == mine.source and mine.index == wanted.index
        return bool(self.behind_mine(mine.source, mine.index) & self.behind_its(wanted.source, wanted.index))

    def arguments(self, place: int, other: int) -> list[Edit]:
        mine, wanted = self.ours.taken[place], self.theirs.taken[other]
        node, model = self.ours.nodes[place], self.theirs.nodes[other]
        if node.commutative or model.commutative:
            return self.unordered(place, other, mine, wanted)
        if node.kind != model.kind:
            mine = [taken for taken in mine if taken.source is not None]
            wanted = [taken for taken in wanted if taken.source is not None]
            return self.sequence(place, other, mine, wanted)
        if [taken.slot for taken in mine] == [taken.slot for taken in wanted]:
            return self.slot_by_slot(place, other, mine, wanted)
        slots = dict.fromkeys(taken.slot.split(".")[0] for taken in (*wanted, *mine))
        found: list[Edit] = []
        for slot in slots:
            parts = ([taken for taken in side if taken.slot.split(".")[0] == slot] for side in (mine, wanted))
            found += self.sequence(place, other, *parts)
        return found

    def slot_by_slot(self, place: int, other: int, mine: Sequence[Taken], wanted: Sequence[Taken]) -> list[Edit]:
        wrong = [(ours, its) for ours, its in zip(mine, wanted, strict=True) if not self.fits(ours, its)]
        if len(wrong) > 1 and self.rearranged([ours for ours, _ in wrong], [its for _, its in wrong]):
            return [Edit("swapped_order", (place,), (other,), *(tuple(side) for side in zip(*wrong, strict=True)))]
        return [self.wrong(place, other, ours, its) for ours, its in wrong]

    def rearranged(self, mine: Sequence[Taken], wanted: Sequence[Taken]) -> bool:
        """Whether the same tensors stand there, in another order."""
        left = list(mine)
        for its in wanted:
            ours = next((ours for ours in left if self.fits(ours, its)), None)
            if ours is None:
                return False
            left.remove(ours)
        return not left

    def unordered(self, place: int, other: int, mine: Sequence[Taken], wanted: Sequence[Taken]) -> list[Edit]:
        left, missing = list(mine), []
        certain = sorted(wanted, key=lambda its: its.source is not None and self.pairs.ours[its.source] < 0)
        for its in certain:
            ours = next((ours for ours in left if self.fits(ours, its)), None)
            if ours is None:
                missing.append(its)
            else:
                left.remove(ours)
        return self.unpaired(place, other, left, missing)

    def sequence(self, place: int, other: int, mine: Sequence[Taken], wanted: Sequence[Taken]) -> list[Edit]:
        """Lists of tensors of which some may be missing or too many."""
        keys = [str(len(mine) + n) for n in range(len(wanted))]
        names = ["" for _ in mine]
        for n, ours in enumerate(mine):
            match = next((k for k, its in enumerate(wanted) if keys[k] not in names and self.fits(ours, its)), None)
            names[n] = str(n) if match is None else keys[match]
        left, missing = list(mine), list(wanted)
        for start, at, size in SequenceMatcher(None, names, keys, autojunk=False).get_matching_blocks():
            for offset in range(size):
                left.remove(mine[start + offset])
                missing.remove(wanted[at + offset])
        if len(left) > 1 and len(left) == len(missing) and self.rearranged(left, missing):
            return [Edit("swapped_order", (place,), (other,), tuple(left), tuple(missing))]
        return self.unpaired(place, other, left, missing)

    def unpaired(self, place: int, other: int, left: list[Taken], missing: list[Taken]) -> list[Edit]:
        """Arguments without a counterpart; a missing layer or a surplus one explains those it brings or takes away."""
        surplus = [ours for ours in left if ours.source is None or self.pairs.theirs[ours.source] >= 0]
        lacking = [its for its in missing if its.source is None or self.pairs.ours[its.source] >= 0]
        explained = [its for its in missing if its not in lacking] or [ours for ours in left if ours not in surplus]
        found = []
        while surplus and lacking:
            found.append(self.wrong(place, other, surplus.pop(0), lacking.pop(0)))
        for ours in surplus:
            its = next((its for its in explained if its in missing), None)
            if its is not None:
                explained.remove(its)
                found.append(self.wrong(place, other, ours, its))
            else:
                found.append(
                    Edit("extra_arrow" if ours.source is not None else "wrong_argument", (place,), (other,), (ours,))
                )
        for its in lacking:
            own = next((ours for ours in explained if ours in left), None)
            if own is not None:
                explained.remove(own)
                found.append(self.wrong(place, other, own, its))
            else:
                kind: DifferenceKind = "missing_arrow" if its.source is not None else "wrong_argument"
                found.append(Edit(kind, (place,), (other,), (), (its,)))
        return found

    def wrong(self, place: int, other: int, mine: Taken, wanted: Taken) -> Edit:
        tensors = mine.source is not None and wanted.source is not None
        return Edit("wrong_arrow" if tensors else "wrong_argument", (place,), (other,), (mine,), (wanted,))

    # Ports.

    def input_ports(self) -> list[Edit]:
        """The inputs that both have, in their order and with their keys; missing ones are missing layers."""
        mine = [(port.node, port.key) for port in self.ours.inputs if self.pairs.theirs[port.node] >= 0]
        wanted = [
            (self.pairs.ours[port.node], port.key) for port in self.theirs.inputs if self.pairs.ours[port.node] >= 0
        ]
        if mine == wanted:
            return []
        order = [node for node, _ in mine], [node for node, _ in wanted]
        if sorted(order[0]) == sorted(order[1]) and sorted(map(repr, (k for _, k in mine))) == sorted(
            map(repr, (k for _, k in wanted))
        ):
            moved = tuple(node for node, other in zip(*order, strict=True) if node != other) or tuple(order[0])
            return [Edit("input_order", moved, tuple(self.pairs.theirs[node] for node in moved))]
        if order[0] == order[1]:
            pairs = zip(mine, wanted, strict=True)
            return [Edit("wrong_key", (a[0],), (self.pairs.theirs[a[0]],)) for a, b in pairs if a != b]
        return [Edit("input_order", tuple(order[0]), tuple(self.pairs.theirs[node] for node in order[0]))]

    def output_ports(self) -> list[Edit]:
        mine = [Taken(repr(port.key), port.node, port.index) for port in self.ours.outputs]
        wanted = [Taken(repr(port.key), port.node, port.index) for port in self.theirs.outputs]
        if len(mine) != len(wanted):
            return self.sequence(OUTPUT, OUTPUT, mine, wanted)
        pairs = list(zip(mine, wanted, strict=True))
        wrong = [(ours, its) for ours, its in pairs if not self.fits(ours, its) or ours.slot != its.slot]
        if not wrong:
            return []
        lists = [ours for ours, _ in wrong], [its for _, its in wrong]
        keys = [sorted(taken.slot for taken in side) for side in lists]
        if len(wrong) > 1 and self.rearranged(*lists) and keys[0] == keys[1]:
            return [Edit("output_order", (OUTPUT,), (OUTPUT,), tuple(lists[0]), tuple(lists[1]))]
        return [
            Edit("wrong_arrow" if not self.fits(ours, its) else "wrong_key", (OUTPUT,), (OUTPUT,), (ours,), (its,))
            for ours, its in wrong
        ]


def pair_layers(groups: dict[tuple[str, str], list[tuple[int, int]]]) -> tuple[dict[str, str], dict[str, str]]:
    """Which of the learner's layers is which of the expected ones, both ways: those with the most calls in common."""
    paired: dict[str, str] = {}
    expected: dict[str, str] = {}
    for mine, its in sorted(groups, key=lambda key: (-len(groups[key]), groups[key])):
        if mine not in paired and its not in expected:
            paired[mine], expected[its] = its, mine
    return paired, expected

"""The smallest set of differences between a learner's network and the expected one, told on the learner's graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, NamedTuple, get_args

from kerastutor.topology.differences.alignment import matchings
from kerastutor.topology.differences.correcting import Change, changes, corrected
from kerastutor.topology.differences.edits import OUTPUT, Edit, edits
from kerastutor.topology.differences.search import Work, fewest, improved
from kerastutor.topology.differences.sides import Matching, Side
from kerastutor.topology.differences.telling import told
from kerastutor.topology.graph import Json, Ref, Topology
from kerastutor.topology.sameness.canonical import equal
from kerastutor.topology.sameness.normal import Node
from kerastutor.topology.sameness.rules import DEFAULT, Rules, normalise
from kerastutor.topology.wording import Arrow

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
"""From the most fundamental to the least: in this order differences are told."""

WORK = 45_000
"""How much may be tried to find fewer differences: about 200 ms on a common machine."""


@dataclass(frozen=True)
class Difference:
    """One thing that is not as expected.

    Attributes:
        kind: what it is, a word of `DifferenceKind`.
        calls: ids of the learner's calls it is about; for a missing layer the calls it should stand between.
        expected_calls: ids of the calls of the expected network that correspond.
        tensors: the learner's tensors that are wrong or stand where something is missing.
        arrows: the learner's arrows that are wrong.
        detail: what was found and what is expected, as JSON values: `kind`, `parameter`, `found`, `expected`, `slot`.
        sentence: all this in the learner's names.
        change: what must be done to the normal form of the learner's network; `apply` does it.
    """

    kind: DifferenceKind
    calls: tuple[str, ...]
    expected_calls: tuple[str, ...]
    tensors: tuple[Ref, ...]
    sentence: str
    arrows: tuple[Arrow, ...] = ()
    detail: Mapping[str, Json] = field(default_factory=dict)
    change: Change = field(default=Change(), repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "detail", MappingProxyType(dict(self.detail)))

    def to_plain(self) -> dict[str, Json]:
        """As JSON values, without the change."""
        return {
            "kind": self.kind,
            "calls": list(self.calls),
            "expected_calls": list(self.expected_calls),
            "tensors": [list(tensor) for tensor in self.tensors],
            "arrows": [[list(arrow.tensor), arrow.call, arrow.slot] for arrow in self.arrows],
            "detail": dict(self.detail),
            "sentence": self.sentence,
        }


@dataclass(frozen=True)
class Diff:
    """All differences, the most fundamental first; falsy when there are none.

    Attributes:
        items: the differences.
        exact: whether it is proved that no smaller set would do.
        form: the rules by which the learner's network is brought into the normal form that the changes refer to.
    """

    items: tuple[Difference, ...] = ()
    exact: bool = True
    form: Rules = DEFAULT

    def __bool__(self) -> bool:
        return bool(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __str__(self) -> str:
        return "\n".join(item.sentence for item in self.items) or "No difference."


def diff(learner: Topology, expected: Topology, rules: Rules = DEFAULT) -> Diff:
    """The differences that lead from `learner` to `expected`; empty exactly when they are equal under `rules`.

    As few as there can be where three or fewer are enough (`exact` says whether that is proved); else the fewest that
    were found with a fixed amount of work, about 200 ms; the same networks always get the same answer.

    >>> from kerastutor.topology.inventing.sampling import mutate, sample
    >>> expected = sample(1, 3)
    >>> learner = mutate(expected, "activation_dropped", 0).topology
    >>> print(diff(learner, expected))
    `dense_1` has no activation, and 'softmax' is expected.
    """
    if equal(learner, expected, rules):
        return Diff(form=_form(rules))
    best = _best(learner, expected, rules, Work(WORK))
    found = sorted(_by_model(learner, best), key=_fundamental)
    made = changes(best.ours, best.theirs, best.matching, found)
    items = tuple(_difference(learner, best, *pair) for pair in zip(found, made, strict=True))
    return Diff(items, best.exact, best.form)


def standing_for(learner: Topology, expected: Topology, rules: Rules = DEFAULT) -> dict[str, list[Mapping[str, Json]]]:
    """For each expected call the configuration of what stands for it in the learner's network, as far as anything does.

    In normal form a call with a fused activation is two nodes, so there may be several configurations.
    """
    best = _best(learner, expected, rules, Work(WORK))
    found: dict[str, list[Mapping[str, Json]]] = {}
    for our, their in _matched(best):
        found.setdefault(their.origin, []).append(our.config)
    return found


def counterparts(learner: Topology, expected: Topology, rules: Rules = DEFAULT) -> dict[str, str]:
    """Which node of the learner's normal graph stands for which of the expected one, for the fewest differences."""
    best = _best(learner, expected, rules, Work(WORK))
    ours, theirs = normalise(learner, rules).nodes, normalise(expected, rules).nodes
    return {our.id: their.id for our, their in _matched(best) if our.id in ours and their.id in theirs}


def _matched(best: _Alignment) -> Iterator[tuple[Node, Node]]:
    pairs = ((place, other) for other, place in enumerate(best.matching.ours) if place >= 0)
    return ((best.ours.nodes[place], best.theirs.nodes[other]) for place, other in pairs)


def apply(learner: Topology, difference: Diff) -> Topology:
    """The learner's network, in normal form, with the differences mended.

    With all items of a diff it is equal to the expected network. With some of them the rest stays wrong; TopologyError
    where what is left does not hold together (an arrow from a layer that is still missing).
    """
    plain = normalise(learner, difference.form).to_topology(learner.name)
    return corrected(plain, [item.change for item in difference.items])


def _form(rules: Rules) -> Rules:
    """The rules, but calls that reach no output stay: what the learner made and did not use is not missing."""
    return Rules(rules.names - {"unreached_calls"})


class _Alignment(NamedTuple):
    """Both networks in normal form, the best matching of them, and the edits that it asks for."""

    ours: Side
    theirs: Side
    matching: Matching
    edits: list[Edit]
    exact: bool
    form: Rules


def _best(learner: Topology, expected: Topology, rules: Rules, work: Work) -> _Alignment:
    best = _aligned(learner, expected, rules, work)
    plainer = Rules(rules.names - {"duplicate_calls", "merge_grouping"})
    if len(best.edits) > 1 and plainer != rules:
        # A mistake beside equal calls or merges may join or divide them: that is told better call by call.
        return min(best, _aligned(learner, expected, plainer, work), key=lambda aligned: len(aligned.edits))
    return best


def _aligned(learner: Topology, expected: Topology, rules: Rules, work: Work) -> _Alignment:
    all_count = "unreached_calls" not in rules
    theirs = Side(normalise(expected, rules), all_count)
    ours = Side(normalise(learner, _form(rules)), all_count)
    tried = [improved(ours, theirs, matching, work) for matching in matchings(ours, theirs)]
    (cost, _), good = min(tried, key=lambda one: one[0])
    best, exact = fewest(ours, theirs, good, cost, work)
    return _Alignment(ours, theirs, best, edits(ours, theirs, best), exact, _form(rules))


def _by_model(learner: Topology, best: _Alignment) -> list[Edit]:
    """The edits, those that say of each layer of a nested model that it is shared or is not, made one."""
    found: list[Edit] = []
    together: dict[tuple[str, tuple[str, ...]], list[Edit]] = {}
    for edit in best.edits:
        scopes = [learner.call[best.ours.nodes[place].origin].scope[:1] for place in edit.ours if place != OUTPUT]
        if edit.kind in ("shared_not_twin", "twin_not_shared") and all(scopes) and len(set(scopes)) > 1:
            together.setdefault((edit.kind, tuple(sorted(scope for (scope,) in scopes))), []).append(edit)
        else:
            found.append(edit)
    for (kind, _), edits_of_model in together.items():
        ours = tuple(sorted(place for edit in edits_of_model for place in edit.ours))
        theirs = tuple(sorted(other for edit in edits_of_model for other in edit.theirs))
        found.append(Edit(kind, ours, theirs))
    return found


_ORDER: tuple[str, ...] = get_args(DifferenceKind)


def _fundamental(edit: Edit) -> tuple[int, Sequence[int], Sequence[int]]:
    return _ORDER.index(edit.kind), edit.ours, edit.theirs


def _difference(learner: Topology, best: _Alignment, edit: Edit, change: Change) -> Difference:
    said = told(learner, best.ours, best.theirs, best.matching, edit)
    expected = (best.theirs.nodes[other].origin for other in edit.theirs if other != OUTPUT)
    return Difference(
        kind=edit.kind,  # type: ignore[arg-type]
        calls=tuple(dict.fromkeys(said.calls)),
        expected_calls=tuple(dict.fromkeys(expected)),
        tensors=tuple(dict.fromkeys(said.tensors)),
        sentence=said.sentence,
        arrows=tuple(dict.fromkeys(said.arrows)),
        detail=said.detail,
        change=change,
    )

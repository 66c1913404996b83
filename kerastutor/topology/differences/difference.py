"""The smallest set of differences between a learner's network and the expected one, told on the learner's graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from kerastutor.topology.differences.correcting import Change, changes, corrected
from kerastutor.topology.differences.edits import OUTPUT, DifferenceKind, Edit
from kerastutor.topology.differences.matching import Matching, match
from kerastutor.topology.differences.mattering import mattering
from kerastutor.topology.differences.telling import told
from kerastutor.topology.graph import Json, Ref, Topology
from kerastutor.topology.sameness.canonical import equal
from kerastutor.topology.sameness.hidden_code import as_both_know
from kerastutor.topology.sameness.proof import Prove
from kerastutor.topology.sameness.rules import DEFAULT, Rules, normalise
from kerastutor.topology.wording import Arrow


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
    """All differences, the most fundamental first; falsy when there are none. It is walked and indexed like its items.

    Attributes:
        items: the differences.
        exact: whether it is proved that no smaller set would do.
        form: the rules by which the learner's network is brought into the normal form that the changes refer to.
        matching: which call of the learner's stands for which expected call; None where there is no difference.
    """

    items: tuple[Difference, ...] = ()
    exact: bool = True
    form: Rules = DEFAULT
    matching: Matching | None = field(default=None, compare=False, repr=False)

    def __bool__(self) -> bool:
        return bool(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Difference]:
        return iter(self.items)

    def __getitem__(self, place: int) -> Difference:
        return self.items[place]

    def __str__(self) -> str:
        return "\n".join(item.sentence for item in self.items) or "No difference."


def diff(learner: Topology, expected: Topology, rules: Rules = DEFAULT, prove: Prove | None = None) -> Diff:
    """The differences that lead from `learner` to `expected`; empty exactly when they are equal under `rules`.

    Where `prove` finds that they compute the same though they are written differently, there is no difference; nor is
    there one that changes nothing computed.

    As few as there can be where three or fewer are enough (`exact` says whether that is proved); else the fewest that
    were found with a fixed amount of work, about 200 ms; the same networks always get the same answer.

    >>> from kerastutor.topology.inventing.sampling import mutate, sample
    >>> expected = sample(1, 3)
    >>> learner = mutate(expected, "activation_dropped", 0).topology
    >>> print(diff(learner, expected))
    `dense_1` has no activation, and 'softmax' is expected.
    """
    learner, expected = as_both_know(learner, expected)
    if equal(learner, expected, rules) or (prove is not None and prove(learner, expected)):
        return Diff(form=rules)
    return differences(mattering(match(learner, expected, rules), prove))


def differences(matching: Matching) -> Diff:
    """Each edit of a matching as a difference in the learner's names."""
    made = changes(matching, (*matching.edits, *matching.harmless))
    items = tuple(_difference(matching, *pair) for pair in zip(matching.edits, made, strict=False))
    return Diff(items, matching.exact, matching.rules, matching)


def apply(learner: Topology, difference: Diff) -> Topology:
    """The learner's network, in normal form, with the differences mended.

    With all items of a diff it is equal to the expected network, or proved to compute the same. With some of them the
    rest stays wrong; TopologyError where what is left does not hold together (an arrow from a layer that is missing).
    """
    plain = normalise(learner, difference.form).to_topology(learner.name)
    return corrected(plain, [item.change for item in difference.items])


def _difference(matching: Matching, edit: Edit, change: Change) -> Difference:
    said = told(matching, edit)
    expected = (matching.theirs.nodes[other].origin for other in edit.theirs if other != OUTPUT)
    return Difference(
        kind=edit.kind,
        calls=tuple(dict.fromkeys(said.calls)),
        expected_calls=tuple(dict.fromkeys(expected)),
        tensors=tuple(dict.fromkeys(said.tensors)),
        sentence=said.sentence,
        arrows=tuple(dict.fromkeys(said.arrows)),
        detail=said.detail,
        change=change,
    )

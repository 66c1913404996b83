"""Which of the accepted networks the learner was after, with the freedom that the exercise leaves used as they did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from kerastutor.exercises.case import Case, hold_against
from kerastutor.exercises.freedoms import adapted
from kerastutor.exercises.spec import NetworkAnswer
from kerastutor.knowledge import facts
from kerastutor.topology.differences.difference import Diff
from kerastutor.topology.differences.pattern import Freedom, Pattern, matches
from kerastutor.topology.graph import Topology
from kerastutor.topology.sameness.canonical import equal
from kerastutor.topology.sameness.rules import DEFAULT, Rules


@dataclass(frozen=True)
class Nearest:
    """The accepted network nearest to the learner's.

    Attributes:
        expected: it, with the learner's values where the exercise leaves them free.
        difference: what leads from the learner's to it; empty when the networks are equal.
        reference: the same network as its author wrote it.
    """

    expected: Topology
    difference: Diff
    reference: Topology

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kind of each difference."""
        return tuple(item.kind for item in self.difference.items)


def nearest(learner: Topology, answer: NetworkAnswer, rules: Rules) -> Nearest:
    """The accepted network with the fewest differences, the first of several."""
    freedoms = tuple(_in_pattern(answer.references, answer.freedoms))
    match = matches(learner, Pattern(answer.references, freedoms, rules))
    return Nearest(match.expected, match.diff, answer.references[match.alternative])


def levelled(learner: Topology, answer: NetworkAnswer, rules: Rules) -> Topology:
    """The learner's network with the nearest reference's values wherever the exercise leaves them free.

    Two networks that differ only in what is left free become the same one.
    """
    goal = nearest(learner, answer, rules)
    case = hold_against(learner, goal.expected, rules)
    level = learner
    for freedom in answer.freedoms:
        if freedom.layer in goal.reference.layer:
            asked = goal.reference.layer[freedom.layer].config.get(freedom.parameter)
            for layer in _used_freely(case, freedom):
                level = adapted(level, layer, {freedom.parameter: asked})
    return level


def accepted(learner: Topology, answer: NetworkAnswer) -> bool:
    """Whether a network is an answer, or differs from one only in what is left free, or is what the starter builds.

    This does not rest on the differences that a verdict rests on, so that proofs can hold the one against the other.
    """
    rules = DEFAULT.without(*answer.rules_off)
    level = levelled(learner, answer, rules)
    known = answer.references if answer.untouched is None else (*answer.references, answer.untouched)
    return any(equal(network, other, rules) for other in known for network in (learner, level))


def _in_pattern(references: Iterable[Topology], freedoms: Iterable[Freedom]) -> Iterator[Freedom]:
    """The author's freedoms, with the default that holds where a learner leaves the parameter out."""
    for freedom in freedoms:
        layer = next(reference.layer[freedom.layer] for reference in references if freedom.layer in reference.layer)
        yield replace(freedom, default=facts(layer.kind).parameters.get(freedom.parameter))


def _used_freely(case: Case, freedom: Freedom) -> Iterator[str]:
    """The learner's layers that stand for the free one, with a value that it may have."""
    for our, their in case.pair.items():
        if case.expected.layer_of(case.theirs.nodes[their].origin).id == freedom.layer:
            layer = case.learner.layer_of(case.mine(our).origin)
            values = {**facts(layer.kind).parameters, **layer.config}
            if freedom.parameter in values and freedom.allowed.allows(values[freedom.parameter]):
                yield layer.id

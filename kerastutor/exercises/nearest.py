"""Which of the accepted networks the learner was after, with the freedom that the exercise leaves used as they did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kerastutor.exercises.case import Case, hold_against
from kerastutor.exercises.freedoms import Freedom, adapted
from kerastutor.exercises.spec import NetworkAnswer
from kerastutor.knowledge import facts
from kerastutor.topology.differences import pattern
from kerastutor.topology.differences.difference import Diff
from kerastutor.topology.differences.pattern import Pattern, matches
from kerastutor.topology.graph import Json, Topology
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
            asked = goal.reference.layer[freedom.layer].config
            for our, values in _choices(case, freedom).items():
                allowed = _allowed(learner, our, freedom, values)
                level = adapted(level, learner.call[our].layer, {name: asked.get(name) for name in allowed})
    return level


def accepted(learner: Topology, answer: NetworkAnswer) -> bool:
    """Whether a network is an answer, or differs from one only in what is left free, or is what the starter builds.

    This does not rest on the differences that a verdict rests on, so that proofs can hold the one against the other.
    """
    rules = DEFAULT.without(*answer.rules_off)
    level = levelled(learner, answer, rules)
    known = answer.references if answer.untouched is None else (*answer.references, answer.untouched)
    return any(equal(network, other, rules) for other in known for network in (learner, level))


def _in_pattern(references: Iterable[Topology], freedoms: Iterable[Freedom]) -> Iterator[pattern.Freedom]:
    """The author's freedoms, one for each parameter, with the default that holds where a learner leaves it out."""
    for freedom in freedoms:
        layer = next(reference.layer[freedom.layer] for reference in references if freedom.layer in reference.layer)
        defaults = facts(layer.kind).parameters
        for name, allowed in freedom.allowed.items():
            yield pattern.Freedom(freedom.layer, name, allowed, default=defaults.get(name))


def _choices(case: Case, freedom: Freedom) -> dict[str, Mapping[str, Json]]:
    """The learner's calls that stand for the free layer, with the settings of their layers."""
    found: dict[str, Mapping[str, Json]] = {}
    for our, their in case.pair.items():
        if case.expected.layer_of(case.theirs.nodes[their].origin).id == freedom.layer:
            origin = case.mine(our).origin
            found[origin] = case.learner.layer_of(origin).config
    return found


def _allowed(learner: Topology, call: str, freedom: Freedom, config: Mapping[str, Json]) -> dict[str, Json]:
    defaults = facts(learner.layer_of(call).kind).parameters
    values = {name: config[name] if name in config else defaults.get(name) for name in freedom.allowed}
    return {
        name: config.get(name)
        for name, allowed in freedom.allowed.items()
        if (name in config or name in defaults) and allowed.allows(values[name])
    }

"""A learner's network with the values that an exercise leaves free set aside."""

from __future__ import annotations

from collections.abc import Iterator

from kerastutor.exercises.freedoms import adapted
from kerastutor.exercises.spec import NetworkAnswer
from kerastutor.knowledge import facts
from kerastutor.topology.differences.matching import Matching, match
from kerastutor.topology.differences.pattern import Freedom, closest
from kerastutor.topology.graph import Topology
from kerastutor.topology.sameness.canonical import equal


def levelled(learner: Topology, answer: NetworkAnswer) -> Topology:
    """The learner's network with the nearest reference's values wherever the exercise leaves them free.

    Two networks that differ only in what is left free become the same one.
    """
    if not answer.freedoms:
        return learner
    goal = closest(learner, answer.pattern)
    reference = answer.references[goal.alternative]
    matching = goal.matching or match(learner, goal.expected, answer.rules)
    level = learner
    for freedom in answer.freedoms:
        if freedom.layer in reference.layer:
            asked = reference.layer[freedom.layer].config.get(freedom.parameter)
            for layer in _used_freely(matching, freedom):
                level = adapted(level, layer, {freedom.parameter: asked})
    return level


def accepted(learner: Topology, answer: NetworkAnswer) -> bool:
    """Whether a network is an answer, or differs from one only in what is left free, or is what the starter builds.

    This does not rest on the differences that a verdict rests on, so that proofs can hold the one against the other.
    """
    level = levelled(learner, answer)
    known = answer.references if answer.untouched is None else (*answer.references, answer.untouched)
    return any(equal(network, other, answer.rules) for other in known for network in (learner, level))


def _used_freely(matching: Matching, freedom: Freedom) -> Iterator[str]:
    """The learner's layers that stand for the free one, with a value that it may have."""
    for ours, theirs in matching.calls.items():
        if matching.expected.call[theirs].layer == freedom.layer:
            layer = matching.learner.layer_of(ours)
            values = {**facts(layer.kind).parameters, **layer.config}
            if freedom.parameter in values and freedom.allowed.allows(values[freedom.parameter]):
                yield layer.id

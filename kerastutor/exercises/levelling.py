"""A learner's network with the values that an exercise leaves free set aside."""

from __future__ import annotations

from kerastutor.exercises.freedoms import Freedom, adapted
from kerastutor.exercises.spec import NetworkAnswer
from kerastutor.knowledge.layers import facts
from kerastutor.topology.differences.matching import Matching, match
from kerastutor.topology.differences.pattern import closest
from kerastutor.topology.graph import Json, Topology
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
            asked = reference.layer[freedom.layer].config
            for call in _standing_for(matching, freedom.layer):
                allowed = _allowed(learner, call, freedom)
                level = adapted(level, learner.call[call].layer, {name: asked.get(name) for name in allowed})
    return level


def accepted(learner: Topology, answer: NetworkAnswer) -> bool:
    """Whether a network is an answer, or differs from one only in what is left free, or is what the starter builds.

    This does not rest on the differences that a verdict rests on, so that proofs can hold the one against the other.
    """
    level = levelled(learner, answer)
    known = answer.references if answer.untouched is None else (*answer.references, answer.untouched)
    return any(equal(network, other, answer.rules) for other in known for network in (learner, level))


def _standing_for(matching: Matching, layer: str) -> list[str]:
    """The learner's calls that stand for one of the answer's layers."""
    return [ours for ours, theirs in matching.calls.items() if matching.expected.call[theirs].layer == layer]


def _allowed(learner: Topology, call: str, freedom: Freedom) -> dict[str, Json]:
    """The learner's own settings of a free layer, as far as the freedom allows them."""
    layer = learner.layer_of(call)
    config, defaults = layer.config, facts(layer.kind).parameters
    values = {name: config[name] if name in config else defaults.get(name) for name in freedom.allowed}
    return {
        name: config.get(name)
        for name, allowed in freedom.allowed.items()
        if (name in config or name in defaults) and allowed.allows(values[name])
    }

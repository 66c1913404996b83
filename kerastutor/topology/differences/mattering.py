"""A difference makes a difference: what is left of a matching's edits without those that change nothing computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kerastutor.topology.differences.correcting import Change, changes, corrected
from kerastutor.topology.differences.matching import Matching
from kerastutor.topology.graph import Call, Topology, TopologyError
from kerastutor.topology.sameness.proof import Prove
from kerastutor.topology.sameness.rules import normalise

MOST = 12
"""How many edits are tried to be left out; who has more to fix is told all of them."""

SETTINGS = ("wrong_config", "wrong_argument")
"""The kinds of edits that may change nothing computed. A layer or an arrow that is wrong is told, whatever the rest."""


def mattering(matching: Matching, prove: Prove | None) -> Matching:
    """The matching with those edits only that are needed to compute what the expected network computes.

    Left out is an edit without which the others make a network that `prove` finds to compute the same: the padding of a
    convolution with a window of 1, say. It is then one of the matching's `harmless` edits. One edit alone is needed,
    since the two networks are not the same.
    """
    if prove is None or not 1 < len(matching.edits) <= MOST:
        return matching
    plain = _learners(matching)
    made = changes(matching, matching.edits)
    kept = list(range(len(made)))
    for place in reversed([place for place, edit in enumerate(matching.edits) if edit.kind in SETTINGS]):
        others = [made[other] for other in kept if other != place]
        if others and _suffice(plain, others, matching.expected, prove):
            kept.remove(place)
    if len(kept) == len(made):
        return matching
    harmless = tuple(edit for place, edit in enumerate(matching.edits) if place not in kept)
    return replace(matching, edits=tuple(matching.edits[place] for place in kept), harmless=harmless)


def _suffice(plain: Topology, made: Sequence[Change], expected: Topology, prove: Prove) -> bool:
    try:
        return bool(prove(corrected(plain, made), expected))
    except TopologyError:  # what is left does not hold together without the edit
        return False


def _learners(matching: Matching) -> Topology:
    """The learner's network in normal form, with the shapes of its tensors: they tell how large it is."""
    learner = matching.learner
    plain = normalise(learner, matching.rules).to_topology(learner.name)
    return replace(plain, api=learner.api, calls=tuple(_with_shapes(call, learner) for call in plain.calls))


def _with_shapes(call: Call, learner: Topology) -> Call:
    known = learner.call.get(call.id)
    return call if known is None or len(known.outputs) != len(call.outputs) else replace(call, outputs=known.outputs)

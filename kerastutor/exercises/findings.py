"""From one matching to what the learner reads: what was recognised, one sentence each, without the answer.

Each recogniser looks for one family of mistakes, and what it explains is taken off the case, so the order matters: what
is specific comes before what is general, and the last ones explain whatever is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kerastutor.exercises.case import Case, Leftovers, Pile, hold_against, nothing_left
from kerastutor.exercises.recognition import layers, ports, sharing, wiring
from kerastutor.exercises.recognition.telling import Sighting, told
from kerastutor.topology.differences.difference import Difference, differences
from kerastutor.topology.differences.matching import Matching
from kerastutor.topology.finding import Finding
from kerastutor.topology.wording import call_name, listing

RECOGNISERS: tuple[tuple[Callable[[Case], Iterator[Sighting]], tuple[Pile, ...]], ...] = (
    (ports.sequential_forced, ("ports",)),
    (ports.inputs, ("ports",)),
    (ports.output_count, ("ports",)),
    (ports.input_order, ("ports",)),
    (ports.output_order, ("ports",)),
    (layers.input_shape, ("changed",)),
    (layers.lost_work, ("missing",)),
    (sharing.twins, ("sharing",)),
    (sharing.shared, ("sharing",)),
    (sharing.repeated, ("sharing",)),
    (layers.dropout_at_the_end, ("extra", "rewired")),
    (wiring.swapped, ("replaced", "extra", "rewired")),
    (wiring.skip_missing, ("missing",)),
    (wiring.projection, ("missing",)),
    (layers.merge_kinds, ("changed",)),
    (wiring.merge_operands, ("rewired",)),
    (wiring.self_merge_of_missing, ("extra",)),
    (wiring.aux_depth, ("rewired",)),
    (wiring.chained, ("rewired",)),
    (layers.activations, ("missing", "extra", "changed")),
    (layers.flattening, ("missing", "extra", "changed")),
    (layers.pooling, ("missing", "extra")),
    (wiring.merge_missing, ("missing",)),
    (layers.settings, ("changed",)),
    (layers.kinds, ("changed",)),
    (layers.missing, ("missing",)),
    (layers.extra, ("extra",)),
    (wiring.sources, ("rewired",)),
    (layers.arguments, ("arguments",)),
    (ports.other_tensor, ("ports",)),
    (ports.port_names, ("ports",)),
)
"""Each recogniser with what it explains: it is asked while something of that is left."""


def findings(matching: Matching, leftovers: Leftovers = nothing_left) -> tuple[Finding, ...]:
    """What to fix, the most fundamental first, each sentence once.

    Where nothing is recognised each difference is told as such, so that whatever is wrong is said.

    Args:
        leftovers: asked, where something is missing, for the learner's network with what was written beside it.
    """
    case = hold_against(matching, leftovers)
    found: dict[str, Finding] = {}
    for sighting in recognise(case):
        finding = told(case, sighting)
        found.setdefault(finding.sentence, finding)
    return tuple(found.values()) or tuple(_told(case, item) for item in differences(matching).items)


def recognise(case: Case) -> Iterator[Sighting]:
    """Everything that keeps the learner's network from being the answer, the most fundamental first."""
    for recogniser, piles in RECOGNISERS:
        if not any(getattr(case, pile) for pile in piles):
            continue
        for sighting in recogniser(case):
            case.settle(sighting.ours, sighting.theirs)
            yield sighting


def _told(case: Case, item: Difference) -> Finding:
    """A difference as such: where it is and of which sort, never what is expected there."""
    here = listing([call_name(case.learner, call) for call in item.calls]) if item.calls else "the network"
    return Finding(item.kind, {"here": here}, item.calls, item.tensors)

"""From one matching to what the learner reads: what was recognised, one sentence each, without the answer.

Each recogniser looks for one family of mistakes, and what it explains is taken off the case, so the order matters: what
is specific comes before what is general, and the last ones explain whatever is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from kerastutor.exercises.case import Case, Leftovers, Pile, hold_against, nothing_left
from kerastutor.exercises.recognition import layers, ports, sharing, wiring
from kerastutor.exercises.recognition.sighting import Sighting, names
from kerastutor.exercises.results import Finding
from kerastutor.knowledge.misconceptions import MISCONCEPTIONS
from kerastutor.topology.differences.difference import Difference, differences
from kerastutor.topology.differences.edits import DifferenceKind
from kerastutor.topology.differences.matching import Matching
from kerastutor.topology.graph import Ref
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
    """What to mend, the most fundamental first, each sentence once.

    Where nothing is recognised each difference is told as such, so that whatever is wrong is said.

    Args:
        leftovers: asked, where something is missing, for the learner's network with what was written beside it.
    """
    case = hold_against(matching, leftovers)
    found: dict[str, Finding] = {}
    for sighting in recognise(case):
        finding = _finding(case, sighting)
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


def _finding(case: Case, sighting: Sighting) -> Finding:
    misconception = MISCONCEPTIONS[sighting.misconception]
    here = f"`{sighting.name}`" if sighting.name else names(case, sighting.here)
    facts = {"here": here, "there": sighting.there, "code": sighting.code}
    origins = dict.fromkeys(case.mine(node).origin for node in (*sighting.here, *sighting.beside))
    sentence = misconception.hints[2].format_map(facts)
    return Finding(
        kind="misconception",
        sentence=sentence[0].upper() + sentence[1:],
        why=misconception.explanation,
        misconception=sighting.misconception,
        calls=tuple(origins),
        tensors=tuple(Ref(case.mine(node).origin) for node in sighting.beside),
        facts=facts,
    )


def _told(case: Case, item: Difference) -> Finding:
    """A difference as such: where it is and of which sort, never what is expected there."""
    here = listing([call_name(case.learner, call) for call in item.calls]) if item.calls else "the network"
    sentence = _SENTENCES[item.kind].format(here=here)
    return Finding(item.kind, sentence[0].upper() + sentence[1:], calls=item.calls, tensors=item.tensors)


_SENTENCES: Mapping[DifferenceKind, str] = {
    "missing_layer": "a call is missing near {here}.",
    "extra_layer": "the task does not ask for {here}.",
    "wrong_layer": "{here} is not of the kind that the task asks for.",
    "wrong_config": "a setting of {here} is not the one that is asked for.",
    "shared_not_twin": "{here} share their weights, and the task asks for weights of their own.",
    "twin_not_shared": "{here} have weights of their own, and the task asks for the same weights.",
    "wrong_arrow": "an arrow at {here} comes from another tensor than the task asks for.",
    "missing_arrow": "an arrow is missing at {here}.",
    "extra_arrow": "there is an arrow too many at {here}.",
    "swapped_order": "{here} takes its tensors in another order than the task asks for.",
    "input_order": "the inputs {here} are listed in another order than the task asks for.",
    "output_order": "the outputs {here} are listed in another order than the task asks for.",
    "wrong_key": "{here} has another name among the inputs or outputs than the task asks for.",
    "wrong_argument": "{here} is called with another argument than the task asks for.",
}

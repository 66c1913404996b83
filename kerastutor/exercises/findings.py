"""From what was recognised to what the learner reads: one sentence each, in their names, without the answer."""

from __future__ import annotations

from collections.abc import Mapping

from kerastutor.exercises.case import Case
from kerastutor.exercises.recognition import Sighting, recognise
from kerastutor.exercises.recognition.sighting import names
from kerastutor.exercises.results import Finding
from kerastutor.knowledge.misconceptions import MISCONCEPTIONS
from kerastutor.topology.differences.difference import Diff, Difference, DifferenceKind
from kerastutor.topology.graph import Ref
from kerastutor.topology.wording import call_name, listing


def findings(case: Case, difference: Diff) -> tuple[Finding, ...]:
    """What to mend, the most fundamental first, each sentence once.

    Where nothing is recognised each difference is told as such, so that whatever is wrong is said.
    """
    found: dict[str, Finding] = {}
    for sighting in recognise(case):
        finding = _finding(case, sighting)
        found.setdefault(finding.sentence, finding)
    return tuple(found.values()) or tuple(_told(case, item) for item in difference.items)


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

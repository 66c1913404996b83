"""From what was recognised to what the learner reads: one sentence each, in their names, without the answer."""

from __future__ import annotations

from kerastutor.exercises.case import Case
from kerastutor.exercises.recognition import Sighting, recognise
from kerastutor.exercises.recognition.sighting import names
from kerastutor.exercises.results import Finding
from kerastutor.knowledge.misconceptions import MISCONCEPTIONS
from kerastutor.topology.graph import Ref


def findings(case: Case) -> tuple[Finding, ...]:
    """What to mend, the most fundamental first, each sentence once."""
    found: dict[str, Finding] = {}
    for sighting in recognise(case):
        finding = _finding(case, sighting)
        found.setdefault(finding.sentence, finding)
    return tuple(found.values())


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

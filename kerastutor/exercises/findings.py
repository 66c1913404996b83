"""From what was recognised to what the learner reads: one sentence each, in their names, without the answer."""

from __future__ import annotations

from kerastutor.exercises.case import Case
from kerastutor.exercises.recognition import recognise
from kerastutor.topology.differences.difference import Diff, Difference
from kerastutor.topology.finding import Finding
from kerastutor.topology.wording import call_name, listing


def findings(case: Case, difference: Diff) -> tuple[Finding, ...]:
    """What to fix, the most fundamental first, each sentence once.

    Where nothing is recognised each difference is told as such, so that whatever is wrong is said.
    """
    recognised: dict[str, Finding] = {}
    for finding in recognise(case):
        recognised.setdefault(finding.sentence, finding)
    return tuple(recognised.values()) or tuple(_told(case, item) for item in difference.items)


def _told(case: Case, item: Difference) -> Finding:
    """A difference as such: where it is and of which sort, never what is expected there."""
    here = listing([call_name(case.learner, call) for call in item.calls]) if item.calls else "the network"
    return Finding(item.kind, {"here": here}, item.calls, item.tensors)

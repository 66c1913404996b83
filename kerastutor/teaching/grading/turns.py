"""What counts of all that a student handed in: for each exercise the best turn, or the last one that answers it.

So nothing that was earned is lost: not by an older folder that is graded again, nor by new work in which something is
missing or broken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kerastutor.exercises.spec import Spec
from kerastutor.teaching.grading.choosing import value
from kerastutor.teaching.grading.journal import HandIn, Journal
from kerastutor.teaching.grading.judging import failed, unjudged
from kerastutor.teaching.grading.records import GradedAnswer, Verdict

NOTHING_HANDED_IN = "Nothing was handed in: the folder is empty."
EARLIER = "It is from what was handed in earlier."

_TOLD = 3
"""How many files that could not be taken are told one by one."""

Turn = Sequence[HandIn]
"""One hand-in, as often as it was graded under other terms, the newest last."""

Problems = Mapping[str, BaseException]
"""By key, what went wrong on our side."""


def records_of_turn(
    turn: Turn, journal: Journal, specs: Sequence[Spec], problems: Problems
) -> Sequence[GradedAnswer] | None:
    """A record for each exercise; None where the turn was never graded."""
    student = turn[-1].student.id
    for one in reversed(turn):
        if not one.key:
            verdict = Verdict.REFUSED if one.left_out else Verdict.NOT_ATTEMPTED
            return [unjudged(student, spec, verdict, not_taken(one.left_out) or NOTHING_HANDED_IN) for spec in specs]
        if (records := journal.records(one.key, student, specs)) is not None:
            return records
    problem = next((problems[one.key] for one in reversed(turn) if one.key in problems), None)
    return None if problem is None else [failed(student, spec, problem) for spec in specs]


def counting(
    turns: Sequence[Sequence[GradedAnswer] | None], specs: Sequence[Spec], left_out: Sequence[str] = ()
) -> Sequence[GradedAnswer]:
    """For each exercise the record that counts, which says so where it is not of the last turn.

    Args:
        turns: the records of each, in the order of `specs`; None where it was never graded.
        left_out: a sentence on each file of the last turn that could not be taken.
    """
    told = not_taken(left_out)
    found = []
    for place, spec in enumerate(specs):
        records = [None if turn is None else turn[place] for turn in turns]
        best = _counting([record for record in records if record is not None], spec)
        earlier = best.result is not None and best is not records[-1]
        counted = " ".join(filter(None, (best.counted, EARLIER if earlier else "")))
        found.append(replace(best, counted=counted, left_out="" if best.cause == told else told))
    return found


def not_taken(left_out: Sequence[str]) -> str:
    """Which files could not be taken and why, in few words; empty where all were.

    >>> not_taken(["`x.py` is a link."]), not_taken([])
    ('We could not take this file: `x.py` is a link.', '')
    """
    what = "this file" if len(left_out) == 1 else "these files"
    return f"We could not take {what}: {in_few_words(left_out)}" if left_out else ""


def in_few_words(sentences: Sequence[str]) -> str:
    """The first of the sentences, and how many more there are."""
    more = len(sentences) - _TOLD
    return " ".join((*sentences[:_TOLD], *([f"And {more} more."] if more > 0 else [])))


def _counting(records: Sequence[GradedAnswer], spec: Spec) -> GradedAnswer:
    """Of one exercise; among equals the latest."""
    latest = records[::-1]
    if spec.counts == "last":
        return max(latest, key=lambda record: (record.verdict is Verdict.GRADED, value(record)[-1]))
    return max(latest, key=value)

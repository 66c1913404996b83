"""Which of a student's answers to an exercise is graded: the best, or the last where the exercise asks for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from kerastutor.exercises.answers import Counts, worth
from kerastutor.exercises.results import Outcome
from kerastutor.grading.extraction import Answer
from kerastutor.grading.records import Record, Verdict

PATIENCE = 30.0
"""Seconds after which no further answer to the same exercise is judged; one usually takes a hundredth of one."""


def graded(answer: Answer, counts: Counts, judge: Callable[[Answer], Record]) -> Record:
    """The record of the answer that counts, which says so where there were several.

    Scores are never taken from what was handed in: every answer that may count is judged. Among equals the latest
    counts, so they are judged from there, and no further than to one that passes.
    """
    if counts == "last":
        return replace(judge(answer.all[-1]), counted=_last_of(answer))
    records = list(_judged(answer, judge))
    place = max(range(len(records)), key=lambda place: value(records[place]))
    return replace(records[place], counted=_best_of(answer, place, records))


def _judged(answer: Answer, judge: Callable[[Answer], Record]) -> Iterator[Record]:
    """The records of the answers that were looked at, the latest first."""
    until = time.monotonic() + PATIENCE
    for one in reversed(answer.all):
        record = judge(one)
        yield record
        if record.outcome == Outcome.PASSED or time.monotonic() > until:
            return


def value(record: Record) -> tuple[object, ...]:
    """What records of one exercise are compared by: marks, and without any, whether there was anything to judge."""
    score = None if record.unknown else record.share
    return *worth(score), record.verdict is Verdict.GRADED, record.verdict is not Verdict.NOT_ATTEMPTED


def _best_of(answer: Answer, place: int, records: list[Record]) -> str:
    if not answer.earlier and not answer.left_out:
        return ""
    count = len(answer.all)
    number = "" if answer.left_out else f", number {count - place}"
    unseen = records[place].outcome != Outcome.PASSED and (answer.left_out or len(records) < count)
    only = f" Only {len(records)} of them were looked at." if unseen else ""
    return f"Of {_several(answer)} different answers the best counts{number}.{only}"


def _last_of(answer: Answer) -> str:
    return f"Of {_several(answer)} different answers the last counts." if answer.earlier or answer.left_out else ""


def _several(answer: Answer) -> str:
    count = len(answer.all)
    return f"more than {count}" if answer.left_out else str(count)

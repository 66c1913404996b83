"""Which of a student's answers to an exercise is graded: the best, or the last where the exercise asks for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from kerastutor.exercises.answers import Counts, worth
from kerastutor.exercises.results import Outcome
from kerastutor.teaching.grading.extraction import SubmittedAnswer
from kerastutor.teaching.grading.records import GradedAnswer, Verdict

PATIENCE = 30.0
"""Seconds after which no further answer to the same exercise is judged; one usually takes a hundredth of one."""


def graded(answer: SubmittedAnswer, counts: Counts, judge: Callable[[SubmittedAnswer], GradedAnswer]) -> GradedAnswer:
    """The record of the answer that counts, which says so where there were several.

    Scores are never taken from what was handed in: every answer that may count is judged. Among equals the latest
    counts, so they are judged from there, and no further than to one that passes.
    """
    if counts == "last":
        return replace(judge(answer.all[-1]), counted=_last_of(answer))
    records = list(_judged(answer, judge))
    place = max(range(len(records)), key=lambda place: value(records[place]))
    return replace(records[place], counted=_best_of(answer, place, records))


def _judged(answer: SubmittedAnswer, judge: Callable[[SubmittedAnswer], GradedAnswer]) -> Iterator[GradedAnswer]:
    """The records of the answers that were looked at, the latest first."""
    until = time.monotonic() + PATIENCE
    for one in reversed(answer.all):
        record = judge(one)
        yield record
        if record.outcome == Outcome.PASSED or time.monotonic() > until:
            return


def value(record: GradedAnswer) -> tuple[object, ...]:
    """What records of one exercise are compared by: marks, and without any, whether there was anything to judge."""
    score = None if record.unknown else record.share
    return *worth(score), record.verdict is Verdict.GRADED, record.verdict is not Verdict.NOT_ATTEMPTED


def _best_of(answer: SubmittedAnswer, place: int, records: list[GradedAnswer]) -> str:
    if not answer.earlier and not answer.left_out:
        return ""
    count, seen = len(answer.all), len(records)
    which = "" if answer.left_out else f": your {_ordinal(count - place, count)}"
    unseen = records[place].outcome != Outcome.PASSED and (answer.left_out or seen < count)
    only = f" Only {seen} of them {'was' if seen == 1 else 'were'} looked at." if unseen else ""
    return f"{_gave(answer)} The best one counts{which}.{only}"


def _last_of(answer: SubmittedAnswer) -> str:
    return f"{_gave(answer)} The last one counts." if answer.earlier or answer.left_out else ""


def _gave(answer: SubmittedAnswer) -> str:
    count = len(answer.all)
    return f"You gave {f'more than {count}' if answer.left_out else count} different answers."


def _ordinal(number: int, count: int) -> str:
    """
    >>> [_ordinal(number, 50) for number in (1, 4, 11, 22, 50)]
    ['first', '4th', '11th', '22nd', 'last']
    """
    words = {1: "first", 2: "second", 3: "third", count: "last"}
    ending = "th" if number in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return words.get(number, f"{number}{ending}")

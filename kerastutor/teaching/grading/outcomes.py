"""What became of an answer, in words for a page: a headline, and a mark for those who do not see colours."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from kerastutor.exercises.results import HEADLINES, Outcome
from kerastutor.teaching.grading.records import Verdict


class Wording(NamedTuple):
    """How an outcome is told: its headline, its mark, and the tone of its colour."""

    headline: str
    mark: str
    tone: str


OUTCOMES: Mapping[str, Wording] = MappingProxyType(
    {
        Outcome.PASSED.value: Wording(HEADLINES[Outcome.PASSED], "✓", "good"),
        Outcome.NOT_YET.value: Wording(HEADLINES[Outcome.NOT_YET], "→", "open"),
        Outcome.NOT_ATTEMPTED.value: Wording(HEADLINES[Outcome.NOT_ATTEMPTED], "○", "calm"),
        Verdict.CRASHED.value: Wording("Crashed", "!", "bad"),
        Verdict.TIMED_OUT.value: Wording("Ran out of time", "!", "bad"),
        Verdict.OUT_OF_MEMORY.value: Wording("Ran out of memory", "!", "bad"),
        Verdict.TOO_LARGE.value: Wording("Too large", "!", "bad"),
        Verdict.REFUSED.value: Wording("Refused", "!", "bad"),
        Outcome.COULD_NOT_CHECK.value: Wording(HEADLINES[Outcome.COULD_NOT_CHECK], "!", "bad"),
    }
)
"""Every outcome and verdict, in the order in which they are told."""

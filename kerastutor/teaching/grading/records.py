"""What grading finds out: one `GradedAnswer` for each student and exercise, as plain data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from kerastutor.exercises.results import HEADLINES, Outcome
from kerastutor.topology.graph import Json, Topology

FORMAT = "kerastutor.records"
VERSION = 1


class Verdict(StrEnum):
    """What became of one exercise of one submission."""

    GRADED = "graded"
    NOT_ATTEMPTED = "not_attempted"
    CRASHED = "crashed"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    TOO_LARGE = "too_large"
    REFUSED = "refused"


class RecordsError(ValueError):
    """A file does not hold the records of a run; the message is one sentence."""


@dataclass(frozen=True)
class GradedAnswer:
    """One student's answer to one exercise.

    Attributes:
        student: as the folder or file name of the submission says.
        exercise, exercise_version: which exercise, and which content of it (a hash).
        points: what the exercise is worth.
        verdict: what became of it.
        cause: one sentence on why nothing was judged; for `graded`, on what stopped before its end, or empty.
        result: for `graded`, the fields of `Result.to_plain`.
        topology: for `graded`, the learner's network as `Topology.to_plain` gives it.
        fingerprint: of that network's canonical form: answers with the same one are the same network.
        counted: which of several answers this is, in a sentence; empty where there was one.
        left_out: which files of what the student handed in last could not be taken, and why.
    """

    student: str
    exercise: str
    exercise_version: str
    points: int
    verdict: Verdict
    cause: str = ""
    result: Mapping[str, Json] | None = None
    topology: Mapping[str, Json] | None = None
    fingerprint: str = ""
    counted: str = ""
    left_out: str = ""

    @property
    def outcome(self) -> str:
        """`passed`, `not_yet`, `not_attempted` or `could_not_check`; the verdict where nothing was judged."""
        return str(self.verdict) if self.result is None else str(self.result["outcome"])

    @property
    def unknown(self) -> bool:
        """Whether we could not check the answer, so that its marks are not known: that is no zero."""
        return self.outcome == Outcome.COULD_NOT_CHECK

    @property
    def share(self) -> float:
        """The part of the points that is earned, from 0 to 1."""
        if self.result is None:
            return 0.0
        score: Any = self.result["score"]
        return float(score["earned"] / score["parts"])

    @property
    def marks(self) -> float:
        """The points earned, to two places."""
        return round(self.points * self.share, 2)

    @property
    def message(self) -> str:
        """The one sentence that is said first: what the check says, or why nothing was judged."""
        return self.cause if self.result is None else str(self.result["message"])

    @property
    def findings(self) -> tuple[Mapping[str, Json], ...]:
        """What there is to mend, the most fundamental first, each with the fields of `Result.to_plain`."""
        findings: Any = () if self.result is None else self.result["findings"]
        return tuple(findings)

    @property
    def misconceptions(self) -> tuple[str, ...]:
        """The ids of the misconceptions that were recognised, the most fundamental first."""
        found = (finding["misconception"] for finding in self.findings)
        return tuple(dict.fromkeys(str(misconception) for misconception in found if misconception))

    @property
    def network(self) -> Topology | None:
        """The learner's network."""
        return None if self.topology is None else Topology.from_plain(dict(self.topology))

    def to_plain(self) -> dict[str, Json]:
        """Dicts and lists for JSON; `from_plain` reads them back."""
        return {
            "student": self.student,
            "exercise": self.exercise,
            "exercise_version": self.exercise_version,
            "points": self.points,
            "verdict": self.verdict.value,
            "cause": self.cause,
            "result": None if self.result is None else dict(self.result),
            "topology": None if self.topology is None else dict(self.topology),
            "fingerprint": self.fingerprint,
            "counted": self.counted,
            "left_out": self.left_out,
        }

    @classmethod
    def from_plain(cls, plain: Any) -> GradedAnswer:
        """Read what `to_plain` wrote."""
        return cls(**{**plain, "verdict": Verdict(plain["verdict"])})


def records_to_json(records: Iterable[GradedAnswer]) -> str:
    """The records of a run, sorted by student and exercise: one a line, the same ones give the same bytes."""
    ordered = sorted(records, key=lambda record: (record.student, record.exercise))
    lines = ",\n".join(json.dumps(record.to_plain(), sort_keys=True, ensure_ascii=False) for record in ordered)
    head = json.dumps({"format": FORMAT, "version": VERSION})[:-1]
    return f'{head}, "records": [\n{lines}\n]}}\n'


def records_from_json(text: str) -> tuple[GradedAnswer, ...]:
    """Read what `records_to_json` wrote; anything else raises `RecordsError`."""
    try:
        plain = json.loads(text)
    except ValueError:
        plain = None
    if not isinstance(plain, dict) or plain.get("format") != FORMAT or plain.get("version") != VERSION:
        raise RecordsError("This file does not hold the records of a grading run of this version of kerastutor.")
    return tuple(map(GradedAnswer.from_plain, plain["records"]))


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

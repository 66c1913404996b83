"""One grader: a sandbox that runs what was handed in, and a judge beside it. Each works on one submission at a time."""

from __future__ import annotations

import json
import queue
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import Any

from kerastutor.exercises.spec import Spec
from kerastutor.grading.extraction import Answer, Extraction
from kerastutor.grading.intake import Submission
from kerastutor.grading.judge_process import Judge
from kerastutor.grading.judging import judged
from kerastutor.grading.records import Record, Verdict

Extract = Callable[[Submission], Extraction]


@dataclass(frozen=True)
class Terms:
    """What all submissions of a run are graded under.

    Attributes:
        specs: the exercises, in the order of the tables.
        sandbox: opens a sandbox, and gives the function that extracts answers in it.
        conditions: what of the sandbox decides what comes out, such as its limits, in words that stay the same.
    """

    specs: tuple[Spec, ...]
    sandbox: Callable[[], AbstractContextManager[Extract]]
    conditions: str

    @property
    def text(self) -> str:
        """What decides what a submission comes to, beside what it holds."""
        return json.dumps([[spec.id for spec in self.specs], self.conditions])


@dataclass(frozen=True)
class Graded:
    """What became of one submission: the extraction as JSON, which can be judged again, and the records."""

    extraction: str
    records: tuple[Record, ...]


Grade = Callable[[Submission, str | None], Graded]
"""Grades a submission; one that was run before comes with its extraction and is only judged."""


@contextmanager
def open_graders(terms: Terms) -> Iterator[Grade]:
    """A function that grades and may be called from several threads: each call has a sandbox and a judge to itself.

    They are opened when they are needed, used again, and closed at the end; what still runs then fails.
    """
    idle: queue.LifoQueue[Grade] = queue.LifoQueue()
    with ExitStack() as opened:

        def grade(submission: Submission, known: str | None) -> Graded:
            try:
                own = idle.get_nowait()
            except queue.Empty:
                own = opened.enter_context(_open_grader(terms))
            try:
                return own(submission, known)
            finally:
                idle.put(own)

        yield grade


@contextmanager
def _open_grader(terms: Terms) -> Iterator[Grade]:
    with ExitStack() as sandbox, closing(Judge(terms.specs)) as judge:
        extract: list[Extract] = []

        def extracted(submission: Submission) -> Extraction:
            """A sandbox that fails, such as one that was killed, is opened again, once."""
            for last in (False, True):
                try:
                    if not extract:
                        extract.append(sandbox.enter_context(terms.sandbox()))
                    return extract[0](submission)
                except Exception:
                    extract.clear()
                    sandbox.close()
                    if last:
                        raise
            raise AssertionError

        def grade(submission: Submission, known: str | None) -> Graded:
            text = to_text(extracted(submission)) if known is None else known
            return Graded(text, judged(submission.student, from_text(text), terms.specs, judge))

        yield grade


def to_text(extraction: Extraction) -> str:
    """The extraction as JSON; `from_text` reads it back. Half characters, which no file takes, become `?`."""
    plain = {
        "verdict": extraction.verdict.value,
        "cause": extraction.cause,
        "answers": {
            exercise: {"topology": answer.topology, "value": answer.value, "leftovers": answer.leftovers}
            for exercise, answer in extraction.answers.items()
        },
    }
    return json.dumps(plain, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace").decode()


def from_text(text: str) -> Extraction:
    """Read what `to_text` wrote."""
    plain: Any = json.loads(text)
    answers = {exercise: Answer(**answer) for exercise, answer in plain["answers"].items()}
    return Extraction(Verdict(plain["verdict"]), plain["cause"], answers)

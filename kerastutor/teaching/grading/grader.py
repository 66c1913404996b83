"""The graders of one machine: sandboxes that run what was handed in, and judges beside them."""

from __future__ import annotations

import json
import queue
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from threading import BoundedSemaphore
from typing import Any, Generic, TypeVar

from kerastutor.exercises.spec import Spec
from kerastutor.teaching.grading.extraction import Extraction, SubmittedAnswer
from kerastutor.teaching.grading.intake import Submission
from kerastutor.teaching.grading.judge_process import Judge
from kerastutor.teaching.grading.judging import judged
from kerastutor.teaching.grading.records import GradedAnswer, Verdict

T = TypeVar("T")

Extract = Callable[[Submission], Extraction]

_FORM = 2
"""Of extractions. In the first form an exercise had its last answer alone; what a journal kept in it is run again."""


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
        return json.dumps([[spec.id for spec in self.specs], self.conditions, _FORM])


@dataclass(frozen=True)
class Graded:
    """What became of one submission: the extraction as JSON, which can be judged again, and the records."""

    extraction: str
    records: tuple[GradedAnswer, ...]


Grade = Callable[[Submission, str | None], Graded]
"""Grades a submission; one that was run before comes with its extraction and is only judged."""


@contextmanager
def open_graders(terms: Terms, at_once: int) -> Iterator[Grade]:
    """A function that grades and may be called from several threads.

    Of sandboxes and of judges there are at most `at_once`, each for one submission at a time: while some are judged,
    others run already. They are opened when they are needed, used again, and closed at the end.
    """
    with ExitStack() as opened:
        sandboxes = _Lent(lambda: opened.enter_context(_open_sandbox(terms)), at_once)
        judges = _Lent(lambda: opened.enter_context(closing(Judge(terms.specs))), at_once)

        def grade(submission: Submission, known: str | None) -> Graded:
            text = known
            if text is None:
                with sandboxes.one() as extract:
                    text = to_text(extract(submission))
            with judges.one() as judge:
                return Graded(text, judged(submission.student, from_text(text), terms.specs, judge))

        yield grade


@contextmanager
def _open_sandbox(terms: Terms) -> Iterator[Extract]:
    """A sandbox that is opened again, once, where it fails, such as one that was killed."""
    with ExitStack() as sandbox:
        opened: list[Extract] = []

        def extract(submission: Submission) -> Extraction:
            for last in (False, True):
                try:
                    if not opened:
                        opened.append(sandbox.enter_context(terms.sandbox()))
                    return opened[0](submission)
                except Exception:
                    opened.clear()
                    sandbox.close()
                    if last:
                        raise
            raise AssertionError

        yield extract


class _Lent(Generic[T]):
    """Things of one kind that are lent to one thread at a time: opened where none is free, up to `most`."""

    def __init__(self, open: Callable[[], T], most: int) -> None:
        self._open = open
        self._allowed = BoundedSemaphore(most)
        self._free: queue.LifoQueue[T] = queue.LifoQueue()

    @contextmanager
    def one(self) -> Iterator[T]:
        """Waits where all are lent."""
        with self._allowed:
            try:
                thing = self._free.get_nowait()
            except queue.Empty:
                thing = self._open()
            try:
                yield thing
            finally:
                self._free.put(thing)


def to_text(extraction: Extraction) -> str:
    """The extraction as JSON; `from_text` reads it back. Half characters, which no file takes, become `?`."""
    plain = {
        "verdict": extraction.verdict.value,
        "cause": extraction.cause,
        "answers": {exercise: asdict(answer) for exercise, answer in extraction.answers.items()},
    }
    return json.dumps(plain, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace").decode()


def from_text(text: str) -> Extraction:
    """Read what `to_text` wrote."""
    plain: Any = json.loads(text)
    answers = {exercise: _answer(answer) for exercise, answer in plain["answers"].items()}
    return Extraction(Verdict(plain["verdict"]), plain["cause"], answers)


def _answer(plain: Any) -> SubmittedAnswer:
    return SubmittedAnswer(**{**plain, "earlier": tuple(map(_answer, plain["earlier"]))})

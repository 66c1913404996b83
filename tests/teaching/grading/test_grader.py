"""Graders: few sandboxes, lent to whoever has something to run, and none waits for a judge."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from kerastutor.teaching.grading import grader
from kerastutor.teaching.grading.extraction import Extraction
from kerastutor.teaching.grading.grader import Terms, open_graders
from kerastutor.teaching.grading.intake import Submission
from kerastutor.teaching.grading.records import Verdict

NOTHING = Extraction(Verdict.NOT_ATTEMPTED, "There is nothing in it.")
PATIENCE = 20


class Sandboxes:
    """Each tells when it has begun, and goes on when it may."""

    def __init__(self) -> None:
        self.opened = 0
        self.begun = threading.Semaphore(0)
        self.may_end = threading.Event()

    @contextmanager
    def open(self) -> Iterator[grader.Extract]:
        self.opened += 1
        yield self._extract

    def _extract(self, submission: Submission) -> Extraction:
        self.begun.release()
        assert self.may_end.wait(PATIENCE)
        return NOTHING


def test_there_are_no_more_sandboxes_than_are_allowed():
    sandboxes = Sandboxes()
    with open_graders(Terms((), sandboxes.open, ""), 2) as grade, ThreadPoolExecutor(8) as threads:
        coming = [threads.submit(grade, Submission(f"student{number}", ()), None) for number in range(20)]
        assert all(sandboxes.begun.acquire(timeout=PATIENCE) for _ in range(2))
        assert not sandboxes.begun.acquire(timeout=0.2)
        sandboxes.may_end.set()
        assert [one.result().records for one in coming] == [()] * 20
    assert sandboxes.opened == 2


def test_while_one_is_judged_the_next_one_runs(monkeypatch):
    sandboxes = Sandboxes()
    sandboxes.may_end.set()

    def judged(*given):
        """The first is judged until the second has been run too."""
        assert all(sandboxes.begun.acquire(timeout=PATIENCE) for _ in range(2))
        sandboxes.begun.release(2)
        return ()

    monkeypatch.setattr(grader, "judged", judged)
    with open_graders(Terms((), sandboxes.open, ""), 1) as grade, ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda name: grade(Submission(name, ()), None), ("ada", "bob")))
    assert sandboxes.opened == 1

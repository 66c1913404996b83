"""Who does the work: the graders of this machine, and threads that wait for them, one for each submission under way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from kerastutor.teaching.grading.grader import Graded, Terms, open_graders
from kerastutor.teaching.grading.intake import Submission


class PoolError(RuntimeError):
    """Nobody is there to do the work, or no longer; the message says what to do."""


@dataclass(frozen=True)
class Task:
    """A submission to grade; `key` is its name in the journal, `known` its extraction where it was run before."""

    key: str
    submission: Submission
    known: str | None = None


@dataclass(frozen=True)
class Pool:
    """Where tasks go, and how many run at once."""

    submit: Callable[[Task], Future[Graded]]
    size: int


@contextmanager
def local_pool(terms: Terms, workers: int) -> Iterator[Pool]:
    """This machine, with `workers` sandboxes; as many submissions again are judged meanwhile, or wait at their door."""
    with open_graders(terms, workers) as grade:
        threads = ThreadPoolExecutor(2 * workers, thread_name_prefix="grader")
        try:
            yield Pool(lambda task: threads.submit(grade, task.submission, task.known), workers)
        finally:
            threads.shutdown(cancel_futures=True)


def as_graded(tasks: Iterable[Task], pool: Pool) -> Iterator[tuple[str, Future[Graded]]]:
    """The key of each task when it is done, in whatever order; few are under way at a time, so memory stays flat."""
    coming = iter(tasks)
    under_way: dict[Future[Graded], str] = {}
    while True:
        for task in islice(coming, 2 * pool.size - len(under_way)):
            under_way[pool.submit(task)] = task.key
        if not under_way:
            return
        for future in wait(under_way, return_when=FIRST_COMPLETED).done:
            yield under_way.pop(future), future

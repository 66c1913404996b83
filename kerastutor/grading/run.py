"""A run: everything that was handed in, graded; with a journal, so that it can be killed and started again.

In the folder of the run lie `journal.sqlite` or, for a share of the class, `journal-2-of-8.sqlite`, and, once all is
graded, the results. A share writes only its journal; the run over the whole class takes over all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from kerastutor.exercises.spec import Spec
from kerastutor.grading.grader import Terms
from kerastutor.grading.intake import Received, everyone, take_in
from kerastutor.grading.journal import Journal, key_of, open_journal
from kerastutor.grading.judging import failed, unjudged
from kerastutor.grading.layouts import Student
from kerastutor.grading.pool import Pool, PoolError, Task, as_graded
from kerastutor.grading.records import Record, Verdict
from kerastutor.grading.sandbox import SandboxError
from kerastutor.grading.shards import Shard
from kerastutor.grading.unpacking import clear

NOTHING_HANDED_IN = "Nothing was handed in: the folder is empty."

Keys = Mapping[str, str]
"""By student, what they handed in is called in the journal."""

Problems = Mapping[str, BaseException]
"""By key, what went wrong on our side."""

Progress = Callable[[int, int], None]
"""Told how many submissions are done, of how many."""


@dataclass(frozen=True)
class Results:
    """What a run found out.

    Attributes:
        students: everyone who handed in, sorted by id.
        records: one for each student and exercise.
        failures: how many students we failed to grade; another run tries them again.
    """

    students: tuple[Student, ...]
    records: tuple[Record, ...]
    failures: int


def grade(
    source: Path,
    folder: Path,
    terms: Terms,
    pool: AbstractContextManager[Pool],
    *,
    shard: Shard | None = None,
    progress: Progress,
) -> Results:
    """Grade what is not graded yet, and give the results of everything.

    Args:
        source: what was handed in, as `take_in` takes it.
        folder: of the run; made where it is missing.
        pool: who does the work; opened only where there is any.

    Raises:
        IntakeError: nothing can be taken in.
        JournalError: another run is under way, or the disk is full; what is graded is kept.
        SandboxError: there is no sandbox.
        PoolError: nobody is there to do the work.
    """
    folder.mkdir(parents=True, exist_ok=True)
    share = f"-{shard}" if shard else ""
    unpacked = folder / f"unpacked{share}"
    try:
        with open_journal(folder / f"journal{share}.sqlite") as journal:
            if shard is None:
                for other in sorted(folder.glob("journal-*-of-*.sqlite")):
                    journal.take_over(other)
            received = take_in(source, unpacked, shard.holds if shard else everyone)
            return _graded(received, journal, terms, pool, progress)
    finally:
        clear(unpacked)


def _graded(
    received: Sequence[Received], journal: Journal, terms: Terms, pool: AbstractContextManager[Pool], progress: Progress
) -> Results:
    keys = {one.student.id: key_of(one.submission, terms.text) for one in received if one.files}
    problems = _grade_missing([one for one in received if one.files], keys, journal, terms, pool, progress)
    return Results(
        students=tuple(one.student for one in received),
        records=tuple(record for one in received for record in _records(one, keys, journal, terms.specs, problems)),
        failures=sum(key in problems for key in keys.values()),
    )


def _grade_missing(
    received: Sequence[Received],
    keys: Keys,
    journal: Journal,
    terms: Terms,
    pool: AbstractContextManager[Pool],
    progress: Progress,
) -> Problems:
    """Grade what the journal does not know; returns what we failed at, by key."""
    missing = _missing(received, keys, journal, terms.specs)
    total = len(set(keys.values()))
    done = total - len(missing)
    progress(done, total)
    problems: dict[str, BaseException] = {}
    if not missing:
        return problems
    with pool as opened:
        for key, future in as_graded(missing, opened):
            if future.cancelled():
                raise PoolError("The cluster has gone away. What is finished is kept: run the same command again.")
            problem = future.exception()
            if isinstance(problem, SandboxError):
                raise problem
            if problem is not None:
                problems[key] = problem
            else:
                graded = future.result()
                journal.add(key, graded.extraction, graded.records)
            done += 1
            progress(done, total)
    return problems


def _missing(received: Sequence[Received], keys: Keys, journal: Journal, specs: Sequence[Spec]) -> Sequence[Task]:
    """What the journal does not know, copies once."""
    missing: dict[str, Task] = {}
    for one in received:
        key = keys[one.student.id]
        if key not in missing and journal.records(key, one.student.id, specs) is None:
            missing[key] = Task(key, one.submission, journal.extraction(key))
    return tuple(missing.values())


def _records(
    one: Received, keys: Keys, journal: Journal, specs: Sequence[Spec], problems: Problems
) -> Sequence[Record]:
    student = one.student.id
    if one.refused:
        return [unjudged(student, spec, Verdict.REFUSED, one.refused) for spec in specs]
    if not one.files:
        return [unjudged(student, spec, Verdict.NOT_ATTEMPTED, NOTHING_HANDED_IN) for spec in specs]
    if problem := problems.get(keys[student]):
        return [failed(student, spec, problem) for spec in specs]
    records = journal.records(keys[student], student, specs)
    assert records is not None
    return records

"""A run: everything that was handed in, graded; with a journal, so that it can be killed and started again.

In the folder of the run lie `journal.sqlite` or, for a share of the class, `journal-2-of-8.sqlite`, and, once all is
graded, the results. A share writes only its journal; the run over the whole class takes over all of them. A run adds to
what the folder holds: whoever hands in again is graded again, and everyone else stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from kerastutor.exercises.spec import Spec
from kerastutor.grading.grader import Terms
from kerastutor.grading.intake import Received, Submission, everyone, take_in
from kerastutor.grading.journal import HandIn, Journal, JournalError, key_of, open_journal
from kerastutor.grading.judging import failed, unjudged, waiting
from kerastutor.grading.keeping import clear
from kerastutor.grading.layouts import Student
from kerastutor.grading.outcomes import several
from kerastutor.grading.pool import Pool, PoolError, Task, as_graded
from kerastutor.grading.records import Record, Verdict
from kerastutor.grading.regrading import records_of
from kerastutor.grading.sandbox import SandboxError
from kerastutor.grading.shards import Shard

NOTHING_HANDED_IN = "Nothing was handed in: the folder is empty."

Problems = Mapping[str, BaseException]
"""By key, what went wrong on our side."""

Progress = Callable[[int, int], None]
"""Told how many submissions are done, of how many."""


@dataclass(frozen=True)
class Results:
    """What a run found out.

    Attributes:
        students: everyone who ever handed in to this folder, sorted by id.
        records: one for each student and exercise.
        failures: how many students we failed to grade; another run tries them again.
        kept: the students who were graded by an earlier run, and handed in nothing to this one.
        waiting: those of them whose last submission was never graded, because its run was stopped.
        incomplete: the students some of whose files could not be taken.
    """

    students: tuple[Student, ...]
    records: tuple[Record, ...]
    failures: int
    kept: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    incomplete: tuple[str, ...] = ()


def grade(
    source: Path,
    folder: Path,
    terms: Terms,
    pool: AbstractContextManager[Pool],
    *,
    shard: Shard | None = None,
    sure: bool = False,
    progress: Progress,
) -> Results:
    """Grade what is not graded yet, and give the results of everything.

    Args:
        source: what was handed in, as `take_in` takes it.
        folder: of the run; made where it is missing.
        pool: who does the work; opened only where there is any.
        sure: grade also what was found where other students were meant, by the look of it.

    Raises:
        IntakeError: nothing can be taken in.
        JournalError: another run is under way, the disk is full, or the folder holds another homework; what is graded
            is kept.
        SandboxError: there is no sandbox.
        PoolError: nobody is there to do the work.
    """
    folder.mkdir(parents=True, exist_ok=True)
    share = f"-{shard}" if shard else ""
    copies = folder / f"unpacked{share}"
    ids = tuple(spec.id for spec in terms.specs)
    try:
        with open_journal(folder / f"journal{share}.sqlite") as journal:
            if shard is None:
                for other in sorted(folder.glob("journal-*-of-*.sqlite")):
                    journal.take_over(other)
            wanted = shard.holds if shard else everyone
            received = take_in(source, copies, wanted, exercises=ids, sure=sure)
            if shard is None:
                _check_known(folder, received, journal)
            return _graded(received, journal, terms, pool, progress)
    finally:
        clear(copies)


def _graded(
    received: Sequence[Received], journal: Journal, terms: Terms, pool: AbstractContextManager[Pool], progress: Progress
) -> Results:
    before = journal.handed_in()
    new = [one for one in received if one.files or one.left_out or one.student.id not in before]
    coming = {one.student.id: _hand_in(one, terms.text) for one in new}
    kept = {student: _counting(turns, journal) for student, turns in before.items() if student not in coming}
    _check_homework(before, kept, journal, terms.specs)
    journal.hand_in(coming.values())
    all = sorted((*coming.values(), *kept.values()), key=lambda one: one.student.id)
    files = {coming[one.student.id].key: one.submission for one in new}
    problems = _grade_missing(all, files, journal, terms, pool, progress)
    return Results(
        students=tuple(one.student for one in all),
        records=tuple(record for one in all for record in _records(one, journal, terms.specs, problems)),
        failures=sum(one.key in problems for one in coming.values()),
        kept=tuple(kept),
        waiting=tuple(student for student, one in kept.items() if not _is_done(before[student][-1], journal)),
        incomplete=tuple(one.student.id for one in new if one.left_out),
    )


def _hand_in(one: Received, terms: str) -> HandIn:
    if one.files:
        return HandIn(one.student, key_of(one.submission, terms))
    return HandIn(one.student, "", one.refused)


def _counting(turns: Sequence[HandIn], journal: Journal) -> HandIn:
    """What counts of all that a student handed in to earlier runs: the last that was graded."""
    return next((turn for turn in reversed(turns) if _is_done(turn, journal)), turns[-1])


def _is_done(turn: HandIn, journal: Journal) -> bool:
    return not turn.key or journal.extraction(turn.key) is not None


def _check_known(folder: Path, received: Sequence[Received], journal: Journal) -> None:
    """Raises `JournalError` where there are results of others that the journal does not know, so that they would go."""
    if (folder / "results.json").exists():
        known = {*journal.handed_in(), *(one.student.id for one in received)}
        lost = {record.student for record in records_of(folder)} - known
        if lost:
            raise JournalError(
                f"{folder} holds the results of {several(len(lost), 'more student')} whom its journal does not know: "
                "hand in everyone's work again, or choose another folder with -o."
            )


def _check_homework(
    before: Mapping[str, Sequence[HandIn]], kept: Mapping[str, HandIn], journal: Journal, specs: Sequence[Spec]
) -> None:
    """Raises `JournalError` where the results of others, or of another homework, would be lost or mixed with these."""
    asked = {spec.id for spec in specs}
    ever = journal.exercises(turn.key for turns in before.values() for turn in turns)
    theirs = journal.exercises(one.key for one in kept.values())
    if ever and ever.isdisjoint(asked):
        raise JournalError(f"This folder holds results on {_listed(ever)}: choose another folder with -o.")
    if theirs and theirs != asked:
        raise JournalError(
            f"This folder holds the results of {several(len(kept), 'more student')}, on {_listed(theirs)}; to grade "
            f"{_listed(asked)}, hand in everyone's work again, or choose another folder with -o."
        )


def _listed(exercises: Iterable[str]) -> str:
    return " and ".join(f"`{exercise}`" for exercise in sorted(exercises))


def _grade_missing(
    all: Sequence[HandIn],
    files: Mapping[str, Submission],
    journal: Journal,
    terms: Terms,
    pool: AbstractContextManager[Pool],
    progress: Progress,
) -> Problems:
    """Grade what the journal does not know; returns what we failed at, by key."""
    missing = _missing(all, files, journal, terms.specs)
    total = len({*files, *(task.key for task in missing)} - {""})
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


def _missing(
    all: Sequence[HandIn], files: Mapping[str, Submission], journal: Journal, specs: Sequence[Spec]
) -> Sequence[Task]:
    """What the journal does not know, copies once; what was looked into by an earlier run is only judged."""
    missing: dict[str, Task] = {}
    for one in all:
        if not one.key or one.key in missing or journal.records(one.key, one.student.id, specs) is not None:
            continue
        known = journal.extraction(one.key)
        if one.key in files or known is not None:
            submission = files.get(one.key, Submission(one.student.id, ()))
            missing[one.key] = Task(one.key, submission, known)
    return tuple(missing.values())


def _records(one: HandIn, journal: Journal, specs: Sequence[Spec], problems: Problems) -> Sequence[Record]:
    student = one.student.id
    if not one.key:
        verdict = Verdict.REFUSED if one.cause else Verdict.NOT_ATTEMPTED
        return [unjudged(student, spec, verdict, one.cause or NOTHING_HANDED_IN) for spec in specs]
    if problem := problems.get(one.key):
        return [failed(student, spec, problem) for spec in specs]
    records = journal.records(one.key, student, specs)
    return [waiting(student, spec) for spec in specs] if records is None else records

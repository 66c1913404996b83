"""A run: everything that was handed in, graded; with a journal, so that it can be killed and started again.

In the folder of the run lie `journal.sqlite` or, for a share of the class, `journal-2-of-8.sqlite`, and, once all is
graded, the results. A share writes only its journal; the run over the whole class takes over all of them. A run adds to
what the folder holds: of all that someone handed in, the best counts, and everyone else's results stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from kerastutor.exercises.spec import Spec
from kerastutor.teaching.grading.grader import Terms
from kerastutor.teaching.grading.intake import Received, Submission, everyone, take_in
from kerastutor.teaching.grading.journal import (
    HandIn,
    Journal,
    JournalError,
    content_of,
    key_of,
    open_journal,
    turns_of,
)
from kerastutor.teaching.grading.judging import waiting
from kerastutor.teaching.grading.keeping import clear
from kerastutor.teaching.grading.layouts import Student
from kerastutor.teaching.grading.pool import Pool, PoolError, Task, as_graded
from kerastutor.teaching.grading.records import GradedAnswer
from kerastutor.teaching.grading.regrading import records_of
from kerastutor.teaching.grading.sandbox import SandboxError
from kerastutor.teaching.grading.shards import Shard
from kerastutor.teaching.grading.turns import Problems, Turn, counting, records_of_turn
from kerastutor.topology.wording import several

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
        incomplete: the students some of whose files could not be taken, of what they handed in last.
        nobodys: a sentence on each entry of the archive whose name is nobody's.
    """

    students: tuple[Student, ...]
    records: tuple[GradedAnswer, ...]
    failures: int
    kept: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    incomplete: tuple[str, ...] = ()
    nobodys: tuple[str, ...] = ()


def grade(
    source: Path,
    folder: Path,
    terms: Terms,
    pool: AbstractContextManager[Pool],
    *,
    shard: Shard | None = None,
    handout: str = "",
    sure: bool = False,
    progress: Progress,
) -> Results:
    """Grade what is not graded yet, and give the results of everything.

    Args:
        source: what was handed in, as `take_in` takes it.
        folder: of the run; made where it is missing.
        pool: who does the work; opened only where there is any.
        handout: what the file of the exercises is called, without its ending.
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
    nobodys: list[str] = []
    told, exercises = nobodys.append, [spec.id for spec in terms.specs]
    try:
        with open_journal(folder / f"journal{share}.sqlite") as journal:
            if shard is None:
                _take_over_shares(folder, journal)
            wanted = shard.holds if shard else everyone
            received = take_in(source, copies, wanted, exercises=exercises, handout=handout, sure=sure, nobodys=told)
            if shard is None:
                _check_known(folder, received, journal)
            return replace(_graded(received, journal, terms, pool, progress), nobodys=tuple(nobodys))
    finally:
        clear(copies)


def _take_over_shares(folder: Path, journal: Journal) -> None:
    for other in sorted(folder.glob("journal-*-of-*.sqlite")):
        journal.take_over(other)


def _graded(
    received: Sequence[Received], journal: Journal, terms: Terms, pool: AbstractContextManager[Pool], progress: Progress
) -> Results:
    before = journal.handed_in()
    new = [one for one in received if one.files or one.left_out or one.student.id not in before]
    coming = {one.student.id: _hand_in(one, terms.text) for one in new}
    _check_homework(before, coming, journal, terms.specs)
    journal.hand_in(coming.values())
    turns = {student: turns_of(own) for student, own in sorted(journal.handed_in().items())}
    files = {coming[one.student.id].key: one.submission for one in new}
    every = [one for own in turns.values() for turn in own for one in turn]
    problems = _grade_missing(every, files, journal, terms, pool, progress)
    last = {student: own[-1] for student, own in turns.items()}
    return Results(
        students=tuple(turn[-1].student for turn in last.values()),
        records=tuple(record for own in turns.values() for record in _records(own, journal, terms.specs, problems)),
        failures=len({one.student.id for one in every if one.key in problems}),
        kept=tuple(student for student in turns if student not in coming),
        waiting=tuple(id for id, turn in last.items() if not any(_is_done(one, journal, problems) for one in turn)),
        incomplete=tuple(id for id, turn in last.items() if turn[-1].left_out and turn[-1] == coming.get(id)),
    )


def _hand_in(one: Received, terms: str) -> HandIn:
    content = content_of(one.files, one.left_out)
    return HandIn(one.student, content, key_of(content, terms) if one.files else "", one.left_out)


def _is_done(one: HandIn, journal: Journal, problems: Problems) -> bool:
    return not one.key or one.key in problems or journal.extraction(one.key) is not None


def _records(
    turns: Sequence[Turn], journal: Journal, specs: Sequence[Spec], problems: Problems
) -> Sequence[GradedAnswer]:
    """The records of one student: for each exercise that of the turn which counts."""
    found = [records_of_turn(turn, journal, specs, problems) for turn in turns]
    if not any(found):
        return [waiting(turns[-1][-1].student.id, spec) for spec in specs]
    return counting(found, specs, turns[-1][-1].left_out)


def _check_known(folder: Path, received: Sequence[Received], journal: Journal) -> None:
    """Raises `JournalError` where there are results of others that the journal does not know, so that they would go."""
    if (folder / "results.json").exists():
        known = {*journal.handed_in(), *(one.student.id for one in received)}
        lost = {record.student for record in records_of(folder)} - known
        if lost:
            raise JournalError(
                f"{folder} holds the results of {several(len(lost), 'more student')} whom its journal does not know: "
                "grade everyone's work again, or choose another folder with -o."
            )


def _check_homework(
    before: Mapping[str, Sequence[HandIn]], coming: Mapping[str, HandIn], journal: Journal, specs: Sequence[Spec]
) -> None:
    """Raises `JournalError` where the results of others, or of another homework, would be lost or mixed with these."""
    asked = {spec.id for spec in specs}
    ever = journal.exercises(one.key for own in before.values() for one in own)
    if ever and ever.isdisjoint(asked):
        raise JournalError(f"This folder holds results on {_listed(ever)}: choose another folder with -o.")
    staying = {student: own for student, own in before.items() if _stays(own, coming.get(student))}
    theirs = journal.exercises(key for own in staying.values() for key in _last_graded(own, journal))
    if theirs and theirs != asked:
        raise JournalError(
            f"This folder holds the results of {several(len(staying), 'more student')}, on {_listed(theirs)}; to grade "
            f"{_listed(asked)}, grade everyone's work again, or choose another folder with -o."
        )


def _stays(own: Sequence[HandIn], coming: HandIn | None) -> bool:
    """Whether what a student handed in last is not what comes now: they hand in nothing, or something older."""
    contents = [turn[-1].content for turn in turns_of(own)]
    return coming is None or coming.content in contents[:-1]


def _last_graded(own: Sequence[HandIn], journal: Journal) -> Sequence[str]:
    """The key of what was graded last; of nothing, where nothing was."""
    keys = [one.key for turn in turns_of(own) for one in turn if one.key and journal.extraction(one.key) is not None]
    return keys[-1:]


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

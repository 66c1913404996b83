"""What `kerastutor grade` does, from its options to its files; `cli.py` only reads the options."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

import kerastutor
from kerastutor.exercises.spec import ExerciseError, Spec
from kerastutor.teaching.grading import comments, run
from kerastutor.teaching.grading.assignment import exercises
from kerastutor.teaching.grading.comments import CommentsError
from kerastutor.teaching.grading.grader import Terms
from kerastutor.teaching.grading.intake import IntakeError
from kerastutor.teaching.grading.journal import JournalError
from kerastutor.teaching.grading.pool import Pool, PoolError, local_pool
from kerastutor.teaching.grading.records import OUTCOMES, RecordsError
from kerastutor.teaching.grading.run import Results
from kerastutor.teaching.grading.sandbox import Limits, SandboxError, open_sandbox
from kerastutor.teaching.grading.shards import Shard
from kerastutor.teaching.grading.showing import printable
from kerastutor.teaching.grading.tables.canvas import RosterError, read_roster
from kerastutor.teaching.grading.turns import in_few_words
from kerastutor.teaching.grading.writing import FolderError, Written, claim, write
from kerastutor.topology.wording import several

FAULTS = (
    ExerciseError,
    CommentsError,
    FolderError,
    IntakeError,
    JournalError,
    OSError,
    PoolError,
    RecordsError,
    RosterError,
    SandboxError,
)
"""What may go wrong, each told in one sentence."""


_NAMED = 5
"""Up to so many students are told by name."""


@dataclass(frozen=True)
class Settings:
    """How to grade.

    Attributes:
        limits: of each file that is handed in.
        unsafe_ok: grade also where a layer of protection is missing.
        workers: submissions looked into at once on this machine; 0 is one for each of its cores.
        cluster: the address of a dask scheduler, whose workers are then used instead.
        shard: only this share of the class.
        assignment: its name in Canvas; by default that of the exercises.
        roster: an export of the Canvas gradebook.
        sure: grade also where those who were found are hardly the students that were meant.
    """

    limits: Limits = field(default_factory=Limits)
    unsafe_ok: bool = False
    workers: int = 0
    cluster: str | None = None
    shard: Shard | None = None
    assignment: str | None = None
    roster: Path | None = None
    sure: bool = False


def grade(source: Path, name: str, folder: Path, settings: Settings) -> Iterator[str]:
    """Grade what was handed in and write the results into `folder`; yields what there is to say, as it comes.

    Args:
        source: a file, a folder, a zip, or a download of a learning system.
        name: which exercises, as `assignment.exercises` takes it.

    Raises:
        FAULTS: each with one sentence.
    """
    specs = exercises(name)
    roster = read_roster(settings.roster) if settings.roster else ()
    claim(folder)
    comments.read(folder / "comments.toml")  # better told before an hour of grading than after
    terms = _terms(specs, settings, _private(source, Path(name), folder, settings.roster))
    pool = _pool(terms, settings)
    with _counted() as progress:
        handout = Path(name).stem if Path(name).suffix else ""
        results = run.grade(
            source,
            folder,
            terms,
            pool,
            shard=settings.shard,
            handout=handout,
            sure=settings.sure,
            progress=progress,
        )
    if settings.shard:
        yield f"Share {settings.shard} is graded, {len(results.students)} students. When all are, run without a share."
    else:
        written = write(results, specs, folder, settings.assignment or Path(name).stem, roster)
        yield from _told(results, specs, written)
    if results.failures:
        yield f"{results.failures} could not be graded, which is our fault; the same command tries them again."


def _private(source: Path, exercises: Path, folder: Path, roster: Path | None) -> tuple[Path, ...]:
    """What no submission may see: the exercises with the files beside them that hold answers too, and all else."""
    own = [exercises.with_suffix(suffix) for suffix in (".py", ".json", ".ipynb") if exercises.suffix]
    there = [path for path in (*own, exercises) if path.is_file()]
    return tuple(path.absolute() for path in (*there, source, folder, roster) if path is not None)


def _terms(specs: tuple[Spec, ...], settings: Settings, private: tuple[Path, ...]) -> Terms:
    ids = tuple(spec.id for spec in specs)
    sandbox = partial(open_sandbox, settings.limits, exercises=ids, unsafe_ok=settings.unsafe_ok, private=private)
    return Terms(specs, sandbox, json.dumps([kerastutor.__version__, asdict(settings.limits)]))


def _pool(terms: Terms, settings: Settings) -> AbstractContextManager[Pool]:
    if settings.cluster is None:
        return local_pool(terms, settings.workers or len(os.sched_getaffinity(0)))
    try:
        from kerastutor.teaching.grading.cluster import cluster_pool
    except ModuleNotFoundError as missing:
        raise PoolError(f"{missing.name} is not installed: `pip install 'kerastutor[grade]'`.") from None
    return cluster_pool(terms, settings.cluster)


@contextmanager
def _counted() -> Iterator[run.Progress]:
    """A bar with the count and the time left, on stderr; in a file, a line at every tenth."""
    console = Console(stderr=True)
    columns = (TextColumn("Grading"), BarColumn(), MofNCompleteColumn(), TextColumn("left:"), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("Grading", total=None)

        def progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)
            if bar.disable and total and done * 10 // total != (done - 1) * 10 // total:
                console.print(f"{done} of {total} submissions are graded.")

        yield progress


def _told(results: Results, specs: Sequence[Spec], written: Written) -> Iterator[str]:
    count = Counter(record.outcome for record in results.records)
    outcomes = ", ".join(
        f"{count[name]} {wording.headline.lower()}" for name, wording in OUTCOMES.items() if count[name]
    )
    yield f"{several(len(results.students), 'student')}, {several(len(specs), 'exercise')}: {outcomes}."
    if results.kept:
        yield f"Kept from earlier runs: {_named(results.kept)}; to leave them out, grade into a new folder."
    if results.waiting:
        yield f"A run stopped before it graded the last work of {_named(results.waiting)}; grade that folder again."
    if results.incomplete:
        yield f"Some files of {_named(results.incomplete)} could not be taken; details.csv says which and why."
    if results.nobodys:
        yield f"Entries of the archive that could not be taken: {in_few_words(results.nobodys)}"
    if written.regraded:
        yield written.regraded
    if written.unknown and len(written.unknown) < len(results.students):
        yield f"Canvas does not know {', '.join(student.id for student in written.unknown)}."
    yield f"Begin with {written.report}."


def _named(students: Sequence[str]) -> str:
    """The students as they can be told in a line."""
    if len(students) > _NAMED:
        return several(len(students), "student")
    return ", ".join(map(printable, students))

"""The folder of results: tables for people and for learning systems, a page for each student, a report on the class.

results.json     everything that was found out
grades.csv       a row a student, a column an exercise, the total
details.csv      a row for each student and exercise, with what became of it and why
canvas.csv, moodle.csv, gradescope/STUDENT/results.json     what these systems import
feedback/        a page for each student
report.html      on the class; comments.toml beside it is where the instructor answers to each class of mistakes
before.json      the results before an exercise was changed, which the report compares with
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from kerastutor.exercises.spec import Spec
from kerastutor.system.files import replace_text
from kerastutor.teaching.grading import comments, feedback, page_process, regrading, report
from kerastutor.teaching.grading.classes import answer_classes
from kerastutor.teaching.grading.layouts import Student
from kerastutor.teaching.grading.records import GradedAnswer, records_from_json, records_to_json
from kerastutor.teaching.grading.run import Results
from kerastutor.teaching.grading.tables import canvas, gradebook, gradescope, moodle

_WRITTEN = ("results.json", "grades.csv", "details.csv", "canvas.csv", "moodle.csv", "gradescope", "feedback",
            "report.html", "before.json", "unpacked")  # fmt: skip
_PAGE = re.compile(r".+-[0-9a-f]{8}")


class FolderError(ValueError):
    """The results cannot go into this folder; the message is one sentence."""


def claim(folder: Path) -> None:
    """Make sure that nothing in `folder` would be lost by a run whose results go there: what has one of our names and
    no journal beside it is somebody else's.

    Raises:
        FolderError: there is such a file.
    """
    if any(folder.glob("journal*.sqlite")):
        return
    for name in _WRITTEN:
        if (folder / name).exists():
            raise FolderError(f"{folder / name} is of no grading run and would be lost; choose another folder with -o.")


@dataclass(frozen=True)
class Written:
    """What there is to say after writing.

    Attributes:
        report: its path.
        unknown: the students whom the Canvas form does not know.
        regraded: one sentence on who gains and who loses, where an exercise was changed; else empty.
    """

    report: Path
    unknown: tuple[Student, ...]
    regraded: str


def write(
    results: Results, specs: Sequence[Spec], folder: Path, name: str, roster: Sequence[canvas.Enrolment] = ()
) -> Written:
    """Write everything; the same results give the same bytes.

    Args:
        name: what the assignment is called in Canvas, on the pages and in the report.
        roster: of Canvas, which says who is who where file names do not.

    Raises:
        OSError: the disk is full; each file is an old or a new one, never half of one.
        ValueError: the comments cannot be read; what to mend is in the message.
    """
    folder.mkdir(parents=True, exist_ok=True)
    by_id = {spec.id: spec for spec in specs}
    before = _before(folder, by_id)
    _tables(results, by_id, folder)
    enrolled = canvas.enrolled(results.students, roster)
    replace_text(folder / "canvas.csv", canvas.gradebook(results.records, by_id, enrolled.rows, name))
    said = folder / "comments.toml"
    comments.offer(said, answer_classes(results.records, by_id))
    remarks = comments.read(said)
    with ThreadPoolExecutor(1) as beside:  # the pages keep other processes busy, and the disk this one
        pages = beside.submit(page_process.write_pages, results.records, by_id, folder / "feedback", remarks, name)
        _for_gradescope(results.records, by_id, folder / "gradescope")
        path = report.write(results.records, by_id, folder, remarks, before, name)
        _prune((folder / "feedback").glob("*.html"), pages.result())
    changed = regrading.summary(regrading.changes(before, results.records)) if before else ""
    return Written(path, enrolled.unknown, changed)


def _tables(results: Results, specs: Mapping[str, Spec], folder: Path) -> None:
    replace_text(folder / "grades.csv", gradebook.grades(results.records, specs))
    replace_text(folder / "details.csv", gradebook.details(results.records, specs))
    replace_text(folder / "moodle.csv", moodle.worksheet(results.records, specs, results.students))
    replace_text(folder / "results.json", records_to_json(results.records))


def _before(folder: Path, specs: Mapping[str, Spec]) -> tuple[GradedAnswer, ...]:
    """The last results under other exercises: those that lie there now, or those kept at the last change."""
    now, kept = folder / "results.json", folder / "before.json"
    if now.exists():
        text = now.read_text(encoding="utf-8")
        versions = {record.exercise: record.exercise_version for record in records_from_json(text)}
        if any(specs[id].version != version for id, version in versions.items() if id in specs):
            replace_text(kept, text)
    return records_from_json(kept.read_text(encoding="utf-8")) if kept.exists() else ()


def _for_gradescope(records: Iterable[GradedAnswer], specs: Mapping[str, Spec], folder: Path) -> None:
    written = []
    for student, own in gradebook.by_student(records).items():
        home = folder / Path(feedback.page_name(student)).stem
        home.mkdir(parents=True, exist_ok=True)
        written.append(replace_text(home / "results.json", gradescope.results(own, specs)))
    _prune(folder.glob("*/results.json"), written)


def _prune(found: Iterable[Path], written: Iterable[Path]) -> None:
    """Remove what an earlier run wrote about students who are no longer there."""
    for path in set(found).difference(written):
        if _PAGE.fullmatch(path.stem) or _PAGE.fullmatch(path.parent.name):
            path.unlink()
            if path.parent.name != "feedback":
                path.parent.rmdir()

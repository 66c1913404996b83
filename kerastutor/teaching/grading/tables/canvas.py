"""Canvas' gradebook form: who, how many points the assignment is worth, and what each student earned.

Canvas finds a student by `ID`. The file names of a Canvas download hold it; where they do not, an export of the
gradebook says who is who.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kerastutor.exercises.spec import Spec
from kerastutor.teaching.grading.layouts import Student
from kerastutor.teaching.grading.records import GradedAnswer
from kerastutor.teaching.grading.tables.cells import csv_text, number
from kerastutor.teaching.grading.tables.gradebook import by_student, points_possible, total

COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_POINTS = "Points Possible"
_BLANK = dict.fromkeys(COLUMNS, "")


class RosterError(ValueError):
    """The file is no export of a Canvas gradebook; the message says what is missing."""


Enrolment = Mapping[str, str]
"""One row of an export, by the names in `COLUMNS`."""


def read_roster(path: Path) -> tuple[Enrolment, ...]:
    """The students in an export of a Canvas gradebook; raises `RosterError`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise RosterError(f"The roster {path.name} cannot be read: {problem}.") from None
    if not rows or not {"Student", "ID"} <= rows[0].keys():
        raise RosterError(f"{path.name} is no export of a Canvas gradebook: it has no columns Student and ID.")
    found = ({name: (row.get(name) or "").strip() for name in COLUMNS} for row in rows)
    return tuple(row for row in found if row["ID"])  # the rows of points and policies have none


@dataclass(frozen=True)
class Enrolled:
    """Who is who: the enrolment of each student by id, and the students who have none or several."""

    rows: Mapping[str, Enrolment]
    unknown: tuple[Student, ...]


def enrolled(students: Iterable[Student], roster: Sequence[Enrolment] = ()) -> Enrolled:
    """Find each student in the roster by number, by login, or by name; without a roster, by what the layout said."""
    students = tuple(students)
    found = {student.id: _found(student, roster) for student in students}
    taken = Counter(row["ID"] for row in found.values() if row)
    certain = {id: row for id, row in found.items() if row and taken[row["ID"]] == 1}
    rows = {student.id: certain.get(student.id, _BLANK | {"Student": student.name}) for student in students}
    return Enrolled(rows, tuple(student for student in students if student.id not in certain))


def gradebook(
    records: Iterable[GradedAnswer], specs: Mapping[str, Spec], rows: Mapping[str, Enrolment], name: str
) -> str:
    """CSV: the points the assignment called `name` is worth, then a row a student."""
    graded = by_student(records)
    possible = [_POINTS, "", "", "", "", number(points_possible(specs))]
    students = ([*(row[column] for column in COLUMNS), total(graded[id])] for id, row in rows.items())
    return csv_text([*COLUMNS, name], (possible, *students))


def _found(student: Student, roster: Sequence[Enrolment]) -> Enrolment | None:
    if not roster:
        known = student.system == "canvas" and student.number.isdecimal()
        return _BLANK | {"Student": student.name, "ID": student.number} if known else None
    ways: tuple[Callable[[Enrolment], bool], ...] = (
        lambda row: student.system == "canvas" and row["ID"] == student.number,
        lambda row: student.id.casefold() in (row["SIS Login ID"].casefold(), row["SIS User ID"].casefold()),
        lambda row: _letters(student.name) in (_letters(row["Student"]), _letters(_first_name_first(row["Student"]))),
    )
    for way in ways:
        matching = [row for row in roster if way(row)]
        if matching:
            return matching[0] if len(matching) == 1 else None
    return None


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


def _first_name_first(name: str) -> str:
    last, _, first = name.partition(",")
    return f"{first} {last}"

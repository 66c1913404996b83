"""Moodle's offline grading worksheet, as its importer reads it: `mod/assign/feedback/offline`.

The importer finds a student by `Identifier`, takes `Grade`, compares `Last modified (grade)` with its own (an empty one
is older than any) and stores `Feedback comments` as HTML. So what a student wrote is escaped there. It leaves alone
whoever has no grade here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from kerastutor.exercises.spec import Spec
from kerastutor.teaching.grading.layouts import Student
from kerastutor.teaching.grading.records import GradedAnswer
from kerastutor.teaching.grading.tables.cells import csv_text, number
from kerastutor.teaching.grading.tables.gradebook import by_student, points_possible, total

HEADER = (
    "Identifier",
    "Full name",
    "Email address",
    "Status",
    "Grade",
    "Maximum Grade",
    "Grade can be changed",
    "Last modified (submission)",
    "Last modified (grade)",
    "Feedback comments",
)


def worksheet(records: Iterable[GradedAnswer], specs: Mapping[str, Spec], students: Iterable[Student]) -> str:
    """CSV: a row a student; those who did not come from Moodle have no identifier there."""
    graded = by_student(records)
    most = number(points_possible(specs))
    return csv_text(HEADER, (_row(student, graded[student.id], specs, most) for student in students))


def _row(student: Student, records: Mapping[str, GradedAnswer], specs: Mapping[str, Spec], most: str) -> list[str]:
    identifier = f"Participant {student.number}" if student.system == "moodle" else ""
    lines = (f"<b>{escape(spec.title)}</b>: {escape(records[spec.id].message)}" for spec in specs.values())
    return [identifier, student.name, "", "", total(records), most, "Yes", "", "", "<br>".join(lines)]

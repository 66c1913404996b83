"""The plain tables: the marks of each student, and how each came about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from kerastutor.exercises.spec import Spec
from kerastutor.teaching.grading.records import GradedAnswer
from kerastutor.teaching.grading.tables.cells import csv_text, number


def by_student(records: Iterable[GradedAnswer]) -> dict[str, dict[str, GradedAnswer]]:
    """The records of each student by exercise, students in order."""
    ordered = sorted(records, key=lambda record: (record.student, record.exercise))
    groups = groupby(ordered, key=lambda record: record.student)
    return {student: {record.exercise: record for record in own} for student, own in groups}


def marks(record: GradedAnswer) -> str:
    """The points earned, as a cell: empty where we could not check, which is no zero."""
    return "" if record.unknown else number(record.marks)


def total(records: Mapping[str, GradedAnswer]) -> str:
    """The points a student earned, as a cell: empty where one of the answers could not be checked."""
    unknown = any(record.unknown for record in records.values())
    return "" if unknown else number(sum(record.marks for record in records.values()))


def points_possible(specs: Mapping[str, Spec]) -> int:
    """What all exercises are worth."""
    return sum(spec.points for spec in specs.values())


def grades(records: Iterable[GradedAnswer], specs: Mapping[str, Spec]) -> str:
    """CSV: a row a student, a column an exercise, and the total."""
    rows = (
        [student, *(marks(own[exercise]) for exercise in specs), total(own)]
        for student, own in by_student(records).items()
    )
    return csv_text(["student", *specs, "total"], rows)


def details(records: Iterable[GradedAnswer], specs: Mapping[str, Spec]) -> str:
    """CSV: a row for each student and exercise, with what became of it and why."""
    header = ["student", "exercise", "marks", "points", "verdict", "outcome", "cause", "message", "misconceptions",
              "counted", "left_out"]  # fmt: skip
    rows = (_detail(own[exercise]) for own in by_student(records).values() for exercise in specs)
    return csv_text(header, rows)


def _detail(record: GradedAnswer) -> Sequence[str]:
    return [
        record.student,
        record.exercise,
        marks(record),
        number(record.points),
        record.verdict.value,
        record.outcome,
        record.cause,
        "" if record.result is None else record.message,
        "; ".join(record.misconceptions),
        record.counted,
        record.left_out,
    ]

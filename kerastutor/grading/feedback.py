"""What each student gets back: one static page, which needs no script and fetches nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from kerastutor.exercises.spec import Spec
from kerastutor.grading.comments import NO_COMMENTS, Comments
from kerastutor.grading.pages import render
from kerastutor.grading.records import Record

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST = 60


def write_pages(
    records: Iterable[Record], specs: Mapping[str, Spec], folder: Path, comments: Comments = NO_COMMENTS
) -> tuple[Path, ...]:
    """Write a page for every student into `folder`, made where it is missing; returns their paths, sorted by student.

    Args:
        specs: the exercises by id, as they were graded.
        comments: what the instructor says to each class of wrong answers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ordered = sorted(records, key=lambda record: record.student)
    written = []
    for student, own in groupby(ordered, key=lambda record: record.student):
        path = folder / page_name(student)
        path.write_text(page(student, tuple(own), specs, comments), encoding="utf-8")
        written.append(path)
    return tuple(written)


def page_name(student: str) -> str:
    """The file name of a student's page: safe on every system, and another one for every student.

    >>> page_name("Ada Lovelace")
    'Ada-Lovelace-76740216.html'
    """
    readable = _UNSAFE.sub("-", student).strip("-")[:_LONGEST]
    mark = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{readable or 'student'}-{mark}.html"


def page(student: str, records: Sequence[Record], specs: Mapping[str, Spec], comments: Comments = NO_COMMENTS) -> str:
    """The page of one student as HTML."""
    return render("feedback.html", student=student, records=records, specs=specs)

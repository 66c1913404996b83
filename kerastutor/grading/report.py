"""What an instructor learns about a class: one static page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from kerastutor.exercises.spec import Spec
from kerastutor.grading.comments import NO_COMMENTS, Comments
from kerastutor.grading.pages import render
from kerastutor.grading.records import Record


def write(
    records: Iterable[Record],
    specs: Mapping[str, Spec],
    folder: Path,
    comments: Comments = NO_COMMENTS,
    before: Iterable[Record] = (),
) -> Path:
    """Write the report on a class to `report.html` in `folder`, made where it is missing, and return its path.

    Args:
        specs: the exercises by id, as they were graded.
        comments: what the instructor says to each class of wrong answers.
        before: the records of an earlier run, where a regrading is to be told.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "report.html"
    path.write_text(render("report.html", records=tuple(records), specs=specs), encoding="utf-8")
    return path

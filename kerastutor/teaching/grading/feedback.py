"""What each student gets back: one static page, which needs no script and fetches nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from kerastutor.exercises.spec import Spec
from kerastutor.knowledge.lessons import LESSONS, Lesson
from kerastutor.knowledge.mistakes import mistakes
from kerastutor.system.files import replace_text
from kerastutor.teaching.grading.classes import Keys
from kerastutor.teaching.grading.comments import NO_COMMENTS, Comments
from kerastutor.teaching.grading.pictures import PageImage, Pictures
from kerastutor.teaching.grading.records import OUTCOMES, GradedAnswer, Wording
from kerastutor.teaching.pages import render

UNNAMED = "what you handed in"
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST = 60
_TEMPLATE = Path(__file__).parent / "templates" / "feedback.html"


def write_pages(
    records: Iterable[GradedAnswer],
    specs: Mapping[str, Spec],
    folder: Path,
    comments: Comments = NO_COMMENTS,
    name: str = UNNAMED,
) -> tuple[Path, ...]:
    """Write a page for every student into `folder`, made where it is missing; returns their paths, sorted by student.

    Args:
        specs: the exercises by id, as they were graded.
        comments: what the instructor says to each class of wrong answers.
        name: what the assignment is called.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ordered = sorted(records, key=lambda record: record.student)
    keys, drawn = Keys(specs), Pictures(specs)
    return tuple(
        replace_text(folder / page_name(student), _page(student, tuple(own), specs, comments, name, keys, drawn))
        for student, own in groupby(ordered, key=lambda record: record.student)
    )


def page_name(student: str) -> str:
    """The file name of a student's page: safe on every system, and another one for every student.

    >>> page_name("Ada Lovelace")
    'Ada-Lovelace-76740216.html'
    """
    readable = _UNSAFE.sub("-", student).strip("-")[:_LONGEST]
    mark = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{readable or 'student'}-{mark}.html"


def page(
    student: str,
    records: Sequence[GradedAnswer],
    specs: Mapping[str, Spec],
    comments: Comments = NO_COMMENTS,
    name: str = UNNAMED,
) -> str:
    """The page of one student as HTML."""
    return _page(student, records, specs, comments, name, Keys(specs), Pictures(specs))


def _page(
    student: str,
    records: Sequence[GradedAnswer],
    specs: Mapping[str, Spec],
    comments: Comments,
    name: str,
    keys: Keys,
    drawn: Pictures,
) -> str:
    ordered = sorted(records, key=lambda record: record.exercise)
    answers = [_answer(record, specs.get(record.exercise), comments, keys, drawn) for record in ordered]
    return render(
        _TEMPLATE,
        student=student,
        name=name,
        answers=answers,
        left_out=" ".join(sorted({record.left_out for record in ordered} - {""})),
        marks=sum(record.marks for record in ordered),
        points=sum(record.points for record in ordered if not record.unknown),
        unknown=sum(record.points for record in ordered if record.unknown),
    )


@dataclass(frozen=True)
class _Answer:
    """One exercise on the page.

    Attributes:
        why: why the first finding matters.
        lesson: the one that treats it.
        rest: what else there is to mend, a sentence each.
        lost: the lines of the rubric on which something was lost, as (name, how many parts).
        parts: of the whole answer; None where nothing was scored.
    """

    record: GradedAnswer
    title: str
    task: str
    said: Wording
    why: str
    lesson: Lesson | None
    comment: str
    picture: PageImage | None
    rest: tuple[str, ...]
    lost: tuple[tuple[str, int], ...]
    parts: int | None
    rests_on: tuple[str, ...]


def _answer(record: GradedAnswer, spec: Spec | None, comments: Comments, keys: Keys, drawn: Pictures) -> _Answer:
    result: Any = record.result or {}
    score = result.get("score")
    misconception = mistakes().get(record.misconceptions[0]) if record.misconceptions else None
    return _Answer(
        record=record,
        title=record.exercise if spec is None else spec.title,
        task="" if spec is None else spec.task,
        said=OUTCOMES[record.outcome],
        why="" if misconception is None else misconception.why,
        lesson=None if misconception is None else LESSONS.get(misconception.lesson),
        comment=comments.get((record.exercise, keys.of(record)), ""),
        picture=drawn.of(record),
        rest=tuple(str(finding["sentence"]) for finding in record.findings[1:]),
        lost=tuple((item["name"], item["lost"]) for item in score["items"] if item["lost"]) if score else (),
        parts=score["parts"] if score else None,
        rests_on=tuple(result.get("rests_on", ())),
    )

"""What an instructor learns about a class: one static page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kerastutor.exercises.spec import Spec
from kerastutor.knowledge.mistakes import mistakes
from kerastutor.system.files import replace_text
from kerastutor.teaching.grading import pictures, regrading
from kerastutor.teaching.grading.classes import AnswerClass
from kerastutor.teaching.grading.comments import NO_COMMENTS, Comments
from kerastutor.teaching.grading.overview import Overview, overviews, topics
from kerastutor.teaching.grading.pictures import PageImage
from kerastutor.teaching.grading.records import OUTCOMES, GradedAnswer, Wording
from kerastutor.teaching.pages import render

_TEMPLATE = Path(__file__).parent / "templates" / "report.html"

TOLD = 5
"""How many misconceptions of the class are told at the beginning."""

OPEN = 4
"""How many classes of wrong answers of an exercise are seen at once; others wait until they are opened."""

DRAWN = 10
"""How many of them are drawn; the others are listed."""


def write(
    records: Iterable[GradedAnswer],
    specs: Mapping[str, Spec],
    folder: Path,
    comments: Comments = NO_COMMENTS,
    before: Iterable[GradedAnswer] = (),
    name: str = "the class",
) -> Path:
    """Write the report on a class to `report.html` in `folder`, made where it is missing, and return its path.

    Args:
        specs: the exercises by id, as they were graded.
        comments: what the instructor says to each class of wrong answers.
        before: the records of an earlier run, where a regrading is to be told.
        name: what the report is on, such as the assignment.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return replace_text(folder / "report.html", page(tuple(records), specs, comments, tuple(before), name))


def page(
    records: tuple[GradedAnswer, ...],
    specs: Mapping[str, Spec],
    comments: Comments = NO_COMMENTS,
    before: tuple[GradedAnswer, ...] = (),
    name: str = "the class",
) -> str:
    """The report as HTML."""
    found = overviews(records, specs)
    changes = regrading.changes(before, records) if before else ()
    return render(
        _TEMPLATE,
        name=name,
        students=len({record.student for record in records}),
        exercises=found,
        counts={one.exercise: specs[one.exercise].counts if one.exercise in specs else "best" for one in found},
        topics=topics(found)[:TOLD],
        shown={one.exercise: _shown(one, specs, comments) for one in found},
        open=OPEN,
        unjudged=_stopped(record for record in records if OUTCOMES[record.outcome].tone == "bad"),
        cut_short=_stopped(record for record in records if record.outcome == "not_yet" and record.cause),
        regraded=bool(before),
        changes=changes,
        regrading=regrading.summary(changes),
    )


@dataclass(frozen=True)
class _Shown:
    """One class of wrong answers on the page; without a picture it is only listed."""

    answers: AnswerClass
    names: tuple[str, ...]
    comment: str
    picture: PageImage | None


def _shown(overview: Overview, specs: Mapping[str, Spec], comments: Comments) -> tuple[_Shown, ...]:
    spec = specs.get(overview.exercise)
    return tuple(
        _Shown(
            answers=one,
            names=tuple(mistakes()[name].title for name in one.representative.misconceptions if name in mistakes()),
            comment=comments.get((one.exercise, one.key), ""),
            picture=_picture(one, spec) if place < DRAWN else None,
        )
        for place, one in enumerate(overview.classes)
    )


def _picture(found: AnswerClass, spec: Spec | None) -> PageImage | None:
    network = found.representative.network
    if network is None:
        return None
    return pictures.alone(network) if spec is None else pictures.of_difference(network, spec)


@dataclass(frozen=True)
class _Stopped:
    """What stopped in a student's work: one line for all exercises that ended for the same cause."""

    student: str
    exercises: tuple[str, ...]
    said: Wording
    cause: str


def _stopped(records: Iterable[GradedAnswer]) -> tuple[_Stopped, ...]:
    together: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for record in records:
        together[record.student, record.outcome, record.cause or record.message].append(record.exercise)
    return tuple(
        _Stopped(student, tuple(sorted(exercises)), OUTCOMES[outcome], cause)
        for (student, outcome, cause), exercises in sorted(together.items())
    )

"""An exam: several exercises without hints or feedback, and a report at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from kerastutor.exercises.exercise import Exercise
from kerastutor.exercises.progress import Progress, Sitting
from kerastutor.exercises.results import HEADLINES, Bundle, Outcome, Result
from kerastutor.exercises.spec import ExerciseError
from kerastutor.knowledge.lessons import LESSONS
from kerastutor.knowledge.mistakes import Mistake, mistakes
from kerastutor.system.own_failures import log_failure
from kerastutor.topology.graph import Json, Topology

_NOTHING = (Outcome.NOT_ATTEMPTED, Outcome.COULD_NOT_CHECK)


@dataclass(frozen=True)
class Receipt:
    """What an exam says while it runs: that an answer is kept, or what is still to be handed in."""

    text: str
    present: Callable[[Receipt], Bundle] | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Bundle:
        return {"text/plain": repr(self)} if self.present is None else self.present(self)


@dataclass(frozen=True)
class Mark:
    """What came of one exercise: `earned` of its `points`, and the first sentence of the check."""

    title: str
    outcome: Outcome
    earned: float
    points: int
    message: str
    misconception: Mistake | None

    def __str__(self) -> str:
        return f"{self.title}: {HEADLINES[self.outcome].lower()}, {self.earned:.1f} of {self.points} points"


@dataclass(frozen=True)
class Report:
    """The end of an exam. `float(report)` is the score from 0 to 1."""

    exam: str
    minutes: int
    marks: tuple[Mark, ...]
    present: Callable[[Report], Bundle] | None = field(default=None, compare=False)

    @property
    def passed(self) -> int:
        """How many exercises passed."""
        return sum(mark.outcome is Outcome.PASSED for mark in self.marks)

    @property
    def headline(self) -> str:
        """The result in one sentence."""
        took = f"{self.minutes} {'minute' if self.minutes == 1 else 'minutes'}"
        return f"{self.passed} of {len(self.marks)} passed, {float(self):.0%} of the points, in {took}."

    @property
    def misconceptions(self) -> tuple[Mistake, ...]:
        """What was misunderstood, each once; `lesson` says where to read it again."""
        return tuple(dict.fromkeys(mark.misconception for mark in self.marks if mark.misconception is not None))

    def __float__(self) -> float:
        return sum(mark.earned for mark in self.marks) / sum(mark.points for mark in self.marks)

    def __repr__(self) -> str:
        again = [f"To read again: {LESSONS[one.lesson]} ({one.title})" for one in self.misconceptions]
        return "\n".join([self.headline, *map(str, self.marks), *again])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Bundle:
        return {"text/plain": repr(self)} if self.present is None else self.present(self)


class Exam:
    """An exam that has begun. It is kept in the progress record, so a restarted kernel goes on where it was left.

    >>> from kerastutor.exercises.spec import Spec, ValueAnswer
    >>> record = Progress.in_memory()
    >>> sums = [Exercise(Spec(id, id, "?", ValueAnswer(6, "2 x 3.")), record) for id in ("99-a", "99-b")]
    >>> final = exam("final", sums)
    >>> sums[0].hint()
    Hints are closed while the exam runs.
    >>> final.hand_in("99-a", 6)
    Kept: 1 of 2 is handed in. You may hand in again; the last answer counts.
    >>> final.report()
    1 of 2 is handed in; missing: 99-b. The report opens when all are in, or with end().
    >>> final.end().passed
    1
    """

    def __init__(self, name: str, exercises: tuple[Exercise, ...], present: Callable[[Any], Bundle] | None) -> None:
        self.name = name
        self.exercises = exercises
        self._present = present

    @property
    def sitting(self) -> Sitting:
        """The present sitting: when it began, and its report once it has ended."""
        return [one for one in self._progress.sittings() if one.exam == self.name][-1]

    @property
    def handed_in(self) -> tuple[str, ...]:
        """The ids of the exercises with an answer in this sitting."""
        return tuple(one.spec.id for one in self.exercises if one.spec.id in self._answers())

    def hand_in(self, id: str, answer: Any = None) -> Receipt:
        """Keep an answer to one exercise; nothing is said of it. The last one counts. Never raises for an answer."""
        exercise = self._exercise(id)
        if not self.sitting.running:
            return self._said("The exam has ended: report() shows what came of it, again() begins it anew.")
        try:
            result = exercise.keep(answer, sitting=self.sitting.uid)
        except Exception as problem:  # a crash of ours is said to be ours, and the exam goes on
            log_failure(f"Keeping an answer to {id}")
            return self._said(f"This answer could not be kept ({type(problem).__name__}: {problem}); it is not lost.")
        if answer is None or answer is ...:
            return self._said(
                "Nothing was handed in yet: put your answer in the place of `None` and run the cell again."
            )
        if id not in self._answers() or result.outcome is Outcome.NOT_ATTEMPTED or _unread(exercise, result):
            return self._said(f"Nothing was handed in. {result.message}")
        return self._said(f"Kept: {self._count()} handed in. You may hand in again; the last answer counts.")

    def report(self) -> Report | Receipt:
        """The report, once every exercise is handed in or the exam was ended; before that, what is missing."""
        sitting = self.sitting
        if not sitting.running:
            return replace(_report(self.name, sitting), present=self._present)
        missing = [one.spec.title for one in self.exercises if one.spec.id not in self.handed_in]
        if missing:
            names = ", ".join(missing)
            return self._said(
                f"{self._count()} handed in; missing: {names}. The report opens when all are in, or with end()."
            )
        return self.end()

    def end(self) -> Report:
        """End the exam, judge every answer, and count each as an attempt; what was not handed in earns nothing."""
        sitting = self.sitting
        if sitting.running:
            answers = self._answers()
            ended = datetime.now(datetime.fromisoformat(sitting.at).tzinfo).isoformat()
            marks = [_mark(exercise, answers.get(exercise.spec.id), sitting) for exercise in self.exercises]
            self._progress.end_exam(sitting, {"ended": ended, "marks": marks})
        return replace(_report(self.name, self.sitting), present=self._present)

    def again(self) -> Exam:
        """Begin the exam anew; an ended one stays on record."""
        if self.sitting.running:
            self.end()
        self._progress.begin_exam(self.name, (one.spec.id for one in self.exercises))
        return self

    def __repr__(self) -> str:
        done = self.handed_in
        lines = [f"{'✓' if one.spec.id in done else '○'} {one.spec.title}" for one in self.exercises]
        state = "running" if self.sitting.running else "ended"
        return "\n".join([f"Exam {self.name}, {state}: {self._count()} handed in.", *lines])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Bundle:
        return {"text/plain": repr(self)} if self._present is None else self._present(self)

    @property
    def _progress(self) -> Progress:
        return self.exercises[0].progress

    def _exercise(self, id: str) -> Exercise:
        for exercise in self.exercises:
            if exercise.spec.id == id:
                return exercise
        raise ExerciseError(f"There is no exercise {id!r} in this exam; there are {', '.join(self.sitting.exercises)}.")

    def _answers(self) -> dict[str, Json]:
        """The last answer to each exercise that was handed in to this sitting."""
        sitting = self.sitting.uid
        return {one.exercise: one.answer for one in self._progress.tried() if one.exam == sitting}

    def _count(self) -> str:
        done = len(self.handed_in)
        return f"{done} of {len(self.exercises)} {'is' if done == 1 else 'are'}"

    def _said(self, text: str) -> Receipt:
        return Receipt(text, self._present)


def exam(name: str, exercises: Iterable[Exercise]) -> Exam:
    """Begin an exam, or go on with it where it was left: hints, solutions and verdicts are closed until its end.

    Where the list has changed, one that runs goes on with it and keeps what was handed in; an ended one begins anew.

    Args:
        name: what it is called on the learner's record.
        exercises: such as `[kt.exercise("10-unet"), kt.exercise("10-transformer")]`.

    Raises:
        ExerciseError: there are none.
    """
    chosen = tuple(exercises)
    if not chosen:
        raise ExerciseError("An exam needs exercises: exam(name, [kt.exercise(id), ...]).")
    ids = tuple(one.spec.id for one in chosen)
    progress = chosen[0].progress
    known = [one for one in progress.sittings() if one.exam == name]
    if not known or (known[-1].exercises != ids and not known[-1].running):
        progress.begin_exam(name, ids)
    elif known[-1].exercises != ids:
        progress.relist_exam(known[-1], ids)
    return Exam(name, chosen, chosen[0].present)


def _unread(exercise: Exercise, result: Result) -> bool:
    """Whether what was handed in is no model that can be read."""
    return exercise.spec.asks_for_network and result.learner is None


def _mark(exercise: Exercise, answer: Json, sitting: Sitting) -> Json:
    """Judge one answer as a check does, and write down what came of it."""
    given = None if answer is None else answer.get("value")
    if answer is not None and answer.get("topology") is not None:
        given = Topology.from_plain(answer["topology"])
    result = exercise.count(given, None if answer is None else answer.get("measured"), sitting=sitting.uid)
    judged = result.outcome not in _NOTHING
    return {
        "title": exercise.spec.title,
        "outcome": result.outcome.value,
        "earned": exercise.spec.points * float(result) if judged else 0.0,
        "points": exercise.spec.points,
        "message": result.message if given is not None else "Nothing was handed in.",
        "misconception": result.misconception,
    }


def _report(name: str, sitting: Sitting) -> Report:
    took = datetime.fromisoformat(sitting.report["ended"]) - datetime.fromisoformat(sitting.at)
    marks = tuple(
        Mark(
            one["title"],
            Outcome(one["outcome"]),
            one["earned"],
            one["points"],
            one["message"],
            mistakes().get(one["misconception"]),
        )
        for one in sitting.report["marks"]
    )
    return Report(name, max(1, round(took.total_seconds() / 60)), marks)

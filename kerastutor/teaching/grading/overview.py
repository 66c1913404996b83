"""A class in numbers: what to talk about, and for each exercise its outcomes, misconceptions and wrong answers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kerastutor.exercises.results import Outcome
from kerastutor.exercises.spec import Spec
from kerastutor.knowledge.lessons import LESSONS, Lesson
from kerastutor.knowledge.mistakes import Mistake, mistakes
from kerastutor.teaching.grading.classes import AnswerClass, answer_classes
from kerastutor.teaching.grading.records import OUTCOMES, GradedAnswer, Wording


@dataclass(frozen=True)
class Frequency:
    """One misconception, and how many students of the exercise it was recognised in."""

    misconception: Mistake
    count: int

    @property
    def lesson(self) -> Lesson | None:
        """The lesson that treats it."""
        return LESSONS.get(self.misconception.lesson)


@dataclass(frozen=True)
class Topic:
    """One misconception in the whole class, for a lecturer to talk about.

    Attributes:
        students: how many have it in one exercise or several.
        places: the exercises where it was recognised and how many have it there, the most frequent first.
    """

    misconception: Mistake
    students: int
    places: tuple[tuple[Overview, int], ...]

    @property
    def lesson(self) -> Lesson | None:
        """The lesson that treats it."""
        return LESSONS.get(self.misconception.lesson)


@dataclass(frozen=True)
class Overview:
    """One exercise of a class.

    Attributes:
        title: what it is called.
        records: everybody's, sorted by student.
        outcomes: how many there are of each outcome, in the order in which outcomes are told.
        misconceptions: the most frequent first.
        classes: of wrong answers, the largest first.
    """

    exercise: str
    title: str
    records: tuple[GradedAnswer, ...]
    outcomes: tuple[tuple[Wording, int], ...]
    misconceptions: tuple[Frequency, ...]
    classes: tuple[AnswerClass, ...]

    @property
    def tones(self) -> tuple[tuple[str, int], ...]:
        """How many there are of each tone: what could not be judged is one, whatever ended it."""
        counts: Counter[str] = Counter()
        for wording, count in self.outcomes:
            counts[wording.tone] += count
        return tuple(counts.items())

    @property
    def passed(self) -> int:
        """How many passed."""
        return sum(1 for record in self.records if record.outcome == Outcome.PASSED)

    @property
    def mean(self) -> float:
        """The mean share of the points, from 0 to 1."""
        return sum(record.share for record in self.records) / len(self.records)


def overviews(records: Iterable[GradedAnswer], specs: Mapping[str, Spec]) -> tuple[Overview, ...]:
    """Every exercise of a class, the hardest first: the one that the smallest share of the students passed."""
    by_exercise: dict[str, list[GradedAnswer]] = defaultdict(list)
    for record in sorted(records, key=lambda record: record.student):
        by_exercise[record.exercise].append(record)
    found = [_overview(exercise, own, specs) for exercise, own in by_exercise.items()]
    return tuple(sorted(found, key=lambda one: (one.passed / len(one.records), one.mean, one.exercise)))


def topics(found: Iterable[Overview]) -> tuple[Topic, ...]:
    """What was misunderstood in a class, what most students have first."""
    who: dict[str, set[str]] = defaultdict(set)
    where: dict[str, list[tuple[Overview, int]]] = defaultdict(list)
    for one in found:
        for frequency in one.misconceptions:
            name = frequency.misconception.id
            who[name].update(record.student for record in one.records if name in record.misconceptions)
            where[name].append((one, frequency.count))
    return tuple(
        Topic(mistakes()[name], len(who[name]), tuple(sorted(where[name], key=lambda place: -place[1])))
        for name in sorted(who, key=lambda name: (-len(who[name]), name))
    )


def _overview(exercise: str, records: Sequence[GradedAnswer], specs: Mapping[str, Spec]) -> Overview:
    spec = specs.get(exercise)
    outcomes = Counter(record.outcome for record in records)
    recognised = Counter(name for record in records for name in record.misconceptions if name in mistakes())
    return Overview(
        exercise,
        exercise if spec is None else spec.title,
        tuple(records),
        tuple((wording, outcomes[outcome]) for outcome, wording in OUTCOMES.items() if outcomes[outcome]),
        tuple(Frequency(mistakes()[name], count) for name, count in _ranked(recognised)),
        answer_classes(records, specs),
    )


def _ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    """By frequency, then by name: the same records always give the same page."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))

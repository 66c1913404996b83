"""Equivalence classes of wrong answers: students who handed in the same network can be helped by the same words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kerastutor.exercises.levelling import levelled
from kerastutor.exercises.results import Outcome
from kerastutor.exercises.spec import NetworkAnswer, Spec
from kerastutor.teaching.grading.records import GradedAnswer
from kerastutor.topology.sameness.canonical import fingerprint

_DIGITS = 12
_ALIGNED = 200  # calls up to which freedoms are looked for; no exercise asks for so many


@dataclass(frozen=True)
class AnswerClass:
    """The students who made the same mistake: one network that did not pass, and all who handed it in.

    Attributes:
        exercise: which one.
        key: the first digits of the network's fingerprint, what the exercise leaves free set aside.
        members: their records, sorted by student; the first stands for all.
    """

    exercise: str
    key: str
    members: tuple[GradedAnswer, ...]

    @property
    def representative(self) -> GradedAnswer:
        """The record whose network is drawn."""
        return self.members[0]


def answer_classes(records: Iterable[GradedAnswer], specs: Mapping[str, Spec]) -> tuple[AnswerClass, ...]:
    """The classes of all wrong answers, by exercise, the largest first."""
    keys = Keys(specs)
    members: dict[tuple[str, str], list[GradedAnswer]] = defaultdict(list)
    for record in records:
        key = keys.of(record)
        if key:
            members[record.exercise, key].append(record)
    classes = (
        AnswerClass(exercise, key, tuple(sorted(found, key=lambda record: record.student)))
        for (exercise, key), found in members.items()
    )
    return tuple(sorted(classes, key=lambda one: (one.exercise, -len(one.members), one.key)))


class Keys:
    """Which class each record belongs to; it remembers what it found out about a network."""

    def __init__(self, specs: Mapping[str, Spec]) -> None:
        self._specs = specs
        self._known: dict[tuple[str, str], str] = {}

    def of(self, record: GradedAnswer) -> str:
        """The key of the record's class; empty where the record is no wrong network."""
        if record.outcome != Outcome.NOT_YET or not record.fingerprint:
            return ""
        place = record.exercise, record.fingerprint
        if place not in self._known:
            self._known[place] = _print(record, self._specs.get(record.exercise))[:_DIGITS]
        return self._known[place]


def _print(record: GradedAnswer, spec: Spec | None) -> str:
    """The fingerprint under the rules of the exercise, its freedoms aside."""
    answer = None if spec is None else spec.answer
    network = record.network
    if network is None or not isinstance(answer, NetworkAnswer) or not (answer.freedoms or answer.rules_off):
        return record.fingerprint
    if len(network.calls) > _ALIGNED:
        return record.fingerprint
    return fingerprint(levelled(network, answer), answer.rules)

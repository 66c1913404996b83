"""Drawings for the pages: each bounded in size, so that no submission can make one that takes long or fills a disk."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from kerastutor.drawing import Drawing, draw, draw_difference, draw_place, svg
from kerastutor.exercises.results import Outcome
from kerastutor.exercises.spec import NetworkAnswer, Spec
from kerastutor.teaching.grading.records import GradedAnswer
from kerastutor.topology.differences.pattern import matches
from kerastutor.topology.graph import Topology

COMPARED = 200
"""Calls and arrows together up to which two networks are drawn as one difference; a larger one is drawn alone."""

DRAWN = 1500
"""Calls and arrows together up to which a network is drawn at all."""

REACH = 3000
"""How many rows all arrows together may cross: what laying out takes grows with it, to a second or two here."""

_REMEMBERED = 300

Pointed = tuple[tuple[str, ...], str]
"""The calls that a sentence is about, and the sentence."""


@dataclass(frozen=True)
class PageImage:
    """An image inside the page, and its words; `source` is empty where a network is too large to be drawn."""

    source: str
    words: str


class Pictures:
    """What is drawn for each answer; it remembers the last few hundred, since many students hand in one network."""

    def __init__(self, specs: Mapping[str, Spec]) -> None:
        self._specs = specs
        self._drawn = lru_cache(maxsize=_REMEMBERED)(self._draw)

    def of(self, record: GradedAnswer) -> PageImage | None:
        """The difference from the answer, or the place alone where the author keeps the solution closed."""
        if record.topology is None:
            return None
        return self._drawn(json.dumps(dict(record.topology)), record.exercise, record.outcome, _pointed(record))

    def _draw(self, topology: str, exercise: str, outcome: str, pointed: Pointed) -> PageImage:
        network, spec = Topology.from_json(topology), self._specs.get(exercise)
        if spec is None or outcome != Outcome.NOT_YET:
            return alone(network)
        if may_show_answer(spec, date.today()):
            return of_difference(network, spec)
        return of_place(network, pointed)


def of_difference(learner: Topology, spec: Spec) -> PageImage:
    """The learner's network with everything that differs from the nearest accepted one."""
    answer = spec.answer
    if not isinstance(answer, NetworkAnswer) or answer.any_network or _size(learner) > COMPARED:
        return alone(learner)
    match = matches(learner, answer.pattern)
    return _picture(draw_difference(learner, match.expected, match.diff, colours="reader's"))


def of_place(learner: Topology, pointed: Pointed) -> PageImage:
    """The learner's network with a mark on the place that the first finding is about, and nothing of the answer."""
    if _size(learner) > COMPARED:
        return alone(learner)
    calls, sentence = pointed
    return _picture(draw_place(learner, calls, sentence, colours="reader's"))


def alone(learner: Topology) -> PageImage:
    """The network as it is, repeated blocks closed where it is large."""
    if _size(learner) > DRAWN or _reach(learner) > REACH:
        arrows = _size(learner) - len(learner.calls)
        return PageImage(
            "", f"With {len(learner.calls):,} calls and {arrows:,} arrows this network is too large to be drawn."
        )
    return _picture(draw(learner, colours="reader's"))


def may_show_answer(spec: Spec, today: date) -> bool:
    """Whether what a student gets back may show the answer: grading ends the attempts, a date has to have come."""
    policy = spec.solution
    return policy.closed(changed_attempts=policy.attempts, passed=False, today=today) is None


def _pointed(record: GradedAnswer) -> Pointed:
    first: Any = record.findings[0] if record.findings else {"calls": [], "sentence": ""}
    return tuple(first["calls"]), first["sentence"]


def _size(topology: Topology) -> int:
    return len(topology.calls) + sum(len(call.tensors) for call in topology.calls)


def _reach(topology: Topology) -> int:
    """The rows that the arrows cross, added up, each call standing one row below the lowest that it takes from."""
    row: dict[str, int] = {}
    crossed = 0
    for call in topology.calls:
        above = [row.get(ref.call, 0) for ref in call.tensors]
        row[call.id] = 1 + max(above, default=-1)
        crossed += sum(row[call.id] - each for each in above)
    return crossed


def _picture(drawing: Drawing) -> PageImage:
    return PageImage(svg.in_page(drawing.svg), drawing.alt)

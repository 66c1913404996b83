"""Drawings for the pages: each bounded in size, so that no submission can make one that takes long or fills a disk."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import date
from typing import Any

from kerastutor.drawing import Drawing, draw, draw_difference, draw_place
from kerastutor.exercises.nearest import nearest
from kerastutor.exercises.spec import NetworkAnswer, Spec
from kerastutor.grading.records import Record
from kerastutor.topology.difference import diff
from kerastutor.topology.graph import Topology
from kerastutor.topology.rules import DEFAULT

COMPARED = 200
"""Calls and arrows together up to which two networks are drawn as one difference; a larger one is drawn alone."""

DRAWN = 1500
"""Calls and arrows together up to which a network is drawn at all."""


@dataclass(frozen=True)
class Picture:
    """An image inside the page, and its words; `source` is empty where a network is too large to be drawn."""

    source: str
    words: str


def of_difference(learner: Topology, spec: Spec) -> Picture:
    """The learner's network with everything that differs from the nearest accepted one."""
    answer = spec.answer
    if not isinstance(answer, NetworkAnswer) or answer.any_network or _size(learner) > COMPARED:
        return alone(learner)
    rules = DEFAULT.without(*answer.rules_off)
    expected = nearest(learner, answer, rules).expected
    return _picture(draw_difference(learner, expected, diff(learner, expected, rules), colours="reader's"))


def of_place(record: Record, learner: Topology) -> Picture:
    """The learner's network with a mark on the place that the first finding is about, and nothing of the answer."""
    if not record.findings or _size(learner) > COMPARED:
        return alone(learner)
    first: Any = record.findings[0]
    return _picture(draw_place(learner, first["calls"], first["sentence"], colours="reader's"))


def alone(learner: Topology) -> Picture:
    """The network as it is, repeated blocks closed where it is large."""
    size = _size(learner)
    if size > DRAWN:
        return Picture("", f"With {len(learner.calls):,} calls this network is too large to be drawn.")
    return _picture(draw(learner, colours="reader's"))


def may_show_answer(spec: Spec, today: date) -> bool:
    """Whether what a student gets back may show the answer: grading ends the attempts, a date has to have come."""
    policy = spec.solution
    return policy.closed(changed_attempts=policy.attempts, passed=False, today=today) is None


def _size(topology: Topology) -> int:
    return len(topology.calls) + sum(len(call.tensors) for call in topology.calls)


def _picture(drawing: Drawing) -> Picture:
    data = base64.b64encode(drawing.svg.encode("utf-8", "replace")).decode()
    return Picture(f"data:image/svg+xml;base64,{data}", drawing.alt)

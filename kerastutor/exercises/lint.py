"""Proof that no hint gives the answer away before its rung."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kerastutor.exercises.ladder import RUNGS
from kerastutor.exercises.spec import NetworkAnswer, Spec
from kerastutor.topology.graph import Json, Topology

_CODE = re.compile(r"\b\w+\([^)]*\)\s*\(|\blayers\.\w+\(|=\s*\w+\(")
_WORD = re.compile(r"[\w.]+")


def premature(spec: Spec) -> Iterator[str]:
    """One sentence for each hand-written hint that says more than its rung may.

    Code belongs to the last rung; so does every value of the reference that the task itself does not name.
    """
    if not isinstance(spec.answer, NetworkAnswer):
        return
    said = set(_WORD.findall(spec.task))
    secret = {word for reference in spec.answer.references for word in answer_words(reference)} - said
    for rung, hint in zip(RUNGS[:-1], spec.hints, strict=False):
        if _CODE.search(hint):
            yield f"The hint for the rung '{rung}' holds code, which belongs to the last rung."
        given = sorted(secret & set(_WORD.findall(hint)))
        if given:
            yield f"The hint for the rung '{rung}' gives {', '.join(given)} away, which the task does not say."


def answer_words(reference: Topology) -> Iterator[str]:
    """The words of the answer that a learner could copy: kinds of layers, and numbers and names of their settings."""
    for layer in reference.layers:
        yield layer.kind.removeprefix("ops.")
        for value in layer.config.values():
            yield from _values(value)


def _values(value: Json) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _values(item)
    elif isinstance(value, (int, float, str)) and not isinstance(value, bool) and len(str(value)) > 1:
        yield str(value)

"""Mistakes in classes of the learner's own."""

from __future__ import annotations

from typing import Any

import keras

from kerastutor.building.diagnoses.finding import Finding, found
from kerastutor.building.diagnoses.objects import made_class
from kerastutor.building.evidence import Evidence


def super_init_forgotten(evidence: Evidence) -> Finding | None:
    cls = made_class(evidence) or type(evidence.operation)
    for site in evidence.sites:
        owner = site.scope.get("self")
        if isinstance(owner, keras.Layer):
            cls = type(owner)
    if cls is None or cls.__module__.startswith("keras") or "__init__" not in vars(cls):
        return None
    begins: Any = cls.__init__  # type: ignore[misc]
    if "super" not in begins.__code__.co_names and "__init__()" in evidence.message:
        return found("super_init_forgotten", cls=cls.__name__)
    return None


def call_missing(evidence: Evidence) -> Finding | None:
    if not isinstance(evidence.error, NotImplementedError):
        return None
    for thing in (
        evidence.operation,
        evidence.model,
        *[getattr(s.function, "__self__", s.function) for s in evidence.sites],
    ):
        cls = type(thing)
        if isinstance(thing, keras.Layer) and not cls.__module__.startswith("keras.") and not _defines_call(cls):
            return found("call_missing", cls=cls.__name__)
    return None


def _defines_call(cls: type) -> bool:
    return any("call" in vars(base) for base in cls.__mro__ if not base.__module__.startswith(("keras.", "builtins")))


RULES = (
    super_init_forgotten,
    call_missing,
)

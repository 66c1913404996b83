"""Mistakes in classes of the learner's own."""

from __future__ import annotations

import dis
import inspect
import itertools
from typing import Any

import keras

from kerastutor.coaching.diagnoses.failing import leaves
from kerastutor.coaching.diagnoses.objects import made_class
from kerastutor.coaching.evidence import Evidence
from kerastutor.models.recording import of_keras
from kerastutor.topology.finding import Finding, found


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


def no_call_method(evidence: Evidence) -> Finding | None:
    if not isinstance(evidence.error, NotImplementedError):
        return None
    for thing in (
        evidence.operation,
        evidence.model,
        *[getattr(s.function, "__self__", s.function) for s in evidence.sites],
    ):
        cls = type(thing)
        if isinstance(thing, keras.Layer) and not cls.__module__.startswith("keras.") and not _defines_call(cls):
            return found("no_call_method", cls=cls.__name__)
    return None


def _defines_call(cls: type) -> bool:
    return any("call" in vars(base) for base in cls.__mro__ if not base.__module__.startswith(("keras.", "builtins")))


def returns_nothing(evidence: Evidence) -> Finding | None:
    """`call` without a return: what goes on from there is None."""
    if not isinstance(evidence.error, (ValueError, TypeError, AttributeError)):
        return None
    called = [evidence.operation, evidence.model]
    if None in leaves(evidence):
        called += [call.operation for call in evidence.record.calls[-1:]]
    for thing in called:
        cls = type(thing)
        if isinstance(thing, keras.Layer) and not of_keras(cls) and _defines_call(cls) and _ends_without_return(cls):
            return found("returns_nothing", cls=cls.__name__)
    return None


def _ends_without_return(cls: Any) -> bool:
    """Whether no return of `call` gives anything."""
    steps = list(dis.get_instructions(inspect.unwrap(cls.call)))
    returned = [
        (step if step.opname == "RETURN_CONST" else before)
        for before, step in itertools.pairwise(steps)
        if step.opname.startswith("RETURN_") and step.opname != "RETURN_GENERATOR"
    ]
    return all(step.opname in ("LOAD_CONST", "RETURN_CONST") and step.argval is None for step in returned)


RULES = (
    super_init_forgotten,
    no_call_method,
    returns_nothing,
)

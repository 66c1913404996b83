"""The rules by which mistakes are recognised: by the exception, the call and the tensors, never by whole messages."""

from __future__ import annotations

from collections.abc import Callable

from kerastutor.coaching.diagnoses import (
    calls,
    classes,
    feeding,
    joining,
    making,
    models,
    names,
    shapes,
    stacks,
    training,
)
from kerastutor.coaching.evidence import Evidence
from kerastutor.system.own_failures import log_failure
from kerastutor.topology.finding import Finding

__all__ = ["RULES", "diagnose"]

RULES: tuple[Callable[[Evidence], Finding | None], ...] = (
    *names.RULES,
    *classes.RULES,
    *making.RULES,
    *stacks.RULES,
    *models.RULES,
    *calls.RULES,
    *joining.RULES,
    *shapes.RULES,
    *feeding.RULES,
    *training.RULES,
)


def diagnose(evidence: Evidence) -> Finding | None:
    """The mistake behind an error, or None where it is not known. It never raises: a rule that fails is passed over."""
    for rule in RULES:
        try:
            finding = rule(evidence)
            if finding is not None:
                return finding.checked()
        except Exception:
            log_failure(f"The rule {rule.__name__}")
    return None

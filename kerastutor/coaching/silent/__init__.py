"""Mistakes that Keras does not mention: found after a cell, from the calls, the models and the data that was used."""

from __future__ import annotations

from collections.abc import Iterable

from kerastutor.coaching.diagnoses.finding import Finding
from kerastutor.coaching.silent import graph, losses, training, writing
from kerastutor.coaching.silent.cell import Cell, Rule
from kerastutor.coaching.silent.told import Told
from kerastutor.system.own_failures import log_failure

__all__ = ["RULES", "Cell", "Told", "notice"]

RULES: tuple[Rule, ...] = (*graph.RULES, *writing.RULES, *losses.RULES, *training.RULES)


def notice(cell: Cell, rules: Iterable[Rule] = RULES) -> list[Finding]:
    """The silent mistakes of a cell, each once, by all rules or by these; it never raises."""
    found_: dict[tuple[str, str], Finding] = {}
    for rule in rules:
        try:
            for finding in rule(cell):
                found_.setdefault((finding.mistake, finding.checked().sentence), finding)
        except Exception:
            log_failure(f"The rule {rule.__name__}")
    return list(found_.values())

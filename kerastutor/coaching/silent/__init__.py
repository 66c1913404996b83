"""Mistakes that Keras does not mention: found after a cell, from the calls, the models and the data that was used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from kerastutor.coaching.silent import graph, losses, training, writing
from kerastutor.coaching.silent.cell import Cell, CellRule, network_called
from kerastutor.coaching.silent.network import Network
from kerastutor.coaching.silent.told import ToldHints
from kerastutor.system.own_failures import log_failure
from kerastutor.topology.finding import Finding

__all__ = ["Cell", "Network", "ToldHints", "notice", "notice_in"]

OF_CELLS: tuple[CellRule, ...] = (*writing.RULES, *losses.RULES, *training.RULES)
"""The rules on what no graph shows."""

_Subject = TypeVar("_Subject")


def notice(cell: Cell) -> list[Finding]:
    """The silent mistakes of a cell, each once; it never raises."""
    return _each_once((*_in_networks(cell), *_tried(OF_CELLS, cell)))


def notice_in(network: Network) -> list[Finding]:
    """The silent mistakes of a network alone, whoever wrote it; it never raises."""
    return _each_once(_tried((*graph.OF_CALLS, *graph.OF_MODELS), network))


def _in_networks(cell: Cell) -> Iterator[Finding]:
    try:
        called = network_called(cell)
    except Exception:
        log_failure("Reading what the cell called")
    else:
        yield from _tried((*graph.OF_CALLS, *graph.OF_CODE), called)
    for _, model in cell.models:
        if id(model) in cell.networks:
            yield from _tried((*graph.OF_MODELS, graph.shared_by_accident), cell.networks[id(model)])


def _tried(rules: Iterable[Callable[[_Subject], Iterator[Finding]]], subject: _Subject) -> Iterator[Finding]:
    """What the rules find; one that fails is passed over."""
    for rule in rules:
        try:
            yield from [finding.checked() for finding in rule(subject)]
        except Exception:
            log_failure(f"The rule {rule.__name__}")


def _each_once(findings: Iterable[Finding]) -> list[Finding]:
    return list({(finding.mistake, finding.sentence): finding for finding in findings}.values())

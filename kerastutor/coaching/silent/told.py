"""Which hints were given, so that no learner reads one twice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from weakref import WeakKeyDictionary

from kerastutor.coaching.silent.cell import Cell
from kerastutor.topology.finding import Finding


class ToldHints:
    """The hints that were given.

    A hint about a model or layer is given once for it, also where a cell makes it anew when run again; advice that is
    about no object of the learner's, as the one on `tf.keras`, once for all.
    """

    def __init__(self) -> None:
        self._of: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
        self._in: set[tuple[str, str]] = set()
        self._advice: set[str] = set()

    def news(self, cell: Cell, findings: Iterable[Finding]) -> list[Finding]:
        """The findings of a cell that were not told yet; from now on they are."""
        made = {id(entry.layer) for entry in cell.record.created} | {id(call.operation) for call in cell.record.calls}
        fresh = []
        for finding in findings:
            if not self._known(finding, cell, made):
                fresh.append(finding)
                told = self._advice if finding.about is None else self._of.setdefault(finding.about, set())
                told.add(finding.mistake)
        self._in.update((cell.source, finding.mistake) for finding in fresh)
        return fresh

    def _known(self, finding: Finding, cell: Cell, made: set[int]) -> bool:
        if finding.about is None:
            return finding.mistake in self._advice
        if finding.mistake in self._of.get(finding.about, ()):
            return True
        return id(finding.about) in made and (cell.source, finding.mistake) in self._in

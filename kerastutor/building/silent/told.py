"""Which hints were given, so that no learner reads one twice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from weakref import WeakKeyDictionary

from kerastutor.building.diagnoses.finding import Finding
from kerastutor.building.silent.cell import Cell


class Told:
    """The hints that were given: each once for a model or layer, also where a cell makes it anew when run again."""

    def __init__(self) -> None:
        self._of: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
        self._in: set[tuple[str, str]] = set()

    def news(self, cell: Cell, findings: Iterable[Finding]) -> list[Finding]:
        """The findings of a cell that were not told yet; from now on they are."""
        made = {id(entry.layer) for entry in cell.record.created} | {id(call.operation) for call in cell.record.calls}
        fresh = [finding for finding in findings if not self._known(finding, cell, made)]
        for finding in fresh:
            self._in.add((cell.source, finding.mistake))
            if finding.about is not None:
                self._of.setdefault(finding.about, set()).add(finding.mistake)
        return fresh

    def _known(self, finding: Finding, cell: Cell, made: set[int]) -> bool:
        if finding.about is not None and finding.mistake in self._of.get(finding.about, ()):
            return True
        anew = finding.about is None or id(finding.about) in made
        return anew and (cell.source, finding.mistake) in self._in

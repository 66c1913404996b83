"""What is shown for an error."""

from __future__ import annotations

from dataclasses import dataclass

from kerastutor.topology.finding import Finding
from kerastutor.topology.graph import Topology

EXPLAINED = "_kerastutor_explained"
"""The attribute of an exception about which the coach has spoken: whether it knew the mistake.

A notebook whose every cell is watched sees such an exception again.
"""


@dataclass(frozen=True)
class Explanation:
    """What is shown for an error.

    Attributes:
        finding: the mistake, or None where the coach does not know it.
        line: the learner's line.
        place: where it stands: `Line 3`, or `Line 12 of helpers.py`; "" where that is not known.
        graph: the network as far as it got, or None; the failing call is its last.
        failing: the id of the failing call in the graph.
        traceback: Python's own, complete, from the learner's first line on; "" where it is shown anyway.
        message: what the exception says, in one line.
    """

    finding: Finding | None
    line: str
    place: str
    graph: Topology | None
    failing: str
    traceback: str
    message: str

    @property
    def headline(self) -> str:
        """What went wrong, in one sentence."""
        return self.finding.sentence if self.finding else "Keras refused this, and the coach does not know the mistake."

    @property
    def text(self) -> str:
        """The explanation as plain lines."""
        lines = [self.headline]
        if self.line:
            lines.append(f"{self.place or 'Line'}: {self.line}")
        if self.finding is None:
            lines.append(f"Keras says: {self.message}")
        else:
            lines += [f"Why: {self.finding.why}", f"Try: {self.finding.remedy}"]
        return "\n  ".join(lines)

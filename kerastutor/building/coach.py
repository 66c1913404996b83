"""The coach: what a mistake was, why Keras minds, and what to try; above the traceback, never in its place."""

from __future__ import annotations

import linecache
import traceback as tracebacks
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from kerastutor.building.diagnoses import Finding, diagnose
from kerastutor.building.evidence import Evidence, gather
from kerastutor.building.in_background import of_a_training
from kerastutor.building.partial_graph import graph_so_far
from kerastutor.building.sites import Site, from_the_learner
from kerastutor.models.error_messages import telling
from kerastutor.models.interception import without_our_frames
from kerastutor.models.recording import Record, watching
from kerastutor.own_failures import log_failure
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


def explain(
    error: BaseException, record: Record | None = None, traceback: TracebackType | None = None
) -> Explanation | None:
    """The explanation of an error that was just caught; None where Keras has nothing to do with it. It never raises."""
    try:
        training = of_a_training(error, record, traceback)
        evidence = training or gather(error, record, traceback)
        finding = diagnose(evidence)
        if finding is None and not touches_keras(evidence):
            return None
        graph, failing = _graph(evidence)
        site = evidence.site
        line = linecache.getline(site.file, site.line).strip() or site.text
        begins = from_the_learner(without_our_frames(error).__traceback__)
        whole = "".join(tracebacks.format_exception(type(error), error, begins))
        message = telling(training.error if training else error)
        return Explanation(finding, line, _place(site), graph, failing, whole, message)
    except Exception:
        log_failure("Explaining an error")
        return None


def _place(site: Site) -> str:
    """Where a line stands: cells have names that are no files."""
    if not site.line:
        return ""
    file = Path(site.file)
    return f"Line {site.line} of {file.name}" if file.is_file() else f"Line {site.line}"


def _graph(evidence: Evidence) -> tuple[Topology | None, str]:
    """The graph so far; none where the layers are too broken to be described."""
    try:
        return graph_so_far(evidence)
    except Exception:
        log_failure("Drawing the graph so far")
        return None, ""


def touches_keras(evidence: Evidence) -> bool:
    """Whether Keras itself refused: its files are on the way to the error, or a call that was watched failed."""
    if evidence.failed is not None:
        return True
    step = evidence.error.__traceback__
    while step is not None:
        if "keras/src/" in step.tb_frame.f_code.co_filename.replace("\\", "/"):
            return True
        step = step.tb_next
    return False


@contextmanager
def coach() -> Iterator[None]:
    """Explain a Keras mistake in the block, and let the error go on as it is.

    >>> import keras
    >>> with coach():
    ...     keras.Input(784)
    Traceback (most recent call last):
    ValueError: Cannot convert '784' to a shape.
    """
    with watching() as record:
        try:
            yield
        except Exception as error:
            try:
                _say(error, record)
            except Exception:
                log_failure("Explaining an error")
            without_our_frames(error)
            raise


def _say(error: Exception, record: Record) -> None:
    from kerastutor.building.voice import say

    explanation = explain(error, record)
    if explanation is not None:
        say(explanation)
        setattr(error, EXPLAINED, explanation.finding is not None)

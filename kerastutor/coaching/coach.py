"""The coach: what a mistake was, why Keras minds, and what to try; above the traceback, never in its place."""

from __future__ import annotations

import linecache
import traceback as tracebacks
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from kerastutor.coaching.diagnoses import diagnose
from kerastutor.coaching.evidence import Evidence, gather
from kerastutor.coaching.explanation import EXPLAINED, Explanation
from kerastutor.coaching.partial_graph import graph_so_far
from kerastutor.coaching.sites import Given, Site, Unknown, from_the_learner, sites_of
from kerastutor.coaching.voice import say
from kerastutor.models.error_messages import telling
from kerastutor.models.interception import without_our_frames
from kerastutor.models.recording import Record, Trained, watching
from kerastutor.system.own_failures import log_failure
from kerastutor.topology.graph import Topology


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
    explanation = explain(error, record)
    if explanation is not None:
        say(explanation)
        setattr(error, EXPLAINED, explanation.finding is not None)


def of_a_training(error: BaseException, record: Record | None, traceback: TracebackType | None) -> Evidence | None:
    """What is known of an error that says which training it ended; None for any other."""
    trained = getattr(error, "trained", None)
    if not isinstance(trained, Trained):
        return None
    *outer, asking = sites_of(traceback or error.__traceback__)
    cause = error.__cause__ or error
    inner = () if cause is error else sites_of(cause.__traceback__)
    return Evidence(cause, record or Record(), (*outer, _as_fit(asking, trained), *inner))


def _as_fit(site: Site, trained: Trained) -> Site:
    """The line as if it called `fit`: with the learner's own words for the data where they stand on it."""
    x, y = trained.args
    args = [Given(_written(site, 1, "x"), x)]
    if y is not None:
        args.append(Given(_written(site, 2, "y"), y))
    return replace(site, function=getattr(trained.model, trained.method), args=tuple(args), keywords={})


def _written(site: Site, position: int, name: str) -> str:
    """How an argument of `kt.train` is written on its line; its name where another line asks, as `run.wait()` does."""
    if isinstance(site.function, Unknown) or getattr(site.function, "__name__", "") != "train":
        return name
    given = site.keywords.get(name) or (site.args[position] if position < len(site.args) else None)
    return given.text if given else name

"""A training in the background, told as the `fit` it stands for: it fails in a thread where no line asked for it."""

from __future__ import annotations

from dataclasses import replace
from types import TracebackType

from kerastutor.coaching.evidence import Evidence
from kerastutor.coaching.sites import Given, Site, Unknown, sites_of
from kerastutor.models.recording import Record, Trained


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

"""What is known of an error: the learner's line, the call on it, the objects it was given, and the graph so far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from types import TracebackType
from typing import Any

import keras
from keras import tree

from kerastutor.coaching.sites import Given, Site, sites_of
from kerastutor.coaching.tensors import is_tensor, producer_name, shape_of
from kerastutor.models.recording import FailedCall, Record, of_keras
from kerastutor.models.replaying import replay


@dataclass(frozen=True)
class Evidence:
    """Everything a diagnosis may look at.

    Attributes:
        error: the exception.
        record: the calls before it, and the one that failed, where they were watched.
        sites: the lines of the learner's code on the way to it, outermost first.
    """

    error: BaseException
    record: Record
    sites: tuple[Site, ...]

    @property
    def site(self) -> Site:
        """The innermost line of the learner's code."""
        return self.sites[-1] if self.sites else Site("", 0)

    @property
    def message(self) -> str:
        return str(self.error)

    @cached_property
    def failed(self) -> FailedCall | None:
        """The innermost call that failed with this error."""
        return self.if_it_raised(self.record.failed)

    def if_it_raised(self, call: FailedCall | None) -> FailedCall | None:
        """The call, where it failed with this very error; Keras may have wrapped it."""
        if call is None:
            return None
        return call if call.error is self.error or type(call.error) is type(self.error) else None

    @cached_property
    def operation(self) -> Any:
        """The layer whose call failed, or None."""
        return self.failed.operation if self.failed else None

    @cached_property
    def tensors(self) -> tuple[Any, ...]:
        """The tensors the failed call was given."""
        if not self.failed:
            return ()
        return tuple(filter(is_tensor, _given_to(self.failed)))

    @cached_property
    def shapes(self) -> tuple[tuple[int | None, ...], ...]:
        return tuple(shape for tensor in self.tensors if (shape := shape_of(tensor)) is not None)

    @property
    def model(self) -> Any:
        """The model whose method is called on the learner's line, or None."""
        for site in reversed(self.sites):
            owner = getattr(site.function, "__self__", None)
            if isinstance(owner, keras.Model):
                return owner
        return None

    def method(self, *names: str) -> Site | None:
        """The line that calls one of these methods of a model."""
        for site in self.sites:
            owner = getattr(site.function, "__self__", None)
            if isinstance(owner, keras.Model) and getattr(site.function, "__name__", "") in names:
                return site
        return None

    def name(self, thing: Any) -> str:
        """What the learner calls an object: its variable, else its own name."""
        for site in reversed(self.sites):
            for name, value in site.scope.items():
                if value is thing and not name.startswith("_"):
                    return name
        if isinstance(thing, keras.KerasTensor):
            return producer_name(thing)
        own = "" if is_tensor(thing) else getattr(thing, "name", None)  # TensorFlow gives its tensors names of its own
        return own or type(thing).__name__


def gather(error: BaseException, record: Record | None = None, traceback: TracebackType | None = None) -> Evidence:
    """Collect what is known of an error that was just caught."""
    record = record or Record()
    sites = tuple(_with_data(site, record) for site in sites_of(traceback or error.__traceback__))
    evidence = Evidence(error, record, sites)
    return _seen_inside(evidence) or evidence


def _seen_inside(evidence: Evidence) -> Evidence | None:
    """The same failure inside a layer of the learner's, on symbolic tensors; None where it is no such failure.

    It is the same where it comes by the same lines, though the exception may be another: a backend refuses `x + y` in
    its own way, and Keras in its own.
    """
    outer = evidence.if_it_raised(evidence.record.outermost)
    if outer is None or of_keras(type(outer.operation)) or not any(map(_is_symbolic, _given_to(outer))):
        return None
    again = replay(outer)
    inner = tuple(sites_of(again.error.__traceback__)) if again else ()
    if again is None or not inner or _places(inner) != _places(evidence.sites[-len(inner) :]):
        return None
    calls = [*evidence.record.calls, *again.record.calls]
    record = replace(evidence.record, calls=calls, failed=again.record.failed)
    return Evidence(again.error, record, (*evidence.sites[: -len(inner)], *inner))


def _given_to(call: FailedCall) -> list[Any]:
    return tree.flatten((call.args, dict(call.kwargs)))


def _is_symbolic(thing: Any) -> bool:
    return isinstance(thing, keras.KerasTensor)


def _places(sites: tuple[Site, ...]) -> list[tuple[str, int]]:
    return [(site.file, site.line) for site in sites]


def _with_data(site: Site, record: Record) -> Site:
    """The line with the very objects a training method was given, where that was watched."""
    for trained in reversed(record.trained):
        owner = getattr(site.function, "__self__", None)
        if owner is trained.model and site.function.__name__ == trained.method:
            args = tuple(Given(one.text, value) for one, value in zip(site.args, trained.args, strict=False))
            keywords = {
                name: Given(one.text, trained.kwargs.get(name, one.value)) for name, one in site.keywords.items()
            }
            return replace(site, args=args, keywords=keywords)
    return site

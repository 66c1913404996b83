"""What only one of two networks knows of somebody's own code, left out of the comparison.

A live layer shows the code of its class and functions. A file shows their names alone, and bytecode of another Python
says nothing. Where one of the two does not know, names and settings are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from kerastutor.knowledge.named_objects import ACTIVATIONS
from kerastutor.knowledge.own_code import bare, is_token, python_of
from kerastutor.topology.graph import Json, Layer, Topology


def as_both_know(first: Topology, second: Topology) -> tuple[Topology, Topology]:
    """Both networks with the marks of code that the other one cannot be compared by taken off.

    >>> from kerastutor.topology.graph import Call
    >>> def net(activation):
    ...     layer = Layer("a", "Activation", config={"activation": activation}, opaque=True)
    ...     return Topology((layer,), (Call("a", "a"),), (), ())
    >>> live, saved = as_both_know(net("swoosh#3.11-0123456789abcdef"), net("swoosh"))
    >>> live == saved
    True
    """
    if not any(layer.opaque for topology in (first, second) for layer in topology.layers):
        return first, second
    ours, theirs = _marks(first), _marks(second)
    return _without(first, ours, theirs), _without(second, theirs, ours)


_Marks = Mapping[str, set[str]]
"""For each name of a function, or kind of a layer, the texts that stand for it."""


def _marks(topology: Topology) -> _Marks:
    found: dict[str, set[str]] = {}
    for layer in topology.layers:
        if ">" in layer.kind:
            found.setdefault(layer.kind, set()).add(_of_class(layer))
        for text in _names(layer.config):
            found.setdefault(bare(text), set()).add(text)
    return found


def _of_class(layer: Layer) -> str:
    return f"{layer.kind}#{layer.code}" if layer.code else layer.kind


def _names(value: Json, parameter: str = "") -> Iterator[str]:
    """The names of functions in a configuration; one that Keras has too is Keras' where an activation is named."""
    if isinstance(value, str):
        if is_token(value) or not (parameter.endswith("activation") and value in ACTIVATIONS):
            yield value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _names(item, name)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _names(item, parameter)


def _without(topology: Topology, ours: _Marks, theirs: _Marks) -> Topology:
    hidden = {text for name, texts in ours.items() for text in texts if _only_we_know(text, theirs.get(name, ()))}
    if not hidden:
        return topology
    stripped: Callable[[str], str] = lambda text: bare(text) if text in hidden else text  # noqa: E731
    layers = (
        replace(
            layer,
            config={name: _changed(value, stripped) for name, value in layer.config.items()},
            code="" if _of_class(layer) in hidden else layer.code,
        )
        for layer in topology.layers
    )
    return replace(topology, layers=tuple(layers))


def _only_we_know(text: str, others: Iterable[str]) -> bool:
    """Whether a mark stands where the other network has the name, and nothing that the mark could be compared with."""
    return is_token(text) and bool(others) and not any(_comparable(text, other) for other in others)


def _comparable(text: str, other: str) -> bool:
    versions = {python_of(text), python_of(other)} - {None}
    return is_token(other) and len(versions) < 2


def _changed(value: Json, change: Callable[[str], str]) -> Json:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {name: _changed(item, change) for name, item in value.items()}
    return [_changed(item, change) for item in value] if isinstance(value, (list, tuple)) else value

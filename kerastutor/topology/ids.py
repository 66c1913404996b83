"""Names: ids of layers and calls, by one rule for a live model, a file and a sketch, and names that Keras gives."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from typing import NamedTuple


class Frame(NamedTuple):
    """Where calls are read: the enclosing calls, the path that ids of layers inside begin with, and the `training` that
    the innermost enclosing call was given."""

    scope: tuple[str, ...] = ()
    path: str = ""
    training: bool | None = None

    def inside(self, scope: str, path: str, training: object = None) -> Frame:
        """The frame within one more call, whose layer has the id `path`."""
        told = training if isinstance(training, bool) else self.training
        return Frame((*self.scope, scope), f"{path}/", told)


class Ids:
    """The ids that one topology has given away so far.

    >>> ids = Ids()
    >>> ids.layer("dense"), ids.layer("dense"), ids.call("dense"), ids.call("dense"), ids.call("dense~2")
    ('dense', 'dense~2', 'dense', 'dense#2', 'dense~2')
    """

    def __init__(self) -> None:
        self._layers: set[str] = set()
        self._calls: dict[str, int] = {}

    def layer(self, name: str) -> str:
        """The id of a new layer of this name."""
        id = free_id(name, self._layers)
        self._layers.add(id)
        return id

    def call(self, layer: str) -> str:
        """The id of the next call of this layer."""
        self._calls[layer] = self._calls.get(layer, 0) + 1
        return call_id(layer, self._calls[layer])


def free_id(name: str, taken: Container[str]) -> str:
    """`name`, or the first of `name~2`, `name~3` and so on that is not taken."""
    id, times = name, 1
    while id in taken:
        times += 1
        id = f"{name}~{times}"
    return id


def call_id(layer: str, number: int) -> str:
    """The id of a layer's first, second ... call.

    >>> call_id("encoder", 1), call_id("encoder", 2)
    ('encoder', 'encoder#2')
    """
    return layer if number == 1 else f"{layer}#{number}"


def automatic_name(class_name: str) -> str:
    """The name Keras gives to the first layer of a class.

    >>> automatic_name("MaxPooling2D"), automatic_name("ReLU")
    ('max_pooling2d', 're_lu')
    """
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", class_name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()


def is_automatic(name: str, class_names: Iterable[str]) -> bool:
    """Whether Keras may give this name by itself to a layer of one of these classes.

    >>> is_automatic("dense_12", ["Dense"]), is_automatic("dense_head", ["Dense"])
    (True, False)
    """
    stem = re.sub(r"_\d+$", "", name)
    return any(stem == automatic_name(class_name) for class_name in class_names)

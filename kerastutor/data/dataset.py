"""What every data set here is: two splits, and everything a learner may ask about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, NamedTuple

import numpy as np

from kerastutor.data.picture import ExamplePicture

Arrays = np.ndarray | Mapping[str, np.ndarray]
Names = tuple[str, ...] | Mapping[str, tuple[str, ...]]


class Split(NamedTuple):
    """Inputs and the answers expected for them: `x, y = data.train`.

    Attributes:
        x, y: an array whose first axis counts the examples, or one such array per name.
    """

    x: Any
    y: Any

    @property
    def examples(self) -> int:
        """How many examples."""
        return len(next(iter(_named(self.y, "").values())))

    def __repr__(self) -> str:
        return f"{self.examples:,} examples: {_described(self.x, 'x')}; {_described(self.y, 'y')}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": repr(self)}


@dataclass(frozen=True)
class Dataset:
    """Data to learn from, with where it comes from.

    Attributes:
        name: what the function that made it is called.
        train: the examples to learn from.
        validation: other examples, to see whether what was learnt holds for them.
        classes: the names of the classes that `y` counts from 0; one tuple per output where `y` has names.
        description: what it is and what each input and output means.
        origin: where it comes from.
        licence: under which terms.
        picture: some examples.
    """

    name: str
    train: Split
    validation: Split
    classes: Names
    description: str
    origin: str
    licence: str
    picture: ExamplePicture = field(repr=False)

    @property
    def shapes(self) -> dict[str, Any]:
        """The shape of one example, `{"x": ..., "y": ...}`: what follows the axis that counts the examples."""
        return {"x": _shapes(self.train.x), "y": _shapes(self.train.y)}

    def __repr__(self) -> str:
        return "\n".join(f"{label}: {words}" for label, words in self._facts())

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        rows = "".join(f"<div><b>{escape(label)}</b> {escape(words)}</div>" for label, words in self._facts())
        return {"text/plain": repr(self), "text/html": f"{self.picture.html}{rows}"}

    def _facts(self) -> list[tuple[str, str]]:
        return [
            (self.name, self.description),
            ("train", repr(self.train)),
            ("validation", f"{self.validation.examples:,} other examples"),
            ("classes", _listed(self.classes)),
            ("origin", self.origin),
            ("licence", self.licence),
        ]


def _named(arrays: Arrays, name: str) -> dict[str, np.ndarray]:
    return dict(arrays) if isinstance(arrays, Mapping) else {name: arrays}


def _shapes(arrays: Arrays) -> Any:
    shapes = {name: array.shape[1:] for name, array in _named(arrays, "").items()}
    return shapes if isinstance(arrays, Mapping) else shapes[""]


def _described(arrays: Arrays, name: str) -> str:
    each = (f"{key} {array.shape} {array.dtype}" for key, array in _named(arrays, name).items())
    return f"{name} = {{{', '.join(each)}}}" if isinstance(arrays, Mapping) else next(each)


def _listed(classes: Names) -> str:
    if isinstance(classes, Mapping):
        return "; ".join(f"{name}: {', '.join(names)}" for name, names in classes.items())
    return ", ".join(classes)

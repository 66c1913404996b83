"""One pair of models and what is true of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Models = tuple[Any, Any]


@dataclass(frozen=True)
class Pair:
    """Two models made by `make`, and whether they are the same network."""

    name: str
    same: bool
    why: str
    make: Callable[[], Models]


class Collection(list[Pair]):
    """The pairs of one module, filled by its two decorators."""

    def same(self, make: Callable[[], Models]) -> Callable[[], Models]:
        """Two spellings of one network."""
        self.append(Pair(make.__name__, True, make.__doc__ or "", make))
        return make

    def different(self, make: Callable[[], Models]) -> Callable[[], Models]:
        """Two networks that look alike."""
        self.append(Pair(make.__name__, False, make.__doc__ or "", make))
        return make

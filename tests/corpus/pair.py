"""One pair of models and what is true of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Models = tuple[Any, Any]


@dataclass(frozen=True)
class Pair:
    """Two models made by `make`, and whether they are the same network.

    `near` names the rule of `topology.rules` that nearly equates two networks that are not the same.
    """

    name: str
    same: bool
    why: str
    make: Callable[[], Models]
    near: str = ""


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

    def nearly(self, rule: str) -> Callable[[Callable[[], Models]], Callable[[], Models]]:
        """Two networks that look alike, and that a careless `rule` would equate."""

        def keep(make: Callable[[], Models]) -> Callable[[], Models]:
            self.append(Pair(make.__name__, False, make.__doc__ or "", make, rule))
            return make

        return keep

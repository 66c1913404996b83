"""Pairs of Keras models: spellings of one network, and near misses that look alike and are not.

Each pair is a function that returns two models; its docstring says what they have in common or apart. `PAIRS` lists
all.
"""

from __future__ import annotations

from corpus import axes, chains, forms, masks, merges, parameters, ports, sharing, wiring
from corpus.pair import Pair

PAIRS: tuple[Pair, ...] = tuple(
    pair for module in (axes, chains, forms, masks, merges, parameters, ports, sharing, wiring) for pair in module.PAIRS
)

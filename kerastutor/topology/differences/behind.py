"""What stands behind a tensor where nodes without a partner are looked through."""

from __future__ import annotations

from collections.abc import Sequence

from kerastutor.topology.differences.sides import Side

Tensors = frozenset[tuple[int, int]]
"""Tensors by the learner's node that returns them and their position there."""


def behind(side: Side, place: int, index: int, names: Sequence[int], known: dict[int, Tensors]) -> Tensors:
    """The tensor itself, or for a node without a partner those that it takes, in turn.

    `names` has for each node of the side the learner's node that it is matched with, or -1 where it has no partner.
    `known` keeps what was found, and serves as long as the matching does not change: ways that part and meet again are
    gone once. Without recursion, because a chain of unmatched nodes may be as long as a network.
    """
    if names[place] >= 0:
        return frozenset({(names[place], index)})
    waiting = [place]
    while waiting:
        if waiting[-1] in known:
            waiting.pop()
            continue
        taken = [(t.source, t.index) for t in side.taken[waiting[-1]] if t.source is not None]
        unknown = [source for source, _ in taken if names[source] < 0 and source not in known]
        if unknown:
            waiting += unknown
        else:
            told = (known[source] if names[source] < 0 else {(names[source], number)} for source, number in taken)
            known[waiting.pop()] = frozenset().union(*told)
    return known[place]

"""Which weight of one twin is which of the other: found by changing one at a time and looking at what moves.

This is colour refinement, as in `topology.sameness.canonical`, on what two programs compute instead of on how they are
written. Weights of one class have the same numbers. Where changing one of ours moves the outputs as changing one of
theirs does, the two may correspond; a class falls apart into those that move them alike. What stays together looks
symmetric: one of it is paired with each of theirs in turn, the first choice mostly right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from kerastutor.models.proving.comparing import apart, near
from kerastutor.models.proving.twin import Carried, token_of

Tokens = list[int]
Moves = Callable[[int, Tokens], list[np.ndarray]]
"""What one side (0 or 1) computes with these tokens."""


class Class(NamedTuple):
    """Places among what our twin carries, and as many among what theirs does, that may correspond."""

    ours: tuple[int, ...]
    theirs: tuple[int, ...]


Classes = tuple[Class, ...]


def classes_by_key(ours: Sequence[Carried], theirs: Sequence[Carried]) -> Classes | None:
    """What may correspond by shape, training, state and constraint; None where they do not match in number."""
    places: dict[object, tuple[list[int], list[int]]] = {}
    for side, carried in enumerate((ours, theirs)):
        for place, one in enumerate(carried):
            places.setdefault(one.key, ([], []))[side].append(place)
    if any(len(mine) != len(its) for mine, its in places.values()):
        return None
    return tuple(Class(tuple(mine), tuple(its)) for mine, its in places.values())


def in_order(classes: Classes) -> Classes:
    """The first guess: in the order in which they are used."""
    return tuple(Class((mine,), (its,)) for one in classes for mine, its in zip(*one, strict=True))


def tokens(classes: Classes, seed: int) -> tuple[Tokens, Tokens]:
    """A token for each thing carried on either side, the same within a class."""
    sides: tuple[Tokens, Tokens] = ([0] * sum(map(_size, classes)), [0] * sum(map(_size, classes)))
    for number, one in enumerate(classes):
        for side, places in enumerate(one):
            for place in places:
                sides[side][place] = token_of(seed, number)
    return sides


def bijections(classes: Classes, moves: Moves) -> Iterator[Classes]:
    """Every way to pair them that `moves` does not rule out, the likeliest first; each class then is one pair."""
    refined = _refined(classes, moves)
    if refined is None:
        return
    place = next((place for place, one in enumerate(refined) if _size(one) > 1), None)
    if place is None:
        yield refined
        return
    first, *others = refined[place].ours
    for chosen in refined[place].theirs:
        rest = tuple(its for its in refined[place].theirs if its != chosen)
        split = (Class((first,), (chosen,)), Class(tuple(others), rest))
        yield from bijections((*refined[:place], *split, *refined[place + 1 :]), moves)


def _refined(classes: Classes, moves: Moves) -> Classes | None:
    """Classes so small that no change tells two of one class apart; None where our changes are not theirs."""
    while True:
        given = tokens(classes, 0)
        finer: list[Class] = []
        for one in classes:
            parts = [one] if _size(one) == 1 else _parted(one, given, moves)
            if parts is None:
                return None
            finer += parts
        if len(finer) == len(classes):
            return classes
        classes = tuple(finer)


def _parted(one: Class, given: tuple[Tokens, Tokens], moves: Moves) -> list[Class] | None:
    """The places of a class by what changing each of them alone does."""
    parts: list[tuple[list[np.ndarray], list[int], list[int]]] = []
    for side, places in enumerate(one):
        for place in places:
            changed = list(given[side])
            changed[place] += 1
            seen = moves(side, changed)
            part = next((part for part in parts if near(apart(part[0], seen))), None)
            if part is None:
                part = (seen, [], [])
                parts.append(part)
            (part[1], part[2])[side].append(place)
    if any(len(mine) != len(its) for _, mine, its in parts):
        return None
    return [Class(tuple(mine), tuple(its)) for _, mine, its in parts]


def _size(one: Class) -> int:
    return len(one.ours)

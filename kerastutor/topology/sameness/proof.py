"""What came of comparing what two networks compute: a small value that says what it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from kerastutor.topology.graph import Topology


@dataclass(frozen=True)
class Proof:
    """What came of carrying weights over and comparing; true when both compute the same.

    Attributes:
        holds: whether all that was compared agrees.
        difference: the largest difference of two numbers, relative to the largest output; infinite where only one of
            the two computes a number or their shapes differ; None where nothing was compared.
        sentence: the same in words.
        decided: False where it could not be found out; `sentence` says why.
    """

    holds: bool
    difference: float | None
    sentence: str
    decided: bool = True

    def __bool__(self) -> bool:
        return self.holds

    def __repr__(self) -> str:
        return self.sentence


Prove = Callable[[Topology, Topology], Proof]
"""Finds out by numbers whether two networks compute the same. Where there is none, structure alone decides."""


def undecided(why: str) -> Proof:
    """No answer; `why` is a sentence.

    >>> bool(undecided("It is too large to compute.")), undecided("It is too large to compute.").decided
    (False, False)
    """
    return Proof(False, None, why, decided=False)


UNLIKE_WEIGHTS = "They have other weights, so none can be carried over; kt.diff says where they differ."


def weights_differ(first: Topology, second: Topology) -> bool:
    """Whether it can be seen without computing that the weights do not match one to one in shape and training."""
    ours, theirs = _weights(first), _weights(second)
    return ours is not None and theirs is not None and ours != theirs


def _weights(topology: Topology) -> Counter[tuple[tuple[int, ...], bool]] | None:
    """How many weights there are of each shape, trained or not; None where that is not known."""
    held = [topology.layer[layer].weights for layer in {topology.call[call].layer for call in topology.reaching}]
    if None in held:
        return None
    return Counter((weight.shape, weight.trainable) for weights in held for weight in weights or ())

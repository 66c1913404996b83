"""The proof: two topologies, built, given the same weights, and compared within a fixed amount of work."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from kerastutor.models.assembly import NotBuildable
from kerastutor.models.proving.carrying import Classes, Tokens, bijections, classes_by_key, in_order, tokens
from kerastutor.models.proving.comparing import apart, near, worse
from kerastutor.models.proving.feeding import LENGTHS, Draw, Feed, arrays, feeds
from kerastutor.models.proving.sketching import Stock
from kerastutor.models.proving.twin import LivingTwin
from kerastutor.system.own_failures import log_failure
from kerastutor.topology.graph import Topology
from kerastutor.topology.sameness.proof import UNLIKE_WEIGHTS, Proof, undecided, weights_differ

PASSES = 240
"""How often twins may compute for one answer."""

WORK = 2e9
"""And about how many multiplications that may be in all."""

UNLIKE_PORTS = "They take or return other things, so what they compute cannot be compared."
UNLIKE_CARRIED = (
    "They have other weights or random layers, so none can be carried over; kt.diff says where they differ."
)
UNLIKE_LENGTHS = "One of them takes inputs of lengths that the other cannot take."
TOO_MUCH = "Whether they compute the same was not found out with the amount of work that a check may take."
NO_NUMBER = "On random inputs neither computes a number, so they could not be compared."
NO_TWIN = "One of them could not be computed from its topology, so only their structure was compared."


class _Spent(Exception):
    """The amount of work is used up."""


def prove(first: Topology, second: Topology) -> Proof:
    """Whether two networks compute the same, with the same weights, in inference and in training.

    Both are built in float64 and given the same random weights, whichever correspond. Compared are outputs and losses
    for several inputs, two batch sizes and two lengths of each open axis; how statistics move in a training call; and,
    where a gradient is stopped on its way, a step of gradient descent. Random layers draw the same numbers in both. The
    same two networks always get the same answer.

    >>> import keras
    >>> from kerastutor.models.reading import read
    >>> x = keras.Input((4,))
    >>> doubled = keras.Model(x, keras.ops.multiply(keras.layers.Dense(2)(x), 2))
    >>> stack = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2), keras.layers.Rescaling(2.0)])
    >>> prove(read(doubled), read(stack)).holds
    True
    """
    for side in (first, second):
        if side.partial:
            return undecided(side.partial)
    if weights_differ(first, second):
        return Proof(False, None, UNLIKE_WEIGHTS)
    given = feeds(first, second)
    if given is None:
        return Proof(False, None, UNLIKE_PORTS)
    try:
        return _Bench((first, second), given).proof()
    except NotBuildable as problem:
        return undecided(str(problem))
    except _Spent:
        return undecided(TOO_MUCH)
    except Exception:  # whatever a backend raises: then the structure alone is what there is
        log_failure("Comparing two networks by what they compute")
        return undecided(NO_TWIN)


class _Bench:
    """Two networks side by side, and how much more may be computed."""

    def __init__(self, sides: tuple[Topology, Topology], given: tuple[Feed, ...]) -> None:
        self.sides, self.given = sides, given
        self.left = min(PASSES, int(WORK / max(1, *map(_cost, sides))))
        self.lengths = list(LENGTHS if any(None in feed.shape for feed in given) else LENGTHS[:1])
        self.uneven = False
        self.twins: tuple[LivingTwin, ...] = ()

    def proof(self) -> Proof:
        """First what every way to carry the weights has to pass, then one way after another."""
        looks = self._first_look()
        if not looks:
            return undecided(NO_TWIN)
        found = apart(*looks)
        if not near(found):
            return _denied(found)
        self.twins = self._built()
        classes = classes_by_key(*(twin.carried for twin in self.twins))
        if classes is None:
            return Proof(False, None, UNLIKE_CARRIED)
        self._find_another_length()
        if self.uneven:
            return Proof(False, math.inf, UNLIKE_LENGTHS)
        for pairs in self._ways(classes):
            found = self.compared(pairs)
            if found is None:
                return undecided(NO_NUMBER)
            if near(found):
                return _held(found)
        return _denied(found)

    @property
    def trains(self) -> bool:
        """Whether one of the two may compute something else in training."""
        return any(twin.trains for twin in self.twins)

    def compared(self, pairs: Classes) -> float | None:
        """The largest difference with the weights carried like this, as soon as there is one that counts."""
        found: float | None = None
        first, last = self.lengths[0], self.lengths[-1]
        draws = (Draw(11, 2, first, 1.0, 1.0), Draw(12, 7, last, 8.0, 2.0), Draw(13, 2, last, 0.3, 0.5))
        for number, draw in enumerate(draws):
            for training in (False, True) if number == 1 or (self.trains and number == 0) else (False,):
                found = worse(found, self.difference(pairs, draw, training))
                found = worse(found, self._moved(pairs)) if training else found
                if not near(found):
                    return found
        if any(twin.blocks_gradients for twin in self.twins):
            found = worse(found, self._stepped(pairs, draws[0]))
        return found

    def difference(self, classes: Classes, draw: Draw, training: bool) -> float | None:
        """How far apart what both compute is, where everything in a class has the same numbers."""
        given = tokens(classes, draw.seed)
        ours, theirs = (self._computed(side, given[side], draw, training) for side in (0, 1))
        outputs, losses = apart(ours[:-1], theirs[:-1]), apart(ours[-1:], theirs[-1:])
        return None if outputs is None and near(losses) else worse(outputs, losses)

    def _ways(self, classes: Classes) -> Iterator[Classes]:
        guess = in_order(classes)
        yield guess
        draw = Draw(2, 2, self.lengths[0], 1.0, 1.0)
        if guess != classes and all(near(self.difference(classes, draw, training)) for training in (False, True)):
            yield from bijections(classes, self._moves)

    def _moves(self, side: int, given: Tokens) -> list[np.ndarray]:
        draw = Draw(3, 2, self.lengths[0], 1.0, 1.0)
        times = (False, True) if self.trains else (False,)
        return [array for training in times for array in self._computed(side, given, draw, training)]

    def _computed(self, side: int, given: Tokens, draw: Draw, training: bool) -> list[np.ndarray]:
        self._spend()
        self.twins[side].given(given, draw.gain)
        return self.twins[side].computed(arrays(self.given, draw, side), training=training)

    def _moved(self, pairs: Classes) -> float | None:
        """How far apart the statistics are in which the last call left the two."""
        ours, theirs = (twin.state() for twin in self.twins)
        kept = [(ours[mine], theirs[its]) for (mine,), (its,) in pairs if mine in ours]
        return apart([mine for mine, _ in kept], [its for _, its in kept])

    def _stepped(self, pairs: Classes, draw: Draw) -> float | None:
        """How far apart the two are after a step of gradient descent."""
        given = tokens(pairs, draw.seed)
        generator = np.random.default_rng(draw.seed)
        outputs = self._computed(0, given[0], draw, training=True)[:-1]
        pulls = [generator.standard_normal(output.shape) for output in outputs]
        after = []
        for side, twin in enumerate(self.twins):
            self._spend()
            twin.given(given[side], draw.gain)
            after.append(twin.stepped(arrays(self.given, draw, side), pulls))
        (ours, our_inputs), (theirs, their_inputs) = after
        return worse(
            apart([ours[mine] for (mine,), _ in pairs], [theirs[its] for _, (its,) in pairs]),
            apart(our_inputs, their_inputs),
        )

    def _first_look(self) -> list[list[np.ndarray]]:
        """What both compute with the same numbers in all weights of one shape, for a length that both can take."""
        while self.lengths:
            samples = self._samples(self.lengths[0])
            looks = [self._tried(_STOCK.outputs, *pair) for pair in zip(self.sides, samples, strict=True)]
            if None not in looks:
                return looks
            self.uneven |= looks != [None, None]
            del self.lengths[0]
        return []

    def _built(self) -> tuple[LivingTwin, ...]:
        forms = [[(array.shape, str(array.dtype)) for array in sample] for sample in self._samples(self.lengths[0])]
        return tuple(_twin(side, tuple(form)) for side, form in zip(self.sides, forms, strict=True))

    def _samples(self, length: int) -> list[list[Any]]:
        return [arrays(self.given, Draw(1, 2, length, 1.0, 1.0), side) for side in (0, 1)]

    def _find_another_length(self) -> None:
        """Keep the length that both were built for, and the next one that both can take."""
        first, *others = self.lengths
        self.lengths = [first]
        for length in others:
            looks = zip(self.twins, self._samples(length), strict=True)
            can = [self._tried(twin.computed, sample) is not None for twin, sample in looks]
            self.uneven |= can[0] != can[1]
            if all(can):
                self.lengths.append(length)
                return

    def _tried(self, make: Callable[..., Any], *args: Any) -> Any:
        """What comes of it; None where Keras cannot compute with these lengths."""
        self._spend()
        try:
            return make(*args)
        except NotBuildable:
            raise
        except Exception:  # whatever a backend raises
            log_failure("Computing a twin")
            return None

    def _spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise _Spent


_STOCK = Stock()


@lru_cache(maxsize=4)
def _twin(topology: Topology, forms: tuple[tuple[tuple[int, ...], str], ...]) -> LivingTwin:
    """A twin for inputs of these shapes and types; the expected network is asked for again and again."""
    return LivingTwin(topology, [np.zeros(shape, dtype) for shape, dtype in forms])


def _cost(topology: Topology) -> int:
    """About how many multiplications one pass takes: a weight is used for each place of what its call returns."""
    total = 0
    for call in topology.calls:
        if call.id in topology.reaching:
            shapes = [[length or LENGTHS[1] for length in tensor.shape[1:]] for tensor in call.outputs if tensor.shape]
            numbers = sum(map(math.prod, shapes))
            places = max((math.prod(shape[:-1]) for shape in shapes), default=1)
            total += 2 * (numbers + places * (topology.layer_of(call.id).parameters or 0))
    return total


def _held(difference: float) -> Proof:
    how_near = f"the same, within {difference:.1e}" if difference else "exactly the same"
    return Proof(True, difference, f"With the same weights both compute {how_near}.")


def _denied(difference: float | None) -> Proof:
    if difference is None or not math.isfinite(difference):
        return Proof(False, difference, "With the same weights their outputs differ in shape or in what is a number.")
    return Proof(False, difference, f"With the same weights they compute what differs by {difference:.1e}.")

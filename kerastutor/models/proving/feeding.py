"""What two twins are fed: arrays that both can take, of several sizes and scales."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kerastutor.topology.graph import Port, Ref, Topology
from kerastutor.topology.sameness.rules import normalise

LENGTHS = (6, 11, 16, 32, 64)
"""Lengths of open axes that are tried; a network with many poolings or joins needs long ones or powers of two."""


@dataclass(frozen=True)
class Draw:
    """One choice of what to compute with.

    Attributes:
        seed: for all that is drawn.
        batch: how many samples.
        length: how long the open axes are.
        scale: how large the inputs are: what is cut off at 6 shows in large ones only.
        gain: how large the weights are.
    """

    seed: int
    batch: int
    length: int
    scale: float
    gain: float


@dataclass(frozen=True)
class Feed:
    """One input that both networks have.

    Attributes:
        shape: without the batch; None where it is open.
        dtypes: what each of the two declares.
        most: integers below it are meant; None where numbers are.
        marks: numbers that mark a step as not there, for `Masking`.
    """

    shape: tuple[int | None, ...]
    dtypes: tuple[str, str]
    most: int | None
    marks: tuple[float, ...]

    def array(self, draw: Draw, position: int) -> Any:
        """One array for both."""
        generator = np.random.default_rng([draw.seed, position])
        shape = (draw.batch, *(draw.length if length is None else length for length in self.shape))
        if self.most is not None:
            low = generator.integers(0, min(self.most, 3), shape)
            return np.where(generator.random(shape) < 0.4, low, generator.integers(0, self.most, shape))
        numbers = generator.standard_normal(shape) * draw.scale
        if self.marks and len(shape) > 2:
            absent = generator.random(shape[:2]) < 0.3
            absent[:, 0] = False
            numbers[absent] = self.marks[draw.seed % len(self.marks)]
        return numbers


def feeds(first: Topology, second: Topology) -> tuple[Feed, ...] | None:
    """What both take, input by input; None where they take or return other things than one another."""
    if [port.key for port in first.outputs] != [port.key for port in second.outputs]:
        return None
    if [port.key for port in first.inputs] != [port.key for port in second.inputs]:
        return None
    marks = tuple(sorted({float(mark) for side in (first, second) for mark in _marks(side)}))
    found = []
    for ours, theirs in zip(first.inputs, second.inputs, strict=True):
        kinds = (_dtype(first, ours), _dtype(second, theirs))
        shape = _common(_shape(first, ours), _shape(second, theirs), "subclassed" in (first.api, second.api))
        if shape is None or _sort(kinds[0]) != _sort(kinds[1]) or _sort(kinds[0]) == "string":
            return None
        sizes = [size for side, port in ((first, ours), (second, theirs)) for size in vocabularies(side, port.tensor)]
        whole = bool(sizes) or _sort(kinds[0]) in ("integer", "bool")
        most = min(sizes, default=2 if _sort(kinds[0]) == "bool" else 10) if whole else None
        found.append(Feed(shape, (_declared(first, ours), _declared(second, theirs)), most, marks))
    return tuple(found)


def arrays(given: Sequence[Feed], draw: Draw, side: int) -> list[Any]:
    """An array for each input, in the type that the network of this side declares."""
    return [_typed(feed.array(draw, place), feed.dtypes[side]) for place, feed in enumerate(given)]


def _typed(array: Any, dtype: str) -> Any:
    return array.astype("float64" if _sort(dtype) == "float" else dtype)


def vocabularies(topology: Topology, ref: Ref) -> Iterator[int]:
    """How many different integers the layers know that this input reaches without passing others that own anything."""
    waiting, seen = [ref.call], {ref.call}
    while waiting:
        for consumer in topology.consumers[waiting.pop()]:
            layer = topology.layer_of(consumer.call)
            known = [layer.config[name] for name in ("input_dim", "num_tokens") if name in layer.config]
            yield from (size for size in known if isinstance(size, int))
            if not known and layer.owns == "nothing" and consumer.call not in seen:
                seen.add(consumer.call)
                waiting.append(consumer.call)


def _marks(topology: Topology) -> Iterator[float]:
    return (layer.config.get("mask_value", 0.0) for layer in topology.layers if layer.kind == "Masking")


def _declared(topology: Topology, port: Port) -> str:
    return topology.layer_of(port.tensor.call).config.get("dtype", "float32")


def _dtype(topology: Topology, port: Port) -> str:
    """Its type, integers where the numbers are used as such whatever is declared."""
    node = normalise(topology).nodes[port.tensor.call]
    return node.config.get("dtype", "float32")


def _sort(dtype: str) -> str:
    if "int" in dtype:
        return "integer"
    return "float" if "float" in dtype else dtype


def _shape(topology: Topology, port: Port) -> tuple[int | None, ...] | None:
    shape = topology.layer_of(port.tensor.call).config.get("shape")
    return None if shape is None else tuple(shape[1:])


def _common(
    ours: tuple[int | None, ...] | None, theirs: tuple[int | None, ...] | None, derived: bool
) -> tuple[int | None, ...] | None:
    """The shape that both take; None where there is none.

    Where one was `derived` from data, a length in it is one of many, and may be open in the other.
    """
    if ours == theirs or ours is None or theirs is None or len(ours) != len(theirs):
        return ours if ours == theirs else None
    pairs = list(zip(ours, theirs, strict=True))
    if not derived or any(mine != its and None not in (mine, its) for mine, its in pairs):
        return None
    return tuple(mine if mine == its else None for mine, its in pairs)

"""How calls, tensors and arrows are named in sentences: in the learner's own names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kerastutor.topology.graph import Ref, Topology

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


class Arrow(NamedTuple):
    """An arrow of the drawing: the tensor `tensor` goes into the call `call` at the slot `slot`."""

    tensor: Ref
    call: str
    slot: str


def ordinal(number: int) -> str:
    """The ordinal of a number from 1.

    >>> ordinal(2), ordinal(13), ordinal(22)
    ('second', '13th', '22nd')
    """
    if number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    ending = "th" if 11 <= number % 100 <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def call_name(topology: Topology, call: str) -> str:
    """A call in the learner's words: the layer's name, and which of its calls where it has several."""
    layer = topology.layer_of(call)
    calls = topology.calls_of[layer.id]
    name = f"`{layer.name}`"
    return name if len(calls) == 1 else f"the {ordinal(calls.index(call) + 1)} call of {name}"


def tensor_name(topology: Topology, ref: Ref) -> str:
    """A tensor in the learner's words: the call that returns it, and which of its tensors where it returns several."""
    name = call_name(topology, ref.call)
    several = len(topology.call[ref.call].outputs) > 1
    return f"the {ordinal(ref.index + 1)} tensor of {name}" if several else name


def listing(names: Sequence[str], limit: int = 4) -> str:
    """Names as English lists them; past `limit` the rest is counted.

    >>> listing(["`a`"]), listing(["`a`", "`b`", "`c`"])
    ('`a`', '`a`, `b` and `c`')
    >>> listing(list("abcdef"))
    'a, b, c and 3 more'
    """
    if len(names) > limit:
        names = [*names[: limit - 1], f"{len(names) - limit + 1} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def several(count: int, noun: str) -> str:
    """How many there are, in words.

    >>> several(1, "student"), several(17, "student")
    ('1 student', '17 students')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"

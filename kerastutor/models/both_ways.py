"""Code traced twice, in inference and in training, as one sequence of calls.

What both traces call is one call. Where it takes another tensor in training than in inference (`if training:`), a call
of the operation `CHOICE` stands for the two. So nothing is lost: read with the tensors of training the network is that
of training, read with the others that of inference.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

import keras
from keras import KerasTensor, tree

from kerastutor.knowledge import facts
from kerastutor.knowledge.values import configuration, plain
from kerastutor.models.recording import Opened, Record, RecordedCall

CHOICE = "ops.ByTraining"
"""What takes two tensors and returns `training` in training, `inference` in inference; no function of Keras does."""

Pair = tuple[RecordedCall | None, RecordedCall | None]
"""A call as it was made in inference, and as it was made in training; None where it was not made there."""


def is_noise(kind: str) -> bool:
    """Whether layers of a kind return what they take in inference, and something random in training.

    >>> is_noise("Dropout"), is_noise("BatchNormalization"), is_noise("LSTM")
    (True, False, False)
    """
    known = facts(kind)
    return known.owns == "randomness" and known.keeps_shape and known.family in ("regularisation", "preprocessing")


def paired(inference: Record, training: Record | None) -> Iterator[Pair]:
    """The calls of both traces in an order in which they can be computed, those that are one call as a pair."""
    if training is None:
        yield from ((call, None) for call in inference.calls)
        return
    made = {id(created.layer) for record in (inference, training) for created in record.created}
    ours, theirs = [[_key(call, made) for call in record.calls] for record in (inference, training)]
    for _, start, stop, other_start, other_stop in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if ours[start:stop] == theirs[other_start:other_stop]:
            yield from zip(inference.calls[start:stop], training.calls[other_start:other_stop], strict=True)
        else:
            yield from ((call, None) for call in inference.calls[start:stop])
            yield from ((None, call) for call in training.calls[other_start:other_stop])


def counterparts(inference: Record, training: Record | None) -> dict[int, Opened]:
    """For composite layers opened in training, by `id`, which opening in inference is the same one."""
    if training is None:
        return {}
    ours: dict[int, list[Opened]] = {}
    for opened in inference.opened:
        ours.setdefault(id(opened.layer), []).append(opened)
    found: dict[int, Opened] = {}
    for opened in training.opened:
        left = ours.get(id(opened.layer))
        if left:
            found[id(opened)] = left.pop(0)
    return found


def _key(call: RecordedCall, made: set[int]) -> str:
    """What a call is without its tensors: the layer, or what operation, and the constants that it takes.

    Args:
        made: the `id` of each layer that a trace made for itself, as it does operations.
    """
    operation = call.operation
    if isinstance(operation, keras.Layer) and id(operation) not in made:
        who = str(id(operation))
    else:
        config = {name: value for name, value in configuration(operation).items() if name != "name"}
        who = f"{type(operation).__qualname__}{plain(config)}"
    given = tree.map_structure(_shown, (call.args, dict(call.kwargs)))
    return f"{who}{given}{[opened.layer.name for opened in call.scope]}"


def _shown(value: Any) -> Any:
    if isinstance(value, keras.Variable):
        return value.path
    return "a tensor" if isinstance(value, KerasTensor) else str(plain(value))

"""Layers of Keras that wrap another layer, opened: which layers they call, on what, and how the results are merged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import keras

MERGES = {"concat": "Concatenate", "sum": "Add", "mul": "Multiply", "ave": "Average"}
"""The merge layer that each merge mode of Bidirectional amounts to."""


class Inside(NamedTuple):
    """What stands inside a wrapper.

    Attributes:
        layers: the layers it calls, each on the wrapper's own input.
        merge: the kind of merge of what they return; empty where there is nothing to merge.
    """

    layers: Sequence[keras.Layer]
    merge: str


def inside(wrapper: keras.Layer) -> Inside | None:
    """The layers inside a wrapper that returns one tensor; None for any other layer.

    >>> inside(keras.layers.Bidirectional(keras.layers.LSTM(4), merge_mode="sum")).merge
    'Add'
    """
    if isinstance(wrapper, keras.layers.TimeDistributed):
        return Inside((wrapper.layer,), "")
    if isinstance(wrapper, keras.layers.Bidirectional):
        merge = MERGES.get(wrapper.merge_mode or "")
        if merge is None or wrapper.forward_layer.return_state:
            return None
        return Inside((wrapper.forward_layer, wrapper.backward_layer), merge)
    return None

"""The layers of Keras, one row each in a table per family, and what may be said of any other kind."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from kerastutor.knowledge.layers import (
    activation,
    attention,
    augmentation,
    convolution,
    custom,
    dense,
    input,
    merge,
    normalisation,
    pooling,
    preprocessing,
    recurrent,
    regularisation,
    reshape,
    text,
    wrapper,
)
from kerastutor.knowledge.layers.entry import REQUIRED, LayerFacts

__all__ = ["LAYERS", "REQUIRED", "LayerFacts", "facts"]

_TABLES = (
    input,
    dense,
    activation,
    convolution,
    pooling,
    reshape,
    normalisation,
    regularisation,
    merge,
    recurrent,
    attention,
    text,
    preprocessing,
    augmentation,
    wrapper,
    custom,
)

LAYERS: Mapping[str, LayerFacts] = MappingProxyType({row.kind: row for table in _TABLES for row in table.LAYERS})
"""What is known about each layer of Keras, by kind, in the order a palette may show them."""


def facts(kind: str) -> LayerFacts:
    """What is known about layers of this kind; for an unknown one what holds in general. It never fails.

    >>> facts("Dense").highlights
    ('units', 'activation')
    >>> facts("ops.GetItem").call_arguments
    ('x', 'key')
    >>> facts("my_package>Whiten").family
    'custom'
    """
    known = _operations().get(kind) if kind.startswith("ops.") else LAYERS.get(kind)
    return known or _in_general(kind)


@cache
def _operations() -> Mapping[str, LayerFacts]:
    from kerastutor.knowledge.operations import OPERATIONS  # most models have no operation, and it costs 4 ms

    return {row.kind: row for row in OPERATIONS}


def _in_general(kind: str) -> LayerFacts:
    operation = kind.startswith("ops.")
    return LayerFacts(
        kind=kind,
        family="operation" if operation else "custom",
        parameters=MappingProxyType({}),
        call_arguments=("x",) if operation else ("inputs",),
        owns="nothing" if operation else "weights",
        highlights=(),
        sentence=_SENTENCE_OPERATION if operation else _SENTENCE_CUSTOM,
        link="https://keras.io/api/ops/"
        if operation
        else "https://keras.io/guides/making_new_layers_and_models_via_subclassing/",
    )


_SENTENCE_OPERATION = "An operation of Keras that computes new tensors and owns no weights."
_SENTENCE_CUSTOM = "A layer somebody wrote: what it computes stands in its own code."

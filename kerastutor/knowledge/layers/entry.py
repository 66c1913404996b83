"""The form in which one layer is described, and the shorthand the tables are written in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

Family = Literal[
    "input",
    "dense",
    "convolution",
    "pooling",
    "recurrent",
    "text",
    "regularisation",
    "normalisation",
    "attention",
    "merge",
    "reshape",
    "activation",
    "preprocessing",
    "wrapper",
    "operation",
    "custom",
]


class _Required:
    """The type of `REQUIRED`: one object, also after copying."""

    def __repr__(self) -> str:
        return "REQUIRED"

    def __reduce__(self) -> str:
        return "REQUIRED"


REQUIRED: Final = _Required()
"""Stands in `LayerFacts.parameters` where a parameter has no default and must be given."""

WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
DOCUMENTATION = "https://keras.io/api/layers/"


@dataclass(frozen=True)
class LayerFacts:
    """What is known about one kind of layer or operation.

    Attributes:
        kind: as in `Layer.kind`: `"Dense"`, `"ops.Add"`.
        family: the group it stands in, which decides its colour and its place in a palette.
        parameters: those that change what it computes, in the order they are written in, each with its default
            as the JSON value that `Layer.config` would hold, or `REQUIRED`.
        call_arguments: the names of what it is called with, in order, the tensors first.
        owns: what such a layer owns as a rule; `normal_config.owns` knows the exceptions its config makes.
        highlights: the two or three parameters worth showing in a drawing.
        sentence: what it does, in plain words.
        link: the page about it in the Keras documentation.
        function: for an operation, the function under `keras.ops` that calls it (`"add"`, `"image.resize"`), or
            under `keras` where it begins with `activations.`.
    """

    kind: str
    family: Family
    parameters: Mapping[str, Any]
    call_arguments: tuple[str, ...]
    owns: Literal["nothing", "randomness", "weights"]
    highlights: tuple[str, ...]
    sentence: str
    link: str
    function: str = ""

    def __hash__(self) -> int:
        return hash(self.kind)


def entry(
    family: Family,
    kind: str,
    parameters: Mapping[str, Any],
    *,
    call: str = "inputs",
    regularised: str = "",
    owns: Literal["nothing", "randomness", "weights"] = "nothing",
    shows: str = "",
    says: str = "",
    link: str = "",
) -> LayerFacts:
    """One row of a table. `call`, `regularised` (the weights that can be) and `shows` are names between blanks.

    >>> row = entry("dense", "Dense", {"units": REQUIRED}, regularised="kernel", link="core_layers/dense/")
    >>> dict(row.parameters)
    {'units': REQUIRED, 'kernel_regularizer': None, 'kernel_constraint': None, 'activity_regularizer': None}
    """
    weights = regularised.split()
    every = dict(parameters)
    every |= {f"{weight}_regularizer": None for weight in weights}
    every |= {f"{weight}_constraint": None for weight in weights}
    every["activity_regularizer"] = None
    return LayerFacts(
        kind=kind,
        family=family,
        parameters=MappingProxyType(every),
        call_arguments=tuple(call.split()),
        owns=owns,
        highlights=tuple(shows.split()),
        sentence=says,
        link=link if link.startswith("https:") else DOCUMENTATION + link,
    )


def entry_of_operation(
    page: str,
    name: str,
    call: str = "x",
    parameters: Mapping[str, Any] = MappingProxyType({}),
    *,
    function: str = "",
    says: str = "",
) -> LayerFacts:
    """One operation, by its class in Keras; `function` where it is not the class name in small letters.

    >>> row = entry_of_operation("numpy/", "ExpandDims", "x", {"axis": REQUIRED})
    >>> row.kind, row.function, row.call_arguments
    ('ops.ExpandDims', 'expand_dims', ('x',))
    """
    function = function or WORD_START.sub("_", name).lower()
    return LayerFacts(
        kind=f"ops.{name}",
        family="operation",
        parameters=MappingProxyType(dict(parameters)),
        call_arguments=tuple(call.split()),
        owns="nothing",
        highlights=tuple(parameters)[:2],
        sentence=says or f"Computes keras.ops.{function}; it owns no weights.",
        link=f"https://keras.io/api/ops/{page}",
        function=function,
    )

"""One row for each layer and operation of Keras: everything anybody needs to know of a kind.

The rows are data, in `kinds.json` beside this file. What Keras itself says of a kind stands in the row's `keras`, and
`python -m tools.kinds --write` writes it; the other columns are written by hand, and no script touches them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

Family = Literal[
    "input",
    "dense",
    "activation",
    "convolution",
    "pooling",
    "reshape",
    "normalisation",
    "regularisation",
    "merge",
    "recurrent",
    "attention",
    "text",
    "preprocessing",
    "wrapper",
    "custom",
    "operation",
]


class _Required:
    """The type of `REQUIRED`: one object, also after copying."""

    def __repr__(self) -> str:
        return "REQUIRED"

    def __reduce__(self) -> str:
        return "REQUIRED"


REQUIRED: Final = _Required()
"""Stands in `Facts.parameters` where a parameter has no default and must be given."""


def _none() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, kw_only=True, eq=False)
class Facts:
    """What is known about one kind of layer or operation.

    Attributes:
        kind: as in `Layer.kind`: `"Dense"`, `"ops.Add"`.
        family: the group it stands in, which decides its colour and its place in a palette.
        sentence: what it does, in plain words.
        link: the page about it in the Keras documentation.
        parameters: those that change what it computes, in the order they are written in, each with its default
            as the JSON value that `Layer.config` would hold, or `REQUIRED`.
        highlights: the two or three parameters worth showing in a drawing.
        call_arguments: the names of what it is called with, in order, the tensors first.
        call_defaults: those arguments of a call that are True or False where nobody gives them, or for which that
            makes no difference.
        tensors: the slots of the tensors that may be chosen for it, where it takes more than one in slots of their
            own; attention has query (or first), value and key.
        takes_list: it takes any number of tensors, as a list.
        takes_axes: how many axes its tensor must have, the batch included; None where any number will do.
        owns: what such a layer owns as a rule.
        owns_by: where the configuration decides what it owns: by the layer `inside`, by how it finds its `scores`, or
            by `scale and center`, nothing without both.
        returns: what is known of the shape it returns: the `same shape` as it takes; the `same axes`, of other lengths;
            `merged`, as many axes as the widest tensor; `one row`, two axes; `one axis more`; the `last step` of a
            sequence, or all of them; the `target shape`; or what the layer `inside` it returns. Empty: nothing.
        states: how many states a recurrent layer or cell keeps.
        outputs: how many tensors a call returns, as far as the kind alone says it.
        masks: what becomes of the mask that Keras carries along with a tensor: the layer `begins` one (`mask_zero`:
            where it is told so); `hands on` that of its first tensor; hands one on where `any` or `all` of its tensors
            have one; hands it on where it returns every step and not the `last step`; or does as the layer `inside`.
            Empty: the mask ends here.
        merges: how it makes one tensor of several: a `sum`, a `product`, an `extreme`, `side by side`, or a `dot`
            product. Empty: it does not.
        commutes: the order of its tensors does not count.
        associates: and a merge within such a merge can be written as one.
        activation: the name of the activation that it applies and nothing else, where its parameters are those in
            `activation_config`.
        fuses_activation: its parameter `activation` is applied last, to its one output.
        layer: for an operation, the layer that computes the same.
        function: for an operation, the function under `keras.ops` that calls it (`"add"`, `"image.resize"`), or
            under `keras` where it begins with `activations.`.
        operator: for an operation, how Python writes it, its tensors as `{}`.
        arguments_by_name: the function takes its arguments in another order than the operation.
        not_offered: why no form can add it; empty where one can.
        ends_models: it may stand at the end of a model, or beside that end.
        labels_each_place: after it, a class for every step or pixel is as usual as one for the whole.
        any_scale: it takes numbers of any size: it scales them itself, or looks them up.
    """

    kind: str
    family: Family
    sentence: str
    link: str
    parameters: Mapping[str, Any] = field(default_factory=_none)
    highlights: tuple[str, ...] = ()
    call_arguments: tuple[str, ...] = ()
    call_defaults: Mapping[str, bool] = field(default_factory=_none)
    tensors: tuple[str, ...] = ()
    takes_list: bool = False
    takes_axes: int | None = None
    owns: Literal["nothing", "randomness", "weights"] = "nothing"
    owns_by: Literal["", "inside", "scores", "scale and center"] = ""
    returns: Literal[
        "", "same shape", "same axes", "merged", "one row", "one axis more", "last step", "target shape", "inside"
    ] = ""
    states: int = 1
    outputs: int = 1
    masks: Literal["", "begins", "mask_zero", "hands on", "any", "all", "last step", "inside"] = ""
    merges: Literal["", "sum", "product", "extreme", "side by side", "dot"] = ""
    commutes: bool = False
    associates: bool = False
    activation: str = ""
    activation_config: Mapping[str, Any] = field(default_factory=_none)
    fuses_activation: bool = False
    layer: str = ""
    function: str = ""
    operator: str = ""
    arguments_by_name: bool = False
    not_offered: str = ""
    ends_models: bool = False
    labels_each_place: bool = False
    any_scale: bool = False

    @property
    def sign(self) -> str:
        """The sign between or before its tensors, where Python writes it with one."""
        return self.operator.replace("{}", "").strip()

    @property
    def keeps_shape(self) -> bool:
        """It hands on a tensor as large as the one it takes."""
        return self.returns == "same shape"

    @property
    def merges_numbers(self) -> bool:
        """It merges tensors number by number."""
        return self.merges in ("sum", "product", "extreme")


def facts(kind: str) -> Facts:
    """What is known about layers of this kind; for an unknown one what holds in general. It never fails.

    >>> facts("Dense").highlights
    ('units', 'activation')
    >>> facts("ops.GetItem").call_arguments
    ('x', 'key')
    >>> facts("my_package>Whiten").family
    'custom'
    """
    known = _KNOWN.get(kind)
    if known is None and kind in _ROWS:
        known = _KNOWN[kind] = _operation(kind) if kind.startswith("ops.") else _layer(kind)
    return known or _in_general(kind)


def is_known(kind: str) -> bool:
    """Whether Keras has it: whether there is a row for it.

    >>> is_known("Dense"), is_known("ops.Add"), is_known("my_package>Whiten")
    (True, True, False)
    """
    return kind in _ROWS


_ROWS: Mapping[str, Mapping[str, Any]] = json.loads(Path(__file__).with_name("kinds.json").read_text("utf-8"))["kinds"]
_KNOWN: dict[str, Facts] = {}

LAYERS: Final = tuple(kind for kind in _ROWS if not kind.startswith("ops."))
"""The layers of Keras, by kind, in the order a palette may show them."""
OPERATIONS: Final = tuple(kind for kind in _ROWS if kind.startswith("ops."))
"""The operations of Keras that can stand in a model, by kind."""


def _layer(kind: str) -> Facts:
    row = _ROWS[kind]
    columns = dict(_columns(row))
    link = columns.pop("link")
    every = dict(_parameters(row["keras"]))
    weights = row["keras"].get("regularised", ())
    every |= {f"{weight}_regularizer": None for weight in weights}
    every |= {f"{weight}_constraint": None for weight in weights}
    every["activity_regularizer"] = None
    return Facts(kind=kind, link=f"https://keras.io/api/layers/{link}", parameters=MappingProxyType(every), **columns)


_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def _operation(kind: str) -> Facts:
    """Its function is called as its class, in small letters, and its first parameters are worth showing."""
    row = _ROWS[kind]
    columns = dict(_columns(row))
    parameters = dict(_parameters(row["keras"]))
    function = columns.pop("function", _WORD_START.sub("_", kind.removeprefix("ops.")).lower())
    return Facts(
        kind=kind,
        family="operation",
        sentence=columns.pop("sentence", f"Computes keras.ops.{function}; it owns no weights."),
        link=f"https://keras.io/api/ops/{columns.pop('link', '')}",
        parameters=MappingProxyType(parameters),
        highlights=tuple(parameters)[:2],
        function=function,
        **columns,
    )


def _columns(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for column, value in row.items():
        if column != "keras":
            yield column, tuple(value) if isinstance(value, list) else value
    yield "call_arguments", tuple(row["keras"].get("call", ()))
    yield "call_defaults", row["keras"].get("call_defaults", {}) | row.get("call_defaults", {})


def _parameters(keras: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in keras.get("required", ()):
        yield name, REQUIRED
    yield from keras.get("optional", {}).items()


@lru_cache(maxsize=1000)  # strangers may bring any number of kinds
def _in_general(kind: str) -> Facts:
    if kind.startswith("ops."):
        return Facts(
            kind=kind,
            family="operation",
            sentence="An operation of Keras that computes new tensors and owns no weights.",
            link="https://keras.io/api/ops/",
            call_arguments=("x",),
        )
    return Facts(
        kind=kind,
        family="custom",
        sentence="A layer somebody wrote: what it computes stands in its own code.",
        link="https://keras.io/guides/making_new_layers_and_models_via_subclassing/",
        call_arguments=("inputs",),
        owns="weights",
    )

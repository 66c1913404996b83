"""The form of a layer: its fields from the real signature of the Keras class, plain words beside the names."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

import keras

from kerastutor.building.own_layers import layer_class
from kerastutor.knowledge import LAYERS, Parameter, facts, parameter
from kerastutor.models.describing import class_kind

Type = Literal["integer", "number", "switch", "choice", "values", "text", "layer"]

_HIDDEN = ("name", "kwargs", "self", "dtype", "trainable", "autocast", "weights", "input_tensor")


@dataclass(frozen=True)
class Field:
    """One parameter as a form shows it.

    Attributes:
        name: as in Keras.
        type: integer, number, switch (true or false), choice, values (a number or several, written `3` or `3, 3`),
            text, or layer (a layer written as Python, `LSTM(32)`).
        default: what Keras takes when it is left out; None also where it is required.
        required: Keras has no default for it.
        words: what it means, in plain words.
        choices: for a choice, what can be chosen; None stands for "none".
        minimum, maximum: the range of a number, as far as there is one.
        advanced: shown only on demand.
    """

    name: str
    type: Type
    default: Any = None
    required: bool = False
    words: str = ""
    choices: tuple[Any, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    advanced: bool = False


def form(kind: str) -> tuple[Field, ...]:
    """The fields of a layer, required ones first, those for experts last.

    Raises:
        ValueError: there is no such layer.

    >>> [field.name for field in form("Dense")][:3]
    ['units', 'activation', 'use_bias']
    >>> form("Dropout")[0].maximum
    1.0
    """
    cls = layer_class(kind)
    if cls is None:
        raise ValueError(f"There is no layer {kind} here; run the cell that defines it first.")
    return _fields(cls)  # type: ignore[arg-type]  # mypy does not know that classes are hashable


@cache
def _fields(cls: type[keras.Layer]) -> tuple[Field, ...]:
    signature = inspect.signature(cls.__init__)
    open_ended = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    fields = [_field(p) for p in signature.parameters.values() if p.name not in _HIDDEN and p.kind not in open_ended]
    return tuple(sorted(fields, key=lambda field: (field.advanced, not field.required)))


@cache
def offered() -> tuple[str, ...]:
    """The kinds of Keras that a palette shows: every layer of `keras.layers` once, in the order of families."""
    kinds = [
        name
        for name, cls in vars(keras.layers).items()
        if inspect.isclass(cls) and issubclass(cls, keras.Layer) and name == cls.__name__
        if not facts(class_kind(cls)).not_offered
    ]
    order = {kind: number for number, kind in enumerate(LAYERS)}
    return tuple(sorted(kinds, key=lambda kind: (order.get(kind, len(order)), kind)))


def value_of(field: Field, written: Any) -> Any:
    """What a learner typed, as the value of the parameter in JSON.

    Raises:
        ValueError: one sentence that names the field.

    >>> value_of(form("Conv2D")[1], "3, 5")
    [3, 5]
    >>> value_of(form("Dense")[0], "many")
    Traceback (most recent call last):
    ValueError: units wants a whole number, such as 64, and got 'many'.
    """
    if written is None or (isinstance(written, str) and not written.strip()):
        if field.required:
            raise ValueError(f"{field.name} is missing: {field.words or 'it has no default'}.")
        return field.default
    value = _READ[field.type](field, written)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        _check_range(field, value)
    return value


def form_of(kind: str, config: Mapping[str, Any]) -> tuple[Field, ...]:
    """The form of a layer that is there: what it is set to can be chosen, though nobody would think of offering it.

    >>> [field.choices[-1] for field in form_of("Dense", {"activation": "mish"}) if field.name == "activation"]
    ['mish']
    """
    return tuple(
        replace(field, choices=(*field.choices, config[field.name]))
        if field.type == "choice" and config.get(field.name, field.choices[0]) not in field.choices
        else field
        for field in form(kind)
    )


def config_of(kind: str, written: Mapping[str, Any], present: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The parameters of a filled form that differ from their defaults, as JSON values.

    Args:
        present: the parameters of the layer before, where the form changes one.
    """
    fields = form_of(kind, present or {})
    config = {field.name: value_of(field, written.get(field.name)) for field in fields}
    return {
        field.name: config[field.name]
        for field in fields
        if field.required or config[field.name] != _plain(field.default)
    }


def shape_of(written: str) -> tuple[int | None, ...]:
    """The shape of an input as a learner types it, without the batch axis; the batch axis is put before it.

    >>> shape_of("28, 28, 1"), shape_of("(None,)"), shape_of("")
    ((None, 28, 28, 1), (None, None), (None,))
    """
    parts = [part.strip() for part in written.strip(" ()[]").replace("×", ",").split(",") if part.strip()]
    axes: list[int | None] = [None]
    for part in parts:
        if part.lower() in ("none", "any", "?"):
            axes.append(None)
        elif part.isdecimal() and int(part) > 0:
            axes.append(int(part))
        else:
            raise ValueError(f"A shape is whole numbers, or None for an axis left open, and this is {part!r}.")
    return tuple(axes)


def _field(given: inspect.Parameter) -> Field:
    required = given.default is given.empty
    default, known = None if required else _plain(given.default), parameter(given.name)
    choices = known.choices if not known.choices or default in known.choices else (default, *known.choices)
    return Field(
        given.name,
        "choice" if choices else _type(known, default),
        default,
        required,
        known.words,
        choices,
        known.minimum,
        known.maximum,
        known.advanced and not required,
    )


def _type(known: Parameter, default: Any) -> Type:
    if isinstance(default, bool):
        return "switch"
    if known.type:
        return "values" if isinstance(default, list) else known.type
    if isinstance(default, list):
        return "values"
    if isinstance(default, float):
        return "number"
    return "integer" if isinstance(default, int) else "text"


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, (tuple, list)) else value


def _integer(field: Field, written: Any) -> Any:
    try:
        return int(str(written).strip())
    except ValueError:
        raise ValueError(f"{field.name} wants a whole number, such as 64, and got {written!r}.") from None


def _number(field: Field, written: Any) -> Any:
    try:
        return float(str(written).strip())
    except ValueError:
        raise ValueError(f"{field.name} wants a number, such as 0.5, and got {written!r}.") from None


def _values(field: Field, written: Any) -> Any:
    """`3`, `3, 3`, `(1, 2)` or a word; a comma makes a list."""
    text = str(written).strip()
    try:
        return _plain(ast.literal_eval(text))
    except (ValueError, SyntaxError):
        if text.replace("_", "").isalnum():
            return text
        raise ValueError(f"{field.name} wants one number or several with commas between, and got {text!r}.") from None


def _text(field: Field, written: Any) -> Any:
    text = str(written)
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
    return _plain(value) if isinstance(value, (bool, int, float, list, tuple)) else text


def _choice(field: Field, written: Any) -> Any:
    if written not in field.choices:
        allowed = ", ".join(str(choice) for choice in field.choices)
        raise ValueError(f"{field.name} is one of {allowed}, and got {written!r}.")
    return written


def _layer(field: Field, written: Any) -> Any:
    """`LSTM(32)` as `{"kind": "LSTM", "config": {"units": 32}}`; a list of them for `[LSTMCell(8), LSTMCell(8)]`."""
    try:
        return _described(ast.parse(str(written).strip(), mode="eval").body)
    except (ValueError, SyntaxError, TypeError, AttributeError):
        raise ValueError(
            f"{field.name} wants a layer written as in Python, such as LSTM(32), and got {written!r}."
        ) from None


def _described(node: ast.expr) -> Any:
    if isinstance(node, ast.List):
        return [_described(item) for item in node.elts]
    if not isinstance(node, ast.Call):
        return _plain(ast.literal_eval(node))
    kind = ast.unparse(node.func).rpartition(".")[2]
    bound = inspect.signature(getattr(keras.layers, kind)).bind(
        *map(_described, node.args), **{str(keyword.arg): _described(keyword.value) for keyword in node.keywords}
    )
    config = {**bound.arguments}
    config.update(config.pop("kwargs", {}))
    return {"kind": kind, "config": config}


def _check_range(field: Field, value: float) -> None:
    if field.minimum is not None and value < field.minimum:
        raise ValueError(f"{field.name} is {value:g} and must be at least {field.minimum:g}.")
    if field.maximum is not None and value > field.maximum:
        raise ValueError(f"{field.name} is {value:g} and must be at most {field.maximum:g}.")


_READ = {
    "integer": _integer,
    "number": _number,
    "switch": lambda field, written: bool(written),
    "choice": _choice,
    "values": _values,
    "text": _text,
    "layer": _layer,
}

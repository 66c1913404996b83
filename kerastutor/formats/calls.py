"""One call as a Python expression: a layer applied, an operator, or a function of `keras.ops`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kerastutor.formats.expressions import Expressions, NotWritable, is_name, text
from kerastutor.knowledge import facts
from kerastutor.topology.graph import Call, Json, Layer, Ref

_COMPARING = ("<", "<=", ">", ">=", "!=")
"""The signs that Python may turn round: a number before them would have to be a tensor."""


def applied(
    layer: Layer, call: Call, created: str | None, variables: Mapping[Ref, str], expressions: Expressions
) -> str:
    """The call as an expression.

    Args:
        layer: what is called.
        created: the expression of the layer; None for an operation.
        variables: the tensors so far.
        expressions: writes the constants.
    """
    given = _given(call)
    if created is not None:
        return f"{created}({', '.join(_arguments(layer, given, variables, expressions))})"
    operands = [_argument(value, variables, expressions) for value in given.values()]
    operator = _operator(layer.kind, layer.config, list(given.values()), operands, expressions)
    return operator or _function(layer, given, operands, expressions)


_ONLY_IN_CODE = {
    "ops.ByTraining": "The model does something else in training than in inference, which only its own code says.",
    "ops.AddLoss": "The model adds a loss in its call(), which only its own code can do.",
    "ops.SetWeight": "The model gives a weight a new value in its call(), which only its own code can do.",
    "Variable": "The model uses a weight of its own, which only its own code can make.",
}


def check_written(layer: Layer, call: Call) -> None:
    """Raise `NotWritable` where only the code of the model itself can make this call."""
    if layer.kind in _ONLY_IN_CODE:
        raise NotWritable(_ONLY_IN_CODE[layer.kind])
    if "untracked" in layer.config:
        raise NotWritable(f"Keras does not know of the weights of `{layer.name}`, so no code can.")
    if layer.owns == "weights" and not call.tensors:
        raise NotWritable(f"`{layer.name}` is called on constants, which only a call() of the model's own can do.")


def _operator(
    kind: str, config: Mapping[str, Json], values: list[Any], operands: list[str], expressions: Expressions
) -> str | None:
    """`x + y`, `-x`, `x[:, 1:3]`, where the operation is written so and Python would call it so."""
    if config:
        return None
    if kind == "ops.GetItem" and len(values) == 2 and isinstance(values[0], Ref) and not isinstance(values[1], _Branch):
        return f"{operands[0]}[{expressions.key(values[1])}]"
    known = facts(kind)
    if not known.operator or known.operator.count("{}") != len(values) or not all(map(_is_operand, values)):
        return None
    if not any(isinstance(value, Ref) for value in values):
        return None
    if known.sign in _COMPARING and not isinstance(values[0], Ref):
        return None
    return known.operator.format(*map(_in_parentheses, values, operands))


def _is_operand(value: Any) -> bool:
    return isinstance(value, Ref) or type(value) in (int, float)


def _in_parentheses(value: Any, operand: str) -> str:
    return f"({operand})" if operand.startswith(("-", "float")) and not isinstance(value, Ref) else operand


def _function(layer: Layer, given: Mapping[str, Any], operands: list[str], expressions: Expressions) -> str:
    known = facts(layer.kind)
    function = known.function or layer.kind.removeprefix("ops.").lower()
    if not all(map(is_name, function.split("."))):
        raise NotWritable(f"There is no operation of the kind {layer.kind!r} in Keras, so no code can call it.")
    if function.startswith("activations."):
        called = f"keras.{function}"
    else:
        expressions.modules.add("ops")
        called = f"ops.{function}"
    config = dict(layer.config)
    if layer.kind == "ops.Einsum":
        operands = [expressions.value(config.pop("subscripts", "")), *operands]
    elif known.arguments_by_name:
        operands = [operands[0], *(f"{name}={value}" for name, value in list(zip(given, operands, strict=True))[1:])]
    return f"{called}({', '.join([*operands, *expressions.keywords(config)])})"


def _arguments(
    layer: Layer, given: Mapping[str, Any], variables: Mapping[Ref, str], expressions: Expressions
) -> list[str]:
    """What a layer is called with: the first by position, as are query, value and key of an attention."""
    known = facts(layer.kind)
    positions = 3 if known.family == "attention" else 1
    written, odd = [], {}
    for index, (name, value) in enumerate(given.items()):
        argument = _argument(value, variables, expressions)
        in_order = index < len(known.call_arguments) and name == known.call_arguments[index]
        if (in_order and index < positions) or (index == 0 and name not in known.call_arguments):
            written.append(argument)
        elif is_name(name):
            written.append(f"{name}={argument}")
        else:
            odd[name] = argument
    if odd:
        written.append(f"**{{{', '.join(f'{text(name)}: {argument}' for name, argument in odd.items())}}}")
    return written


def _given(call: Call) -> dict[str, Any]:
    """The arguments by parameter, lists and dicts put together again from the slots."""
    tree: dict[str, Any] = {}
    for slot, value in call.arguments:
        *path, last = slot.split(".")
        place = tree
        for step in path:
            inner = place.setdefault(step, _Branch())
            place = inner if isinstance(inner, _Branch) else place
        place[last] = value
    return tree


class _Branch(dict[str, Any]):
    """A list or dict of arguments, as distinct from a constant that is a dict."""


def _argument(value: Any, variables: Mapping[Ref, str], expressions: Expressions) -> str:
    if isinstance(value, Ref):
        return variables[value]
    if not isinstance(value, _Branch):
        return expressions.value(value)
    items = {key: _argument(item, variables, expressions) for key, item in value.items()}
    if all(key.isdecimal() for key in items):
        return f"[{', '.join(items.values())}]"
    return f"{{{', '.join(f'{text(key)}: {item}' for key, item in items.items())}}}"

"""Small networks written as a few lines of text."""

import ast
from collections.abc import Callable
from typing import Any

import pytest

from kerastutor.topology.graph import (
    Call,
    Layer,
    Port,
    Ref,
    Scope,
    Tensor,
    Topology,
    arguments_from,
)

WEIGHTS = ("Dense", "Conv", "LSTM", "GRU", "BatchNorm", "LayerNorm", "Embedding", "MultiHeadAttention", "Depthwise")
OPERANDS = {
    "ops.Add": ("x1", "x2"),
    "ops.Subtract": ("x1", "x2"),
    "ops.Multiply": ("x1", "x2"),
    "ops.GetItem": ("x", "key"),
}


class _Writer:
    """Reads lines such as `a = Dense(units=4)(x)`, `b = a.again(y)` and `h, c = LSTM(_outputs=2)(x, mask=m)`."""

    def __init__(self) -> None:
        self.layers: dict[str, Layer] = {}
        self.calls: list[Call] = []
        self.tensors: dict[str, Ref] = {}
        self.scopes: dict[str, Scope] = {}

    def line(self, statement: ast.stmt) -> None:
        assert isinstance(statement, ast.Assign)
        target = statement.targets[0]
        names = [name.id for name in (target.elts if isinstance(target, ast.Tuple) else [target])]
        call = statement.value
        assert isinstance(call, ast.Call)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "again":
            layer = self.tensors[call.func.value.id].call.split("#")[0]
            self.add(names, layer, call, {})
        elif isinstance(call.func, ast.Call):
            self.add(names, self.layer(names[0], call.func), call, self.options(call.func))
        else:
            self.add(names, self.layer(names[0], call), None, self.options(call))

    def options(self, made: ast.Call) -> dict[str, Any]:
        return {word.arg: ast.literal_eval(word.value) for word in made.keywords if word.arg.startswith("_")}

    def layer(self, name: str, made: ast.Call) -> str:
        kind = ast.unparse(made.func)
        config = {word.arg: ast.literal_eval(word.value) for word in made.keywords if not word.arg.startswith("_")}
        options = self.options(made)
        owns = "weights" if kind.startswith(WEIGHTS) else "randomness" if "Dropout" in kind else "nothing"
        kind = options.get("_kind", kind)
        trainable = options.get("_trainable", True)
        identity = options.get("_id", name)
        self.layers[identity] = Layer(
            identity, kind, config=config, owns=options.get("_owns", owns), trainable=trainable
        )
        return identity

    def add(self, names: list[str], layer: str, call: ast.Call | None, options: dict[str, Any]) -> None:
        before = sum(other.layer == layer for other in self.calls)
        identity = layer if not before else f"{layer}#{before + 1}"
        arguments = tuple(self.arguments(layer, call)) if call else ()
        width = options.get("_outputs", len(names))
        scope = tuple(options.get("_scope", "").split()) or ()
        for outer in scope:
            self.scopes.setdefault(outer, Scope(outer, outer, "Functional", outer.split("#")[0]))
        self.calls.append(Call(identity, layer, arguments, (Tensor(),) * width, scope))
        for index, name in enumerate(names):
            self.tensors[name] = Ref(identity, index)

    def arguments(self, layer: str, call: ast.Call) -> Any:
        operands = OPERANDS.get(self.layers[layer].kind, ("inputs", "second", "third"))
        for slot, value in zip(operands, call.args, strict=False):
            yield from arguments_from(slot, self.value(value))
        for word in call.keywords:
            yield from arguments_from(word.arg, self.value(word.value))

    def value(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Name):
            return self.tensors[node.id]
        if isinstance(node, ast.List | ast.Tuple):
            return [self.value(item) for item in node.elts]
        return ast.literal_eval(node)

    def ports(self, text: str) -> tuple[Port, ...]:
        found = []
        for item in text.split():
            key, _, name = item.rpartition("=")
            found.append(Port(self.tensors[name], key or None))
        return tuple(found)


def _net(text: str, outputs: str = "", inputs: str = "", **fields: Any) -> Topology:
    writer = _Writer()
    body = ast.parse(text.replace("\n        ", "\n").strip()).body
    for statement in body:
        writer.line(statement)
    inputs = inputs or " ".join(c.id for c in writer.calls if writer.layers[c.layer].kind == "Input")
    last = body[-1].targets[0]
    outputs = outputs or (last.id if isinstance(last, ast.Name) else last.elts[0].id)
    return Topology(
        tuple(writer.layers.values()),
        tuple(writer.calls),
        writer.ports(inputs),
        writer.ports(outputs),
        scopes=tuple(writer.scopes.values()),
        **fields,
    )


@pytest.fixture(scope="session")
def net() -> Callable[..., Topology]:
    """`net("x = Input(); y = Dense(units=4)(x)", outputs="y")`; the last line is the output unless named."""
    return _net

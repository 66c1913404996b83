"""The learner's own lines on the way to an error: the call on each, and what it was given."""

from __future__ import annotations

import ast
import builtins
import inspect
import linecache
import os
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

import keras

LIBRARIES = tuple(
    str(Path(folder)) + os.sep
    for folder in {
        sysconfig.get_paths()["stdlib"],
        sysconfig.get_paths()["purelib"],
        sysconfig.get_paths()["platlib"],
        str(Path(keras.__file__).parent),
        str(Path(__file__).parent.parent),
    }
)

SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@"}
"""How operations on tensors are written."""


class Unknown:
    """A value that cannot be told without running the learner's code again; `cls` is its class where that is plain."""

    def __init__(self, cls: type | None = None) -> None:
        self.cls = cls


@dataclass(frozen=True)
class Given:
    """An argument on the learner's line: how it is written, and what it is."""

    text: str
    value: Any


@dataclass(frozen=True)
class Site:
    """The call in the learner's own code that raised.

    Attributes:
        file, line: where.
        text: the call or operation as written, or the whole line.
        sign: `+` where it is `x + y` that raised, "" where it is no such operation.
        function: what is called, or an `Unknown`.
        args, keywords: what it is given.
        scope: the names that are known there.
    """

    file: str
    line: int
    text: str = ""
    sign: str = ""
    function: Any = field(default_factory=Unknown)
    args: tuple[Given, ...] = ()
    keywords: Mapping[str, Given] = field(default_factory=dict)
    scope: Mapping[str, Any] = field(default_factory=dict)

    @property
    def given(self) -> tuple[Given, ...]:
        """Every argument, those by position first."""
        return (*self.args, *self.keywords.values())

    def argument(self, position: int, name: str) -> Any:
        """The value of an argument, by name or position; `Unknown` where it was not given or cannot be told."""
        if name in self.keywords:
            return self.keywords[name].value
        return self.args[position].value if position < len(self.args) else Unknown()

    def calls(self, *functions: Any) -> bool:
        """Whether one of these functions, methods or classes is what is called here."""
        called = getattr(self.function, "__func__", self.function)
        return any(called is getattr(function, "__func__", function) for function in functions)


def from_the_learner(traceback: TracebackType | None) -> TracebackType | None:
    """The traceback from the first line of the learner's own on; the whole, where there is none."""
    step = traceback
    while step is not None and not _is_learners(step):
        step = step.tb_next
    return step or traceback


def sites_of(traceback: TracebackType | None) -> Iterator[Site]:
    """The lines of the learner's own code on the way to an error, outermost first."""
    while traceback is not None:
        if _is_learners(traceback):
            yield _site(traceback)
        traceback = traceback.tb_next


def _is_learners(step: TracebackType) -> bool:
    return not step.tb_frame.f_code.co_filename.startswith((*LIBRARIES, "<frozen"))


def _site(traceback: TracebackType) -> Site:
    frame = traceback.tb_frame
    file, line = frame.f_code.co_filename, traceback.tb_lineno
    scope = {**frame.f_globals, **frame.f_locals}
    node = _running(traceback, file)
    if isinstance(node, ast.Call):
        args = tuple(Given(ast.unparse(arg), resolve(arg, scope)) for arg in node.args)
        keywords = {k.arg: Given(ast.unparse(k.value), resolve(k.value, scope)) for k in node.keywords if k.arg}
        called = resolve(node.func, scope)
        return Site(file, line, ast.unparse(node), "", called, args, keywords, scope)
    if isinstance(node, ast.BinOp):
        return Site(file, line, ast.unparse(node), SIGNS.get(type(node.op), ""), scope=scope)
    if isinstance(node, ast.Subscript):
        return Site(file, line, ast.unparse(node), scope=scope)
    return Site(file, line, linecache.getline(file, line).strip(), scope=scope)


def _running(traceback: TracebackType, file: str) -> ast.expr | None:
    """The call, operation or look-up that was running, by its exact place in the source."""
    positions = list(traceback.tb_frame.f_code.co_positions())
    place = positions[traceback.tb_lasti // 2] if traceback.tb_lasti // 2 < len(positions) else (None,) * 4
    try:
        module = ast.parse("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError):
        return None
    nodes = [node for node in ast.walk(module) if isinstance(node, (ast.Call, ast.BinOp, ast.Subscript))]
    return next((n for n in nodes if (n.lineno, n.end_lineno, n.col_offset, n.end_col_offset) == place), None)


def resolve(node: ast.expr, scope: Mapping[str, Any]) -> Any:
    """The value of an expression, as far as it can be told by looking: nothing of the learner's is run again."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return scope.get(node.id, getattr(builtins, node.id, Unknown()))
    if isinstance(node, (ast.List, ast.Tuple)):
        items = [resolve(item, scope) for item in node.elts]
        return items if isinstance(node, ast.List) else tuple(items)
    if isinstance(node, ast.Dict) and all(node.keys):
        return {resolve(k, scope): resolve(v, scope) for k, v in zip(node.keys, node.values, strict=True) if k}
    if isinstance(node, ast.Attribute):
        return _attribute(resolve(node.value, scope), node.attr)
    if isinstance(node, ast.Subscript):
        return _item(resolve(node.value, scope), resolve(node.slice, scope))
    if isinstance(node, ast.Call):
        made = resolve(node.func, scope)
        if isinstance(made, type):
            return Unknown(made)
        return Unknown(keras.KerasTensor) if isinstance(made, Unknown) and _is_layer(made.cls) else Unknown()
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = resolve(node.operand, scope)
        return -value if isinstance(value, (int, float)) else Unknown()
    return Unknown()


def _attribute(owner: Any, name: str) -> Any:
    if isinstance(owner, Unknown):
        return inspect.getattr_static(owner.cls, name, Unknown()) if owner.cls else owner
    if isinstance(owner, (ModuleType, type)):
        return getattr(owner, name, Unknown())
    static = inspect.getattr_static(owner, name, Unknown())
    if isinstance(static, property):
        return Unknown()
    return getattr(owner, name, Unknown())


def _item(owner: Any, key: Any) -> Any:
    if isinstance(owner, (list, tuple, dict)) and isinstance(key, (int, str)):
        try:
            return owner[key]  # type: ignore[index]  # a key of the wrong kind is a TypeError
        except (LookupError, TypeError):
            return Unknown()
    return Unknown()


def _is_layer(cls: Any) -> bool:
    return isinstance(cls, type) and issubclass(cls, keras.Layer)

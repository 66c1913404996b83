"""What is known of an error: the learner's line, the call on it, the objects it was given, and the graph so far."""

from __future__ import annotations

import ast
import builtins
import inspect
import linecache
import os
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

import keras
from keras import tree

from kerastutor.models.recording import FailedCall, Record, of_keras
from kerastutor.models.replaying import replay

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
        text: the call as written, or the whole line.
        function: what is called, or an `Unknown`.
        args, keywords: what it is given.
        scope: the names that are known there.
    """

    file: str
    line: int
    text: str = ""
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


@dataclass(frozen=True)
class Evidence:
    """Everything a diagnosis may look at.

    Attributes:
        error: the exception.
        record: the calls before it, and the one that failed, where they were watched.
        sites: the lines of the learner's code on the way to it, outermost first.
    """

    error: BaseException
    record: Record
    sites: tuple[Site, ...]

    @property
    def site(self) -> Site:
        """The innermost line of the learner's code."""
        return self.sites[-1] if self.sites else Site("", 0)

    @property
    def message(self) -> str:
        return str(self.error)

    @cached_property
    def failed(self) -> FailedCall | None:
        """The innermost call that failed with this error."""
        return self.if_it_raised(self.record.failed)

    def if_it_raised(self, call: FailedCall | None) -> FailedCall | None:
        """The call, where it failed with this very error; Keras may have wrapped it."""
        if call is None:
            return None
        return call if call.error is self.error or type(call.error) is type(self.error) else None

    @cached_property
    def operation(self) -> Any:
        """The layer whose call failed, or None."""
        return self.failed.operation if self.failed else None

    @cached_property
    def tensors(self) -> tuple[Any, ...]:
        """The tensors the failed call was given."""
        if not self.failed:
            return ()
        return tuple(filter(is_tensor, _given_to(self.failed)))

    @cached_property
    def shapes(self) -> tuple[tuple[int | None, ...], ...]:
        return tuple(shape for tensor in self.tensors if (shape := shape_of(tensor)) is not None)

    @property
    def model(self) -> Any:
        """The model whose method is called on the learner's line, or None."""
        for site in reversed(self.sites):
            owner = getattr(site.function, "__self__", None)
            if isinstance(owner, keras.Model):
                return owner
        return None

    def method(self, *names: str) -> Site | None:
        """The line that calls one of these methods of a model."""
        for site in self.sites:
            owner = getattr(site.function, "__self__", None)
            if isinstance(owner, keras.Model) and getattr(site.function, "__name__", "") in names:
                return site
        return None

    def name(self, thing: Any) -> str:
        """What the learner calls an object: its variable, else its own name."""
        for site in reversed(self.sites):
            for name, value in site.scope.items():
                if value is thing and not name.startswith("_"):
                    return name
        if isinstance(thing, keras.KerasTensor):
            return producer_name(thing)
        own = "" if is_tensor(thing) else getattr(thing, "name", None)  # TensorFlow gives its tensors names of its own
        return own or type(thing).__name__


def gather(error: BaseException, record: Record | None = None, traceback: TracebackType | None = None) -> Evidence:
    """Collect what is known of an error that was just caught."""
    record = record or Record()
    sites = tuple(_with_data(site, record) for site in _sites(traceback or error.__traceback__))
    evidence = Evidence(error, record, sites)
    return _seen_inside(evidence) or evidence


def _seen_inside(evidence: Evidence) -> Evidence | None:
    """The same failure inside a layer of the learner's, on symbolic tensors; None where it is no such failure.

    It is the same where it comes by the same lines, though the exception may be another: a backend refuses `x + y` in
    its own way, and Keras in its own.
    """
    outer = evidence.if_it_raised(evidence.record.outermost)
    if outer is None or of_keras(type(outer.operation)) or not any(map(_is_symbolic, _given_to(outer))):
        return None
    again = replay(outer)
    inner = tuple(_sites(again.error.__traceback__)) if again else ()
    if again is None or not inner or _places(inner) != _places(evidence.sites[-len(inner) :]):
        return None
    calls = [*evidence.record.calls, *again.record.calls]
    record = replace(evidence.record, calls=calls, failed=again.record.failed)
    return Evidence(again.error, record, (*evidence.sites[: -len(inner)], *inner))


def _given_to(call: FailedCall) -> list[Any]:
    return tree.flatten((call.args, dict(call.kwargs)))


def _is_symbolic(thing: Any) -> bool:
    return isinstance(thing, keras.KerasTensor)


def _places(sites: tuple[Site, ...]) -> list[tuple[str, int]]:
    return [(site.file, site.line) for site in sites]


def _with_data(site: Site, record: Record) -> Site:
    """The line with the very objects a training method was given, where that was watched."""
    for trained in reversed(record.trained):
        owner = getattr(site.function, "__self__", None)
        if owner is trained.model and site.function.__name__ == trained.method:
            args = tuple(Given(one.text, value) for one, value in zip(site.args, trained.args, strict=False))
            keywords = {
                name: Given(one.text, trained.kwargs.get(name, one.value)) for name, one in site.keywords.items()
            }
            return replace(site, args=args, keywords=keywords)
    return site


def is_tensor(thing: Any) -> bool:
    """A symbolic tensor, a tensor of the backend or an array; not a shape."""
    return hasattr(thing, "shape") and hasattr(thing, "dtype") and not isinstance(thing, type)


def shape_of(thing: Any) -> tuple[int | None, ...] | None:
    """The shape as a tuple, None for open axes; None where it is not known."""
    try:
        return tuple(map(_length, thing.shape))
    except (TypeError, ValueError, AttributeError):
        return None


def _length(length: Any) -> int | None:
    """The length of an axis; an axis that a backend keeps open while it traces is None."""
    try:
        return None if length is None else int(length)
    except Exception:  # JAX has an error of its own for it
        return None


def shape_text(shape: tuple[int | None, ...] | None) -> str:
    """A shape as learners read it: `(batch, 28, 28)`.

    >>> shape_text((None, 28, None)), shape_text((5,))
    ('(batch, 28, any)', '(5)')
    """
    if shape is None:
        return "(unknown)"
    words = ["batch" if n is None and i == 0 else "any" if n is None else str(n) for i, n in enumerate(shape)]
    return f"({', '.join(words)})"


def producer_name(tensor: Any) -> str:
    """The name of the layer that made a symbolic tensor."""
    history = getattr(tensor, "_keras_history", None)
    return history.operation.name if history and history.operation is not None else tensor.name


def _sites(traceback: TracebackType | None) -> Iterator[Site]:
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if not code.co_filename.startswith((*LIBRARIES, "<frozen")) and "ipykernel/" not in code.co_filename:
            yield _site(traceback)
        traceback = traceback.tb_next


def _site(traceback: TracebackType) -> Site:
    frame = traceback.tb_frame
    file, line = frame.f_code.co_filename, traceback.tb_lineno
    scope = {**frame.f_globals, **frame.f_locals}
    text = linecache.getline(file, line).strip()
    node = _call_at(traceback, file)
    if node is None:
        return Site(file, line, text, scope=scope)
    args = tuple(Given(ast.unparse(arg), resolve(arg, scope)) for arg in node.args)
    keywords = {k.arg: Given(ast.unparse(k.value), resolve(k.value, scope)) for k in node.keywords if k.arg}
    return Site(file, line, ast.unparse(node), resolve(node.func, scope), args, keywords, scope)


def _call_at(traceback: TracebackType, file: str) -> ast.Call | None:
    """The call that was running: by its exact place in the line, else the outermost on the line."""
    positions = list(traceback.tb_frame.f_code.co_positions())
    place = positions[traceback.tb_lasti // 2] if traceback.tb_lasti // 2 < len(positions) else (None,) * 4
    try:
        module = ast.parse("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError):
        return None
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call)]
    exact = [n for n in calls if (n.lineno, n.end_lineno, n.col_offset, n.end_col_offset) == place]
    return exact[0] if exact else None


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


def is_data(thing: Any) -> bool:
    """An array or tensor of numbers, not a symbolic one."""
    return is_tensor(thing) and not isinstance(thing, keras.KerasTensor) and not isinstance(thing, keras.Layer)

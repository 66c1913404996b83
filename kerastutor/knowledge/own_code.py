"""Functions and classes by what they compute: those of a library by where they stand, all others by their code.

A name proves nothing: anybody can write `def softmax(x): return ops.sigmoid(x)`. So a function is known by a token, its
name and a mark behind `#`. For a library's function the mark says where it stands, and it is given only where the very
object is found there. For any other it is the digest of its code, of the values it closes over and of the globals it
uses, after the version of Python, whose bytecode it is. A file holds only the name: see `bare`.
"""

from __future__ import annotations

import dis
import hashlib
import inspect
import json
import re
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from functools import reduce
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from kerastutor.knowledge.lambda_code import digest_of_function

Json = Any
Describe = Callable[[Any], Json]
"""What makes plain data of a value that is neither a function, a class nor a module."""

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
_MARK = re.compile(r"#(?:(\d+\.\d+)-[0-9a-f]{16}|[a-z_][\w.]*)$")
_LIBRARIES = tuple({str(Path(sysconfig.get_path(name)).resolve()) for name in ("stdlib", "purelib", "platlib")})
_KERAS = ("keras", "tensorflow", "jax", "torch", "numpy")
_LONGEST = 1000
_OPEN: ContextVar[frozenset[int]] = ContextVar("open", default=frozenset())  # what is being described: code may recur
_NOT_COMPUTING = frozenset(
    {"__module__", "__qualname__", "__doc__", "__dict__", "__weakref__", "__annotations__", "__firstlineno__"}
    | {"__static_attributes__", "__annotate__", "__annotate_func__", "__annotations_cache__", "__type_params__"}
    | {"__parameters__", "__orig_bases__", "__abstractmethods__", "_abc_impl", "__classcell__", "__hash__", "__repr__"}
    | {"get_config", "from_config", "get_build_config", "build_from_config", "compute_output_shape"}
    | {"compute_output_spec"}
)
"""What a class may hold that changes nothing it computes; what it says of itself is compared as its configuration."""


def bare(token: str) -> str:
    """The name in a token, without its mark; any other text is returned as it is.

    >>> bare("swoosh#3.11-0123456789abcdef"), bare("gelu#keras.ops"), bare("C#")
    ('swoosh', 'gelu', 'C#')
    """
    return _MARK.sub("", token)


def python_of(token: str) -> str | None:
    """The version of Python whose code a token was made of; None where it says nothing of code.

    >>> python_of("swoosh#3.11-0123456789abcdef"), python_of("swoosh"), python_of("gelu#keras.ops")
    ('3.11', None, None)
    """
    found = _MARK.search(token)
    return found[1] if found else None


def is_token(text: str) -> bool:
    """Whether a text is a name with a mark."""
    return _MARK.search(text) is not None


def token(thing: Any, describe: Describe) -> str:
    """The name of a function or callable object with its mark. Equal tokens compute the same; it fails for no value.

    >>> import math
    >>> token(math.sin, str), bare(token(lambda x: x, str)), bare(token(inspect.getdoc, str))
    ('sin#math', '<lambda>', 'getdoc')
    """
    name = _name(thing)
    place = library(thing)
    return f"{name}#{place}" if place else f"{name}#{digested(_described(thing, describe))}"


def library(thing: Any) -> str:
    """Where in a library a function or class stands, `keras.ops` for one; nothing for code of anybody's own.

    >>> library(inspect.getdoc), library(type("Own", (), {}))
    ('inspect', '')
    """
    module_name = getattr(thing, "__module__", None) or ""
    module = sys.modules.get(module_name)
    if module is None or module_name == "__main__":
        return ""
    try:
        found = reduce(getattr, str(getattr(thing, "__qualname__", thing.__name__)).split("."), module)
    except AttributeError:
        return ""
    if found is not thing or not _installed(module):
        return ""
    parts = module_name.split(".")
    return ".".join(("keras", *parts[2:3])) if parts[:2] == ["keras", "src"] else module_name


def class_code(cls: type, describe: Describe) -> str:
    """The digest of what a class and its ancestors compute, as far as no library has them; empty for a library's."""
    own = [base for base in cls.__mro__ if not library(base)]
    return digested([_class(base, describe) for base in own if base is not object]) if own else ""


def used_globals(function: Any, describe: Describe) -> dict[str, Json]:
    """The globals that a function uses and that are not what a library has under that name."""
    given: Mapping[str, Any] = getattr(function, "__globals__", {})
    used = sorted(set(_global_names(function.__code__)) & given.keys())
    return {name: _value(given[name], describe) for name in used if not _known_as(given[name], name)}


def closed_over(function: Any, describe: Describe) -> list[Json]:
    """The values that a function closes over, and the defaults of its parameters."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=False)
    values = [_cell(cell, describe) for name, cell in cells if name != "__class__"]
    defaults = _value(function.__defaults__, describe), _value(function.__kwdefaults__, describe)
    return [*defaults, *values]


def digested(described: Json) -> str:
    """The mark for described code."""
    text = json.dumps(described, sort_keys=True, default=str)
    return f"{VERSION}-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:16]}"


def _name(thing: Any) -> str:
    name = getattr(thing, "__name__", None)
    if not isinstance(name, str):
        return type(thing).__name__
    saving = getattr(sys.modules.get("keras"), "saving", None)
    return saving.get_registered_name(thing) if saving is not None else name


def _installed(module: ModuleType) -> bool:
    """Whether a module came with Python or an installed package, and is nobody's own."""
    file = getattr(module, "__file__", None)
    if file is None or module.__name__.partition(".")[0] in _KERAS:
        return True
    return "site-packages" in file or "dist-packages" in file or file.startswith(_LIBRARIES)


def _described(thing: Any, describe: Describe) -> Json:
    """What a function or object computes, as plain data."""
    if id(thing) in _OPEN.get():
        return _name(thing)
    opened = _OPEN.set(_OPEN.get() | {id(thing)})
    try:
        if inspect.ismethod(thing):
            return [_value(thing.__func__, describe), _value(thing.__self__, describe)]
        if isinstance(getattr(thing, "__code__", None), CodeType):
            code = digest_of_function(_without_docstring(thing))
            return [code, *closed_over(thing, describe), used_globals(thing, describe)]
        inner = getattr(thing, "__wrapped__", None) or getattr(thing, "python_function", None)
        if inner is not None and inner is not thing:
            return [type(thing).__name__, _value(inner, describe)]
        if hasattr(thing, "func") and hasattr(thing, "keywords"):  # functools.partial
            return [_value(part, describe) for part in (thing.func, thing.args, thing.keywords)]
        state = {name: _value(value, describe) for name, value in getattr(thing, "__dict__", {}).items()}
        return [class_code(type(thing), describe) or type(thing).__qualname__, state]
    finally:
        _OPEN.reset(opened)


def _class(cls: type, describe: Describe) -> Json:
    if id(cls) in _OPEN.get():
        return cls.__name__
    opened = _OPEN.set(_OPEN.get() | {id(cls)})
    try:
        held = {name: value for name, value in vars(cls).items() if name not in _NOT_COMPUTING}
        return {name: _value(_function_in(value), describe) for name, value in held.items()}
    finally:
        _OPEN.reset(opened)


def _function_in(value: Any) -> Any:
    """The function behind a method, a static method or a property."""
    if isinstance(value, property):
        return [value.fget, value.fset]
    return getattr(value, "__func__", value)


def _value(value: Any, describe: Describe) -> Json:
    """A value that code uses, as plain data."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return repr(value)
    if isinstance(value, ModuleType):
        return {"module": value.__name__}
    if isinstance(value, type):
        return {"class": library(value) or class_code(value, describe), "name": value.__name__}
    if isinstance(value, (list, tuple)) and len(value) <= _LONGEST:
        return [_value(item, describe) for item in value]
    if isinstance(value, dict) and len(value) <= _LONGEST:
        return {str(name): _value(item, describe) for name, item in value.items()}
    if getattr(value, "nbytes", 0) > _LONGEST and hasattr(value, "tobytes"):
        return {"bytes": hashlib.sha256(value.tobytes()).hexdigest(), "shape": str(value.shape)}
    if callable(value) and not hasattr(value, "get_config"):
        return token(value, describe)
    return _nameless(describe(value))


def _nameless(described: Json) -> Json:
    """A described object without the name that Keras gave it: two builds of one model give two."""
    if isinstance(described, dict) and isinstance(described.get("config"), dict):
        return {**described, "config": {key: item for key, item in described["config"].items() if key != "name"}}
    return described


def _cell(cell: Any, describe: Describe) -> Json:
    try:
        return _value(cell.cell_contents, describe)
    except ValueError:  # not filled yet
        return None


def _known_as(value: Any, name: str) -> bool:
    """Whether a global is what a library has under this very name: the name stands in the code already."""
    if isinstance(value, ModuleType):
        return _installed(value) and value.__name__.rpartition(".")[2] == name
    return hasattr(value, "__name__") and value.__name__ == name and bool(library(value))


def _global_names(code: CodeType) -> Iterator[str]:
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield instruction.argval
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _global_names(constant)


def _without_docstring(function: Any) -> CodeType:
    code: CodeType = function.__code__
    said = function.__doc__
    if said is None or not code.co_consts or code.co_consts[0] != said:
        return code
    return code.replace(co_consts=(None, *code.co_consts[1:]))

"""The values inside a configuration or a call, live or saved, as the one JSON value that stands for them.

Keras saves a slice, an array, a regulariser or a nested layer each in a form of its own, and a live layer holds the
object itself. Here both become the same plain data, without importing Keras: an object is known by what it offers.
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
from collections.abc import Mapping
from typing import Any

from kerastutor.knowledge import own_code
from kerastutor.knowledge.lambda_code import digest_of_function, digest_of_text

Json = Any

LONGEST = 1000
"""A list with more items (a vocabulary, an array of constants) is held as its length and digest."""

_PLAIN = (bool, int, str, type(None))


def plain(value: Any) -> Json:
    """The JSON value that stands for `value`. Equal values give equal JSON; it fails for no value.

    >>> plain((1, (2, None))), plain(slice(1, 3)), plain(...), plain(float("-inf"))
    ([1, [2, None]], {'slice': [1, 3, None]}, {'ellipsis': True}, {'float': '-inf'})
    >>> plain({"class_name": "__slice__", "config": {"start": 1, "stop": 3, "step": None}})
    {'slice': [1, 3, None]}
    """
    if isinstance(value, float):
        return number(value)
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, (list, tuple)):
        return _listed(value)
    if isinstance(value, Mapping):
        return _saved(value)
    if isinstance(value, slice):
        return {"slice": [plain(value.start), plain(value.stop), plain(value.step)]}
    if value is ...:
        return {"ellipsis": True}
    if isinstance(value, bytes):
        return {"bytes": value.decode("utf-8", "replace")}
    return _living(value)


def number(value: float) -> Json:
    """A float as JSON holds it. One that went through 32 bits (0.009999999776) becomes the number it was (0.01)."""
    if not math.isfinite(value):
        return {"float": str(value)}
    if value.is_integer():
        return value + 0.0 if value else 0.0
    try:
        if struct.unpack("f", struct.pack("f", value))[0] != value:
            return float(value)
    except OverflowError:
        return float(value)
    for digits in range(1, 10):
        shorter = float(f"{value:.{digits}g}")
        if struct.unpack("f", struct.pack("f", shorter))[0] == value:
            return shorter
    return float(value)


def function_name(value: Any) -> str:
    """What stands for a function, live or saved: its name, and for a live one the mark of its code (see `own_code`).

    A lambda is named by the digest of what it computes, which a file holds too, but not the globals that it uses.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return _saved_function_name(value)
    if isinstance(value, (list, tuple)) and value and isinstance(value[0], str):
        return f"lambda:{digest_of_text(value[0])}{_surroundings(value[1:])}"
    code = getattr(value, "__code__", None)
    if getattr(value, "__name__", None) != "<lambda>" or code is None:
        return own_code.token(value, plain)
    cells = tuple(map(_contents, value.__closure__ or ())) or None
    used = own_code.used_globals(value, plain)
    mark = f"#{own_code.digested(used)}" if used else ""
    return f"lambda:{digest_of_function(code)}{_surroundings((value.__defaults__, cells))}{mark}"


def named_object(value: Any) -> tuple[str, Mapping[str, Any]] | None:
    """Class name and configuration of an object with `get_config`, live or saved; None for anything else."""
    if isinstance(value, Mapping):
        name, config = value.get("class_name"), value.get("config")
        return (name, config) if isinstance(name, str) and isinstance(config, Mapping) else None
    if not callable(getattr(value, "get_config", None)) or isinstance(value, type):
        return None
    return type(value).__name__, configuration(value)


def configuration(thing: Any) -> Mapping[str, Any]:
    """What an object says of its parameters; where its `get_config` raises, those of its attributes that are plain."""
    try:
        said: Mapping[str, Any] = thing.get_config()
        return said
    except Exception:  # it is the learner's code
        return {name: value for name, value in getattr(thing, "__dict__", {}).items() if _tells(name, value)}


def digest(value: Json) -> str:
    """A short name for a JSON value, the same on every machine."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


_OF_KERAS = frozenset({"built", "autocast", "supports_masking", "supports_jit", "supports_nnx", "input_spec"})


def _tells(name: str, value: Any) -> bool:
    """Whether an attribute says something of what its object computes."""
    if name.startswith("_") or name in _OF_KERAS:
        return False
    return all(map(_is_plain, value)) if isinstance(value, (list, tuple)) else _is_plain(value)


def _is_plain(value: Any) -> bool:
    return isinstance(value, (*_PLAIN, float))


def _contents(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not filled yet
        return None


def _listed(value: list[Any] | tuple[Any, ...]) -> Json:
    items = [plain(item) for item in value]
    return {"length": len(items), "digest": digest(items)} if len(items) > LONGEST else items


def _saved(value: Mapping[Any, Any]) -> Json:
    name, config = value.get("class_name"), value.get("config")
    if not isinstance(name, str):
        return {str(key): plain(item) for key, item in value.items()}
    inside: Mapping[str, Any] = config if isinstance(config, Mapping) else {}
    if name == "__slice__":
        return {"slice": [plain(inside.get(part)) for part in ("start", "stop", "step")]}
    if name == "__ellipsis__":
        return {"ellipsis": True}
    if name in ("__tensor__", "__numpy__"):
        return _array(inside.get("value"), inside.get("dtype"))
    if name == "__bytes__":
        return {"bytes": inside.get("value")}
    if name in ("function", "__lambda__"):
        return {"function": function_name(value)}
    return {"class": name, "config": plain(inside) if inside else plain(config)}


def _saved_function_name(value: Mapping[Any, Any]) -> str:
    config = value.get("config")
    if value.get("class_name") == "function":
        names = (value.get("registered_name"), config)  # Keras registers a function that nobody did as "function"
        return next((str(name) for name in names if name and name != "function"), "function")
    code: Any = config if isinstance(config, Mapping) else value
    if isinstance(code.get("value"), (list, tuple)):
        return function_name(code["value"])
    if isinstance(code.get("code"), str):
        return function_name([code["code"], code.get("defaults"), code.get("closure")])
    return f"lambda:{digest(plain(dict(value.items())) if config is None else str(config))}"


def _surroundings(values: Any) -> str:
    """Defaults and closed-over values of a lambda: part of what it computes."""
    given = [plain(value) for value in values if value is not None]
    return f":{digest(given)}" if given else ""


def _array(values: Any, dtype: Any) -> Json:
    """An array of constants, with the name of its dtype, which decides that of the result. One number is plain."""
    if not isinstance(values, (list, tuple)):
        return plain(values)
    name = dtype if isinstance(dtype, str) else getattr(dtype, "name", None) or str(dtype)
    return {"array": plain(values), "dtype": name.rpartition(".")[2]}


def _living(value: Any) -> Json:
    if hasattr(value, "numpy") and not hasattr(value, "tolist"):
        value = value.numpy()
    if hasattr(value, "tolist") and hasattr(value, "dtype"):
        return _array(value.tolist(), value.dtype)
    described = named_object(value)
    if described is not None:
        return {"class": described[0], "config": plain(described[1])}
    if isinstance(value, type):
        return {"class": value.__name__, "code": own_code.class_code(value, plain) or own_code.library(value)}
    if callable(value):
        return {"function": function_name(value)}
    name = getattr(value, "name", None)
    return name if isinstance(name, str) else {"object": type(value).__name__}

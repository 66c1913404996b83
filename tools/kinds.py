"""Whether the rows of `kerastutor/knowledge/kinds.json` say of each layer and operation what this Keras says.

    python -m tools.kinds            what the installed Keras moved, row by row; the exit code is 1 if anything
    python -m tools.kinds --write    and write it into the rows

Only the column `keras` of a row is compared and written: parameters with their defaults, the arguments of calls, the
weights that can be regularised. What an older Keras lacks stays in the row and is listed under `lacks`, by version, for
a row is about every Keras that kerastutor works with. A kind that is new gets a row whose other columns are to be
written by hand: the tests say what is missing or not so.
"""

from __future__ import annotations

import importlib
import inspect
import json
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import keras

from kerastutor.knowledge.kinds import REQUIRED, facts
from kerastutor.knowledge.normal_config import kind_of, layer_config
from kerastutor.knowledge.values import plain

TABLE = Path(__file__).parent.parent / "kerastutor" / "knowledge" / "kinds.json"
VERSION = ".".join(keras.__version__.split(".")[:2])

NO_PARAMETER = frozenset(
    {"name", "kwargs", "dtype", "seed", "trainable", "weights", "input_tensor", "batch_shape", "activity_regularizer"}
    | {"lora_rank", "lora_alpha", "gptq_unpacked_column_size", "quantization_config"}
    | {"use_cudnn", "flash_attention", "vocabulary_size", "native_serialization_platforms", "autocast"}
)
"""Constructor arguments of layers that do not change the function, or that another parameter says."""
OURS = frozenset({"Input"})
"""Kinds whose row says more than the class in Keras: an input's shape and dtype come from its tensor too."""
BASES = frozenset({"ops.Operation", "ops.Function", "ops.SegmentReduction"})
ANY_CALL = frozenset({"Layer", "Wrapper", "TorchModuleWrapper"})
"""Kinds whose own `call` does not say what they are called with."""

Row = dict[str, Any]


@cache
def classes() -> dict[str, type]:
    """Every layer and operation of the installed Keras, by kind."""
    found = [value for value in vars(keras.layers).values() if inspect.isclass(value)]
    layers = [cls for cls in found if issubclass(cls, keras.Layer)]
    kinds = {kind_of(cls.__module__, cls.__name__): cls for cls in (*layers, *_operations())}
    return {kind: cls for kind, cls in kinds.items() if kind not in BASES}


def _operations() -> Iterator[type]:
    package = importlib.import_module("keras.src.ops")
    names = [f"keras.src.ops.{module.name}" for module in iter_modules(package.__path__)]
    for name in (*names, "keras.src.activations.activations"):
        module = importlib.import_module(name) if not name.endswith("_test") else None
        for value in vars(module).values() if module else ():
            if inspect.isclass(value) and issubclass(value, keras.Operation) and value.__module__ == name:
                yield value


def said(kind: str, cls: type) -> Row:
    """The column `keras` of a row, from the class alone; defaults as a configuration holds them."""
    layer = issubclass(cls, keras.Layer)
    hidden = NO_PARAMETER if layer else {"name"}
    given = {name: default for name, default in _parameters(cls.__init__) if name not in hidden}
    if layer:
        given = {name: value for name, value in given.items() if not name.endswith("_initializer")}
    weights = [name.removesuffix("_regularizer") for name in given if layer and name.endswith("_regularizer")]
    on_weights = ("_regularizer", "_constraint") if layer else ()
    own = {name: value for name, value in given.items() if not name.endswith(on_weights)}
    row = {
        "required": [name for name, default in own.items() if default is REQUIRED],
        "optional": {name: _spelled(kind, name, value) for name, value in own.items() if value is not REQUIRED},
        "regularised": weights,
    }
    if kind not in ANY_CALL:
        called = dict(_parameters(cls.call, several=not layer))  # type: ignore[attr-defined]
        row["call"] = list(called)
        row["call_defaults"] = {name: default for name, default in called.items() if isinstance(default, bool)}
    return {column: value for column, value in row.items() if value}


def _parameters(function: Any, several: bool = False) -> Iterator[tuple[str, Any]]:
    """Name and default of each parameter that can be given by name, and of `*operands` where asked for."""
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        by_name = parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
        if (by_name and parameter.name != "kwargs") or (several and parameter.kind is parameter.VAR_POSITIONAL):
            yield parameter.name, REQUIRED if parameter.default is parameter.empty else parameter.default


def _spelled(kind: str, name: str, default: Any) -> Any:
    """A default as the row has it, unless Keras moved it."""
    listed = facts(kind).parameters.get(name, REQUIRED)
    if listed is not REQUIRED and (not layer_config(kind, {name: default}) or _ends_in(listed, default)):
        return listed
    if name == "data_format" and default is None and not kind.startswith("ops."):
        return "channels_last"
    return plain(default)


def _ends_in(listed: Any, default: Any) -> bool:
    """Random layers turn a factor of 0.5 into the range from 0 to 0.5."""
    return isinstance(listed, list) and not isinstance(default, (list, tuple)) and listed[-1] == default


def merged(kind: str, cls: type | None, before: Row) -> Row:
    """The column `keras` of a row with what this Keras says, what it lacks listed by its version."""
    lacks = {version: names for version, names in before.get("lacks", {}).items() if version != VERSION}
    if cls is None:
        return {**before, "lacks": dict(sorted({**lacks, VERSION: True}.items()))}
    now = said(kind, cls)
    handed_up = {name for base in cls.__mro__[1:-1] for name, _ in _parameters(base.__init__)}  # by **kwargs
    known = {*now.get("required", ()), *now.get("optional", ()), *handed_up}
    missing = [name for name in (*before.get("required", ()), *before.get("optional", ())) if name not in known]
    if kind not in ANY_CALL:
        missing += [f"call: {name}" for name in before.get("call", ()) if name not in now.get("call", ())]
    row: Row = {
        "required": _joined(before.get("required", []), now.get("required", [])),
        "optional": {
            name: now.get("optional", {}).get(name, before.get("optional", {}).get(name))
            for name in _joined([*before.get("optional", {})], [*now.get("optional", {})])
            if name not in now.get("required", [])
        },
        "regularised": _joined(before.get("regularised", []), now.get("regularised", [])),
        "call": _joined(before.get("call", []), now.get("call", [])),
        "call_defaults": before.get("call_defaults", {}) | now.get("call_defaults", {}),
        "lacks": dict(sorted({**lacks, **({VERSION: missing} if missing else {})}.items())),
    }
    return {column: value for column, value in row.items() if value}


def _joined(before: list[str], now: list[str]) -> list[str]:
    """The names of both, in the order of `now`; those that it lacks after the name they stood behind before."""
    names = list(now)
    for place, name in enumerate(before):
        if name not in names:
            names.insert(names.index(before[place - 1]) + 1 if place else 0, name)
    return names


def moved(table: Mapping[str, Row]) -> dict[str, tuple[Row, Row]]:
    """The rows that the installed Keras moved: their column `keras` before and now."""
    here = classes()
    found = {}
    for kind in (*table, *(kind for kind in here if kind not in table)):
        if kind in OURS:
            continue
        before = table.get(kind, {}).get("keras", {})
        now = merged(kind, here.get(kind), before)
        if now != before:
            found[kind] = (before, now)
    return found


def told(kind: str, before: Row, now: Row) -> str:
    """One line on a row that moved."""
    if not before:
        return f"Keras {keras.__version__} has a kind without a row: {kind}"
    columns = [column for column in (*now, *before) if now.get(column) != before.get(column)]
    changes = [f"{column} {before.get(column)} -> {now.get(column)}" for column in dict.fromkeys(columns)]
    return f"Keras {keras.__version__} moved {kind}: {'; '.join(changes)}"


def written(table: Mapping[str, Row]) -> str:
    """The table as text: a row on one line where it fits, else a column on one line."""
    rows = []
    for kind, row in table.items():
        line = f" {json.dumps(kind)}: {json.dumps(row, ensure_ascii=False)}"
        if len(line) > 118:
            columns = [f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in row.items()]
            line = f" {json.dumps(kind)}: {{\n" + ",\n".join(columns) + "\n }"
        rows.append(line)
    return '{"kinds": {\n' + ",\n".join(rows) + "\n}}\n"


def with_row(table: Mapping[str, Row], kind: str, now: Row) -> dict[str, Row]:
    """The table with what Keras says of a kind now; a new layer comes after the others, to be moved to its family."""
    if kind in table:
        return {**table, kind: {**table[kind], "keras": now}}
    if kind.startswith("ops."):
        return {**table, kind: {"keras": now}}
    by_hand = dict.fromkeys(("family", "sentence", "link"), "")
    layers = {known: row for known, row in table.items() if not known.startswith("ops.")}
    return {**layers, kind: {**by_hand, "keras": now}, **table}


def main(arguments: list[str]) -> int:
    table = json.loads(TABLE.read_text("utf-8"))["kinds"]
    changes = moved(table)
    for kind, (before, now) in changes.items():
        print(told(kind, before, now))
        table = with_row(table, kind, now)
    if "--write" in arguments:
        TABLE.write_text(written(table), "utf-8")
        return 0
    return 1 if changes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

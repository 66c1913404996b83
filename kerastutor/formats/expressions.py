"""Layers, their parameters and constants as Python expressions.

A topology may come from anybody. Every text in it, be it a name, a kind or a parameter, goes into the program as a
quoted literal or as a name that was checked to be one; nothing else is ever pasted.
"""

from __future__ import annotations

import keyword
import math
from collections.abc import Iterable, Mapping
from typing import Any

from kerastutor.knowledge import LAYERS, REQUIRED, facts, parameter
from kerastutor.knowledge.named_objects import ACTIVATIONS, CONSTRAINTS, REGULARISERS
from kerastutor.knowledge.own_code import bare
from kerastutor.topology.graph import Json, Layer


class NotWritable(ValueError):
    """A topology holds something that no program can say; the message names it."""


class Expressions:
    """Writes expressions and remembers what the program has to import and define for them.

    Attributes:
        modules: which of `layers`, `ops` and `np` the program uses.
        classes: classes of the learner's own, by package.
        remarks: comments on what the program needs and a topology does not hold.
    """

    def __init__(self) -> None:
        self.modules: set[str] = set()
        self.classes: dict[str, set[str]] = {}
        self.remarks: dict[str, None] = {}

    def layer(self, layer: Layer, name: str | None) -> str:
        """The layer as it is created: `layers.Dense(4, activation="relu")`.

        Args:
            layer: not an input and not an operation.
            name: what to pass as its name; None where Keras is to name it.
        """
        extras = [] if name is None else [f"name={text(name)}"]
        if not layer.trainable:
            extras.append("trainable=False")
        return self._made(layer.kind, layer.config, extras)

    def value(self, value: Json, name: str = "") -> str:
        """A parameter or constant: plain data as literals, nested layers and regularisers as they are created."""
        if isinstance(value, str) and name.endswith("activation") and value not in ACTIVATIONS:
            return self.function(value, f"function_of_{name}")
        if isinstance(value, (list, tuple)):
            return self._sequence(value, name)
        if isinstance(value, Mapping):
            return self._object(value, name)
        return literal(value)

    def key(self, key: Json) -> str:
        """What stands between the brackets of `x[...]`."""
        if isinstance(key, list):
            parts = [self._index(item) for item in key]
            return f"{parts[0]}," if len(parts) == 1 else ", ".join(parts) or "()"
        return self._index(key)

    def keywords(self, given: Mapping[str, Json]) -> list[str]:
        """Parameters as `name=value`; names that are none are passed in a dict."""
        named = [f"{name}={self.value(value, name)}" for name, value in given.items() if is_name(name)]
        odd = {name: value for name, value in given.items() if not is_name(name)}
        return [*named, f"**{self._dict(odd)}"] if odd else named

    def imports(self) -> list[str]:
        """The lines that import what the expressions so far need."""
        from_keras = sorted(self.modules & {"layers", "ops"})
        lines = ["import keras"]
        if "np" in self.modules:
            lines.append("import numpy as np")
        if from_keras:
            lines.append(f"from keras import {', '.join(from_keras)}")
        return lines + [f"from {package} import {', '.join(sorted(self.classes[package]))}" for package in self.classes]

    def _made(self, kind: str, config: Mapping[str, Json], extras: Iterable[str] = ()) -> str:
        if kind in LAYERS and kind != "Input":
            self.modules.add("layers")
            created = f"layers.{kind}"
        elif kind == "Sequential" and isinstance(config.get("layers"), list):
            return self._stack(config["layers"], extras)
        else:
            created = self._class(kind)
        leading = []
        for name, default in facts(kind).parameters.items():
            if default is not REQUIRED or name not in config:
                break
            leading.append(name)
        positional = [self.value(config[name], name) for name in leading]
        named = self.keywords({name: value for name, value in config.items() if name not in leading})
        return f"{created}({', '.join([*positional, *named, *extras])})"

    def _stack(self, inner: list[Json], extras: Iterable[str]) -> str:
        steps = ", ".join(self.value(layer) for layer in inner)
        return f"keras.Sequential({', '.join([f'[{steps}]', *extras])})"

    def _class(self, kind: str) -> str:
        """A class that is not Keras' own, by name; the program says where it should come from."""
        if kind in ("Functional", "Model"):
            raise NotWritable("No code is written for a functional model inside a wrapper; ask for its code alone.")
        package, separator, name = kind.rpartition(">")
        if not separator or not is_name(name):
            raise NotWritable(f"There is no layer of the kind {kind!r} in Keras, so no code can create it.")
        if package == "__main__" or not all(map(is_name, package.split("."))):
            self.remarks[f"{name} is a class of your own: define it before this runs."] = None
        else:
            self.classes.setdefault(package, set()).add(name)
            self.remarks[f"{name} is not part of Keras: adapt its import where it comes from elsewhere."] = None
        return name

    def _sequence(self, value: list[Json] | tuple[Json, ...], name: str) -> str:
        known = parameter(name)
        if known.per_axis and value and all(type(item) is int and item == value[0] for item in value):
            return literal(value[0])
        items = [self.value(item, name if known.tuple else "") for item in value]
        if known.tuple:
            return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
        return f"[{', '.join(items)}]"

    def _object(self, value: Mapping[str, Json], name: str) -> str:
        keys = set(value)
        if name.endswith("activation") and str(value.get("kind")).startswith("ops."):
            self.modules.add("ops")
            return f"ops.{facts(value['kind']).function}"
        if {"kind", "config"} <= keys and isinstance(value["kind"], str) and isinstance(value["config"], Mapping):
            return self._made(
                value["kind"], value["config"], [] if value.get("trainable", True) else ["trainable=False"]
            )
        if keys == {"slice"} and isinstance(value["slice"], list) and len(value["slice"]) == 3:
            return f"slice({', '.join(map(self.value, value['slice']))})"
        if keys == {"ellipsis"}:
            return "..."
        if keys == {"float"}:
            return f"float({text(str(value['float']))})"
        if keys == {"array", "dtype"}:
            self.modules.add("np")
            return f"np.array({self.value(value['array'])}, dtype={text(str(value['dtype']))})"
        if name.endswith(("_regularizer", "_constraint")) and len(keys) == 1:
            return self._named_object(value, name)
        if "digest" in keys:
            raise NotWritable(f"The value of {name or 'a parameter'} is too long to be held, so no code can say it.")
        return self._dict(value)

    def _named_object(self, value: Mapping[str, Json], parameter: str) -> str:
        ((name, config),) = value.items()
        module, known = ("regularizers", REGULARISERS) if "regularizer" in parameter else ("constraints", CONSTRAINTS)
        created = f"keras.{module}.{name}" if name in known else self._class(f"__main__>{name}")
        return f"{created}({', '.join(self.keywords(config if isinstance(config, Mapping) else {}))})"

    def _dict(self, value: Mapping[str, Json]) -> str:
        return f"{{{', '.join(f'{text(name)}: {self.value(item)}' for name, item in value.items())}}}"

    def _index(self, item: Json) -> str:
        if isinstance(item, Mapping) and isinstance(item.get("slice"), list) and len(item["slice"]) == 3:
            start, stop, step = ("" if part is None else self.value(part) for part in item["slice"])
            return f"{start}:{stop}:{step}" if step else f"{start}:{stop}"
        return self.value(item)

    def function(self, name: str, variable: str) -> str:
        """A function of the learner's by its name, such as that of a Lambda; `variable` stands for one without."""
        name = bare(name)
        if is_name(name):
            self.remarks[f"{name} is a function of your own: define it before this runs."] = None
            return name
        self.remarks[
            f"{variable} stands for a lambda, whose code a model does not show: define it before this runs."
        ] = None
        return variable


def literal(value: Json) -> str:
    """A number, text, truth value or None as Python writes it."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if value is None or isinstance(value, (bool, int, float)):
        return repr(value)
    raise NotWritable(f"A value of the type {type(value).__name__} stands where only plain data can.")


def text(value: Any) -> str:
    """A text as a Python literal, in double quotes where they need no escapes.

    >>> text("relu"), text('a"b'), text("two" + chr(10) + "lines")
    ('"relu"', '\\'a"b\\'', "'two\\\\nlines'")
    """
    value = str(value)
    plain = value.isascii() and value.isprintable() and '"' not in value and "\\" not in value
    return f'"{value}"' if plain else ascii(value)


def is_name(value: Any) -> bool:
    """Whether a text can stand in a program as a name."""
    return isinstance(value, str) and value.isascii() and value.isidentifier() and not keyword.iskeyword(value)

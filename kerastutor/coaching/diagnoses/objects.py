"""What the things on a learner's line are, made already or not."""

from __future__ import annotations

import ast
import inspect
from typing import Any, TypeVar

import keras
from keras import KerasTensor

from kerastutor.coaching.evidence import Evidence
from kerastutor.coaching.sites import Unknown

Node = TypeVar("Node", bound=ast.expr)


def made_class(evidence: Evidence) -> type | None:
    """The layer class that is being made on the learner's line."""
    function = evidence.site.function
    return function if isinstance(function, type) and issubclass(function, keras.Layer) else None


def is_symbolic(value: Any) -> bool:
    return isinstance(value, KerasTensor) or (isinstance(value, Unknown) and value.cls is KerasTensor)


def is_layer(value: Any) -> bool:
    if isinstance(value, Unknown):
        return isinstance(value.cls, type) and issubclass(value.cls, keras.Layer)
    return isinstance(value, keras.Layer)


def is_layer_class(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, keras.Layer)


def expressions(text: str, kind: type[Node]) -> list[Node]:
    """The expressions of one kind in a line; none where it cannot be read by itself."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return []
    return [node for node in ast.walk(tree) if isinstance(node, kind)]


def parameters_of(cls: type) -> list[str]:
    """The names of the parameters with which a layer of this class is made, those it passes on too."""
    names: dict[str, None] = {}
    for base in cls.__mro__:
        if base is object or "__init__" not in vars(base):
            continue
        parameters = inspect.signature(base.__init__).parameters.values()  # type: ignore[misc]
        names |= dict.fromkeys(p.name for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL))
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            break
    return [name for name in (*names, "input_shape", "batch_input_shape", "input_dim") if name != "self"]

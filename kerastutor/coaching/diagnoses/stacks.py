"""Mistakes where a Sequential is made."""

from __future__ import annotations

import ast
import re
from typing import Any

import keras

from kerastutor.coaching.diagnoses.objects import is_layer, is_layer_class, is_symbolic, made_class
from kerastutor.coaching.evidence import Evidence
from kerastutor.coaching.tensors import is_input
from kerastutor.models.keras_inside import layers_held
from kerastutor.topology.finding import Finding, found


def items_of(evidence: Evidence) -> list[tuple[Any, str]] | None:
    """What a Sequential is being made of, or added to it: (value, text)."""
    site = evidence.site
    function = site.function
    if isinstance(function, type) and issubclass(function, keras.Sequential):
        layers = site.argument(0, "layers")
        texts = _item_texts(site.given[0].text if site.given else "")
        if isinstance(layers, (list, tuple)):
            return list(zip(layers, texts or [str(item) for item in layers], strict=False))
        return [(layers, site.given[0].text)] if site.given else []
    owner = getattr(function, "__self__", None)
    if isinstance(owner, keras.Sequential) and getattr(function, "__name__", "") == "add":
        return [(given.value, given.text) for given in site.args]
    return None


def _item_texts(text: str) -> list[str]:
    node = ast.parse(text, mode="eval").body if text else None
    return [ast.unparse(item) for item in node.elts] if isinstance(node, (ast.List, ast.Tuple)) else []


def not_a_list_of_layers(evidence: Evidence) -> Finding | None:
    site = evidence.site
    cls = made_class(evidence)
    if (
        cls
        and issubclass(cls, keras.Sequential)
        and len(site.args) > 1
        and all(is_layer(g.value) for g in site.args[:2])
    ):
        return found("not_a_list_of_layers")
    return None


def wrong_item_in_sequential(evidence: Evidence) -> Finding | None:
    items = items_of(evidence)
    if items is None:
        return None
    for value, text in items:
        if is_layer_class(value):
            return found("class_not_instance", given=text)
        if isinstance(value, (list, tuple)) and value and all(is_layer(item) for item in value):
            return found("branches_in_sequential", given=f"the list {text}")
        if is_symbolic(value) and not is_input(value):
            return found("tensor_in_sequential", given=text)
        if isinstance(value, (str, int, float)) or (callable(value) and not is_layer(value)):
            suggestion = f"keras.layers.Activation({text})" if _is_activation(value) else "keras.layers.Dense(...)"
            return found("not_a_layer", given=text, suggestion=suggestion)
    return None


def _is_activation(value: Any) -> bool:
    if isinstance(value, str):
        return hasattr(keras.activations, value)
    return getattr(keras.activations, getattr(value, "__name__", ""), None) is value


def two_inputs_in_sequential(evidence: Evidence) -> Finding | None:
    items = items_of(evidence)
    if items is None:
        return None
    owner = getattr(evidence.site.function, "__self__", None)
    held = [layer for layer in layers_held(owner) if isinstance(layer, keras.layers.InputLayer)]
    inputs = [one for value, text in items for one in _inputs(value, text)]
    if len(inputs) + len(held) > 1 and isinstance(evidence.error, ValueError):
        return found("two_inputs_in_sequential")
    return None


def _inputs(value: Any, text: str) -> list[Any]:
    """The inputs that an item is, or makes; a list may hold several."""
    if isinstance(value, (list, tuple)):
        return _INPUT.findall(text)
    return [value] if is_input(value) or _INPUT.search(text.partition(")")[0]) else []


_INPUT = re.compile(r"\bInput(Layer)?\(")


RULES = (
    not_a_list_of_layers,
    wrong_item_in_sequential,
    two_inputs_in_sequential,
)

"""Mistakes where layers, Sequentials and models are made."""

from __future__ import annotations

import ast
import builtins
import difflib
import inspect
from collections.abc import Iterable
from typing import Any

import keras
from keras import KerasTensor, tree

from kerastutor.building.diagnoses.finding import Finding, found
from kerastutor.building.evidence import Evidence, Given, Unknown, is_data, producer_name, shape_of, shape_text
from kerastutor.models.leaves import layers_reached

INPUT = (keras.Input,)


def made_class(evidence: Evidence) -> type | None:
    """The layer class that is being made on the learner's line."""
    function = evidence.site.function
    return function if isinstance(function, type) and issubclass(function, keras.Layer) else None


def layer_class(evidence: Evidence) -> type | None:
    """The class of a plain layer that is being made; None for models."""
    cls = made_class(evidence)
    return None if cls is None or issubclass(cls, keras.Model) else cls


def is_symbolic(value: Any) -> bool:
    return isinstance(value, KerasTensor) or (isinstance(value, Unknown) and value.cls is KerasTensor)


def is_layer(value: Any) -> bool:
    if isinstance(value, Unknown):
        return isinstance(value.cls, type) and issubclass(value.cls, keras.Layer)
    return isinstance(value, keras.Layer)


def is_layer_class(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, keras.Layer)


def tensor_to_constructor(evidence: Evidence) -> Finding | None:
    cls = layer_class(evidence)
    given = _first(evidence.site.given, lambda value: any(map(is_symbolic, tree.flatten(value))))
    if cls and given and cls is not keras.layers.InputLayer:
        return found("tensor_to_constructor", layer=cls.__name__, tensor=given.text)
    return None


def missing_parameter(evidence: Evidence) -> Finding | None:
    cls = layer_class(evidence)
    if not cls or not isinstance(evidence.error, TypeError) or _stars(evidence):
        return None
    parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]  # type: ignore[misc]
    required = [p.name for p in parameters if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD]
    absent = [name for name in required[len(evidence.site.args) :] if name not in evidence.site.keywords]
    return found("missing_parameter", layer=cls.__name__, missing=" and ".join(absent)) if absent else None


def unknown_parameter(evidence: Evidence) -> Finding | None:
    cls = layer_class(evidence)
    if not cls or not isinstance(evidence.error, (TypeError, ValueError)):
        return None
    known = _parameters(cls)
    strange = [name for name in evidence.site.keywords if name not in known]
    if not strange or strange[0] not in evidence.message:
        return None
    own = [name for name in known if not name.startswith(("kernel_", "bias_", "lora", "activity", "quant"))]
    close = difflib.get_close_matches(strange[0], known, 1, 0.6)
    suggestion = f"Did you mean {close[0]}?" if close else f"Look up what {cls.__name__} takes."
    return found("unknown_parameter", layer=cls.__name__, given=strange[0], known=", ".join(own), suggestion=suggestion)


def unknown_identifier(evidence: Evidence) -> Finding | None:
    """A name of an activation, loss, optimizer, initialiser or metric that does not exist."""
    if not isinstance(evidence.error, (ValueError, TypeError)):
        return None
    for what, module in _IDENTIFIERS.items():
        for site in reversed(evidence.sites):
            for name, given in site.keywords.items():
                if name.endswith(what) or (what == "metric" and name == "metrics"):
                    missing = _not_found(given.value, what, module)
                    if missing:
                        return missing
            if what == "optimizer" and getattr(site.function, "__name__", "") == "compile" and site.args:
                missing = _not_found(site.args[0].value, what, module)
                if missing:
                    return missing
            if what == "activation" and site.calls(keras.layers.Activation) and site.args:
                missing = _not_found(site.args[0].value, what, module)
                if missing:
                    return missing
    return _loss_of_compile(evidence)


def _loss_of_compile(evidence: Evidence) -> Finding | None:
    """Keras looks losses up when training starts, long after compile()."""
    site = evidence.method("fit", "evaluate", "train_on_batch")
    loss = getattr(evidence.model, "loss", None)
    return _not_found(loss, "loss", keras.losses) if site and isinstance(loss, str) else None


_IDENTIFIERS = {
    "activation": keras.activations,
    "optimizer": keras.optimizers,
    "loss": keras.losses,
    "initializer": keras.initializers,
    "regularizer": keras.regularizers,
    "metric": keras.metrics,
}


def _not_found(value: Any, what: str, module: Any) -> Finding | None:
    for name in [value] if isinstance(value, str) else value if isinstance(value, list) else []:
        if not isinstance(name, str) or (what == "metric" and name in ("accuracy", "acc", "crossentropy", "ce")):
            continue
        try:
            module.get(name)
        except (ValueError, TypeError):
            close = difflib.get_close_matches(name, [n for n in dir(module) if not n.startswith("_")], 1, 0.5)
            suggestion = f"Did you mean {close[0]!r}?" if close else "Look its name up in the Keras pages."
            return found("unknown_identifier", what=what, given=repr(name), suggestion=suggestion)
    return None


def bad_parameter(evidence: Evidence) -> Finding | None:
    cls = layer_class(evidence)
    if not cls or not isinstance(evidence.error, (ValueError, TypeError)):
        return None
    names = list(inspect.signature(cls.__init__).parameters)[1:]  # type: ignore[misc]
    written = dict(zip(names, evidence.site.args, strict=False)) | dict(evidence.site.keywords)
    for name, given in written.items():
        if name in _WHOLE and not isinstance(given.value, Unknown) and not _is_whole(given.value):
            return found(
                "bad_parameter",
                layer=cls.__name__,
                given=f"{name}={given.text}",
                reason=f"{name} counts something, so it is a whole number of at least 1.",
                example=f"{name}=64",
            )
        if name in _SHARES and isinstance(given.value, (int, float)) and not 0 <= given.value <= 1:
            return found(
                "bad_parameter",
                layer=cls.__name__,
                given=f"{name}={given.text}",
                reason=f"{name} is a share, so it lies between 0 and 1.",
                example=f"{name}=0.5",
            )
    return None


_WHOLE = ("units", "filters", "input_dim", "output_dim", "num_heads", "key_dim", "n")
_SHARES = ("rate", "dropout", "recurrent_dropout")


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def shape_not_tuple(evidence: Evidence) -> Finding | None:
    site = evidence.site
    if site.calls(keras.Input, keras.layers.Input, keras.layers.InputLayer):
        value = site.argument(0, "shape")
        if isinstance(value, int) and not isinstance(value, bool):
            return found("shape_not_tuple", given=value)
    return None


# ---- Sequential ---------------------------------------------------------------------------------------------------


def _sequential_items(evidence: Evidence) -> list[tuple[Any, str]] | None:
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
    items = _sequential_items(evidence)
    if items is None:
        return None
    for value, text in items:
        if is_layer_class(value):
            return found("class_not_instance", given=text)
        if isinstance(value, (list, tuple)) and value and all(is_layer(item) for item in value):
            return found("branches_in_sequential", given=text)
        if is_symbolic(value) and not _is_input(value):
            return found("tensor_in_sequential", given=text)
        if isinstance(value, (str, int, float)) or (callable(value) and not is_layer(value)):
            suggestion = f"keras.layers.Activation({text})" if _is_activation(value) else "keras.layers.Dense(...)"
            return found("not_a_layer", given=text, suggestion=suggestion)
    return None


def _is_input(value: Any) -> bool:
    history = getattr(value, "_keras_history", None)
    return history is not None and isinstance(history.operation, keras.layers.InputLayer)


def _is_activation(value: Any) -> bool:
    if isinstance(value, str):
        return hasattr(keras.activations, value)
    return getattr(keras.activations, getattr(value, "__name__", ""), None) is value


def two_inputs_in_sequential(evidence: Evidence) -> Finding | None:
    items = _sequential_items(evidence)
    if items is None:
        return None
    owner = getattr(evidence.site.function, "__self__", None)
    held = [layer for layer in getattr(owner, "_layers", []) if isinstance(layer, keras.layers.InputLayer)]
    inputs = [text for value, text in items if _is_input(value) or "Input(" in text.partition(")")[0] + ")"]
    if len(inputs) + len(held) > 1 and isinstance(evidence.error, ValueError):
        return found("two_inputs_in_sequential")
    return None


def duplicate_names(evidence: Evidence) -> Finding | None:
    cls = made_class(evidence)
    items = _sequential_items(evidence)
    if items is None and not (cls and issubclass(cls, keras.Model)):
        return None
    owner = getattr(evidence.site.function, "__self__", None)
    layers = [value for value, _ in items or [] if isinstance(value, keras.Layer)]
    layers += list(getattr(owner, "_layers", []))
    layers += [created.layer for created in evidence.record.created] if evidence.record.created else []
    if items is None:
        layers = layers_reached([v for g in evidence.site.given for v in tree.flatten(g.value)])
    names = [layer.name for layer in {id(layer): layer for layer in layers}.values()]
    twice = [name for name in names if names.count(name) > 1 and f"{name}" in evidence.message]
    return found("duplicate_names", name=repr(twice[0])) if twice and isinstance(evidence.error, ValueError) else None


# ---- Model --------------------------------------------------------------------------------------------------------


def _is_model_call(evidence: Evidence) -> bool:
    cls = made_class(evidence)
    return cls is not None and issubclass(cls, keras.Model) and not issubclass(cls, keras.Sequential)


def missing_outputs(evidence: Evidence) -> Finding | None:
    if not _is_model_call(evidence):
        return None
    given = {name: evidence.site.keywords[name] for name in ("inputs", "outputs") if name in evidence.site.keywords}
    given |= dict(zip(("inputs", "outputs"), evidence.site.args, strict=False))
    if len(given) == 1 and any(map(is_symbolic, tree.flatten(next(iter(given.values())).value))):
        return found("missing_outputs", given=next(iter(given)))
    return None


def wrong_part_of_model(evidence: Evidence) -> Finding | None:
    if not _is_model_call(evidence):
        return None
    for position, place in enumerate(("inputs", "outputs")):
        value = evidence.site.argument(position, place)
        text = _text(evidence, position, place)
        for leaf in tree.flatten(value):
            if is_data(leaf):
                return found("array_in_graph", given=text, shape=shape_text(shape_of(leaf)))
            if is_layer_class(leaf):
                return found("class_not_instance", given=text)
            if is_layer(leaf):
                return found("layer_not_tensor", given=text, place=f"the {place} of a model")
            if isinstance(leaf, int) and place == "inputs":
                return found("input_forgotten", layer="keras.Model", given=text)
    return None


def _text(evidence: Evidence, position: int, name: str) -> str:
    if name in evidence.site.keywords:
        return evidence.site.keywords[name].text
    return evidence.site.args[position].text if position < len(evidence.site.args) else name


def disconnected(evidence: Evidence) -> Finding | None:
    if not _is_model_call(evidence):
        return None
    inputs = [t for t in tree.flatten(evidence.site.argument(0, "inputs")) if isinstance(t, KerasTensor)]
    outputs = [t for t in tree.flatten(evidence.site.argument(1, "outputs")) if isinstance(t, KerasTensor)]
    for output in outputs:
        origins = _origins(output, {id(tensor) for tensor in inputs})
        if origins and inputs:
            source = " and ".join(sorted({producer_name(tensor) for tensor in origins}))
            return found(
                "disconnected",
                output=evidence.name(output),
                input=" and ".join(evidence.name(tensor) for tensor in inputs),
                source=source,
            )
    return None


def _origins(tensor: KerasTensor, stop: set[int]) -> list[KerasTensor]:
    """The inputs that a tensor goes back to without passing one of `stop`."""
    origins, waiting, seen = [], [tensor], set()
    while waiting:
        current = waiting.pop()
        if id(current) in seen or id(current) in stop:
            continue
        seen.add(id(current))
        operation, node, _ = current._keras_history
        parents = operation._inbound_nodes[node].input_tensors if operation is not None else []
        waiting.extend(parents)
        if not parents:
            origins.append(current)
    return origins


def super_init_forgotten(evidence: Evidence) -> Finding | None:
    cls = made_class(evidence) or type(evidence.operation)
    for site in evidence.sites:
        owner = site.scope.get("self")
        if isinstance(owner, keras.Layer):
            cls = type(owner)
    if cls is None or cls.__module__.startswith("keras") or "__init__" not in vars(cls):
        return None
    begins: Any = cls.__init__  # type: ignore[misc]
    if "super" not in begins.__code__.co_names and "__init__()" in evidence.message:
        return found("super_init_forgotten", cls=cls.__name__)
    return None


def call_missing(evidence: Evidence) -> Finding | None:
    if not isinstance(evidence.error, NotImplementedError):
        return None
    for thing in (
        evidence.operation,
        evidence.model,
        *[getattr(s.function, "__self__", s.function) for s in evidence.sites],
    ):
        cls = type(thing)
        if isinstance(thing, keras.Layer) and not cls.__module__.startswith("keras.") and not _defines_call(cls):
            return found("call_missing", cls=cls.__name__)
    return None


def _defines_call(cls: type) -> bool:
    return any("call" in vars(base) for base in cls.__mro__ if not base.__module__.startswith(("keras.", "builtins")))


def _first(given: Iterable[Given], fits: Any) -> Given | None:
    return next((one for one in given if fits(one.value)), None)


def _stars(evidence: Evidence) -> bool:
    return "*" in evidence.site.text


def _parameters(cls: type) -> list[str]:
    names: dict[str, None] = {}
    for base in cls.__mro__:
        if base in (object, builtins.object) or "__init__" not in vars(base):
            continue
        parameters = inspect.signature(base.__init__).parameters.values()  # type: ignore[misc]
        names |= dict.fromkeys(p.name for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL))
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            break
    return [name for name in (*names, "input_shape", "batch_input_shape", "input_dim") if name != "self"]


RULES = (
    super_init_forgotten,
    call_missing,
    tensor_to_constructor,
    missing_parameter,
    unknown_parameter,
    unknown_identifier,
    bad_parameter,
    shape_not_tuple,
    not_a_list_of_layers,
    wrong_item_in_sequential,
    two_inputs_in_sequential,
    duplicate_names,
    missing_outputs,
    wrong_part_of_model,
    disconnected,
)

"""Mistakes where layers are made."""

from __future__ import annotations

import ast
import difflib
import inspect
from collections.abc import Iterable
from typing import Any

import keras
from keras import tree

from kerastutor.coaching.diagnoses.objects import expressions, is_symbolic, made_class, parameters_of
from kerastutor.coaching.evidence import Evidence
from kerastutor.coaching.sites import Given, Unknown
from kerastutor.topology.finding import Finding, found


def layer_class(evidence: Evidence) -> type | None:
    """The class of a plain layer that is being made; None for models."""
    cls = made_class(evidence)
    return None if cls is None or issubclass(cls, keras.Model) else cls


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
    known = parameters_of(cls)
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
    """Keras looks losses and metrics up when training starts, long after compile()."""
    site = evidence.method("fit", "evaluate", "train_on_batch")
    if site is None or not getattr(evidence.model, "compiled", False):
        return None
    asked = evidence.model.get_compile_config() or {}
    loss, metrics = asked.get("loss"), tree.flatten(asked.get("metrics"))
    return _not_found(loss, "loss", keras.losses) or _not_found(metrics, "metric", keras.metrics)


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
            known = [n for n in dir(module) if not n.startswith("_")]
            close = difflib.get_close_matches(name, ["accuracy", *known] if what == "metric" else known, 1, 0.5)
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
        fraction = isinstance(given.value, float) or _is_division(given.text)
        if name in _WHOLE and (fraction or not (isinstance(given.value, Unknown) or _is_whole(given.value))):
            return found(
                "bad_parameter",
                layer=cls.__name__,
                given=f"{name}={given.text}",
                reason=f"{name} counts something, so it is a whole number of at least 1{_BUT if fraction else ''}.",
                example=f"{name}=128 // 2" if fraction else f"{name}=64",
            )
        if name == "padding" and isinstance(given.value, str) and given.value.lower() not in _PADDINGS:
            return found(
                "bad_parameter",
                layer=cls.__name__,
                given=f"padding={given.text}",
                reason="padding is 'valid' or 'same'; what is given by position goes to the parameters in their order.",
                example=f"activation={given.text}" if hasattr(keras.activations, given.value) else "padding='same'",
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


_BUT = "; a division with / never gives one, and one with // does"


def _is_division(text: str) -> bool:
    return any(isinstance(node.op, ast.Div) for node in expressions(text, ast.BinOp)[:1])


_WHOLE = ("units", "filters", "input_dim", "output_dim", "num_heads", "key_dim", "n")


_PADDINGS = ("valid", "same", "causal")


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


RULES = (
    tensor_to_constructor,
    missing_parameter,
    unknown_parameter,
    unknown_identifier,
    bad_parameter,
    shape_not_tuple,
)


def _first(given: Iterable[Given], fits: Any) -> Given | None:
    return next((one for one in given if fits(one.value)), None)


def _stars(evidence: Evidence) -> bool:
    return "*" in evidence.site.text

"""Names that Keras does not have: of an older Keras, or mistyped."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import keras

from kerastutor.coaching.diagnoses.objects import expressions, parameters_of
from kerastutor.coaching.evidence import Evidence
from kerastutor.coaching.sites import resolve
from kerastutor.knowledge.older_keras import (
    BACKEND,
    LAYER_PARAMETERS,
    METHODS,
    MODEL_PARAMETERS,
    MODULES,
    NAMES,
    OPTIMIZER_ATTRIBUTES,
    OPTIMIZER_PARAMETERS,
    TRAINING_PARAMETERS,
    Today,
)
from kerastutor.models.recording import of_keras
from kerastutor.topology.finding import Finding, found

_MISSING = re.compile(r"cannot import name '(\w+)'")
_LIKE = 0.75


def removed_module(evidence: Evidence) -> Finding | None:
    error = evidence.error
    if not isinstance(error, ModuleNotFoundError):
        return None
    module = (error.name or "").removeprefix("tensorflow.")
    today = MODULES.get(module)
    if today is None:
        return _mistyped_module(module)
    names = ", ".join(_imported(evidence.site.text)) or "..."
    form = today.form if today.form.count(".") > 1 else f"from {today.form} import {names}"
    return found("removed_name", older=module, reason=today.reason, today=form)


def _mistyped_module(name: str) -> Finding | None:
    parent, _, last = name.rpartition(".")
    inside = _module(parent)
    if inside is None:
        return None
    return found("no_such_name", owner=parent, given=last, suggestion=_suggestion(last, dir(inside)))


def missing_name(evidence: Evidence) -> Finding | None:
    """Of a module of Keras: what is gone from it, what is elsewhere, and what was mistyped."""
    module, name = _asked_of_module(evidence)
    if module is None or not f"{module.__name__}.".startswith(("keras.", "keras._tf_keras.")):
        return None
    where = module.__name__.removeprefix("keras._tf_keras.")
    today = _of_backend(name) if where == "keras.backend" else NAMES.get(name)
    if today is not None:
        return found("removed_name", older=f"{where}.{name}", reason=today.reason, today=today.form)
    return found("no_such_name", owner=where, given=name, suggestion=_suggestion(name, dir(module)))


def missing_attribute(evidence: Evidence) -> Finding | None:
    """Of a model, layer or optimizer: what is gone, what was mistyped, and what a class of the learner's never made."""
    owner, name = _asked_of(evidence)
    if not isinstance(owner, (keras.Layer, keras.Optimizer)) or name in dir(owner):  # there, and not to be had now
        return None
    called = evidence.name(owner) if isinstance(owner, keras.Layer) else "optimizer"
    today = METHODS.get(name) if isinstance(owner, keras.Model) else OPTIMIZER_ATTRIBUTES.get(name)
    if today is not None:
        form = today.form.format(model=called)
        return found("removed_name", older=f"{called}.{name}", reason=today.reason, today=form)
    if not of_keras(type(owner)):
        return _never_made(evidence, owner, name)
    like = _alike(name, dir(owner))
    return found("no_such_name", owner=called, given=name, suggestion=f"Did you mean {like}?") if like else None


def _never_made(evidence: Evidence, owner: Any, name: str) -> Finding | None:
    if not any(site.scope.get("self") is owner for site in evidence.sites):
        return None
    like = _alike(name, [made for made in vars(owner) if made not in dir(type(owner))])
    suggestion = f"Did you mean self.{like}?" if like else f"Write self.{name} = ... in __init__."
    return found("never_made", cls=type(owner).__name__, given=name, suggestion=suggestion)


def renamed_parameter(evidence: Evidence) -> Finding | None:
    if not isinstance(evidence.error, (TypeError, ValueError)):
        return None
    for site in reversed(evidence.sites):
        older = _older_parameters(site.function)
        taken = parameters_of(site.function) if isinstance(site.function, type) else ()
        renamed = [name for name in site.keywords if name in older and name not in taken]
        if renamed:
            today = {older[name].partition("=")[0]: _written(older[name], site.keywords[name].text) for name in renamed}
            owner = getattr(site.function, "__name__", site.text)
            return found("renamed_parameter", owner=owner, given=renamed[0], today=", ".join(today.values()))
    return None


def _written(today: str, value: str) -> str:
    return today.format(value=value) if "=" in today else f"{today}={value}"


def missing_history(evidence: Evidence) -> Finding | None:
    """What a history does not hold: accuracy under its older name, an unasked metric, validation without its data."""
    if not isinstance(evidence.error, KeyError):
        return None
    for site in reversed(evidence.sites):
        for asked in expressions(site.text, ast.Subscript):
            kept, key = _history(asked.value, site.scope), resolve(asked.slice, site.scope)
            if kept is not None and key not in kept and key == evidence.error.args[0]:
                known = ", ".join(repr(name) for name in kept) or "nothing yet"
                return found("missing_history", given=repr(key), known=known, suggestion=_in_history(key, kept))
    return None


def missing_layer(evidence: Evidence) -> Finding | None:
    """A name under which a model has no layer."""
    site, model = evidence.method("get_layer"), evidence.model
    given = site.argument(0, "name") if site else None
    if not isinstance(given, str) or not isinstance(evidence.error, ValueError):
        return None
    known = [layer.name for layer in model.layers]
    if given in known:
        return None
    return found(
        "no_such_layer",
        model=evidence.name(model),
        given=repr(given),
        known=", ".join(map(repr, known)),
        suggestion=_suggestion(given, known) if _alike(given, known) else "Give the layer that name when it is made.",
    )


RULES = (missing_layer, removed_module, missing_name, missing_attribute, renamed_parameter, missing_history)


def _asked_of_module(evidence: Evidence) -> tuple[ModuleType | None, str]:
    """The module, and the name that it does not have."""
    owner, name = _asked_of(evidence)
    error = evidence.error
    if isinstance(owner, ModuleType):
        return owner, name
    if isinstance(error, ImportError) and not isinstance(error, ModuleNotFoundError):
        missing = _MISSING.search(str(error))
        module = _module(error.name or "")
        if missing and module is not None:
            return module, missing[1]
    return None, ""


def _asked_of(evidence: Evidence) -> tuple[Any, str]:
    """The object, and the name that it does not have."""
    error: BaseException | None = evidence.error
    while error is not None:
        if isinstance(error, AttributeError) and isinstance(error.name, str):
            return error.obj, error.name
        error = error.__context__ if evidence.failed else None  # what fails in a call Keras tells in words of its own
    return None, ""


def _module(name: str) -> ModuleType | None:
    """A module of Keras by its name, as far as it is there."""
    root, *parts = name.removeprefix("tensorflow.").split(".")
    owner: Any = keras if root == "keras" else None
    for part in parts:
        owner = getattr(owner, part, None)
    return owner if isinstance(owner, ModuleType) else None


def _of_backend(name: str) -> Today | None:
    if name in BACKEND:
        return BACKEND[name]
    return Today(f"keras.ops.{name}", BACKEND["pow"].reason) if hasattr(keras.ops, name) else None


def _imported(line: str) -> list[str]:
    """The names that a line imports from a module."""
    try:
        (statement,) = ast.parse(line).body
    except (SyntaxError, ValueError):
        return []
    return [alias.name for alias in statement.names] if isinstance(statement, ast.ImportFrom) else []


def _older_parameters(function: Any) -> Mapping[str, str]:
    if isinstance(function, type):
        if issubclass(function, keras.Model):
            return MODEL_PARAMETERS
        if issubclass(function, keras.Layer):
            return LAYER_PARAMETERS
        return OPTIMIZER_PARAMETERS if issubclass(function, keras.Optimizer) else {}
    of_model = isinstance(getattr(function, "__self__", None), keras.Model)
    return TRAINING_PARAMETERS if of_model else {}


def _history(node: ast.expr, scope: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The lists of a training, where an expression stands for them."""
    value = resolve(node, scope)
    histories = [*scope.values(), *(vars(one).get("history") for one in scope.values() if isinstance(one, keras.Model))]
    if isinstance(node, ast.Attribute):
        histories.append(resolve(node.value, scope))
    kept = [one.history for one in histories if isinstance(one, keras.callbacks.History)]
    return value if any(value is lists for lists in kept) else None


def _in_history(key: Any, kept: Mapping[str, Any]) -> str:
    today = str(key).replace("acc", "accuracy")
    if today in kept:
        return f"Today's form: {today!r}."
    if str(key).startswith("val_") and not any(name.startswith("val_") for name in kept):
        return "Give fit() validation_data=(x, y) or validation_split=0.2."
    if "acc" in str(key):
        return "Give compile() metrics=['accuracy']."
    return _suggestion(str(key), kept)


def _suggestion(name: str, known: Any) -> str:
    like = _alike(name, known)
    return f"Did you mean {like}?" if like else "Look its name up in the Keras pages."


def _alike(name: str, known: Any) -> str:
    """The known name that is most like it: capitals apart, then letters."""
    public = [one for one in known if not one.startswith("_")]
    same = [one for one in public if one.lower().replace("_", "") == name.lower().replace("_", "")]
    return next(iter(same or difflib.get_close_matches(name, public, 1, _LIKE)), "")

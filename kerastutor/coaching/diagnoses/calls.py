"""Mistakes in what a layer is called on, and in what is asked of a symbolic tensor."""

from __future__ import annotations

import ast
import inspect
import linecache
import re

import keras
import numpy as np
from keras import KerasTensor, layers, tree

from kerastutor.coaching.diagnoses.failing import layer_name, leaves, tensor_name
from kerastutor.coaching.diagnoses.objects import expressions, is_layer, is_layer_class, is_symbolic, parameters_of
from kerastutor.coaching.evidence import Evidence
from kerastutor.coaching.sites import Unknown, resolve
from kerastutor.models.keras_inside import calls_of
from kerastutor.models.recording import of_keras
from kerastutor.topology.finding import Finding, found


def layer_not_tensor(evidence: Evidence) -> Finding | None:
    for leaf in leaves(evidence):
        if is_layer_class(leaf):
            return found("class_not_instance", given=leaf.__name__)
        if isinstance(leaf, keras.Layer):
            name = evidence.name(leaf)
            given = type(leaf).__name__ if name == leaf.name else name
            return found("layer_not_tensor", given=given, place=layer_name(evidence))
    return None


def tensor_not_layer(evidence: Evidence) -> Finding | None:
    if isinstance(evidence.error, TypeError) and is_symbolic(evidence.site.function):
        call = ast.parse(evidence.site.text, mode="eval").body
        given = ast.unparse(call.func) if isinstance(call, ast.Call) else "It"
        made = next((one.text for one in evidence.site.args if is_layer(one.value)), "layers.Dense(8)")
        return found("tensor_not_layer", given=given, example=f"{made}({given})")
    return None


def class_called_on_tensor(evidence: Evidence) -> Finding | None:
    """`layer = Dense` and then `layer(x)`, or a missing pair of brackets in a loop over classes."""
    function = evidence.site.function
    if not is_layer_class(function) or (issubclass(function, keras.Model) and of_keras(function)):
        return None
    if any(is_symbolic(given.value) for given in evidence.site.args):
        return found("tensor_to_constructor", layer=function.__name__, tensor=evidence.site.args[0].text)
    return None


def config_to_call(evidence: Evidence) -> Finding | None:
    operation, failed = evidence.operation, evidence.failed
    if not isinstance(operation, keras.Layer) or failed is None:
        return None
    own = parameters_of(type(operation))
    takes = inspect.signature(operation.call).parameters
    for name in failed.kwargs:
        if name in own and name not in takes:
            return found("config_to_call", given=f"{name}={failed.kwargs[name]!r}", layer=type(operation).__name__)
    loose = [arg for arg in failed.args[1:] if isinstance(arg, (int, float, str))]
    if loose and len(failed.args) > 1 and evidence.tensors:
        return found("config_to_call", given=repr(loose[0]), layer=type(operation).__name__)
    return None


def input_forgotten(evidence: Evidence) -> Finding | None:
    """A layer called on a shape, on keras.Input itself, or on nothing."""
    failed = evidence.failed
    if failed is None or evidence.tensors or not isinstance(evidence.operation, keras.Layer):
        return None
    passed = leaves(evidence)
    if all(isinstance(leaf, int) or leaf is None or leaf is keras.Input for leaf in passed):
        given = failed.args[0] if failed.args else next(iter(passed), "nothing")
        shown = "keras.Input itself" if given is keras.Input else given
        return found("input_forgotten", layer=type(evidence.operation).__name__, given=shown)
    return None


def query_and_value(evidence: Evidence) -> Finding | None:
    operation = evidence.operation
    if isinstance(operation, layers.MultiHeadAttention) and len(evidence.tensors) == 1:
        return found("query_and_value", layer="MultiHeadAttention")
    if isinstance(operation, (layers.Attention, layers.AdditiveAttention)) and len(evidence.tensors) == 1:
        return found("query_and_value", layer=type(operation).__name__)
    return None


def open_length(evidence: Evidence) -> Finding | None:
    """Python computes with the length of an axis that is open."""
    if not isinstance(evidence.error, TypeError) or "NoneType" not in evidence.message:
        return None
    for node in expressions(evidence.site.text, ast.Subscript):
        if not isinstance(node.value, ast.Attribute) or node.value.attr != "shape":
            continue
        axis, tensor = resolve(node.slice, evidence.site.scope), resolve(node.value.value, evidence.site.scope)
        if isinstance(axis, int) and isinstance(tensor, KerasTensor) and tensor.shape[axis] is None:
            return found("open_length", given=ast.unparse(node), tensor=ast.unparse(node.value.value), axis=axis)
    return None


def attribute_of_symbolic(evidence: Evidence) -> Finding | None:
    """What an array can and a symbolic tensor cannot: `x.numpy()`, `x.mean()`."""
    error = evidence.error
    if not isinstance(error, AttributeError) or not isinstance(error.obj, KerasTensor):
        return None
    name = error.name or ""
    if name != "numpy" and not hasattr(np.ndarray, name):
        return None
    like = f", for example keras.ops.{name}" if callable(getattr(keras.ops, name, None)) else ""
    given = tensor_name(evidence, error.obj)
    return found("function_on_symbolic", function=f".{name}()", given=given, suggestion=like)


def symbolic_elsewhere(evidence: Evidence) -> Finding | None:
    """A symbolic tensor handed to numpy, to the backend's own functions or to Python's if."""
    if evidence.failed is not None or not isinstance(
        evidence.error, (TypeError, ValueError, AttributeError, RuntimeError)
    ):
        return None
    function = evidence.site.function
    module = (getattr(function, "__module__", None) or type(function).__module__).partition(".")[0]
    given = next((g for g in evidence.site.given if any(map(is_symbolic, tree.flatten(g.value)))), None)
    if given and module in ("numpy", "tensorflow", "torch", "jax", "math"):
        name = getattr(function, "__name__", evidence.site.text.partition("(")[0])
        like = f", for example keras.ops.{name}" if callable(getattr(keras.ops, name, None)) else ""
        shown = f"{module}.{name}" if module != "numpy" else f"np.{name}"
        return found("function_on_symbolic", function=shown, given=given.text, suggestion=like)
    if "KerasTensor" in evidence.message and "bool" in evidence.message and evidence.site.line:
        words = evidence.site.text.removeprefix("if ").removeprefix("while ").rstrip(":")
        return found("condition_on_tensor", given=words)
    if given and module == "builtins" and not isinstance(function, (type(None), Unknown)):
        name = getattr(function, "__name__", "This")
        if name in ("float", "int", "len", "sum", "max", "min", "bool", "round"):
            return found("function_on_symbolic", function=f"{name}()", given=given.text, suggestion="")
    return None


def not_called_yet(evidence: Evidence) -> Finding | None:
    owner, error = getattr(evidence.error, "obj", None), evidence.error
    if not isinstance(error, (AttributeError, ValueError, IndexError)):
        return None
    line = _failing_line(evidence)
    for thing in (owner, *evidence.site.scope.values()):
        if not isinstance(thing, keras.Layer):
            continue
        name = evidence.name(thing)
        asked = rf"\b{re.escape(name)}(\.layers\[-?\d+\])?\."
        wanted = next((one for one in _WANTED if re.search(rf"{asked}{one}\b", line)), "")
        if wanted and isinstance(thing, keras.Model):
            if not thing.built or not getattr(thing, "inputs", True):
                return found("not_built", model=name, wanted=wanted)
        elif wanted and not calls_of(thing) and not isinstance(error, IndexError):
            return found("not_called_yet", layer=name, wanted=wanted)
    return None


_WANTED = (
    "output_shape",
    "input_shape",
    "outputs",
    "inputs",
    "output",
    "input",
    "count_params",
    "save_weights",
    "set_weights",
    "get_weights",
    "weights",
    "kernel",
    "bias",
)


def _failing_line(evidence: Evidence) -> str:
    return linecache.getline(evidence.site.file, evidence.site.line)


RULES = (
    layer_not_tensor,
    tensor_not_layer,
    class_called_on_tensor,
    config_to_call,
    input_forgotten,
    query_and_value,
    not_called_yet,
    open_length,
    attribute_of_symbolic,
    symbolic_elsewhere,
)

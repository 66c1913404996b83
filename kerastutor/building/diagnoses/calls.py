"""Mistakes where a layer is called on tensors."""

from __future__ import annotations

import ast
import inspect
import linecache
import math
from typing import Any

import keras
from keras import KerasTensor, layers, tree

from kerastutor.building.diagnoses.finding import Finding, found
from kerastutor.building.diagnoses.objects import is_layer, is_layer_class, is_symbolic
from kerastutor.building.draft import Draft
from kerastutor.building.evidence import Evidence
from kerastutor.building.sites import Unknown
from kerastutor.building.tensors import shape_text
from kerastutor.knowledge import facts
from kerastutor.models.describing import kind as kind_of
from kerastutor.models.recording import of_keras

MERGES = (layers.Add, layers.Subtract, layers.Multiply, layers.Average, layers.Maximum, layers.Minimum)
NUMBERWISE = ("ops.Add", "ops.Subtract", "ops.Multiply", "ops.Divide", "ops.TrueDivide", "ops.Maximum", "ops.Minimum")
AXES = {3: "batch × steps × features", 4: "batch × height × width × channels", 5: "five axes, batch first"}


def kind(evidence: Evidence) -> str:
    return kind_of(evidence.operation) if evidence.operation is not None else ""


def layer_name(evidence: Evidence) -> str:
    """What the learner calls the layer that failed: `+` for an operator, `add` for their own name, else the kind."""
    operation = evidence.operation
    if not isinstance(operation, keras.Layer):
        return evidence.site.sign or f"keras.ops.{facts(kind(evidence)).function}" if operation is not None else ""
    name = evidence.name(operation)
    return (
        type(operation).__name__ if name == operation.name and name.rstrip("_0123456789") in _auto(operation) else name
    )


def _auto(operation: Any) -> str:
    return Draft().fresh_name(type(operation).__name__)


def tensor_name(evidence: Evidence, tensor: Any) -> str:
    """The learner's variable for a tensor, else the name of the layer that made it."""
    name = evidence.name(tensor)
    return "its input" if name == type(tensor).__name__ or name.startswith("keras_tensor") else name


def merge_needs_list(evidence: Evidence) -> Finding | None:
    operation = evidence.operation
    if not isinstance(operation, (*MERGES, layers.Concatenate, layers.Dot)) or not evidence.failed:
        return None
    args = evidence.failed.args
    if args and not isinstance(args[0], (list, tuple)):
        given = "several arguments" if len(args) > 1 else "a single tensor"
        return found("merge_needs_list", layer=type(operation).__name__, given=given)
    if args and len(args[0]) < 2:
        return found("merge_needs_list", layer=type(operation).__name__, given="a list with one tensor")
    return None


def merge_unequal_shapes(evidence: Evidence) -> Finding | None:
    operation = evidence.operation
    if not isinstance(operation, MERGES) and kind(evidence) not in NUMBERWISE:
        return None
    clash = _clash(evidence.shapes)
    if clash is None:
        return None
    first, second = clash
    return found(
        "merge_unequal_shapes",
        layer=layer_name(evidence),
        first=tensor_name(evidence, evidence.tensors[first]),
        first_shape=shape_text(evidence.shapes[first]),
        second=tensor_name(evidence, evidence.tensors[second]),
        second_shape=shape_text(evidence.shapes[second]),
        difference=_difference(evidence.shapes[first], evidence.shapes[second]),
        projection=_projection(evidence.shapes[first], evidence.shapes[second]),
    )


def _clash(shapes: tuple[tuple[int | None, ...], ...]) -> tuple[int, int] | None:
    for i in range(len(shapes)):
        for j in range(i + 1, len(shapes)):
            pairs = list(zip(reversed(shapes[i]), reversed(shapes[j]), strict=False))
            if any(a != b and None not in (a, b) and 1 not in (a, b) for a, b in pairs):
                return i, j
    return None


def _difference(one: tuple[int | None, ...], two: tuple[int | None, ...], joined: int | None = None) -> str:
    if len(one) != len(two):
        return f"one has {len(one)} axes and the other {len(two)}"
    names = {2: ("batch", "features"), 3: ("batch", "steps", "features"), 4: ("batch", "height", "width", "channels")}
    words = names.get(len(one), tuple(f"axis {n}" for n in range(len(one))))
    return f"they differ in {' and '.join(words[i] for i in _unequal(one, two, joined))}"


def _unequal(one: tuple[int | None, ...], two: tuple[int | None, ...], joined: int | None = None) -> list[int]:
    """The axes in which the shapes of two tensors differ, but for the one along which these are joined."""
    if len(one) != len(two):
        return list(range(max(len(one), len(two))))
    free = None if joined is None else joined % len(one)
    return [axis for axis in range(len(one)) if axis != free and one[axis] != two[axis]]


def _projection(one: tuple[int | None, ...], two: tuple[int | None, ...]) -> str:
    if len(one) == len(two) == 4 and one[:3] == two[:3]:
        return f"a 1x1 convolution, Conv2D({max(one[3] or 1, two[3] or 1)}, 1), on the shortcut"
    if len(one) == len(two) and one[:-1] == two[:-1]:
        return f"Dense({one[-1]}) on the second"
    return "padding='same' keeps height and width; a Dense or 1x1 convolution sets the last axis"


def concatenate_axis(evidence: Evidence) -> Finding | None:
    operation, shapes = evidence.operation, evidence.shapes
    if not (isinstance(operation, layers.Concatenate) or kind(evidence) == "ops.Concatenate") or len(shapes) < 2:
        return None
    axis, first = getattr(operation, "axis", -1), shapes[0]
    second = next((shape for shape in shapes[1:] if _unequal(first, shape, axis)), shapes[1])
    return found(
        "concatenate_axis",
        axis=axis,
        first=tensor_name(evidence, evidence.tensors[0]),
        first_shape=shape_text(first),
        second=tensor_name(evidence, evidence.tensors[shapes.index(second)]),
        second_shape=shape_text(second),
        difference=_difference(first, second, axis),
        suggestion=_joinable(first, second, axis),
    )


def _joinable(one: tuple[int | None, ...], two: tuple[int | None, ...], joined: int) -> str:
    """What makes two tensors fit for joining."""
    if len(one) != len(two):
        return "Bring both to the same number of axes first, with Reshape, Flatten or a pooling."
    unequal = _unequal(one, two)
    if len(unequal) == 1:
        return f"Join along the axis in which they differ (axis={unequal[0]}), or make them equal there first."
    if len(one) == 4 and set(_unequal(one, two, joined)) <= {1, 2}:
        return "Make height and width equal first: padding='same' and strides=1 keep them as they are."
    return "Make them equal there first."


def layer_not_tensor(evidence: Evidence) -> Finding | None:
    for leaf in _leaves(evidence):
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
    own = inspect.signature(type(operation).__init__).parameters
    takes = inspect.signature(operation.call).parameters
    for name in failed.kwargs:
        if name in own and name not in takes:
            return found("config_to_call", given=f"{name}={failed.kwargs[name]!r}", layer=type(operation).__name__)
    loose = [arg for arg in failed.args[1:] if isinstance(arg, (int, float, str))]
    if loose and len(failed.args) > 1 and evidence.tensors:
        return found("config_to_call", given=repr(loose[0]), layer=type(operation).__name__)
    return None


def input_forgotten(evidence: Evidence) -> Finding | None:
    if evidence.failed is None or evidence.tensors or not isinstance(evidence.operation, keras.Layer):
        return None
    leaves = _leaves(evidence)
    if leaves and all(isinstance(leaf, int) or leaf is None for leaf in leaves):
        given = evidence.failed.args[0] if evidence.failed.args else leaves[0]
        return found("input_forgotten", layer=type(evidence.operation).__name__, given=given)
    return None


def several_into_one(evidence: Evidence) -> Finding | None:
    failed = evidence.failed
    if failed is None or not isinstance(evidence.operation, keras.Layer) or not failed.args:
        return None
    given = failed.args[0]
    if facts(kind(evidence)).family in ("merge", "attention", "recurrent", "custom"):
        return None
    if isinstance(given, (list, tuple)) and len(given) > 1 and len(evidence.tensors) == len(given):
        if failed.stack is not None:
            before = _layer_before(failed.stack, evidence.operation)
            return found("several_outputs_in_sequential", layer=type(before).__name__, count=len(given))
        return found("several_into_one", layer=layer_name(evidence), count=len(given))
    return None


def _layer_before(stack: keras.Sequential, layer: Any) -> Any:
    position = next((i for i, one in enumerate(stack._layers) if one is layer), 0)
    return stack._layers[position - 1]


def query_and_value(evidence: Evidence) -> Finding | None:
    operation = evidence.operation
    if isinstance(operation, layers.MultiHeadAttention) and len(evidence.tensors) == 1:
        return found("query_and_value", layer="MultiHeadAttention")
    if isinstance(operation, (layers.Attention, layers.AdditiveAttention)) and len(evidence.tensors) == 1:
        return found("query_and_value", layer=type(operation).__name__)
    return None


def wrong_number_of_axes(evidence: Evidence) -> Finding | None:
    wanted = axes_wanted(evidence)
    if wanted is None or len(evidence.shapes) != 1 or len(evidence.shapes[0]) == wanted:
        return None
    shape, tensor = evidence.shapes[0], evidence.tensors[0]
    before = _recurrent_before(evidence, tensor)
    name = layer_name(evidence)
    if len(shape) == 2 and before is not None and facts(kind(evidence)).family in ("recurrent", "attention"):
        return found(
            "rnn_needs_sequences",
            layer=name,
            before=before.name,
            before_kind=type(before).__name__,
            shape=shape_text(shape),
        )
    missing = abs(wanted - len(shape))
    few = len(shape) < wanted
    return found(
        "too_few_axes" if few else "too_many_axes",
        layer=name,
        wanted=AXES[wanted],
        tensor=tensor_name(evidence, tensor),
        shape=shape_text(shape),
        missing=f"{missing} {'axis' if missing == 1 else 'axes'}",
        suggestion=_axes_suggestion(evidence, few, wanted, shape),
    )


def axes_wanted(evidence: Evidence) -> int | None:
    """How many axes the layer that failed takes, the batch included; None where it is not fixed."""
    name = kind(evidence)
    family = facts(name).family
    if name == "Bidirectional" or (family == "recurrent" and not name.startswith("ConvLSTM")):
        return 3
    if family in ("convolution", "pooling") or name.startswith(("UpSampling", "ZeroPadding", "Cropping")):
        return next((axes for suffix, axes in (("1D", 3), ("2D", 4), ("3D", 5)) if suffix in name), None)
    return None


def _axes_suggestion(evidence: Evidence, few: bool, wanted: int, shape: tuple[int | None, ...]) -> str:
    family = facts(kind(evidence)).family
    if few and wanted == len(shape) + 1 and len(shape) > 2:
        return f"Add the channel axis: keras.Input(shape=({', '.join(map(str, shape[1:]))}, 1))."
    if few and family == "recurrent":
        return "Read a sequence: keras.Input((steps, features)), an Embedding before it, or a Reshape."
    if few:
        return "Keep the picture as it is until here (no Flatten before), or bring it back with Reshape."
    if family == "recurrent":
        return "Bring it to steps and features first, with Reshape or TimeDistributed."
    return (
        f"Use the layer for {len(shape) - 2} axes ({len(shape) - 2}D), or take an axis away with Reshape or a pooling."
    )


def _recurrent_before(evidence: Evidence, tensor: Any) -> Any:
    """The recurrent layer that made the tensor, where it gave its last step alone."""
    made = tensor._keras_history.operation if isinstance(tensor, KerasTensor) else None
    if made is None and evidence.failed and evidence.failed.stack is not None:
        made = _layer_before(evidence.failed.stack, evidence.operation)
    inner = getattr(made, "forward_layer", made)
    return made if isinstance(inner, layers.RNN) and not inner.return_sequences else None


def window_too_large(evidence: Evidence) -> Finding | None:
    if facts(kind(evidence)).family not in ("convolution", "pooling") or len(evidence.shapes) != 1:
        return None
    operation, shape = evidence.operation, evidence.shapes[0]
    window = getattr(operation, "pool_size", None) or getattr(operation, "kernel_size", None)
    if window is None or getattr(operation, "padding", "valid") == "same":
        return None
    sizes = shape[1:-1] if len(shape) == len(window) + 2 else ()
    if any(length is not None and size > length for length, size in zip(sizes, window, strict=False)):
        name = tensor_name(evidence, evidence.tensors[0])
        return found("window_too_large", layer=layer_name(evidence), tensor=name, shape=shape_text(shape))
    return None


def open_axis(evidence: Evidence) -> Finding | None:
    if len(evidence.shapes) != 1 or facts(kind(evidence)).owns != "weights" or evidence.shapes[0][-1:] != (None,):
        return None
    name = tensor_name(evidence, evidence.tensors[0])
    return found("open_axis", layer=layer_name(evidence), tensor=name, shape=shape_text(evidence.shapes[0]))


def reshape_size(evidence: Evidence) -> Finding | None:
    operation = evidence.operation
    if not isinstance(operation, layers.Reshape) or not evidence.shapes:
        return None
    shape, target = evidence.shapes[0][1:], tuple(operation.target_shape)
    if None in shape:
        return None
    return found(
        "reshape_size",
        layer=layer_name(evidence),
        shape=shape_text(shape),
        target=shape_text(target),
        have=math.prod(length or 1 for length in shape),
        want=abs(math.prod(target)),
    )


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
        like = f", for example keras.ops.{name}" if hasattr(keras.ops, name) else ""
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


def never_called(evidence: Evidence) -> Finding | None:
    owner = getattr(evidence.error, "obj", None)
    if not isinstance(evidence.error, AttributeError) and not isinstance(evidence.error, ValueError):
        return None
    wanted = next((name for name in _WANTED if f".{name}" in evidence.site.text or name in _failing_line(evidence)), "")
    for thing in (owner, *evidence.site.scope.values()):
        if (
            not isinstance(thing, keras.Layer)
            or not wanted
            or f"{evidence.name(thing)}.{wanted}" not in _failing_line(evidence)
        ):
            continue
        if isinstance(thing, keras.Model):
            if not thing.built or not getattr(thing, "inputs", True):
                return found("not_built", model=evidence.name(thing), wanted=wanted)
        elif not thing._inbound_nodes:
            return found("never_called", layer=evidence.name(thing), wanted=wanted)
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
)


def _failing_line(evidence: Evidence) -> str:
    return linecache.getline(evidence.site.file, evidence.site.line)


def _leaves(evidence: Evidence) -> list[Any]:
    if evidence.failed is None:
        return []
    return tree.flatten((list(evidence.failed.args), dict(evidence.failed.kwargs)))


RULES = (
    merge_needs_list,
    layer_not_tensor,
    tensor_not_layer,
    class_called_on_tensor,
    config_to_call,
    input_forgotten,
    query_and_value,
    several_into_one,
    merge_unequal_shapes,
    concatenate_axis,
    wrong_number_of_axes,
    window_too_large,
    open_axis,
    reshape_size,
    never_called,
    symbolic_elsewhere,
)

"""Mistakes where several tensors meet in one call."""

from __future__ import annotations

import math

import keras
from keras import layers

from kerastutor.coaching.diagnoses.failing import kind, layer_before, layer_name, tensor_name
from kerastutor.coaching.diagnoses.objects import is_symbolic
from kerastutor.coaching.evidence import Evidence
from kerastutor.coaching.tensors import shape_text
from kerastutor.knowledge import LAYERS, facts
from kerastutor.models.describing import facts_of
from kerastutor.models.keras_inside import maker, node_behind
from kerastutor.topology.finding import Finding, found

FUNCTIONS = tuple(getattr(layers, kind.lower()) for kind in LAYERS if facts(kind).family == "merge")
"""The functions of `keras.layers` that make a merge and call it: `add`, `concatenate`."""


def merge_needs_list(evidence: Evidence) -> Finding | None:
    operation, site = evidence.operation, evidence.site
    if site.calls(*FUNCTIONS) and len(site.args) > 1 and all(is_symbolic(given.value) for given in site.args):
        name = site.text.partition("(")[0]
        form = f"{name}([{', '.join(given.text for given in site.args)}])"
        return found("merge_needs_list", layer=name, given="several arguments", form=form)
    if operation is None or facts_of(operation).family != "merge" or not evidence.failed:
        return None
    layer, args = type(operation).__name__, evidence.failed.args
    if evidence.failed.stack is not None and len(evidence.tensors) == 1:
        return found("branches_in_sequential", given=layer)
    if args and not isinstance(args[0], (list, tuple)):
        given = "several arguments" if len(args) > 1 else "a single tensor"
    elif args and len(args[0]) < 2:
        given = "a list with one tensor"
    else:
        return None
    return found("merge_needs_list", layer=layer, given=given, form=f"{layer}()([a, b])")


def several_into_one(evidence: Evidence) -> Finding | None:
    failed = evidence.failed
    if failed is None or not isinstance(evidence.operation, keras.Layer) or not failed.args:
        return None
    given = failed.args[0]
    family = "wrapper" if isinstance(evidence.operation, keras.Sequential) else facts(kind(evidence)).family
    if family in ("merge", "attention", "custom") or (family == "recurrent" and not _alike(evidence.shapes)):
        return None
    if len(failed.args) > 1 and all(map(is_symbolic, failed.args)) and family != "recurrent":
        given = failed.args
    if isinstance(given, (list, tuple)) and len(given) > 1 and len(evidence.tensors) == len(given):
        if failed.stack is not None:
            before = layer_before(failed.stack, evidence.operation)
            state = "leave return_state out, or " if getattr(before, "return_state", False) else ""
            return found(
                "several_outputs_in_sequential", layer=type(before).__name__, count=len(given), suggestion=state
            )
        name = layer_name(evidence)
        return found("several_into_one", layer=name, count=len(given), suggestion=_one_of(evidence, name))
    return None


def _one_of(evidence: Evidence, name: str) -> str:
    """How to make one tensor of several: take one, where a single call returned them all."""
    calls = {id(node_behind(tensor)) for tensor in evidence.tensors if is_symbolic(tensor)}
    if len(calls) != 1 or len(evidence.tensors) < 2:
        return f"Merge them first, for example with Concatenate()([a, b]), and call {name} on the result."
    made = maker(evidence.tensors[0])
    if getattr(made, "return_state", False):
        layer = type(made).__name__
        return f"{layer} returns its states too: write x, *states = {layer}(...)(x), and call {name} on x."
    return f"They are what one call of {evidence.name(made)} returned: give each a name, and call {name} on one."


def _alike(shapes: tuple[tuple[int | None, ...], ...]) -> bool:
    """Sequences of the same kind: the second is no state of a recurrent layer."""
    return len({len(shape) for shape in shapes}) == 1


def merge_unequal_shapes(evidence: Evidence) -> Finding | None:
    operation = evidence.operation
    if operation is None or not facts_of(operation).merges_numbers:
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
        projection=_projection(evidence, first, second),
    )


def _clash(shapes: tuple[tuple[int | None, ...], ...]) -> tuple[int, int] | None:
    for i in range(len(shapes)):
        for j in range(i + 1, len(shapes)):
            pairs = list(zip(reversed(shapes[i]), reversed(shapes[j]), strict=False))
            if any(a != b and None not in (a, b) and 1 not in (a, b) for a, b in pairs):
                return i, j
    return None


_SIDE_BY_SIDE = "or put them side by side with Concatenate"


def _projection(evidence: Evidence, first: int, second: int) -> str:
    """What brings one tensor to the shape of the other."""
    one, two = evidence.shapes[first], evidence.shapes[second]
    images = len(one) == len(two) == 4
    if images and one[1:3] == two[1:3]:
        return f"a 1x1 convolution, Conv2D({max(one[3] or 1, two[3] or 1)}, 1), on the shortcut; {_SIDE_BY_SIDE}"
    if len(one) == len(two) and one[:-1] == two[:-1]:
        return f"Dense({one[-1]}) on {tensor_name(evidence, evidence.tensors[second])}; {_SIDE_BY_SIDE}"
    small, large = sorted((one, two), key=lambda shape: math.prod(length or 1 for length in shape[1:-1]))
    steps = _strides(small, large) if images else None
    if steps:
        return f"a 1x1 convolution that takes the same steps, Conv2D({small[3]}, 1, strides={steps}), on the shortcut"
    return "padding='same' and strides=1 keep height and width; a Dense or 1x1 convolution sets the last axis"


def _strides(small: tuple[int | None, ...], large: tuple[int | None, ...]) -> int | None:
    """The step with which a convolution makes the height and width of one out of those of the other."""
    pairs = [(a, b) for a, b in zip(small[1:3], large[1:3], strict=True) if a and b]
    steps = {round(b / a) for a, b in pairs}
    (step,) = steps if len(steps) == 1 else (1,)
    return step if step > 1 and all(math.ceil(b / step) == a for a, b in pairs) else None


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


RULES = (
    merge_needs_list,
    several_into_one,
    merge_unequal_shapes,
    concatenate_axis,
)

"""What can be done instead of a step that Keras does not take: proposals, made from the shapes at hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations

from kerastutor.building.arguments import arguments_for
from kerastutor.building.draft import Alternative, Draft
from kerastutor.building.edits import AddLayer, CallAgain, Configure, Delete, DeleteFrom, Edit
from kerastutor.knowledge import facts
from kerastutor.topology.graph import Argument, Json, Layer, Ref

Shape = tuple[int | None, ...]


def alternatives(mistake: str, before: Draft, edit: Edit) -> list[Alternative]:
    """Ways on after a step that was refused for this mistake of the catalogue; whether Keras takes them is not known.

    >>> alternatives("", Draft(), Delete("dense"))[0].label
    'Delete dense and all that follows'
    """
    if isinstance(edit, Delete):
        return [Alternative(f"Delete {edit.call} and all that follows", (DeleteFrom(edit.call),))]
    if isinstance(edit, CallAgain):
        return list(_not_shared(before, edit))
    if not isinstance(edit, AddLayer):
        return []
    return [way for propose in PROPOSALS.get(mistake, ()) for way in propose(before, edit)]


def merged_first(before: Draft, edit: AddLayer, tensors: Sequence[Ref]) -> Iterator[Alternative]:
    """Ways to give several tensors to a layer that takes one: the step, after they were merged.

    Args:
        edit: the step, its arguments left out.
    """
    if len(tensors) < 2:
        return
    for kind, words in (("Concatenate", "Concatenate them first"), ("Add", "Add them first")):
        merge = AddLayer(before.fresh_name(kind), kind, {}, arguments_for(kind, tensors))
        yield Alternative(words, (merge, replace(edit, arguments=arguments_for(edit.kind, [Ref(merge.name)]))))


def _not_shared(before: Draft, edit: CallAgain) -> Iterator[Alternative]:
    layer = before.topology.layer.get(edit.layer)
    if layer is not None and not layer.opaque:
        own = AddLayer(before.fresh_name(layer.kind), layer.kind, layer.config, edit.arguments)
        yield Alternative(f"Add a {layer.kind} of its own in place of {layer.name}, with weights of its own", (own,))


def _projected(before: Draft, edit: AddLayer) -> Iterator[Alternative]:
    """Bring one tensor to the last axis of the other: the earlier first, for it is most often the shortcut."""
    made = [call.id for call in before.topology.calls]
    for ref, other in permutations(sorted(set(_refs(edit)), key=lambda ref: made.index(ref.call)), 2):
        shape, wanted = _shape(before, ref), _shape(before, other)
        if len(shape) == len(wanted) and shape[:-1] == wanted[:-1] and wanted[-1] is not None:
            yield _with_first(before, edit, ref, *_projection(wanted))


def _projection(wanted: Shape) -> tuple[str, str, dict[str, int]]:
    """What sets the last axis: its words, its kind, its parameters."""
    width = wanted[-1] or 1
    kind = {4: "Conv2D", 5: "Conv3D"}.get(len(wanted), "Dense")
    if kind == "Dense":
        return f"a Dense of {width} units", kind, {"units": width}
    return f"a 1x1 convolution of {width} filters", kind, {"filters": width, "kernel_size": 1}


def _kept_size(before: Draft, edit: AddLayer) -> Iterator[Alternative]:
    """Let the convolutions and poolings on the way to a tensor keep its height and width."""
    for ref in dict.fromkeys(_refs(edit)):
        shrinking = [layer for layer in _way_to(before, ref) if layer.config.get("padding", "valid") == "valid"]
        if shrinking:
            changes = [Configure(layer.id, {**layer.config, "padding": "same"}) for layer in shrinking]
            names = " and ".join(layer.name for layer in shrinking)
            label = f"Let {names} keep height and width (padding='same')"
            yield Alternative(label, (*changes, edit))
            for other in _refs(edit):
                if other != ref and _shape(before, other)[-1:] != _shape(before, ref)[-1:]:
                    words, kind, config = _projection(_shape(before, ref))
                    ways = _with_first(before, edit, other, words, kind, config).edits
                    yield Alternative(f"{label}, and put {words} on {other.call}", (*changes, *ways))


def _way_to(before: Draft, ref: Ref) -> list[Layer]:
    """The convolutions and poolings with a stride of 1 that lead in one line to a tensor."""
    found: list[Layer] = []
    call = before.topology.call[ref.call]
    while len(call.tensors) == 1:
        layer = before.topology.layer[call.layer]
        if facts(layer.kind).family == "convolution" and layer.config.get("strides", 1) in (1, [1, 1], [1], [1, 1, 1]):
            found.insert(0, layer)
        call = before.topology.call[call.tensors[0].call]
    return found


def _pooled(before: Draft, edit: AddLayer) -> Iterator[Alternative]:
    """Bring the larger picture to the size of the smaller."""
    for ref, other in permutations(dict.fromkeys(_refs(edit)), 2):
        large, small = _shape(before, ref), _shape(before, other)
        if len(large) != 4 or len(small) != 4 or None in (*large[1:3], *small[1:3]):
            continue
        factors = {a / b for a, b in zip(large[1:3], small[1:3], strict=True) if a and b}
        if len(factors) == 1 and (factor := factors.pop()) > 1 and factor.is_integer():
            size = int(factor)
            config = {"pool_size": size}
            yield _with_first(before, edit, ref, f"a pooling by {size}", "MaxPooling2D", config)


def _concatenated(before: Draft, edit: AddLayer) -> Iterator[Alternative]:
    name = before.fresh_name("Concatenate")
    yield Alternative("Concatenate them instead", (AddLayer(name, "Concatenate", {}, edit.arguments),))


def _flattened(before: Draft, edit: AddLayer) -> Iterator[Alternative]:
    """A Flatten on every tensor that has more axes than one with the batch."""
    arguments, added, draft = edit.arguments, [], before
    for ref in dict.fromkeys(_refs(edit)):
        if len(_shape(before, ref)) > 2:
            flatten = AddLayer(draft.fresh_name("Flatten"), "Flatten", {}, (Argument("inputs", ref),))
            draft = flatten.apply(draft)
            added.append(flatten)
            arguments = _exchanged(arguments, ref, Ref(flatten.name))
    if added:
        label = f"Put a Flatten on {' and '.join(_refs(one)[0].call for one in added)} first"
        yield Alternative(label, (*added, replace(edit, arguments=arguments)))


def _along_another_axis(before: Draft, edit: AddLayer) -> Iterator[Alternative]:
    axes = min((len(_shape(before, ref)) for ref in _refs(edit)), default=0)
    for axis in range(1, axes):
        if edit.config.get("axis", -1) not in (axis, axis - axes):
            yield Alternative(f"Join along axis {axis}", (replace(edit, config={**edit.config, "axis": axis}),))


def _for_other_dimensions(before: Draft, edit: AddLayer) -> Iterator[Alternative]:
    """The same kind of layer for as many axes as there are: Conv1D in place of Conv2D."""
    shape = _shape(before, _refs(edit)[0])
    kind = f"{edit.kind[:-2]}{len(shape) - 2}D"
    whole = not any(isinstance(value, list) for value in edit.config.values())
    if edit.kind[-2:] in ("1D", "2D", "3D") and 3 <= len(shape) <= 5 and whole:
        name = before.fresh_name(kind)
        yield Alternative(f"Use {kind} instead", (AddLayer(name, kind, edit.config, edit.arguments),))


def _as_dense(before: Draft, edit: AddLayer) -> Iterator[Alternative]:
    """Where there is nothing to slide a window over: a Dense as wide as there would be filters."""
    filters = edit.config.get("filters")
    if len(_shape(before, _refs(edit)[0])) == 2 and isinstance(filters, int):
        config = {"units": filters, **{name: edit.config[name] for name in ("activation",) if name in edit.config}}
        yield Alternative(
            f"Use a Dense of {filters} units instead",
            (AddLayer(before.fresh_name("Dense"), "Dense", config, edit.arguments),),
        )


def _with_padding(before: Draft, edit: AddLayer) -> Iterator[Alternative]:
    yield Alternative("Let it reach over the edge (padding='same')", (_configured(edit, padding="same"),))


def _with_smaller_window(before: Draft, edit: AddLayer) -> Iterator[Alternative]:
    """A window as large as what is left."""
    left = [length for length in _shape(before, _refs(edit)[0])[1:-1] if length]
    for name in ("pool_size", "kernel_size"):
        if name in facts(edit.kind).parameters and left:
            yield Alternative(
                f"Make the window smaller ({name}={min(left)})", (_configured(edit, **{name: min(left)}),)
            )


def _configured(edit: AddLayer, **changes: Json) -> AddLayer:
    return replace(edit, config={**edit.config, **changes})


def _with_channel(before: Draft, edit: AddLayer) -> Iterator[Alternative]:
    """A last axis of length 1, where one axis is missing."""
    ref = _refs(edit)[0]
    yield from _reshaped(before, edit, ref, (*_shape(before, ref)[1:], 1))


def _as_sequence(before: Draft, edit: AddLayer) -> Iterator[Alternative]:
    """Steps and features of a picture: each row a step."""
    ref = _refs(edit)[0]
    shape = _shape(before, ref)
    if None not in shape[2:]:
        yield from _reshaped(before, edit, ref, (shape[1], math.prod(n or 1 for n in shape[2:])))


def _reshaped(before: Draft, edit: AddLayer, ref: Ref, target: Shape) -> Iterator[Alternative]:
    if None not in target:
        shown = "×".join(map(str, target))
        yield _with_first(before, edit, ref, f"a Reshape to {shown}", "Reshape", {"target_shape": list(target)})


def _returning_sequences(before: Draft, edit: AddLayer) -> Iterator[Alternative]:
    layer = before.topology.layer_of(_refs(edit)[0].call)
    if "return_sequences" not in layer.config and facts(layer.kind).family == "recurrent":
        label = f"Let {layer.name} return its whole sequence (return_sequences=True)"
        yield Alternative(label, (Configure(layer.id, {**layer.config, "return_sequences": True}), edit))


PROPOSALS: Mapping[str, tuple[Callable[[Draft, AddLayer], Iterator[Alternative]], ...]] = {
    "merge_unequal_shapes": (_projected, _kept_size, _pooled, _concatenated),
    "concatenate_axis": (_along_another_axis, _kept_size, _pooled, _flattened),
    "too_few_axes": (_for_other_dimensions, _with_channel, _as_dense),
    "too_many_axes": (_for_other_dimensions, _as_sequence, _flattened),
    "rnn_needs_sequences": (_returning_sequences,),
    "window_too_large": (_with_padding, _with_smaller_window),
}
"""What is proposed for which mistake, the likeliest first."""


def _refs(edit: AddLayer) -> list[Ref]:
    return [value for _, value in edit.arguments if isinstance(value, Ref)]


def _shape(before: Draft, ref: Ref) -> Shape:
    return before.topology.tensor(ref).shape or ()


def _exchanged(arguments: tuple[Argument, ...], old: Ref, new: Ref) -> tuple[Argument, ...]:
    return tuple(Argument(slot, new if value == old else value) for slot, value in arguments)


def _with_first(before: Draft, edit: AddLayer, ref: Ref, words: str, kind: str, config: Mapping) -> Alternative:
    """The step, after a layer was put on one of its tensors."""
    name = before.fresh_name(kind)
    first = AddLayer(name, kind, config, (Argument("inputs", ref),))
    own = edit.name if edit.name != name else first.apply(before).fresh_name(edit.kind)
    then = replace(edit, name=own, arguments=_exchanged(edit.arguments, ref, Ref(name)))
    return Alternative(f"Put {words} on {ref.call} first", (first, then))

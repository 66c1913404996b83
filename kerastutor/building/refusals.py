"""Why Keras does not take a step, in one sentence, and what can be done instead."""

from __future__ import annotations

from kerastutor.building.draft import Alternative, Draft, Impossible
from kerastutor.building.edits import AddLayer, Edit
from kerastutor.building.workshop import Refused
from kerastutor.knowledge import facts
from kerastutor.topology.graph import Argument, Ref, Tensor


def impossible(refused: Refused, before: Draft, edit: Edit | None) -> Impossible:
    """The refusal in the learner's words. `before` is the draft without the step, `edit` the step."""
    for explain in (_unequal_shapes, _too_few_axes, _too_many_axes):
        found = explain(refused, before, edit)
        if found:
            return found
    return Impossible(f"{refused.call} cannot be called so: {_first_line(refused.error)}")


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def _given(refused: Refused, before: Draft, edit: Edit | None) -> list[tuple[Ref, Tensor]]:
    arguments = getattr(edit, "arguments", ())
    refs = [value for _, value in arguments if isinstance(value, Ref)]
    return [(ref, before.topology.tensor(ref)) for ref in refs if ref.call in before.topology.call]


def _shape(tensor: Tensor) -> str:
    return "×".join(
        "batch" if n is None and i == 0 else "any" if n is None else str(n) for i, n in enumerate(tensor.shape or ())
    )


def _unequal_shapes(refused: Refused, before: Draft, edit: Edit | None) -> Impossible | None:
    if not isinstance(edit, AddLayer) or facts(edit.kind).family != "merge":
        return None
    given = _given(refused, before, edit)
    if len(given) < 2:
        return Impossible(
            f"{edit.kind} merges two tensors or more, and {len(given)} is selected: select another one too."
        )
    shapes = [tensor.shape for _, tensor in given]
    (a, first), (b, second) = given[0], next((g for g in given[1:] if g[1].shape != given[0][1].shape), given[1])
    sentence = (
        f"{edit.kind} cannot merge {a.call} ({_shape(first)}) and {b.call} ({_shape(second)}): "
        f"{_how_they_differ(first, second)}."
    )
    return Impossible(sentence, _projections(before, edit, a, first, b, second, shapes))


def _how_they_differ(first: Tensor, second: Tensor) -> str:
    one, two = first.shape or (), second.shape or ()
    if len(one) != len(two):
        return f"one has {len(one)} axes and the other {len(two)}"
    names = {2: ("batch", "features"), 3: ("batch", "steps", "features"), 4: ("batch", "height", "width", "channels")}
    words = names.get(len(one), tuple(f"axis {n}" for n in range(len(one))))
    differing = [words[i] for i in range(len(one)) if one[i] != two[i]]
    return f"they differ in {' and '.join(differing)}" if differing else "their values do not fit"


def _projections(
    before: Draft, edit: AddLayer, a: Ref, first: Tensor, b: Ref, second: Tensor, shapes: list
) -> list[Alternative]:
    """Bring the second tensor to the last axis of the first, or the reverse; or concatenate."""
    found = []
    one, two = first.shape or (), second.shape or ()
    if edit.kind != "Concatenate" and len(one) == len(two) and one[:-1] == two[:-1] and len(shapes) == 2:
        for ref, width in ((b, one[-1]), (a, two[-1])):
            if width is not None:
                found.append(_projected(before, edit, ref, width, len(one)))
        name = before.fresh_name("Concatenate")
        found.append(Alternative("Concatenate them instead", (AddLayer(name, "Concatenate", {}, edit.arguments),)))
    return found


def _projected(before: Draft, edit: AddLayer, ref: Ref, width: int, axes: int) -> Alternative:
    kind = {4: "Conv2D", 5: "Conv3D", 3: "Conv1D"}.get(axes, "Dense")
    config = {"units": width} if kind == "Dense" else {"filters": width, "kernel_size": 1}
    name = before.fresh_name(kind)
    what = f"a Dense of {width} units" if kind == "Dense" else f"a 1x1 convolution of {width} filters"
    arguments = tuple(Argument(slot, Ref(name) if value == ref else value) for slot, value in edit.arguments)
    return Alternative(
        f"Put {what} on {ref.call} first",
        (
            AddLayer(name, kind, config, (Argument("inputs", ref),)),
            AddLayer(edit.name, edit.kind, edit.config, arguments),
        ),
    )


_AXES = {"convolution": ("1D", 3), "pooling": ("1D", 3), "recurrent": ("", 3)}


def _axes_wanted(kind: str) -> int | None:
    family = facts(kind).family
    if family in ("convolution", "pooling"):
        return next((axes for suffix, axes in (("1D", 3), ("2D", 4), ("3D", 5)) if suffix in kind), None)
    return 3 if family == "recurrent" and not kind.startswith("ConvLSTM") else None


def _too_few_axes(refused: Refused, before: Draft, edit: Edit | None) -> Impossible | None:
    if not isinstance(edit, AddLayer):
        return None
    given, wanted = _given(refused, before, edit), _axes_wanted(edit.kind)
    if len(given) != 1 or wanted is None:
        return None
    ref, tensor = given[0]
    if tensor.shape is None or len(tensor.shape) >= wanted:
        return None
    what = {3: "batch × steps × features", 4: "batch × height × width × channels"}.get(wanted, f"{wanted} axes")
    sentence = (
        f"{edit.kind} needs {what}, and {ref.call} gives {_shape(tensor)}, {wanted - len(tensor.shape)} axes too few."
    )
    return Impossible(
        sentence.replace("1 axes", "1 axis"),
        [*_returning_sequences(before, edit, ref), *_channel(before, edit, ref, tensor)],
    )


def _returning_sequences(before: Draft, edit: AddLayer, ref: Ref) -> list[Alternative]:
    from kerastutor.building.edits import Configure

    layer = before.topology.layer_of(ref.call)
    if facts(layer.kind).family != "recurrent" or facts(edit.kind).family != "recurrent":
        return []
    return [
        Alternative(
            f"Let {layer.name} return its whole sequence (return_sequences=True)",
            (Configure(layer.id, {**layer.config, "return_sequences": True}), edit),
        )
    ]


def _channel(before: Draft, edit: AddLayer, ref: Ref, tensor: Tensor) -> list[Alternative]:
    """Reshape with a last axis of length 1, where one axis is missing."""
    shape = tensor.shape or ()
    if _axes_wanted(edit.kind) != len(shape) + 1 or None in shape[1:]:
        return []
    name = before.fresh_name("Reshape")
    first = AddLayer(name, "Reshape", {"target_shape": [*shape[1:], 1]}, (Argument("inputs", ref),))
    then = AddLayer(edit.name, edit.kind, edit.config, (Argument(edit.arguments[0].slot, Ref(name)),))
    return [Alternative(f"Reshape {ref.call} to {_shape(Tensor((*shape, 1)))} first", (first, then))]


def _too_many_axes(refused: Refused, before: Draft, edit: Edit | None) -> Impossible | None:
    if not isinstance(edit, AddLayer):
        return None
    given, wanted = _given(refused, before, edit), _axes_wanted(edit.kind)
    if len(given) != 1 or wanted is None:
        return None
    ref, tensor = given[0]
    if tensor.shape is None or len(tensor.shape) <= wanted:
        return None
    return Impossible(
        f"{edit.kind} takes {wanted} axes with the batch, and {ref.call} gives {len(tensor.shape)}: {_shape(tensor)}."
    )

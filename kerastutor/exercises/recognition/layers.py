"""Layers: of another kind, size or setting, missing, or one too many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kerastutor.exercises.alignment import family
from kerastutor.exercises.case import Case
from kerastutor.exercises.recognition.telling import (
    around,
    bare,
    between,
    constants,
    left_out,
    names,
    seen,
    setting,
    written,
)
from kerastutor.topology.finding import Finding
from kerastutor.topology.graph import Ref
from kerastutor.topology.sameness.normal import Node
from kerastutor.topology.wording import listing

_SETTINGS = {
    "strides": "stride",
    "padding": "padding",
    "kernel_size": "kernel_size",
    "rate": "dropout_rate",
    "units": "hidden_width",
    "filters": "hidden_width",
    "input_dim": "vocabulary",
    "output_dim": "vocabulary",
}

_RETURNED: dict[object, str] = {
    "softmax": "probabilities",
    "sigmoid": "numbers from 0 to 1",
    "tanh": "numbers from -1 to 1",
    "relu": "numbers that are never negative",
}
"""What comes out of the activations at the end of a model."""


def dropout_at_the_end(case: Case) -> Iterator[Finding]:
    """Dropout between the answer's last call and the output."""
    for mine, asked in zip(case.ours.normal.outputs, case.theirs.normal.outputs, strict=False):
        our, their = mine.tensor.call, asked.tensor.call
        dropped = case.mine(our).kind == "Dropout" and case.theirs.nodes[their].kind != "Dropout"
        if dropped and (our in case.extra or our in case.rewired):
            moved = [our, *case.go_to(case.pair[our])] if our in case.pair else [our]
            yield seen(case, "dropout_after_output", (our,), names(case, case.ours.sources[our]), left_out(case, our))
            case.settle(*moved)


def activations(case: Case) -> Iterator[Finding]:
    """Activations that differ, are missing, come twice, or where none is asked for."""
    for our in [name for name in case.changed if family(case.mine(name)) == family(case.asked(name)) == "activation"]:
        yield _other_activation(case, our)
        case.settle(our)
    for their in [name for name in case.missing if _is_lone_activation(case, name)]:
        before, here = case.come_from(their), around(case, their)[:1]
        code = written(case, their)
        if case.theirs.ends[their]:
            wanted = _RETURNED.get(_function(case.theirs.nodes[their].config), "activated ones")
            yield seen(case, "output_activation_missing", here, wanted, code)
        else:
            after = case.go_to(their)
            yield seen(case, "activation_missing", here, names(case, after or before), code, *after)
        case.settle(their)
    for our in [name for name in case.extra if family(case.mine(name)) == "activation"]:
        source = case.ours.sources[our][0]
        if family(case.mine(source)) == "activation":
            yield seen(case, "activation_doubled", (source,), names(case, [our]), left_out(case, our), our)
        elif _softmax_of_one(case, our):
            yield seen(case, "softmax_one_unit", (our,), names(case, [source]), left_out(case, our))
        elif source in case.pair and case.mine(source).origin == case.mine(our).origin:
            yield seen(case, "activation_extra", (our,), names(case, [source]), written(case, case.pair[source]))
        else:
            yield seen(case, "layer_extra", (our,), names(case, [source]), left_out(case, our))
        case.settle(our)


def flattening(case: Case) -> Iterator[Finding]:
    """Flatten missing, doubled, or global pooling in its place."""
    for our in list(case.changed):
        kinds = _sort(case.mine(our).kind), _sort(case.asked(our).kind)
        if kinds in (("global", "flatten"), ("flatten", "global")):
            kind = "pooling_for_flatten" if kinds[0] == "global" else "flatten_for_pooling"
            yield seen(case, kind, (our,), names(case, case.ours.sources[our]), written(case, case.pair[our]))
            case.settle(our)
    for their in [name for name in case.missing if case.theirs.nodes[name].kind == "Flatten"]:
        before, after = case.come_from(their), case.go_to(their)
        here = tuple(after) or around(case, their)
        yield seen(case, "flatten_missing", here[:1], names(case, before), written(case, their), *before)
        case.settle(their)
    for our in [name for name in case.extra if case.mine(name).kind == "Flatten"]:
        source = Ref(case.ours.sources[our][0])
        shape = case.learner.tensor(Ref(case.mine(source.call).origin)).shape
        if shape is not None and len(shape) == 2:
            yield seen(case, "flatten_doubled", (our,), names(case, [source.call]), left_out(case, our))
            case.settle(our)


def pooling(case: Case) -> Iterator[Finding]:
    """A pooling step too many or too few."""
    for their in [name for name in case.missing if _shrinks(case.theirs.nodes[name])]:
        before, after = case.come_from(their), case.go_to(their)
        here = tuple(before) or around(case, their)
        yield seen(case, "pooling_too_few", here[:1], names(case, after or before), written(case, their), *after)
        case.settle(their)
    for our in [name for name in case.extra if _sort(case.mine(name).kind) == "pooling"]:
        yield seen(case, "pooling_too_many", (our,), names(case, case.ours.sources[our]), left_out(case, our))
        case.settle(our)


def settings(case: Case) -> Iterator[Finding]:
    """A layer of the right kind with other settings, each told by itself."""
    for our in list(case.changed):
        mine, asked = case.mine(our), case.asked(our)
        if mine.kind != asked.kind:
            continue
        if mine.trainable != asked.trainable:
            kind = "frozen" if asked.trainable else "not_frozen"
            yield seen(case, kind, (our,), names(case, [our]), f"`{bare(case, our)}.trainable = {asked.trainable}`")
        differing = case.settings(our)
        for kind in dict.fromkeys(_setting(case, our, name) for name in differing):
            chosen = [name for name in differing if _setting(case, our, name) == kind]
            after = names(case, [user for user, _, _ in case.ours.users[our]] or [our])
            there = " and ".join(f"`{name}`" for name in chosen) if kind == "setting_other" else after
            yield seen(case, kind, (our,), there, setting(case, our, *chosen))
        case.settle(our)


def kinds(case: Case) -> Iterator[Finding]:
    """A layer of another kind."""
    for our in list(case.changed):
        yield seen(case, "layer_other", (our,), names(case, [our]), written(case, case.pair[our]))
        case.settle(our)


def missing(case: Case) -> Iterator[Finding]:
    """A layer of the answer that is not there."""
    for origin in dict.fromkeys(case.theirs.nodes[name].origin for name in case.missing):
        lost = [name for name in case.missing if case.theirs.nodes[name].origin == origin]
        yield seen(case, "layer_missing", around(case, lost[0]), between(case, lost[-1]), written(case, lost[0]))
        case.settle(*lost)


def extra(case: Case) -> Iterator[Finding]:
    """A layer that the answer does not have."""
    for our in list(case.extra):
        if our in case.extra:
            yield seen(case, "layer_extra", (our,), names(case, case.ours.sources[our]), left_out(case, our))
            case.settle(our)


def arguments(case: Case) -> Iterator[Finding]:
    """The same call, given another number or switch beside its tensors."""
    for our in case.pair:
        node, other = case.mine(our), case.asked(our)
        mine, asked = constants(node), constants(other)
        wrong = [slot for slot in {**mine, **asked} if mine.get(slot) != asked.get(slot)]
        if not wrong or node.kind != other.kind or len(node.tensors) != len(other.tensors):
            continue
        found, wanted = ([f"`{given[slot]}`" for slot in wrong if slot in given] for given in (mine, asked))
        there = f"with {listing(found)}" if found else f"without {_slots(wrong)}"
        code = f"with {listing(wanted)}" if wanted else f"without {_slots(wrong)}"
        yield seen(case, "call_argument", (our,), there, code)


def _other_activation(case: Case, our: str) -> Finding:
    mine, asked = _function(case.mine(our).config), _function(case.asked(our).config)
    ends = bool(case.ours.ends[our])
    after = names(case, [user for user, _, _ in case.ours.users[our]] or [our])
    kind = "other_activation"
    if mine == "softmax" and _softmax_of_one(case, our):
        kind = "softmax_one_unit"
    elif (mine, asked) == ("sigmoid", "softmax") and ends:
        kind = "sigmoid_for_classes"
    elif mine == "softmax" and not ends:
        kind = "softmax_hidden"
    return seen(case, kind, (our,), after, written(case, case.pair[our]))


def _is_lone_activation(case: Case, their: str) -> bool:
    """Whether an activation is missing, and not the layer that it belongs to as well."""
    node = case.theirs.nodes[their]
    whole = [name for name in case.missing if case.theirs.nodes[name].origin == node.origin]
    return family(node) == "activation" and len(whole) == 1


def _softmax_of_one(case: Case, our: str) -> bool:
    if _function(case.mine(our).config) != "softmax":
        return False
    shape = case.learner.tensor(Ref(case.mine(our).origin)).shape
    source = case.mine(case.ours.sources[our][0])
    return source.config.get("units") == 1 or (shape is not None and shape[-1] == 1)


def _setting(case: Case, our: str, name: str) -> str:
    if name == "return_sequences":
        return "return_sequences_extra" if case.mine(our).config.get(name) else "return_sequences_missing"
    kind = _SETTINGS.get(name, "setting_other")
    if kind == "dropout_rate" and "Dropout" not in case.mine(our).kind:
        return "setting_other"
    return "output_width" if kind == "hidden_width" and _is_last(case, our) else kind


def _is_last(case: Case, our: str) -> bool:
    """Whether nothing but activations stands between a call and an output."""
    if case.ours.ends[our]:
        return True
    users = [user for user, _, _ in case.ours.users[our]]
    return bool(users) and all(family(case.mine(user)) == "activation" and _is_last(case, user) for user in users)


def _shrinks(node: Node) -> bool:
    """Whether a pooling makes the image smaller; one that moves by single points does not."""
    strides = node.config.get("strides")
    steps = strides if isinstance(strides, (list, tuple)) else (strides,)
    return _sort(node.kind) == "pooling" and any(step != 1 for step in steps)


def _sort(kind: str) -> str:
    if kind.startswith("Global") and "Pooling" in kind:
        return "global"
    return "flatten" if kind == "Flatten" else "pooling" if "Pooling" in kind else ""


def _function(config: object) -> object:
    return config.get("activation") if hasattr(config, "get") else None


def _slots(slots: Iterable[str]) -> str:
    return listing([f"`{slot}`" for slot in slots])

"""Layers: of another kind, size or setting, missing, or one too many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kerastutor.exercises.case import Case, family, is_merge
from kerastutor.exercises.recognition.telling import (
    Sighting,
    around,
    bare,
    between,
    constants,
    left_out,
    names,
    setting,
    written,
)
from kerastutor.topology.graph import Layer, Ref
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


def input_shape(case: Case) -> Iterator[Sighting]:
    """An input of another shape or dtype, or none where the model was built from layers alone."""
    for our in [name for name in case.changed if case.mine(name).kind == "Input"]:
        differing, shape = case.settings(our), case.asked(our).config.get("shape", [])[1:]
        code = f"`keras.Input(({', '.join(map(str, shape))},))`"
        if "shape" not in case.mine(our).config:
            users = tuple(user for user, _, _ in case.ours.users[our])
            yield Sighting("input_left_out", users or (our,), names(case, users), code, ours=(our,))
        elif "shape" in differing:
            more = setting(case, our, *differing) if differing != ["shape"] else code
            yield Sighting("input_shape", (our,), names(case, [our]), more, ours=(our,))
        else:
            there = " and ".join(f"`{name}`" for name in differing)
            yield Sighting("setting_other", (our,), there, setting(case, our, *differing), ours=(our,))


def merge_kinds(case: Case) -> Iterator[Sighting]:
    """Tensors brought together in another way than asked for."""
    for our in list(case.changed):
        mine, asked = case.mine(our), case.asked(our)
        if not (is_merge(mine) and is_merge(asked)) or mine.kind == asked.kind:
            continue
        kinds = {("Add", "Concatenate"): "add_for_concat", ("Concatenate", "Add"): "concat_for_add"}
        kind = kinds.get((mine.kind, asked.kind), "other_merge")
        there = names(case, case.ours.sources[our])
        yield Sighting(kind, (our,), there, written(case, case.pair[our]), ours=(our,))


def dropout_at_the_end(case: Case) -> Iterator[Sighting]:
    """Dropout between the answer's last call and the output."""
    for mine, asked in zip(case.ours.outputs, case.theirs.outputs, strict=False):
        our, their = mine.tensor.call, asked.tensor.call
        dropped = case.mine(our).kind == "Dropout" and case.theirs.nodes[their].kind != "Dropout"
        if dropped and (our in case.extra or our in case.rewired):
            moved = [our, *case.go_to(case.pair[our])] if our in case.pair else [our]
            there = names(case, case.ours.sources[our])
            where = [their for their in case.meant(our) if our not in case.pair]  # it belongs there, and not here
            yield Sighting("dropout_after_output", (our,), there, left_out(case, our), ours=moved, theirs=where[:1])


def activations(case: Case) -> Iterator[Sighting]:
    """Activations that differ, are missing, come twice, or where none is asked for."""
    for our in [name for name in case.changed if family(case.mine(name)) == family(case.asked(name)) == "activation"]:
        yield _other_activation(case, our)
    for their in [name for name in case.missing if _is_lone_activation(case, name)]:
        before, here = case.come_from(their), around(case, their)[:1]
        code = written(case, their)
        if case.theirs.ends[their]:
            wanted = _RETURNED.get(_function(case.theirs.nodes[their].config), "activated ones")
            yield Sighting("output_activation_missing", here, wanted, code, theirs=(their,))
        else:
            users = tuple(case.go_to(their))
            yield Sighting("activation_missing", here, names(case, users or before), code, users, theirs=(their,))
    for our in [name for name in case.extra if family(case.mine(name)) == "activation"]:
        source, without = case.ours.sources[our][0], left_out(case, our)
        there = names(case, [source])
        if family(case.mine(source)) == "activation":
            yield Sighting("activation_doubled", (source,), names(case, [our]), without, (our,), ours=(our,))
        elif _softmax_of_one(case, our):
            yield Sighting("softmax_one_unit", (our,), there, without, ours=(our,))
        elif source in case.pair and case.mine(source).origin == case.mine(our).origin:
            yield Sighting("activation_extra", (our,), there, written(case, case.pair[source]), ours=(our,))
        else:
            yield Sighting("layer_extra", (our,), there, without, ours=(our,))


def flattening(case: Case) -> Iterator[Sighting]:
    """Flatten missing, doubled, or global pooling in its place."""
    for our in list(case.changed):
        kinds = _sort(case.mine(our).kind), _sort(case.asked(our).kind)
        if kinds in (("global", "flatten"), ("flatten", "global")):
            kind = "pooling_for_flatten" if kinds[0] == "global" else "flatten_for_pooling"
            before, code = names(case, case.ours.sources[our]), written(case, case.pair[our])
            yield Sighting(kind, (our,), before, code, ours=(our,))
    for their in [name for name in case.missing if case.theirs.nodes[name].kind == "Flatten"]:
        sources, after = case.come_from(their), case.go_to(their)
        here, code = tuple(after) or around(case, their), written(case, their)
        yield Sighting("flatten_missing", here[:1], names(case, sources), code, tuple(sources), theirs=(their,))
    for our in [name for name in case.extra if case.mine(name).kind == "Flatten"]:
        source = Ref(case.ours.sources[our][0])
        shape = case.learner.tensor(Ref(case.mine(source.call).origin)).shape
        if shape is not None and len(shape) == 2:
            there = names(case, [source.call])
            yield Sighting("flatten_doubled", (our,), there, left_out(case, our), ours=(our,))


def pooling(case: Case) -> Iterator[Sighting]:
    """A pooling step too many or too few."""
    for their in [name for name in case.missing if _shrinks(case.theirs.nodes[name])]:
        before, after = case.come_from(their), case.go_to(their)
        here, there = tuple(before) or around(case, their), names(case, after or before)
        yield Sighting("pooling_too_few", here[:1], there, written(case, their), tuple(after), theirs=(their,))
    for our in [name for name in case.extra if _sort(case.mine(name).kind) == "pooling"]:
        there = names(case, case.ours.sources[our])
        yield Sighting("pooling_too_many", (our,), there, left_out(case, our), ours=(our,))


def settings(case: Case) -> Iterator[Sighting]:
    """A layer of the right kind with other settings, each a sighting of its own."""
    for our in list(case.changed):
        mine, asked = case.mine(our), case.asked(our)
        if mine.kind != asked.kind:
            continue
        if mine.trainable != asked.trainable:
            kind = "frozen" if asked.trainable else "not_frozen"
            code = f"`{bare(case, our)}.trainable = {asked.trainable}`"
            yield Sighting(kind, (our,), names(case, [our]), code, ours=(our,))
        differing = case.settings(our)
        for kind in dict.fromkeys(_setting(case, our, name) for name in differing):
            chosen = [name for name in differing if _setting(case, our, name) == kind]
            after = names(case, [user for user, _, _ in case.ours.users[our]] or [our])
            there = " and ".join(f"`{name}`" for name in chosen) if kind == "setting_other" else after
            yield Sighting(kind, (our,), there, setting(case, our, *chosen), ours=(our,))


def kinds(case: Case) -> Iterator[Sighting]:
    """A layer of another kind."""
    for our in list(case.changed):
        yield Sighting("layer_other", (our,), names(case, [our]), written(case, case.pair[our]), ours=(our,))


def lost_work(case: Case) -> Iterator[Sighting]:
    """What is missing was written, but never called, or called for nothing."""
    leftovers = case.leftovers()
    if leftovers is None:
        return
    spare = [one for one in leftovers.layers if not leftovers.calls_of[one.id]]
    dead = [call for call in leftovers.calls if call.id not in leftovers.reaching]
    for origin in dict.fromkeys(case.theirs.nodes[name].origin for name in case.missing):
        lost = [name for name in case.missing if case.theirs.nodes[name].origin == origin]
        if not lost:
            continue
        wanted = case.expected.layer_of(origin)
        here = around(case, lost[0])
        place = between(case, lost[-1])
        called = next((call for call in dead if _alike(leftovers.layer_of(call.id), wanted)), None)
        created = next((one for one in spare if _alike(one, wanted)), None)
        if called is not None and called.tensors:
            users = [user for user, _, _ in case.theirs.users[lost[-1]]]
            branch = any(is_merge(case.theirs.nodes[user]) for user in users)
            merges = [user for user in users if user in case.missing]
            taking = [user for name in (*lost, *merges) for user in case.go_to(name)]
            word = names(case, taking or here)
            kind = "dead_branch" if branch else "overwritten"
            before = tuple(node for node in here if node not in taking)
            code, gone = written(case, lost[0]), (*lost, *merges)
            yield Sighting(kind, tuple(taking) or here, word, code, before, name=called.id, ours=taking, theirs=gone)
        elif created is not None:
            yield Sighting("never_called", here, place, written(case, lost[0]), name=created.name, theirs=lost)


def missing(case: Case) -> Iterator[Sighting]:
    """A layer of the answer that is not there."""
    for origin in dict.fromkeys(case.theirs.nodes[name].origin for name in case.missing):
        lost = [name for name in case.missing if case.theirs.nodes[name].origin == origin]
        here, there, code = around(case, lost[0]), between(case, lost[-1]), written(case, lost[0])
        yield Sighting("layer_missing", here, there, code, theirs=lost)


def extra(case: Case) -> Iterator[Sighting]:
    """A layer that the answer does not have."""
    for our in list(case.extra):
        there = names(case, case.ours.sources[our])
        yield Sighting("layer_extra", (our,), there, left_out(case, our), ours=(our,))


def arguments(case: Case) -> Iterator[Sighting]:
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
        yield Sighting("call_argument", (our,), there, code)


def _other_activation(case: Case, our: str) -> Sighting:
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
    return Sighting(kind, (our,), after, written(case, case.pair[our]), ours=(our,))


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


def _alike(one: Layer, wanted: Layer) -> bool:
    return one.kind == wanted.kind and dict(one.config) == dict(wanted.config)

"""Edits told in the learner's names: which calls, tensors and arrows of the learner's network, and one sentence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from kerastutor.knowledge import facts
from kerastutor.topology.differences.edits import OUTPUT, Edit
from kerastutor.topology.differences.matching import Matching
from kerastutor.topology.differences.sides import Side, Taken
from kerastutor.topology.graph import Json, Ref
from kerastutor.topology.sameness.normal import Node
from kerastutor.topology.wording import Arrow, call_name, listing, ordinal, tensor_name


@dataclass
class Told:
    """The fields of a `Difference` that say what it is."""

    sentence: str
    calls: Iterable[str] = ()
    tensors: Iterable[Ref] = ()
    arrows: Iterable[Arrow] = ()
    detail: dict[str, Json] = field(default_factory=dict)


def told(matching: Matching, edit: Edit) -> Told:
    """What an edit says about the learner's network."""
    return _TELLERS[edit.kind](_View(matching), edit)


class _View:
    """The learner's network as it was written, seen from the nodes of its normal form."""

    def __init__(self, matching: Matching) -> None:
        self.learner, self.pairs = matching.learner, matching.pairs
        self.ours, self.theirs = matching.ours, matching.theirs

    def call(self, place: int) -> str:
        """The learner's call that a node comes from."""
        return self.ours.nodes[place].origin

    def calls(self, places: Iterable[int]) -> list[str]:
        """The same for several, each once, in computing order."""
        return [self.call(place) for place in sorted(set(places)) if place != OUTPUT]

    def name(self, place: int) -> str:
        return "the output" if place == OUTPUT else call_name(self.learner, self.call(place))

    def tensor(self, taken: Taken) -> Ref:
        """The learner's tensor behind an argument of a node."""
        assert taken.source is not None
        return Ref(self.call(taken.source), taken.index)

    def said(self, taken: Taken) -> str:
        """An argument of the learner in words."""
        return _python(taken) if taken.source is None else tensor_name(self.learner, self.tensor(taken))

    def said_wanted(self, taken: Taken) -> str:
        """An expected argument in the learner's names; a layer that is missing by its kind."""
        if taken.source is None:
            return _python(taken)
        place = self.pairs.ours[taken.source]
        if place < 0:
            return f"the missing {_kind(self.theirs.nodes[taken.source])}"
        return tensor_name(self.learner, Ref(self.call(place), taken.index))

    def arrow(self, taken: Taken, place: int) -> list[Arrow]:
        """The arrow of the learner's drawing that an argument of a node stands for."""
        if taken.source is None or place == OUTPUT:
            return []
        wanted, call = self.tensor(taken), self.call(place)
        arguments = [(slot, value) for slot, value in self.learner.call[call].arguments if isinstance(value, Ref)]
        direct = [Arrow(value, call, slot) for slot, value in arguments if value == wanted]
        if direct:
            return [next((arrow for arrow in direct if arrow.slot == taken.slot), direct[0])]
        # The rules took calls out between the two (an Identity, an inner Add): the arrow that leads there.
        through = [Arrow(value, call, slot) for slot, value in arguments if self._leads_to(value.call, wanted.call)]
        return through[:1]

    def _leads_to(self, call: str, wanted: str) -> bool:
        kept = {node.origin for node in self.ours.nodes}
        waiting = [call]
        while waiting:
            current = waiting.pop()
            if current == wanted:
                return True
            if current not in kept:
                waiting += [ref.call for ref in self.learner.call[current].tensors]
        return False

    def models(self, calls: Sequence[str]) -> list[str]:
        """The nested models that the calls stand in, outermost, where each stands in one and they are whole."""
        scopes = [self.learner.call[call].scope[:1] for call in calls]
        if not all(scopes) or len(calls) < 2 * len(set(scopes)):
            return []
        return [scope for (scope,) in dict.fromkeys(scopes)]

    def model_name(self, scope: str) -> str:
        """A nested model in the learner's words."""
        return f"`{next((one.name for one in self.learner.scopes if one.id == scope), scope)}`"

    def before(self, other: int) -> list[int]:
        """The learner's nodes that come before an expected node."""
        return self._beyond_missing(other, self._sources)

    def after(self, other: int) -> list[int]:
        """The learner's nodes that come after an expected node; OUTPUT where it is an output."""
        return self._beyond_missing(other, self._users)

    def _sources(self, other: int) -> list[int]:
        return [taken.source for taken in self.theirs.taken[other] if taken.source is not None]

    def _users(self, other: int) -> list[int]:
        ends = [OUTPUT] if any(port.node == other for port in self.theirs.outputs) else []
        return [*ends, *(user for user, _, _ in self.theirs.users[other])]

    def _beyond_missing(self, other: int, neighbours: Callable[[int], list[int]]) -> list[int]:
        """The learner's nodes next to an expected node; a missing node, met again, leads nowhere new."""
        found: dict[int, None] = {}
        waiting, seen = neighbours(other)[::-1], {other}
        while waiting:
            near = waiting.pop()
            place = OUTPUT if near == OUTPUT else self.pairs.ours[near]
            if near == OUTPUT or place >= 0:
                found[place] = None
            elif near not in seen:
                seen.add(near)
                waiting += neighbours(near)[::-1]
        return list(found)


def _python(constant: Taken) -> str:
    """A constant argument as it is written in Python."""
    return _written(json.loads(constant.constant))


def _written(value: Json) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, dict) and list(value) == ["slice"]:
        start, stop, step = ("" if part is None else str(part) for part in value["slice"])
        return f"{start}:{stop}:{step}" if step else f"{start}:{stop}"
    return repr(value)


def _kind(node: Node) -> str:
    return node.kind.removeprefix("ops.")


def _whole_config(side: Side, places: Sequence[int]) -> dict[str, Json]:
    """The configuration of a layer, with the activation that is fused into it."""
    config = dict(side.nodes[places[0]].config)
    return config if len(places) == 1 else {**config, "activation": _activation(side.nodes[places[1]])}


def _described(node: Node, config: dict[str, Json]) -> str:
    """A layer by its kind and configuration: `Dense(units=4)`."""
    written = ", ".join(f"{name}={value!r}" for name, value in config.items())
    return f"`{_kind(node)}({written})`" if written else f"`{_kind(node)}`"


def _start(text: str) -> str:
    return text[0].upper() + text[1:]


def _missing_layer(view: _View, edit: Edit) -> Told:
    other, last = edit.theirs[0], edit.theirs[-1]
    node, config = view.theirs.nodes[other], _whole_config(view.theirs, edit.theirs)
    before, after = view.before(other), view.after(last)
    users = listing([view.name(place) for place in after]) if after else "the output"
    if node.kind == "Input":
        sentence = f"An input of shape {node.config.get('shape')} is missing; {users} needs it."
    elif len(before) > 1:
        sources = listing([view.name(place) for place in before])
        sentence = (
            f"A call of {_described(node, config)} is missing that takes {sources} and gives its tensor to {users}."
        )
    else:
        source = view.name(before[0]) if before else "the input"
        sentence = f"A call of {_described(node, config)} is missing between {source} and {users}."
    arrows = [
        arrow
        for place in after
        if place != OUTPUT
        for taken in view.ours.taken[place]
        if taken.source in before
        for arrow in view.arrow(taken, place)
    ]
    return Told(
        sentence,
        view.calls([*before, *after]),
        [Ref(view.call(place)) for place in before],
        arrows,
        {"kind": node.kind, "config": config},
    )


def _extra_layer(view: _View, edit: Edit) -> Told:
    place = edit.ours[0]
    name, node = view.name(place), view.ours.nodes[place]
    config = _whole_config(view.ours, edit.ours)
    detail: dict[str, Json] = {"kind": node.kind, "config": config}
    if node.kind == "Input":
        return Told(f"{_start(name)} is an input too many.", view.calls([place]), [Ref(view.call(place))], (), detail)
    sources = [view.said(taken) for taken in view.ours.taken[place] if taken.source is not None]
    between = f" after {listing(sources)}" if sources else ""
    arrows = [arrow for taken in view.ours.taken[place] for arrow in view.arrow(taken, place)]
    sentence = f"{_start(name)} is a call of {_described(node, config)} too many{between}."
    return Told(sentence, view.calls([place]), [Ref(view.call(place))], arrows, detail)


def _wrong_layer(view: _View, edit: Edit) -> Told:
    mine, its = view.ours.nodes[edit.ours[0]], view.theirs.nodes[edit.theirs[0]]
    names = listing([view.name(place) for place in edit.ours])
    detail: dict[str, Json] = {"found": mine.kind, "expected": its.kind}
    if _kind(mine) == _kind(its):
        sentence = f"{_start(names)} should be {_written_as(its)} and not {_written_as(mine)}: {_ALIGNMENT}."
        return Told(sentence, view.calls(edit.ours), (), (), detail)
    verb = "is a call" if len(edit.ours) == 1 else "are calls"
    sentence = f"{_start(names)} {verb} of `{_kind(mine)}`, and {_described(its, dict(its.config))} is expected."
    return Told(sentence, view.calls(edit.ours), (), (), detail)


_ALIGNMENT = (
    "where tensors have unlike numbers of axes, an operation lines up the last axes, and a layer the first ones"
)


def _written_as(node: Node) -> str:
    return f"the {'operation' if node.kind.startswith('ops.') else 'layer'} `{_kind(node)}`"


def _wrong_config(view: _View, edit: Edit) -> Told:
    mine, its = view.ours.nodes[edit.ours[0]], view.theirs.nodes[edit.theirs[0]]
    changes = _changed_parameters(view, edit, mine, its)
    name = f"`{view.learner.layer_of(mine.origin).name}`"
    said = _said_parameters(mine.kind, changes)
    detail = {
        "parameters": [{"parameter": parameter, "found": a, "expected": b} for parameter, a, b in changes],
        "parameter": changes[0][0],
        "found": changes[0][1],
        "expected": changes[0][2],
    }
    return Told(f"{name} {said}.", view.calls(edit.ours), (), (), detail)


def _changed_parameters(view: _View, edit: Edit, mine: Node, its: Node) -> list[tuple[str, Json, Json]]:
    """(parameter, found, expected), None for not set; a fused activation is a parameter too."""
    if len(edit.theirs) > len(edit.ours):
        return [("activation", None, _activation(view.theirs.nodes[edit.theirs[1]]))]
    if len(edit.ours) > len(edit.theirs):
        return [("activation", _activation(view.ours.nodes[edit.ours[1]]), None)]
    names = sorted(mine.config.keys() | its.config.keys())
    changes = [(n, mine.config.get(n), its.config.get(n)) for n in names if mine.config.get(n) != its.config.get(n)]
    if mine.trainable != its.trainable:
        changes.append(("trainable", mine.trainable, its.trainable))
    return changes or [("outputs", mine.width, its.width)]


def _activation(node: Node) -> Json:
    return node.config.get("activation", node.kind)


def _said_parameters(kind: str, changes: Sequence[tuple[str, Json, Json]]) -> str:
    parameter, _, expected = changes[0]
    if parameter == "trainable" and len(changes) == 1:
        return "is frozen, and should be trainable" if expected else "is trainable, and should be frozen"
    found = listing([_setting(kind, name, value) for name, value, _ in changes])
    if len(changes) == 1 and expected is not None:
        return f"has {found}, and {expected!r} is expected"
    verb = "is" if len(changes) == 1 else "are"
    return f"has {found}, and {listing([_setting(kind, name, value) for name, _, value in changes])} {verb} expected"


def _setting(kind: str, parameter: str, value: Json) -> str:
    if value is not None:
        return f"{parameter}={value!r}"
    return "no activation" if parameter == "activation" and facts(kind).fuses_activation else f"the default {parameter}"


def _shared_not_twin(view: _View, edit: Edit) -> Told:
    calls = view.calls(edit.ours)
    models = view.models(calls)
    if len(models) > 1:
        name = view.model_name(models[0])
        sentence = (
            f"{name} is one model called {len(models)} times, and models of their own are expected: they share weights."
        )
        return Told(sentence, calls, [Ref(call) for call in calls], (), {"models": models})
    layer = view.learner.layer_of(calls[0]).name
    sentence = (
        f"`{layer}` is one layer called {len(calls)} times, and layers of their own are expected: "
        f"{listing([call_name(view.learner, call) for call in calls])} share weights and should not."
    )
    return Told(sentence, calls, [Ref(call) for call in calls], (), {"layer": layer})


def _twin_not_shared(view: _View, edit: Edit) -> Told:
    calls = view.calls(edit.ours)
    models = view.models(calls)
    if len(models) > 1:
        names = listing([view.model_name(model) for model in models])
        sentence = f"{names} do not share their weights, and one model called {len(models)} times is expected."
        return Told(sentence, calls, [Ref(call) for call in calls], (), {"models": models})
    layers = list(dict.fromkeys(view.learner.layer_of(call).name for call in calls))
    names = listing([call_name(view.learner, call) for call in calls])
    sentence = f"{_start(names)} do not share their weights, and one layer called {len(calls)} times is expected."
    return Told(sentence, calls, [Ref(call) for call in calls], (), {"layers": layers})


def _wrong_arrow(view: _View, edit: Edit) -> Told:
    (place,), (mine,), (wanted,) = edit.ours, edit.mine, edit.wanted
    expected = view.said_wanted(wanted)
    detail: dict[str, Json] = {"slot": wanted.slot, "found": list(view.tensor(mine)), "expected": expected}
    if place == OUTPUT:
        sentence = f"{_start(_which_output(view, mine))} is {view.said(mine)}, and {expected} is expected."
        return Told(sentence, view.calls([_source(mine)]), [view.tensor(mine)], (), detail)
    sentence = f"The arrow from {view.said(mine)} to {view.name(place)} should come from {expected}."
    beside = [] if wanted.source is None else [view.pairs.ours[wanted.source]]
    tensors = [view.tensor(mine), *(Ref(view.call(p), wanted.index) for p in beside if p >= 0)]
    return Told(sentence, [view.call(place)], tensors, view.arrow(mine, place), detail)


def _source(taken: Taken) -> int:
    return OUTPUT if taken.source is None else taken.source


def _which_output(view: _View, taken: Taken) -> str:
    if len(view.ours.outputs) == 1:
        return "the output"
    position = next(
        n for n, port in enumerate(view.ours.outputs) if (repr(port.key), port.node, port.index) == tuple(taken[:3])
    )
    return f"the {ordinal(position + 1)} output"


def _missing_arrow(view: _View, edit: Edit) -> Told:
    (place,), (wanted,) = edit.ours, edit.wanted
    expected = view.said_wanted(wanted)
    partner = -1 if wanted.source is None else view.pairs.ours[wanted.source]
    tensors = [Ref(view.call(partner), wanted.index)] if partner >= 0 else []
    sentence = (
        f"{_start(expected)} is expected to be an output too."
        if place == OUTPUT
        else f"The arrow from {expected} to {view.name(place)} is missing."
    )
    calls = view.calls([partner] if place == OUTPUT and partner >= 0 else [place])
    return Told(sentence, calls, tensors, (), {"slot": wanted.slot, "expected": expected})


def _extra_arrow(view: _View, edit: Edit) -> Told:
    (place,), (mine,) = edit.ours, edit.mine
    detail: dict[str, Json] = {"slot": mine.slot, "found": list(view.tensor(mine))}
    if place == OUTPUT:
        sentence = f"{_start(view.said(mine))} is an output too many."
        return Told(sentence, view.calls([_source(mine)]), [view.tensor(mine)], (), detail)
    sentence = f"The arrow from {view.said(mine)} to {view.name(place)} is one too many."
    return Told(sentence, [view.call(place)], [view.tensor(mine)], view.arrow(mine, place), detail)


def _swapped_order(view: _View, edit: Edit) -> Told:
    (place,) = edit.ours
    found, expected = [view.said(t) for t in edit.mine], [view.said_wanted(t) for t in edit.wanted]
    sentence = f"{_start(view.name(place))} takes {_in_order(found)}; expected is {_in_order(expected)}."
    arrows = [arrow for taken in edit.mine for arrow in view.arrow(taken, place)]
    tensors = [view.tensor(taken) for taken in edit.mine if taken.source is not None]
    return Told(sentence, [view.call(place)], tensors, arrows, {"found": found, "expected": expected})


def _in_order(names: Sequence[str]) -> str:
    return ", then ".join(names)


def _input_order(view: _View, edit: Edit) -> Told:
    found = [view.name(port.node) for port in view.ours.inputs]
    expected = [view.name(view.pairs.ours[p.node]) for p in view.theirs.inputs if view.pairs.ours[p.node] >= 0]
    sentence = f"The inputs are {_in_order(found)}; expected is {_in_order(expected)}."
    calls = view.calls(edit.ours)
    return Told(sentence, calls, [Ref(call) for call in calls], (), {"found": found, "expected": expected})


def _output_order(view: _View, edit: Edit) -> Told:
    found = [_keyed(t.slot, view.said(t)) for t in edit.mine]
    expected = [_keyed(t.slot, view.said_wanted(t)) for t in edit.wanted]
    sentence = f"The outputs are {_in_order(found)}; expected is {_in_order(expected)}."
    calls = view.calls(_source(taken) for taken in edit.mine)
    tensors = [view.tensor(taken) for taken in edit.mine]
    return Told(sentence, calls, tensors, (), {"found": found, "expected": expected})


def _keyed(key: str, name: str) -> str:
    """An output with the key it has in a dict of outputs; `key` is its repr."""
    return name if key == "None" else f"{key}: {name}"


def _wrong_key(view: _View, edit: Edit) -> Told:
    if edit.ours == (OUTPUT,):
        (mine,), (wanted,) = edit.mine, edit.wanted
        place, keys, what = _source(mine), (mine.slot, wanted.slot), "output"
    else:
        (place,), (other,) = edit.ours, edit.theirs
        found = next(port.key for port in view.ours.inputs if port.node == place)
        expected = next(port.key for port in view.theirs.inputs if port.node == other)
        keys, what = (repr(found), repr(expected)), "input"
    sentence = f"The {what} {view.name(place)} has the key {keys[0]}, and {keys[1]} is expected."
    return Told(sentence, view.calls([place]), [Ref(view.call(place))], (), {"found": keys[0], "expected": keys[1]})


def _wrong_argument(view: _View, edit: Edit) -> Told:
    (place,) = edit.ours
    found = _given([(t.slot, view.said(t)) for t in edit.mine])
    expected = _given([(t.slot, view.said_wanted(t)) for t in edit.wanted])
    sentence = f"{_start(view.name(place))} is given {found}, and {expected} is expected."
    arrows = [arrow for taken in edit.mine for arrow in view.arrow(taken, place)]
    return Told(sentence, [view.call(place)], (), arrows, {"found": found, "expected": expected})


def _given(arguments: Sequence[tuple[str, str]]) -> str:
    if not arguments:
        return "nothing"
    return listing([value if "." in slot else f"{slot}={value}" for slot, value in arguments])


_TELLERS: dict[str, Callable[[_View, Edit], Told]] = {
    "missing_layer": _missing_layer,
    "extra_layer": _extra_layer,
    "wrong_layer": _wrong_layer,
    "wrong_config": _wrong_config,
    "shared_not_twin": _shared_not_twin,
    "twin_not_shared": _twin_not_shared,
    "wrong_arrow": _wrong_arrow,
    "missing_arrow": _missing_arrow,
    "extra_arrow": _extra_arrow,
    "swapped_order": _swapped_order,
    "input_order": _input_order,
    "output_order": _output_order,
    "wrong_key": _wrong_key,
    "wrong_argument": _wrong_argument,
}

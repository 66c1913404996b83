"""Inputs and outputs: too many, too few, in another order; and a chain where a graph was asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from kerastutor.exercises.case import Case, skips
from kerastutor.exercises.recognition.telling import (
    around,
    bare,
    between,
    layer,
    model_of,
    names,
    ports_written,
    seen,
    setting,
    written,
)
from kerastutor.topology.finding import Finding
from kerastutor.topology.graph import Port
from kerastutor.topology.sequential import why_not_sequential
from kerastutor.topology.wording import listing, ordinal


def sequential_forced(case: Case) -> Iterator[Finding]:
    """The learner's network is a chain, and what is missing is where the answer branches."""
    if len(case.ours.normal.inputs) != 1 or why_not_sequential(case.learner):
        return
    lost = [name for name in case.missing if case.theirs.nodes[name].kind == "Input"]
    if len(case.theirs.normal.inputs) < 2 or not lost:
        return
    merges = [name for name in case.theirs.nodes if case.is_merge(case.theirs.nodes[name])]
    place = (merges or lost)[0]
    here = around(case, place)
    yield seen(case, "sequential_forced", here[:1], names(case, here), written(case, place), *here)
    case.settle(*case.missing, *case.extra, *case.rewired)
    case.settle(*(name for name in case.changed if case.mine(name).kind == "Input"))


def inputs(case: Case) -> Iterator[Finding]:
    """Inputs without a counterpart."""
    for their in [name for name in case.missing if case.theirs.nodes[name].kind == "Input"]:
        users = case.go_to(their)
        here = tuple(port.tensor.call for port in case.ours.normal.inputs)
        shape = case.theirs.nodes[their].config.get("shape", [])[1:]
        yield seen(
            case, "missing_input", here, names(case, users), f"`keras.Input(({', '.join(map(str, shape))},))`", *users
        )
        case.settle(their, *users)
    for our in [name for name in case.extra if case.mine(name).kind == "Input"]:
        users = [user for user, _, _ in case.ours.users[our]]
        others = [port.tensor.call for port in case.ours.normal.inputs if port.tensor.call != our]
        yield seen(case, "extra_input", (our,), names(case, others), model_of(case, inputs=others), *users)
        case.settle(our, *users)


def input_order(case: Case) -> Iterator[Finding]:
    """The inputs are all there, in another order."""
    ours = [port.tensor.call for port in case.ours.normal.inputs]
    theirs = [port.tensor.call for port in case.theirs.normal.inputs]
    moved = _moved(case, ours, theirs)
    if moved:
        right = [case.back[their] for their in theirs]
        yield seen(case, "inputs_swapped", moved[:1], names(case, moved[1:]), model_of(case, inputs=right), *moved)


def input_shape(case: Case) -> Iterator[Finding]:
    """An input of another shape or dtype, or none where the model was built from layers alone."""
    for our in [name for name in case.changed if case.mine(name).kind == "Input"]:
        differing, shape = case.settings(our), case.asked(our).config.get("shape", [])[1:]
        code = f"`keras.Input(({', '.join(map(str, shape))},))`"
        if "shape" not in case.mine(our).config:
            users = tuple(user for user, _, _ in case.ours.users[our])
            yield seen(case, "input_left_out", users or (our,), names(case, users), code)
        elif "shape" in differing:
            more = setting(case, our, *differing) if differing != ["shape"] else code
            yield seen(case, "input_shape", (our,), names(case, [our]), more)
        else:
            there = " and ".join(f"`{name}`" for name in differing)
            yield seen(case, "setting_other", (our,), there, setting(case, our, *differing))
        case.settle(our)


def output_order(case: Case) -> Iterator[Finding]:
    """The outputs are all there, in another order."""
    ours = [port.tensor.call for port in case.ours.normal.outputs]
    theirs = [port.tensor.call for port in case.theirs.normal.outputs]
    moved = _moved(case, ours, theirs)
    if moved:
        right = [case.back[their] for their in theirs]
        yield seen(case, "outputs_swapped", moved[:1], names(case, moved[1:]), model_of(case, outputs=right), *moved)


def output_count(case: Case) -> Iterator[Finding]:
    """An output of the answer is not returned, or something else is returned too."""
    ours = [port.tensor.call for port in case.ours.normal.outputs]
    theirs = [port.tensor.call for port in case.theirs.normal.outputs]
    if len(ours) < len(theirs):
        found = {case.pair.get(our) for our in ours}
        for their in [name for name in theirs if name not in found]:
            chain = _only_for(case, their)
            known = case.back.get(their)
            near = (known,) if known is not None else around(case, chain[-1])
            yield seen(case, "missing_output", tuple(ours), names(case, near), written(case, chain[-1]), *near)
            case.settle(*chain)
    wanted = Counter(theirs)
    for place, our in enumerate(ours if len(ours) > len(theirs) else ()):
        their = case.pair.get(our, "")
        wanted[their] -= 1
        if wanted[their] < 0:
            others = [*ours[:place], *ours[place + 1 :]]
            there = "more often than the task asks for" if their in theirs else "although the task does not ask for it"
            yield seen(case, "extra_output", (our,), there, model_of(case, outputs=others))
            case.settle(*_leading_only_to(case, our))


def other_tensor(case: Case) -> Iterator[Finding]:
    """The right call is returned, but another one of its tensors."""
    for mine, asked in zip(case.ours.normal.outputs, case.theirs.normal.outputs, strict=False):
        our, index = mine.tensor
        if case.pair.get(our) == asked.tensor.call and index != asked.tensor.index:
            there = f"the {ordinal(index + 1)} tensor of {case.name(our)}"
            yield seen(case, "wrong_output", (our,), there, f"`{bare(case, our)}[{asked.tensor.index}]`")


def port_names(case: Case) -> Iterator[Finding]:
    """Inputs or outputs under other names, or with names where a list is asked for."""
    ours, theirs = case.ours.normal, case.theirs.normal
    for verb, mine, asked in (("takes", ours.inputs, theirs.inputs), ("returns", ours.outputs, theirs.outputs)):
        if [case.pair.get(port.tensor.call) for port in mine] != [port.tensor.call for port in asked]:
            continue
        wrong = [one for one, other in zip(mine, asked, strict=True) if one.key != other.key]
        if wrong:
            here = tuple(port.tensor.call for port in wrong)
            there = f"{verb} {names(case, here)} {_how_named(wrong, asked)}"
            yield seen(case, "port_name", here, there, ports_written(case, mine, [port.key for port in asked]))


def aux_depth(case: Case) -> Iterator[Finding]:
    """One of several outputs is made from another tensor."""
    if len(case.theirs.normal.outputs) < 2:
        return
    for our in list(case.rewired):
        node, asked = case.mine(our), case.pair[our]
        if case.is_merge(node) or not _leads_only_to_an_output(case, asked) or _swapped_with_neighbour(case, our):
            continue
        right = case.come_from(asked)
        if not right:
            continue
        code = f"`{layer(case.asked(our), case.theirs)}({case.learner.layer_of(case.mine(right[0]).origin).name})`"
        yield seen(case, "aux_wrong_depth", (our,), names(case, case.ours.sources[our]), code, *right)
        case.settle(our)


def skip_missing(case: Case) -> Iterator[Finding]:
    """A merge that takes the input of a block as well as its output is not there."""
    for their in list(case.missing):
        if not case.is_merge(case.theirs.nodes[their]):
            continue
        for start, end in skips(case.theirs, their):
            if start not in case.back:
                continue
            here = case.back[start]
            code = written(case, their)
            yield seen(case, "skip_missing", (here,), between_end(case, end, their), code, *around(case, their))
            case.settle(their, *case.go_to(their), *_on_shortcut(case, their))
            break


def _how_named(mine: Sequence[Port], asked: Sequence[Port]) -> str:
    """How inputs or outputs are found, where that is not how they should be."""
    keys = [port.key for port in mine if port.key is not None]
    if not keys:
        return "in a list, without names"
    if all(port.key is None for port in asked):
        return "in a dict, by name"
    return f"under the {'name' if len(keys) == 1 else 'names'} {listing([repr(key) for key in keys])}"


def between_end(case: Case, end: str, their: str) -> str:
    """Words for where a shortcut arrives."""
    return names(case, [case.back[end]]) if end in case.back else between(case, their)


def _moved(case: Case, ours: list[str], theirs: list[str]) -> tuple[str, ...]:
    matched = [case.pair.get(our) for our in ours]
    if len(ours) != len(theirs) or sorted(map(str, matched)) != sorted(theirs):
        return ()
    return tuple(our for our, found, their in zip(ours, matched, theirs, strict=True) if found != their)


def _only_for(case: Case, output: str) -> list[str]:
    """The missing nodes that the answer has for this output alone, the last first."""
    chain = [output]
    while True:
        sources = [name for name in case.theirs.sources[chain[-1]] if name in case.missing]
        sources = [name for name in sources if len(case.theirs.users[name]) == 1]
        if not sources:
            return chain
        chain.append(sources[0])


def _leading_only_to(case: Case, output: str) -> list[str]:
    chain = [output]
    while True:
        sources = [name for name in case.ours.sources[chain[-1]] if name in case.extra]
        sources = [name for name in sources if len(case.ours.users[name]) == 1]
        if not sources:
            return chain
        chain.append(sources[0])


def _leads_only_to_an_output(case: Case, their: str) -> bool:
    net = case.theirs
    while True:
        users = net.users[their]
        if not users:
            return bool(net.ends[their])
        if len(users) > 1 or case.is_merge(net.nodes[users[0][0]]) or net.nodes[users[0][0]].owns == "weights":
            return False
        their = users[0][0]


def _swapped_with_neighbour(case: Case, our: str) -> bool:
    """Whether the node and the one it takes stand in each other's place."""
    return any(
        source in case.pair and case.pair[our] in case.theirs.sources[case.pair[source]]
        for source in case.ours.sources[our]
    )


def _on_shortcut(case: Case, their: str) -> list[str]:
    """Missing nodes that lead only into the merge."""
    return [name for name in case.missing if {user for user, _, _ in case.theirs.users[name]} == {their}]

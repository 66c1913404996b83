"""Inputs and outputs: too many, too few, in another order; and a chain where a graph was asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from kerastutor.exercises.case import Case, is_merge
from kerastutor.exercises.recognition.telling import (
    Sighting,
    around,
    bare,
    model_of,
    names,
    ports_written,
    written,
)
from kerastutor.topology.graph import Port
from kerastutor.topology.sequential import why_not_sequential
from kerastutor.topology.wording import listing, ordinal


def sequential_forced(case: Case) -> Iterator[Sighting]:
    """The learner's network is a chain, and what is missing is where the answer branches."""
    lost = [name for name in case.missing if case.theirs.nodes[name].kind == "Input"]
    if len(case.theirs.inputs) < 2 or not lost:
        return
    if len(case.ours.inputs) != 1 or why_not_sequential(case.learner):
        return
    merges = [name for name in case.theirs.nodes if is_merge(case.theirs.nodes[name])]
    place = (merges or lost)[0]
    here = around(case, place)
    inputs = [name for name in case.changed if case.mine(name).kind == "Input"]
    yield Sighting(
        "sequential_forced",
        here[:1],
        names(case, here),
        written(case, place),
        here,
        ours=(*case.extra, *case.rewired, *inputs),
        theirs=tuple(case.missing),
    )


def inputs(case: Case) -> Iterator[Sighting]:
    """Inputs without a counterpart."""
    for their in [name for name in case.missing if case.theirs.nodes[name].kind == "Input"]:
        users = case.go_to(their)
        here = tuple(port.tensor.call for port in case.ours.inputs)
        shape = case.theirs.nodes[their].config.get("shape", [])[1:]
        code, told = f"`keras.Input(({', '.join(map(str, shape))},))`", names(case, users)
        yield Sighting("missing_input", here, told, code, tuple(users), ours=users, theirs=(their,))
    for our in [name for name in case.extra if case.mine(name).kind == "Input"]:
        users = [user for user, _, _ in case.ours.users[our]]
        others = [port.tensor.call for port in case.ours.inputs if port.tensor.call != our]
        there, code = names(case, others), model_of(case, inputs=others)
        yield Sighting("extra_input", (our,), there, code, tuple(users), ours=(our, *users))


def input_order(case: Case) -> Iterator[Sighting]:
    """The inputs are all there, in another order."""
    ours = [port.tensor.call for port in case.ours.inputs]
    theirs = [port.tensor.call for port in case.theirs.inputs]
    moved = _moved(case, ours, theirs)
    if moved:
        right = [case.back[their] for their in theirs]
        yield Sighting("inputs_swapped", moved[:1], names(case, moved[1:]), model_of(case, inputs=right), moved)


def output_order(case: Case) -> Iterator[Sighting]:
    """The outputs are all there, in another order."""
    ours = [port.tensor.call for port in case.ours.outputs]
    theirs = [port.tensor.call for port in case.theirs.outputs]
    moved = _moved(case, ours, theirs)
    if moved:
        right = [case.back[their] for their in theirs]
        yield Sighting("outputs_swapped", moved[:1], names(case, moved[1:]), model_of(case, outputs=right), moved)


def output_count(case: Case) -> Iterator[Sighting]:
    """An output of the answer is not returned, or something else is returned too."""
    ours = [port.tensor.call for port in case.ours.outputs]
    theirs = [port.tensor.call for port in case.theirs.outputs]
    if len(ours) < len(theirs):
        found = {case.pair.get(our) for our in ours}
        for their in [name for name in theirs if name not in found]:
            chain = _only_for(case, their)
            known = case.back.get(their)
            near = (known,) if known is not None else around(case, chain[-1])
            there, code = names(case, near), written(case, chain[-1])
            yield Sighting("missing_output", tuple(ours), there, code, near, theirs=chain)
    wanted = Counter(theirs)
    for place, our in enumerate(ours if len(ours) > len(theirs) else ()):
        their = case.pair.get(our, "")
        wanted[their] -= 1
        if wanted[their] < 0:
            others = [*ours[:place], *ours[place + 1 :]]
            there = "more often than the task asks for" if their in theirs else "although the task does not ask for it"
            chain = _leading_only_to(case, our)
            yield Sighting("extra_output", (our,), there, model_of(case, outputs=others), ours=chain)


def other_tensor(case: Case) -> Iterator[Sighting]:
    """The right call is returned, but another one of its tensors."""
    for mine, asked in zip(case.ours.outputs, case.theirs.outputs, strict=False):
        our, index = mine.tensor
        if case.pair.get(our) == asked.tensor.call and index != asked.tensor.index:
            there = f"the {ordinal(index + 1)} tensor of {case.name(our)}"
            yield Sighting("wrong_output", (our,), there, f"`{bare(case, our)}[{asked.tensor.index}]`")


def port_names(case: Case) -> Iterator[Sighting]:
    """Inputs or outputs under other names, or with names where a list is asked for."""
    ours, theirs = case.ours, case.theirs
    for verb, mine, asked in (("takes", ours.inputs, theirs.inputs), ("returns", ours.outputs, theirs.outputs)):
        if [case.pair.get(port.tensor.call) for port in mine] != [port.tensor.call for port in asked]:
            continue
        wrong = [one for one, other in zip(mine, asked, strict=True) if one.key != other.key]
        if wrong:
            here = tuple(port.tensor.call for port in wrong)
            there = f"{verb} {names(case, here)} {_how_named(wrong, asked)}"
            yield Sighting("port_name", here, there, ports_written(case, mine, [port.key for port in asked]))


def _how_named(mine: Sequence[Port], asked: Sequence[Port]) -> str:
    """How inputs or outputs are found, where that is not how they should be."""
    keys = [port.key for port in mine if port.key is not None]
    if not keys:
        return "in a list, without names"
    if all(port.key is None for port in asked):
        return "in a dict, by name"
    return f"under the {'name' if len(keys) == 1 else 'names'} {listing([repr(key) for key in keys])}"


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

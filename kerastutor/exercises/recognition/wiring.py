"""Arrows: the wrong tensor, the wrong order, the wrong merge, a shortcut gone astray."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from kerastutor.exercises.alignment import family
from kerastutor.exercises.case import Case, skips
from kerastutor.exercises.recognition.telling import around, call_on, layer, names, seen, taken, written
from kerastutor.topology.finding import Finding


def merge_kinds(case: Case) -> Iterator[Finding]:
    """Tensors brought together in another way than asked for."""
    for our in list(case.changed):
        mine, asked = case.mine(our), case.asked(our)
        if not (case.is_merge(mine) and case.is_merge(asked)) or mine.kind == asked.kind:
            continue
        kinds = {("Add", "Concatenate"): "add_for_concat", ("Concatenate", "Add"): "concat_for_add"}
        kind = kinds.get((mine.kind, asked.kind), "other_merge")
        yield seen(case, kind, (our,), names(case, case.ours.sources[our]), written(case, case.pair[our]))
        case.settle(our)


def merge_operands(case: Case) -> Iterator[Finding]:
    """A merge that takes one tensor twice, too few, others, or the right ones in another order."""
    for our in [name for name in case.rewired if case.is_merge(case.mine(name))]:
        their = case.pair[our]
        sources, right = case.ours.sources[our], case.theirs.sources[their]
        matched = [case.pair.get(source) for source in sources]
        code = written(case, their)
        if len(set(sources)) == 1 < len(set(right)):
            yield seen(case, "self_merge", (our,), names(case, sources), code)
        elif Counter(matched) == Counter(right):
            yield seen(case, "merge_order", (our,), names(case, sources), code)
        elif len(matched) < len(right) and not Counter(matched) - Counter(right):
            yield seen(case, "merge_operand_missing", (our,), names(case, sources), code)
        elif (astray := _astray(case, our)) is not None:
            yield seen(case, "skip_wrong_tensor", (our,), names(case, [astray]), code, astray)
        else:
            wrong = [source for source in sources if case.pair.get(source) not in right]
            yield seen(case, "wrong_source", (our,), taken(case, our, *wrong), code, *wrong)
        case.settle(our)


def self_merge_of_missing(case: Case) -> Iterator[Finding]:
    """A tensor merged with itself, which some rules see as no merge at all."""
    for our in list(case.extra):
        if case.is_merge(case.mine(our)) and len(set(case.ours.sources[our])) == 1:
            yield seen(case, "self_merge", (our,), names(case, case.ours.sources[our]), "`keras.layers.Add()([x, y])`")
            case.settle(our)


def projection(case: Case) -> Iterator[Finding]:
    """What stands between the beginning of a shortcut and its merge in the answer is not there."""
    for their in list(case.missing):
        node = case.theirs.nodes[their]
        users = [user for user, _, _ in case.theirs.users[their]]
        if len(users) != 1 or users[0] not in case.back or not case.is_merge(case.theirs.nodes[users[0]]):
            continue
        start = case.theirs.sources[their]
        others = [name for name in case.theirs.sources[users[0]] if name != their]
        round_it = any(start[0] in case.theirs.ancestors(other) for other in others) if len(start) == 1 else False
        if not round_it or node.owns != "weights" or start[0] not in case.back:
            continue
        merge = case.back[users[0]]
        if case.back[start[0]] in case.ours.sources[merge]:
            begin = case.back[start[0]]
            yield seen(case, "projection_missing", (merge,), names(case, [begin]), written(case, their), begin)
            case.settle(their)


def swapped(case: Case) -> Iterator[Finding]:
    """Two calls that stand in each other's place, one behind the other."""
    for our in list(case.rewired):
        for source in case.ours.sources[our]:
            if source not in case.pair or case.pair[our] not in case.theirs.sources[case.pair[source]]:
                continue
            kinds = {family(case.mine(our)), family(case.mine(source))}
            users = [user for user, _, _ in case.ours.users[our]] + [user for user, _, _ in case.ours.users[source]]
            code = f"`{_call(case, our)}`, then `{_call(case, source)}`"
            if kinds == {"activation", "normalisation"}:
                pair = (our, source) if family(case.mine(our)) == "normalisation" else (source, our)
                yield seen(case, "activation_before_norm", pair[:1], names(case, pair[1:]), code, *pair)
            elif kinds == {"activation", "merge"}:
                pair = (our, source) if family(case.mine(our)) == "merge" else (source, our)
                yield seen(case, "activation_before_add", pair[:1], names(case, pair[1:]), code, *pair)
            elif "Input" not in {case.mine(our).kind, case.mine(source).kind} and not kinds & {"merge"}:
                yield seen(case, "layers_swapped", (our,), names(case, [source]), code, our, source)
            else:
                continue
            case.settle(our, source, *users)
            break


def chained(case: Case) -> Iterator[Finding]:
    """A branch that begins with another branch's result."""
    for our in list(case.rewired):
        sources = case.ours.sources[our]
        if case.is_merge(case.mine(our)) or len(sources) != 1 or sources[0] not in case.pair:
            continue
        here, there = case.pair[our], case.pair[sources[0]]
        side_by_side = (
            here not in case.theirs.ancestors(there)
            and there not in case.theirs.ancestors(here)
            and any(
                case.is_merge(node) and {here, there} <= case.theirs.ancestors(name)
                for name, node in case.theirs.nodes.items()
            )
        )
        begin = case.come_from(here)
        if side_by_side and begin and begin[0] in case.ours.ancestors(sources[0]):
            yield seen(case, "branches_chained", (our,), names(case, sources), call_on(case, our, begin[0]), begin[0])
            case.settle(our)


def sources(case: Case) -> Iterator[Finding]:
    """A call on the wrong tensor."""
    for our in list(case.rewired):
        right = case.come_from(case.pair[our])
        code = call_on(case, our, *right) if right else written(case, case.pair[our])
        yield seen(case, "wrong_source", (our,), taken(case, our), code, *right[:1])
        case.settle(our)


def merge_missing(case: Case) -> Iterator[Finding]:
    """A merge that is not there at all."""
    for their in [name for name in case.missing if case.is_merge(case.theirs.nodes[name])]:
        here = around(case, their)
        users = case.go_to(their)
        yield seen(
            case, "layer_missing", here, names(case, [*case.come_from(their), *users]), written(case, their), *here
        )
        case.settle(their, *users)


def _astray(case: Case, merge: str) -> str | None:
    """The one operand of a skip connection that comes from another tensor than in the answer."""
    their = case.pair[merge]
    right = case.theirs.sources[their]
    wrong = [source for source in case.ours.sources[merge] if case.pair.get(source) not in right]
    wanted = [source for source in right if case.back.get(source) not in case.ours.sources[merge]]
    begins = [start for start, _ in skips(case.theirs, their)]
    return wrong[0] if len(wrong) == 1 == len(wanted) and wanted[0] in begins else None


def _call(case: Case, our: str) -> str:
    made = layer(case.asked(our), case.theirs)
    return f"{made}([...])" if case.is_merge(case.mine(our)) else made

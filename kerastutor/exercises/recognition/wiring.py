"""Arrows: the wrong tensor, the wrong order, the wrong merge, a shortcut gone astray."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from kerastutor.exercises.case import Case, family, is_merge, skips
from kerastutor.exercises.recognition.telling import Sighting, around, between, call_on, layer, names, taken, written


def merge_operands(case: Case) -> Iterator[Sighting]:
    """A merge that takes one tensor twice, too few, others, or the right ones in another order."""
    for our in [name for name in case.rewired if is_merge(case.mine(name))]:
        their = case.pair[our]
        sources, right = case.ours.sources[our], case.theirs.sources[their]
        matched = [case.pair.get(source) for source in sources]
        code, there = written(case, their), names(case, sources)
        if len(set(sources)) == 1 < len(set(right)):
            yield Sighting("self_merge", (our,), there, code, ours=(our,))
        elif Counter(matched) == Counter(right):
            yield Sighting("merge_order", (our,), there, code, ours=(our,))
        elif len(matched) < len(right) and not Counter(matched) - Counter(right):
            yield Sighting("merge_operand_missing", (our,), there, code, ours=(our,))
        elif (astray := _astray(case, our)) is not None:
            yield Sighting("skip_wrong_tensor", (our,), names(case, [astray]), code, (astray,), ours=(our,))
        else:
            wrong = [source for source in sources if case.pair.get(source) not in right]
            yield Sighting("wrong_source", (our,), taken(case, our, *wrong), code, tuple(wrong), ours=(our,))


def self_merge_of_missing(case: Case) -> Iterator[Sighting]:
    """A tensor merged with itself, which some rules see as no merge at all."""
    for our in list(case.extra):
        if is_merge(case.mine(our)) and len(set(case.ours.sources[our])) == 1:
            there, code = names(case, case.ours.sources[our]), "`keras.layers.Add()([x, y])`"
            yield Sighting("self_merge", (our,), there, code, ours=(our,))


def projection(case: Case) -> Iterator[Sighting]:
    """What stands between the beginning of a shortcut and its merge in the answer is not there."""
    for their in list(case.missing):
        node = case.theirs.nodes[their]
        users = [user for user, _, _ in case.theirs.users[their]]
        if len(users) != 1 or users[0] not in case.back or not is_merge(case.theirs.nodes[users[0]]):
            continue
        start = case.theirs.sources[their]
        others = [name for name in case.theirs.sources[users[0]] if name != their]
        round_it = any(start[0] in case.theirs.ancestors(other) for other in others) if len(start) == 1 else False
        if not round_it or node.owns != "weights" or start[0] not in case.back:
            continue
        merge = case.back[users[0]]
        if case.back[start[0]] in case.ours.sources[merge]:
            begin, code = case.back[start[0]], written(case, their)
            yield Sighting("projection_missing", (merge,), names(case, [begin]), code, (begin,), theirs=(their,))


def swapped(case: Case) -> Iterator[Sighting]:
    """Two calls that stand in each other's place, one behind the other."""
    for our, source, asked in list(_exchanged(case)):
        pair = {family(case.mine(node)): node for node in (our, source)}
        kind, first = _SWAPPED.get(frozenset(pair), ("layers_swapped", ""))
        if first == "" and ("Input" in {case.mine(our).kind, case.mine(source).kind} or "merge" in pair):
            continue
        here = pair.get(first, our)
        there = source if here == our else our
        code = " then ".join(f"`{_call(their, case)}`," for their in asked).rstrip(",")
        users = [user for node in (our, source) for user, _, _ in case.ours.users[node]]
        yield Sighting(
            kind,
            (here,),
            names(case, [there]),
            code,
            (here, there),
            ours=(our, source, *users),
            theirs=asked,
        )


_SWAPPED = {
    frozenset({"activation", "normalisation"}): ("activation_before_norm", "normalisation"),
    frozenset({"activation", "merge"}): ("activation_before_add", "merge"),
}
"""Sorts of layers that change places, with the misconception behind it and which of the two to look at first."""


def _exchanged(case: Case) -> Iterator[tuple[str, str, tuple[str, str]]]:
    """Calls, what they take from, and both as the answer has them: the other way round."""
    wrong = {*case.extra, *case.rewired, *(our for our in case.changed if case.mine(our).kind != case.asked(our).kind)}
    for our in case.ours.nodes:
        for source in dict.fromkeys(case.ours.sources[our]):
            if our not in wrong and (source not in wrong or source in case.rewired):
                continue
            both = [(first, then) for then in case.meant(source) for first in case.meant(our)]
            asked = next(((first, then) for first, then in both if first in case.theirs.sources[then]), None)
            if asked is not None:
                yield our, source, asked
                break


def skip_missing(case: Case) -> Iterator[Sighting]:
    """A merge that takes the input of a block as well as its output is not there."""
    for their in list(case.missing):
        if not is_merge(case.theirs.nodes[their]):
            continue
        for start, end in skips(case.theirs, their):
            if start not in case.back:
                continue
            here = case.back[start]
            code = written(case, their)
            users, lost = case.go_to(their), (their, *_on_shortcut(case, their))
            there, beside = _between_end(case, end, their), around(case, their)
            yield Sighting("skip_missing", (here,), there, code, beside, ours=users, theirs=lost)
            break


def aux_depth(case: Case) -> Iterator[Sighting]:
    """One of several outputs is made from another tensor."""
    if len(case.theirs.outputs) < 2:
        return
    for our in list(case.rewired):
        node, asked = case.mine(our), case.pair[our]
        if is_merge(node) or not _leads_only_to_an_output(case, asked) or _swapped_with_neighbour(case, our):
            continue
        right = case.come_from(asked)
        if not right:
            continue
        code = f"`{layer(case.asked(our), case.theirs)}({case.learner.layer_of(case.mine(right[0]).origin).name})`"
        there = names(case, case.ours.sources[our])
        yield Sighting("aux_wrong_depth", (our,), there, code, tuple(right), ours=(our,))


def chained(case: Case) -> Iterator[Sighting]:
    """A branch that begins with another branch's result."""
    for our in list(case.rewired):
        sources = case.ours.sources[our]
        if is_merge(case.mine(our)) or len(sources) != 1 or sources[0] not in case.pair:
            continue
        here, there = case.pair[our], case.pair[sources[0]]
        side_by_side = (
            here not in case.theirs.ancestors(there)
            and there not in case.theirs.ancestors(here)
            and any(
                is_merge(node) and {here, there} <= case.theirs.ancestors(name)
                for name, node in case.theirs.nodes.items()
            )
        )
        begin = case.come_from(here)
        if side_by_side and begin and begin[0] in case.ours.ancestors(sources[0]):
            there, code = names(case, sources), call_on(case, our, begin[0])
            yield Sighting("branches_chained", (our,), there, code, (begin[0],), ours=(our,))


def sources(case: Case) -> Iterator[Sighting]:
    """A call on the wrong tensor."""
    for our in list(case.rewired):
        right = case.come_from(case.pair[our])
        code = call_on(case, our, *right) if right else written(case, case.pair[our])
        yield Sighting("wrong_source", (our,), taken(case, our), code, tuple(right[:1]), ours=(our,))


def merge_missing(case: Case) -> Iterator[Sighting]:
    """A merge that is not there at all."""
    for their in [name for name in case.missing if is_merge(case.theirs.nodes[name])]:
        here = around(case, their)
        users = case.go_to(their)
        there, code = names(case, [*case.come_from(their), *users]), written(case, their)
        yield Sighting("layer_missing", here, there, code, here, ours=users, theirs=(their,))


def _astray(case: Case, merge: str) -> str | None:
    """The one operand of a skip connection that comes from another tensor than in the answer."""
    their = case.pair[merge]
    right = case.theirs.sources[their]
    wrong = [source for source in case.ours.sources[merge] if case.pair.get(source) not in right]
    wanted = [source for source in right if case.back.get(source) not in case.ours.sources[merge]]
    begins = [start for start, _ in skips(case.theirs, their)]
    return wrong[0] if len(wrong) == 1 == len(wanted) and wanted[0] in begins else None


def _call(their: str, case: Case) -> str:
    node = case.theirs.nodes[their]
    made = layer(node, case.theirs)
    return f"{made}([...])" if is_merge(node) else made


def _between_end(case: Case, end: str, their: str) -> str:
    """Words for where a shortcut arrives."""
    return names(case, [case.back[end]]) if end in case.back else between(case, their)


def _leads_only_to_an_output(case: Case, their: str) -> bool:
    net = case.theirs
    while True:
        users = net.users[their]
        if not users:
            return bool(net.ends[their])
        if len(users) > 1 or is_merge(net.nodes[users[0][0]]) or net.nodes[users[0][0]].owns == "weights":
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

"""Groups of calls that may be drawn as one box: nested models, and repeated blocks of a large network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from kerastutor.drawing import words
from kerastutor.topology.folding import Fold, fold
from kerastutor.topology.graph import Topology

LARGE = 40
"""From how many calls on repeated blocks are grouped; a smaller network is shown whole."""


@dataclass(frozen=True)
class Group:
    """Calls that belong together.

    Attributes:
        key: unique among groups and calls: the scope's id, or `"fold:..."`, `"block:..."`.
        calls: ids, in computing order, those of the groups in it included.
        parent: the key of the group it stands in.
        times: how many repeated blocks it holds.
    """

    key: str
    title: str
    calls: tuple[str, ...]
    parent: str | None = None
    times: int = 1


def groups_of(topology: Topology) -> tuple[Group, ...]:
    """The groups of a topology, each after the one it stands in."""
    scopes = _scopes(topology)
    folds = list(_folds(topology, fold(topology))) if len(topology.calls) > LARGE else []
    return tuple(_nested([*scopes, *folds]))


def at_first(topology: Topology, groups: Sequence[Group]) -> frozenset[str]:
    """The keys of the groups that are closed when a topology is first shown: none in a small network."""
    return frozenset(group.key for group in groups) if len(topology.calls) > LARGE else frozenset()


def _scopes(topology: Topology) -> list[Group]:
    members: dict[str, list[str]] = {}
    for call in topology.calls:
        for scope in call.scope:
            members.setdefault(scope, []).append(call.id)
    names = {scope.id: scope.name for scope in topology.scopes}
    return [Group(scope, words.plain(names.get(scope, scope)), tuple(calls)) for scope, calls in members.items()]


def _folds(topology: Topology, folds: Sequence[Fold]) -> Iterator[Group]:
    """A group for each fold, and one for each of its blocks, so that what is folded can be opened step by step."""
    for found in folds:
        first = found.blocks[0][0]
        if found.times == 1:
            yield Group(f"block:{first}", _common_name(topology, found.blocks[0]), found.blocks[0])
            continue
        title = _common_name(topology, found.calls)
        yield Group(f"fold:{first}", title, found.calls, times=found.times)
        for number, block in enumerate(found.blocks, start=1):
            if len(block) > 1:
                yield Group(f"block:{block[0]}", f"{title}, {number} of {found.times}", block)


def _common_name(topology: Topology, calls: Sequence[str]) -> str:
    """What the names of these layers have in common at their beginning, up to the end of a word; else "block".

    A block of `conv2_block1_conv` and `conv2_block1_bn` is `conv2_block1`.
    """
    names = [words.plain(topology.layer_of(call).name) for call in calls]
    first, last = min(names), max(names)  # what these two share at their beginning, all between them share
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    common = "".join(ours for ours, _ in same)
    if any(name[len(common) : len(common) + 1].isalnum() for name in names):
        common = common.rpartition("_")[0]
    return common.strip("_-/ ") or "block"


def _nested(groups: Sequence[Group]) -> Iterator[Group]:
    """The groups with their parents, outer ones first; of two that overlap without nesting the smaller is left out."""
    kept: list[tuple[Group, frozenset[str]]] = []
    for group in sorted(groups, key=lambda group: -len(group.calls)):
        own = frozenset(group.calls)
        if any(own & other and not own <= other for _, other in kept):
            continue
        holding = [outer for outer, other in kept if own <= other]
        parent = holding[-1].key if holding else None
        kept.append((group, own))
        yield Group(group.key, group.title, group.calls, parent, group.times)

"""What the page of a builder asks for, as steps of the build log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kerastutor.building.arguments import arguments_for
from kerastutor.building.edits import (
    AddInput,
    CallAgain,
    Configure,
    Delete,
    Edit,
    Outputs,
    Rename,
    Rewire,
    moves,
)
from kerastutor.building.forms import config_of, shape_of
from kerastutor.building.log import BuildLog
from kerastutor.topology.graph import Ref

Wish = Mapping[str, Any]
"""What the page sends: `do`, and what that takes."""


def edits_for(log: BuildLog, wish: Wish) -> tuple[Edit, ...]:
    """The steps that fulfil a wish; none where it is fulfilled already.

    Raises:
        ValueError: what was typed into a field is no value for it; the message says what is.

    >>> edits_for(BuildLog(), {"do": "rename", "layer": "dense", "name": "hidden"})
    (Rename(layer='dense', name='hidden'),)
    """
    return _EDITS[wish["do"]](log, wish)


def chosen(wish: Wish) -> list[Ref]:
    """The tensors that are chosen on the page."""
    return [Ref(*ref) for ref in wish.get("tensors", ())]


def _add(log: BuildLog, wish: Wish) -> tuple[Edit, ...]:
    kind, config = wish["kind"], config_of(wish["kind"], wish["fields"])
    return (log.adding(kind, chosen(wish), config, wish.get("name")),)


def _input(log: BuildLog, wish: Wish) -> tuple[Edit, ...]:
    name = wish.get("name") or log.now.draft.fresh_name("Input")
    return (AddInput(name, shape_of(wish["shape"]), wish["dtype"]),)


def _again(log: BuildLog, wish: Wish) -> tuple[Edit, ...]:
    layer = log.now.topology.layer[wish["layer"]]
    return (CallAgain(layer.id, arguments_for(layer.kind, chosen(wish))),)


def _rewire(log: BuildLog, wish: Wish) -> tuple[Edit, ...]:
    layer = log.now.topology.layer_of(wish["call"])
    return (Rewire(wish["call"], arguments_for(layer.kind, chosen(wish))),)


def _configure(log: BuildLog, wish: Wish) -> tuple[Edit, ...]:
    layer = log.now.topology.layer[wish["layer"]]
    return (Configure(layer.id, config_of(layer.kind, wish["fields"], layer.config)),)


def _move(log: BuildLog, wish: Wish) -> tuple[Edit, ...]:
    ways = moves(log.now.draft, wish["call"])
    return (ways[wish["way"]],) if wish["way"] in ways else ()  # a second, quick press may find it at its place


_EDITS: Mapping[str, Callable[[BuildLog, Wish], tuple[Edit, ...]]] = {
    "add": _add,
    "input": _input,
    "again": _again,
    "rewire": _rewire,
    "configure": _configure,
    "move": _move,
    "outputs": lambda log, wish: (Outputs(tuple(chosen(wish))),),
    "rename": lambda log, wish: (Rename(wish["layer"], wish["name"]),),
    "delete": lambda log, wish: (Delete(wish["call"]),),
}
DONE_BY_STEPS = frozenset(_EDITS)
"""The wishes that `edits_for` knows."""

"""Badges: one letter and one colour for each shared layer, worn by all its calls."""

from __future__ import annotations

from typing import NamedTuple

from kerastutor.topology.graph import Topology

COLOURS = 6
"""How many colours there are before they repeat; the letters go on."""


class Badge(NamedTuple):
    """What a shared layer wears: `letter`, number of its colour, and which use of how many this is."""

    letter: str
    colour: int
    use: int
    uses: int


def badges(topology: Topology) -> dict[str, Badge]:
    """The badge of each call of a shared layer, and of each scope of a shared nested model, by id.

    The layers inside a shared nested model wear the badge of the model: it is the model that is shared.
    """
    families = [scopes for scopes in _scopes_by_layer(topology).values() if len(scopes) > 1]
    inside = {scope: scopes for scopes in families for scope in scopes}
    families = [scopes for scopes in families if not _within(topology, scopes[0], inside)]
    inside = {scope: scopes for scopes in families for scope in scopes}
    alone = [
        list(calls)
        for layer, calls in topology.calls_of.items()
        if len(calls) > 1
        and not topology.layer[layer].kind.startswith("ops.")
        and not any(scope in inside for call in calls for scope in topology.call[call].scope)
    ]
    found: dict[str, Badge] = {}
    for number, uses in enumerate(families + alone):
        for use, key in enumerate(uses, start=1):
            found[key] = Badge(letter(number), number % COLOURS, use, len(uses))
    for call in topology.calls:
        for scope in call.scope:
            if scope in inside:
                found[call.id] = found[scope]
    return found


def letter(number: int) -> str:
    """The letter of the badge with this number, from 0.

    >>> letter(0), letter(25), letter(26)
    ('A', 'Z', 'AA')
    """
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _scopes_by_layer(topology: Topology) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for scope in topology.scopes:
        found.setdefault(scope.layer, []).append(scope.id)
    return found


def _within(topology: Topology, scope: str, shared: dict[str, list[str]]) -> bool:
    """Whether the scope stands inside another shared one."""
    for call in topology.calls:
        if scope in call.scope:
            return any(outer in shared for outer in call.scope[: call.scope.index(scope)])
    return False

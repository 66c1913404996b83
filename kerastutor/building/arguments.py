"""How a layer takes the tensors that were chosen for it."""

from __future__ import annotations

from collections.abc import Iterable

from kerastutor.building.draft import Impossible, class_name
from kerastutor.building.own_layers import taken_by
from kerastutor.knowledge import facts
from kerastutor.topology.graph import Argument, Ref

Tensors = tuple[Ref, ...]
Arguments = tuple[Argument, ...]


def arguments_for(kind: str, tensors: Iterable[Ref]) -> Arguments:
    """Merges take a list, attention query and value, a class of one's own what its `call` names, others one tensor.

    >>> arguments_for("Add", [Ref("a"), Ref("b")])[1]
    Argument(slot='inputs.1', value=Ref(call='b', index=0))
    >>> [slot for slot, _ in arguments_for("MultiHeadAttention", [Ref("a")])]
    ['query', 'value']

    Raises:
        Impossible: the layer takes another number of tensors.
    """
    given, name = tuple(tensors), class_name(kind)
    if not given:
        raise Impossible(f"Choose the tensor that {name} takes first.")
    for taken in (_by_name, _as_own, _as_list, _with_states):
        arguments = taken(kind, given)
        if arguments:
            return arguments
    if len(given) > 1:
        raise Impossible(
            f"{name} takes one tensor, and {len(given)} are chosen: merge them first, for example with Concatenate."
        )
    return (Argument(_first(kind), given[0]),)


def _by_name(kind: str, tensors: Tensors) -> Arguments:
    slots, given = facts(kind).tensors, tensors * 2 if len(tensors) == 1 else tensors
    if not slots:
        return ()
    if len(given) > len(slots):
        raise Impossible(f"{kind} takes {len(slots)} tensors at most (query, value, key), and {len(given)} are chosen.")
    return tuple(Argument(slot, ref) for slot, ref in zip(slots, given, strict=False))


def _as_own(kind: str, tensors: Tensors) -> Arguments:
    """As many tensors as `call` has parameters go to these; several to one parameter are a list."""
    names = taken_by(kind)
    if len(names) == len(tensors):
        return tuple(Argument(name, ref) for name, ref in zip(names, tensors, strict=True))
    return _listed(kind, tensors) if names and len(tensors) > 1 else ()


def _as_list(kind: str, tensors: Tensors) -> Arguments:
    return _listed(kind, tensors) if facts(kind).takes_list else ()


def _with_states(kind: str, tensors: Tensors) -> Arguments:
    """A recurrent layer takes the sequence, and then its initial states."""
    if facts(kind).family != "recurrent" or len(tensors) < 2 or kind == "Bidirectional":
        return ()
    sequence, *states = tensors
    several = len(states) > 1 or facts(kind).states > 1
    slots = [f"initial_state.{number}" if several else "initial_state" for number in range(len(states))]
    return (Argument(_first(kind), sequence), *map(Argument, slots, states))


def _listed(kind: str, tensors: Tensors) -> Arguments:
    return tuple(Argument(f"{_first(kind)}.{number}", ref) for number, ref in enumerate(tensors))


def _first(kind: str) -> str:
    return (facts(kind).call_arguments or ("inputs",))[0]

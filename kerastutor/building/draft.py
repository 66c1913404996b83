"""A network on the drawing board: what the learner wrote, before Keras has said what comes out of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kerastutor.topology.editing import leaves
from kerastutor.topology.graph import Argument, Call, Layer, Port, Ref, Topology

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=.)(?=[A-Z][a-z])")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*")


@dataclass(frozen=True)
class Alternative:
    """A way on from an impossible step: what the button says, and the edits it stands for."""

    label: str
    edits: tuple[Any, ...]


class Impossible(ValueError):
    """A step that cannot be taken; `sentence` says why, `alternatives` what can be done instead."""

    def __init__(self, sentence: str, alternatives: Iterable[Alternative] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.alternatives = tuple(alternatives)


def class_name(kind: str) -> str:
    """The name of the class that a kind is, without the package of a class of the learner's own.

    >>> class_name("__main__>Whiten"), class_name("ops.Add")
    ('Whiten', 'Add')
    """
    return kind.rpartition(">")[2].rpartition(".")[2]


@dataclass(frozen=True)
class Draft:
    """The network as written.

    Attributes:
        topology: its layers hold the parameters as the learner wrote them, initialisers included. The shapes may be
            unknown, or those of the step before: Keras fills them in.
        chosen: the outputs the learner chose; empty: every tensor that no call takes is an output.

    >>> Draft().topology
    Topology('model': 0 layers, 0 calls)
    """

    topology: Topology = field(default_factory=lambda: Topology((), (), (), ()))
    chosen: tuple[Ref, ...] = ()

    def fresh_name(self, kind: str) -> str:
        """A name nobody has yet, as Keras would make one: `dense`, `dense_1`, ...

        >>> Draft().fresh_name("MaxPooling2D")
        'max_pooling2d'
        """
        stem = _WORD.sub("_", class_name(kind)).lower()
        taken = self.names
        return next(
            name for number in range(len(taken) + 1) if (name := f"{stem}_{number}".removesuffix("_0")) not in taken
        )

    @property
    def names(self) -> frozenset[str]:
        """Every id and name in use."""
        return frozenset(text for layer in self.topology.layers for text in (layer.id, layer.name)) | frozenset(
            self.topology.call
        )

    def free(self, name: str) -> str:
        """`name`, when it is a possible name and nobody has it; else `Impossible`."""
        if not _NAME.fullmatch(name):
            raise Impossible(f"{name!r} cannot be a name: use letters, digits and _, beginning with a letter.")
        if name in self.names:
            raise Impossible(f"Another layer is called {name!r} already; give this one a name of its own.")
        return name

    def with_calls(self, calls: Iterable[Call], layers: Iterable[Layer] | None = None) -> Draft:
        """The same draft with other calls; layers nobody calls any more go, inputs and outputs follow."""
        calls = tuple(calls)
        known = {layer.id: layer for layer in (self.topology.layers if layers is None else layers)}
        used = {call.layer for call in calls}
        sizes = {call.id: len(call.outputs) for call in calls}
        chosen = tuple(ref for ref in self.chosen if ref.index < sizes.get(ref.call, 0))
        return Draft(
            replace(
                self.topology,
                layers=tuple(layer for id_, layer in known.items() if id_ in used),
                calls=calls,
                inputs=tuple(self._inputs(calls, known)),
                outputs=tuple(Port(ref, self._key(ref)) for ref in chosen or leaves(calls)),
                scopes=tuple(s for s in self.topology.scopes if any(s.id in call.scope for call in calls)),
            ),
            chosen,
        )

    def _inputs(self, calls: tuple[Call, ...], layers: Mapping[str, Layer]) -> Iterable[Port]:
        ids = [call.id for call in calls if layers[call.layer].kind == "Input"]
        kept = [port for port in self.topology.inputs if port.tensor.call in ids]
        return [*kept, *(Port(Ref(id_)) for id_ in ids if id_ not in {port.tensor.call for port in kept})]

    def _key(self, ref: Ref) -> str | None:
        return next((port.key for port in self.topology.outputs if port.tensor == ref), None)


def moved(call: Call, tensors: Mapping[Ref, Ref]) -> Call:
    """The call, taking other tensors in place of those that `tensors` maps."""
    return replace(
        call,
        arguments=tuple(
            Argument(slot, tensors.get(value, value) if isinstance(value, Ref) else value)
            for slot, value in call.arguments
        ),
    )

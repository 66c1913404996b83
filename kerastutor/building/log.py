"""The build log: the steps of a network, one after the other, with what Keras made of each.

The log never changes; taking a step, undoing and redoing give a new one. Undo only moves the pointer, so every tensor
of every step is kept and going back and forth costs nothing.

>>> log = BuildLog().take(AddInput("image", (None, 4)))
>>> log = log.take(AddLayer("hidden", "Dense", {"units": 3}, (Argument("inputs", Ref("image")),)))
>>> [tensor.shape for tensor in log.now.topology.call["hidden"].outputs]
[(None, 3)]
>>> log.undo().now.topology, log.undo().redo().now is log.now
(Topology('model': 1 layers, 1 calls), True)
>>> BuildLog.from_json(log.to_json()).now.topology == log.now.topology
True
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from kerastutor.building.alternatives import merged_first
from kerastutor.building.arguments import arguments_for
from kerastutor.building.draft import Alternative, Draft, Impossible
from kerastutor.building.edits import AddInput, AddLayer, Edit, from_plain, to_plain
from kerastutor.building.refusals import impossible
from kerastutor.building.workshop import Made, Refused, make
from kerastutor.topology.graph import Argument, Json, Ref, Topology, TopologyError

__all__ = ["AddInput", "AddLayer", "Alternative", "Argument", "BuildLog", "Impossible", "LogError", "Ref"]

FORMAT = "kerastutor.log"
VERSION = 1


class LogError(ValueError):
    """A text that is no build log; the message says what to mend."""


@dataclass(frozen=True, eq=False)
class BuildLog:
    """Steps, and a pointer to the one that is shown.

    Attributes:
        start: what the log began with.
        edits: the steps, those that were undone and can be redone included.
        states: what Keras made of each step; `states[0]` is the start.
        position: how many of the steps are taken now.
    """

    start: Made = field(default_factory=Made)
    edits: tuple[Edit, ...] = ()
    states: tuple[Made, ...] = ()
    position: int = 0

    def __post_init__(self) -> None:
        if not self.states:
            object.__setattr__(self, "states", (self.start,))

    @classmethod
    def begin(cls, topology: Topology, custom: Mapping[str, Callable[[], Any]] = MappingProxyType({})) -> BuildLog:
        """A log that starts from a network.

        Args:
            topology: the network; its outputs are chosen outputs.
            custom: how to make the layers of the learner's own classes, by layer id.

        Raises:
            Impossible: Keras cannot make it.
        """
        chosen = tuple(port.tensor for port in topology.outputs)
        try:
            start = make(Draft(topology, chosen), Made(custom=custom))
        except Refused as refused:
            raise impossible(refused, Draft(topology, chosen), None) from refused
        return cls(start)

    @property
    def now(self) -> Made:
        """The network at the pointer."""
        return self.states[self.position]

    @property
    def last(self) -> Edit | None:
        """The step that led here."""
        return self.edits[self.position - 1] if self.position else None

    def adding(self, kind: str, tensors: Sequence[Ref], config: Mapping[str, Any], name: str | None = None) -> AddLayer:
        """The step that creates a layer and calls it on the tensors; it is not taken yet.

        Raises:
            Impossible: the layer takes another number of tensors; with the alternatives.
        """
        draft = self.now.draft
        name = name or draft.fresh_name(kind)
        try:
            return AddLayer(name, kind, config, arguments_for(kind, tensors))
        except Impossible as problem:
            ways = merged_first(draft, AddLayer(name, kind, config, ()), tensors)
            raise Impossible(problem.sentence, [way for way in ways if self._could(way.edits)]) from None

    def take(self, edit: Edit) -> BuildLog:
        """The log after one more step; what was undone before is forgotten.

        Raises:
            Impossible: with one sentence why, and the alternatives; this log stays as it is.
        """
        try:
            return self._with(edit)
        except Refused as refused:
            problem = impossible(refused, self.now.draft, edit)
            legal = [way for way in problem.alternatives if self._could(way.edits)]
            raise Impossible(problem.sentence, legal) from refused

    def take_all(self, edits: Iterable[Edit]) -> BuildLog:
        """Several steps, all or none of them."""
        log = self
        for edit in edits:
            log = log.take(edit)
        return log

    def _with(self, edit: Edit) -> BuildLog:
        made = make(edit.apply(self.now.draft), self.now)
        return replace(
            self,
            edits=(*self.edits[: self.position], edit),
            states=(*self.states[: self.position + 1], made),
            position=self.position + 1,
        )

    def _could(self, edits: Iterable[Edit]) -> bool:
        """Whether Keras takes these steps."""
        log = self
        try:
            for edit in edits:
                log = log._with(edit)
        except (Refused, Impossible):
            return False
        return True

    def at(self, position: int) -> BuildLog:
        """The same log with the pointer elsewhere, from 0 to the number of steps."""
        return replace(self, position=max(0, min(position, len(self.edits))))

    def undo(self) -> BuildLog:
        """One step back, or where it is when there is none."""
        return self.at(self.position - 1)

    def redo(self) -> BuildLog:
        """One step forward, or where it is when there is none."""
        return self.at(self.position + 1)

    def to_json(self) -> str:
        """The steps and the pointer as one line of JSON; `from_json` takes the steps again."""
        plain: dict[str, Json] = {
            "format": FORMAT,
            "version": VERSION,
            "start": self.start.draft.topology.to_plain() if self.start.draft.topology.calls else None,
            "edits": [to_plain(edit) for edit in self.edits],
            "position": self.position,
        }
        return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> BuildLog:
        """Take the steps that `to_json` wrote, one by one, with Keras.

        Raises:
            LogError: it is something else, or damaged.
            Impossible: this Keras does not take one of the steps.
        """
        plain = _read(text)
        try:
            start = cls() if plain["start"] is None else cls.begin(Topology.from_plain(plain["start"]))
            edits = [from_plain(edit) for edit in plain["edits"]]
            position = int(plain["position"])
        except (KeyError, TypeError, ValueError, AttributeError, TopologyError) as problem:
            if isinstance(problem, Impossible):
                raise
            raise LogError(f"This build log is damaged: {type(problem).__name__} at {problem}.") from None
        return start.take_all(edits).at(position)


def _read(text: str | bytes) -> Any:
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise LogError(f"This is not JSON: {problem}.") from None
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise LogError(f"This is not a build log: its field 'format' is not {FORMAT!r}.")
    if plain.get("version") != VERSION:
        raise LogError(
            f"This build log has version {plain.get('version')!r} and this kerastutor reads version {VERSION}; "
            "update kerastutor to open it."
        )
    return plain

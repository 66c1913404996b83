"""The builder: one build log that can be worked on from a cell or from a widget."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from kerastutor.building.arguments import arguments_for
from kerastutor.building.edits import AddInput, CallAgain, Edit
from kerastutor.building.log import BuildLog
from kerastutor.topology.graph import Ref, Topology
from kerastutor.topology.sequential import Reason, why_not_sequential


@dataclass(frozen=True)
class Code:
    """The network as Python in both APIs.

    Attributes:
        functional: source of the functional form.
        sequential: source of the Sequential, empty where it cannot be one.
        reasons: what forbids the Sequential; empty: nothing.
    """

    functional: str
    sequential: str
    reasons: tuple[Reason, ...]


class Builder:
    """A network that grows step by step; every step is checked by Keras before it is taken.

    >>> builder = Builder()
    >>> image = builder.input("image", 4)
    >>> hidden = builder.add("Dense", image, units=3, activation="relu")
    >>> from kerastutor.building.draft import Impossible
    >>> try:
    ...     builder.add("Add", hidden, image)
    ... except Impossible as refused:
    ...     print(refused.sentence)
    Add cannot merge dense (batch, 3) with image (batch, 4): they differ in features.
    >>> builder.add("Concatenate", hidden, image)
    Ref(call='concatenate', index=0)
    >>> builder.model.output_shape
    (None, 7)
    """

    def __init__(self, log: BuildLog | None = None) -> None:
        self._log = log or BuildLog()
        self._lock = threading.RLock()  # widget callbacks may run beside a cell
        self._watchers: list[Callable[[], None]] = []

    @property
    def log(self) -> BuildLog:
        """The build log as it is now."""
        return self._log

    @property
    def topology(self) -> Topology:
        """The network at this step, open ends included."""
        return self._log.now.topology

    @property
    def model(self) -> keras.Model:
        """The network at this step as a real Keras model; the same one as long as no step is taken."""
        return self._log.now.model

    @property
    def code(self) -> Code:
        """The network at this step in both APIs, with the parameters as they were written."""
        return code_of(self._log.now.draft.topology)

    def input(self, name: str, *shape: int | None, dtype: str = "float32") -> Ref:
        """Add an input; `shape` without the batch axis. Returns its tensor."""
        self.take(AddInput(name, (None, *shape), dtype))
        return Ref(name)

    def add(self, kind: str, *tensors: Ref, name: str | None = None, **config: Any) -> Ref:
        """Create a layer and call it on the tensors. Returns the tensor it gives.

        Raises:
            Impossible: Keras does not take it; the sentence says why, `.alternatives` what to do.
        """
        step = self._log.adding(kind, tensors, config, name)
        self.take(step)
        return Ref(step.name)

    def call(self, layer: str, *tensors: Ref) -> Ref:
        """Call a layer again that is there. Returns the tensor of this call."""
        kind = self.topology.layer[layer].kind if layer in self.topology.layer else ""
        self.take(CallAgain(layer, arguments_for(kind, tensors)))
        return Ref(self.topology.calls_of[layer][-1])

    def take(self, *edits: Edit) -> None:
        """Take one step or several, all or none."""
        self._move(lambda log: log.take_all(edits))

    def undo(self) -> None:
        """Go one step back; nothing is lost."""
        self._move(BuildLog.undo)

    def redo(self) -> None:
        """Go one step forward again."""
        self._move(BuildLog.redo)

    def go_to(self, position: int) -> None:
        """Show the network after `position` steps."""
        self._move(lambda log: log.at(position))

    def load(self, path: str | Path) -> None:
        """Replace the log by one that `save` wrote."""
        text = Path(path).read_text(encoding="utf-8")
        self._move(lambda _: BuildLog.from_json(text))

    def restore(self, text: str) -> None:
        """Replace the log by the one in a text that `to_json` wrote."""
        self._move(lambda _: BuildLog.from_json(text))

    def save(self, path: str | Path) -> Path:
        """Write the log to a file of its own; an existing file is never overwritten."""
        path = Path(path)
        with path.open("x", encoding="utf-8") as file:
            file.write(self.to_json())
        return path

    def to_json(self) -> str:
        """The log as JSON."""
        return self._log.to_json()

    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Call `watcher` after every change; returns how to end that."""
        self._watchers.append(watcher)

        def unwatch() -> None:
            if watcher in self._watchers:  # it may have been ended before
                self._watchers.remove(watcher)

        return unwatch

    def __repr__(self) -> str:
        return f"Builder(step {self._log.position} of {len(self._log.edits)}: {len(self.topology.calls)} calls)"

    def _move(self, change: Callable[[BuildLog], BuildLog]) -> None:
        with self._lock:
            self._log = change(self._log)
        for watcher in tuple(self._watchers):
            watcher()


def code_of(topology: Topology) -> Code:
    """A topology in both APIs."""
    from kerastutor.formats import source

    if not topology.outputs or not topology.inputs:
        return Code("", "", ())
    reasons = why_not_sequential(topology)
    return Code(source.functional(topology), "" if reasons else source.sequential(topology), reasons)

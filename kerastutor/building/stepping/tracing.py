"""Code run as it is, line by line, noting after which line the graph had grown.

Python's own trace hook tells of each line; Keras' calls are watched. Nothing of the code is changed, and both are taken
away when it ends, however it ends.
"""

from __future__ import annotations

import ast
import linecache
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from types import CodeType, FrameType
from typing import Any, NamedTuple

import keras

from kerastutor.models.interception import without_our_frames
from kerastutor.models.recording import Record, watching

MOST_LINES = 20_000
"""Lines after which a run is no longer followed; it goes on to its end at full speed."""


class Meaning(NamedTuple):
    """A name that means another tensor, layer or model after a line than before it.

    Attributes:
        name: of the variable.
        before: what it meant, where the run gave it that meaning; else None.
        now: what it means.
        layers: how many a model has by now, not counting inputs; 0 for anything else.
    """

    name: str
    before: Any
    now: Any
    layers: int = 0


@dataclass(frozen=True)
class Moment:
    """A line that was run.

    Attributes:
        line: its number in the source.
        calls, created: how much the record held when it was done.
        names: the names that mean another tensor, layer or model than before.
        function: the helper it stands in, `""` for the cell itself.
        raised: it ended with an exception, and so did the function or the cell it stands in.
    """

    line: int
    calls: int
    created: int
    names: tuple[Meaning, ...] = ()
    function: str = ""
    raised: bool = False


@dataclass
class Traced:
    """A run of some source.

    Attributes:
        source: what was run.
        moments: the lines in the order they were finished.
        record: what Keras did.
        error: what it raised, or None.
        capped: it ran more lines than are followed.
    """

    source: str
    moments: list[Moment] = field(default_factory=list)
    record: Record = field(default_factory=Record)
    error: BaseException | None = None
    capped: bool = False


_numbers = count(1)


def trace(source: str, namespace: dict[str, Any]) -> Traced:
    """Run `source` in `namespace` and follow it. An exception of the source ends up in `Traced.error`.

    >>> space = {}
    >>> traced = trace("import keras\\nx = keras.Input((4,))\\ny = keras.layers.Dense(2)(x)", space)
    >>> [(moment.line, moment.calls) for moment in traced.moments], space["y"].shape
    ([(1, 0), (2, 0), (3, 1)], (None, 2))
    """
    file = f"<steps {next(_numbers)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    return trace_code(Traced(source), [compile(source, file, "exec")], namespace)


def trace_cell(shell: Any, cell: str) -> Traced:
    """Run a cell as an IPython shell would, its last value shown and its names kept, and follow it."""
    source = shell.transform_cell(cell)
    file = shell.compile.cache(source, shell.execution_count, raw_code=cell)
    tree = ast.parse(source, file)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    codes = [compile(tree, file, "exec")]
    if last is not None:
        shown = ast.Interactive([last]) if not source.rstrip().endswith(";") else ast.Module([last], [])
        codes.append(compile(shown, file, "single" if isinstance(shown, ast.Interactive) else "exec"))
    return trace_code(Traced(source), codes, shell.user_ns)


def trace_code(traced: Traced, codes: list[CodeType], namespace: dict[str, Any]) -> Traced:
    """Run compiled code, piece by piece, and follow every frame that comes from its file.

    Whatever ends it is kept in `Traced.error`, an interrupt too: what was made until then is worth seeing.
    """
    files = {code.co_filename for code in codes}
    with following(traced, lambda frame: frame.f_code.co_filename in files, namespace):
        try:
            for code in codes:
                exec(code, namespace)
        except BaseException as error:
            traced.error = without_our_frames(error)
    return traced


@contextmanager
def following(traced: Traced, belongs: Callable[[FrameType], bool], namespace: Mapping[str, Any]) -> Iterator[None]:
    """Follow the frames for which `belongs` is true, as far as this thread runs them inside the block.

    `namespace` is where the code runs; what its names mean already is no news.
    """
    before = sys.gettrace()
    with watching() as record:
        traced.record = record
        follower = _Follower(traced, belongs, namespace)
        sys.settrace(follower.entered)
        try:
            yield
        finally:
            sys.settrace(before)


class _Follower:
    """The trace hook: one function for frames that are entered, one for the lines of those that are followed."""

    def __init__(self, traced: Traced, belongs: Callable[[FrameType], bool], namespace: Mapping[str, Any]) -> None:
        self.traced = traced
        self.belongs = belongs
        self.running: dict[FrameType, tuple[int, tuple[int, int]]] = {}  # its line, and the record when that began
        self.brought = dict(_telling_names(namespace))
        self.meant: dict[FrameType | None, dict[str, Any]] = {None: dict(self.brought)}  # known: no news
        self.raising: set[FrameType] = set()

    def entered(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event == "call" and not self.traced.capped and self.belongs(frame):
            return self.line
        return None

    def line(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            self.raising.discard(frame)  # it went on
            self.finish(frame)
            self.running[frame] = (frame.f_lineno, self.held())
        elif event == "exception":
            self.raising.add(frame)
        elif event == "return":
            self.finish(frame, frame in self.raising)
            self.running.pop(frame, None)
            self.meant.pop(frame, None)  # the next call of this function has names of its own
            self.raising.discard(frame)
        return None if self.traced.capped else self.line

    def finish(self, frame: FrameType, raised: bool = False) -> None:
        """The line that ran in this frame is done."""
        if frame not in self.running:
            return
        traced = self.traced
        line, before = self.running[frame]
        now = self.held()
        function = "" if frame.f_code.co_name == "<module>" else frame.f_code.co_name
        names = tuple(self.changed(frame, function)) if now != before else ()
        traced.moments.append(Moment(line, *now, names, function, raised))
        if len(traced.moments) >= MOST_LINES:
            traced.capped = True

    def held(self) -> tuple[int, int]:
        """How much the record holds: calls, and layers created."""
        return len(self.traced.record.calls), len(self.traced.record.created)

    def changed(self, frame: FrameType, function: str) -> Iterator[Meaning]:
        """The names that mean another tensor, layer or model than when this frame last added to the graph."""
        meant = self.meant.setdefault(frame if function else None, {})
        for name, value in _telling_names(frame.f_locals):
            before = meant.get(name)
            if before is not value:
                meant[name] = value
                of_this_run = None if before is self.brought.get(name) else before
                yield Meaning(name, of_this_run, value, _layers_of(value))


def _telling_names(names: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in tuple(names.items()):
        if isinstance(value, (keras.KerasTensor, keras.Layer)) and name != "self" and not name.startswith("_"):
            yield name, value


def _layers_of(value: Any) -> int:
    try:
        return sum(not isinstance(layer, keras.layers.InputLayer) for layer in value.layers)
    except (AttributeError, ValueError, TypeError):  # not a model, or one that is being made
        return 0

"""The coach in a notebook: an explanation above the traceback of a Keras mistake, a quiet line for a silent one."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

FAILURES = (Exception,)


class CellCoach:
    """Watches the cells of one shell, from `attach` to `detach`."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.record: Any = None
        self.hints = True
        self._watch = ExitStack()
        self._held: list[Any] = []
        self._told: Any = None
        self._depth = 0

    def attach(self) -> None:
        """Begin to watch cells."""
        self.shell.events.register("pre_run_cell", self._begins)
        self.shell.events.register("post_run_cell", self._ended)
        self.shell.set_custom_exc(FAILURES, self._failed)

    def detach(self) -> None:
        """Leave the shell as it was."""
        self.shell.events.unregister("pre_run_cell", self._begins)
        self.shell.events.unregister("post_run_cell", self._ended)
        self.shell.set_custom_exc((), None)
        self._watch.close()

    def switch(self, line: str) -> None:
        """What `%coach hints off` and `%coach hints on` do; errors are explained either way.

        Raises:
            UsageError: the line says something else.
        """
        words = line.split()
        if words not in (["hints", "off"], ["hints", "on"]):
            from IPython.core.error import UsageError

            raise UsageError("Write %coach hints off, or %coach hints on.")
        self.hints = words[1] == "on"

    def _begins(self, info: Any) -> None:
        self._watch.close()
        self.record = None
        if hasattr(sys.modules.get("keras"), "Sequential"):  # loaded, and not just being loaded by another thread
            from kerastutor.models.recording import watching

            self.record = self._watch.enter_context(watching())
            self._held = self._watch.enter_context(_held_warnings(self.record))

    def _ended(self, result: Any) -> None:
        self._watch.close()
        if self.record is None or not self.hints or not getattr(result, "success", False):
            return
        from kerastutor.building import voice
        from kerastutor.building.silent import Cell, Told, notice

        self._told = self._told or Told()
        source = getattr(result.info, "raw_cell", "")
        cell = Cell(self.shell.transform_cell(source), self.record, self.shell.user_ns)
        for finding in self._told.news(cell, notice(cell)):
            voice.show({"text/html": voice.hint_html(finding), "text/plain": voice.hint_text(finding)})

    def _failed(self, shell: Any, kind: Any, error: BaseException, traceback: Any, tb_offset: Any = None) -> None:
        """Explain; the traceback folds in the explanation. Of other errors IPython shows it as ever."""
        explained = False
        if "keras" in sys.modules:
            from kerastutor.models.interception import without_our_frames

            traceback = without_our_frames(error).__traceback__
            explained = self._explained(kind, error, traceback)
        if not explained:
            shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
            return
        self._held.clear()  # Keras warned of what the explanation is about
        shell._showtraceback(kind, error, [f"{kind.__name__}: explained above. %tb shows the traceback here."])

    def _explained(self, kind: Any, error: BaseException, traceback: Any) -> bool:
        """Show the explanation, if there is one. Whatever fails here hides no error."""
        from kerastutor.building import voice
        from kerastutor.building.coach import EXPLAINED, explain
        from kerastutor.building.sites import from_the_learner

        if hasattr(error, EXPLAINED):
            return True
        try:
            explanation = explain(error, self.record, traceback)
            if explanation is None or not (explanation.finding or explanation.failing):
                return False
            lines = self.shell.InteractiveTB.structured_traceback(kind, error, from_the_learner(traceback), tb_offset=0)
            voice.say(replace(explanation, traceback="\n".join(lines)))
        except Exception:
            return False
        return True


@contextmanager
def _held_warnings(record: Any) -> Iterator[list[Any]]:
    """Hold back what is warned of while a layer is called, until the block ends: an error may explain it better.

    Keras warns of every `call` that it could not run to build a layer, and then runs it, and it fails.
    """
    held: list[Any] = []
    show = warnings.showwarning

    def hold(*warning: Any, **more: Any) -> None:
        if record.running:
            held.append((warning, more))
        else:
            show(*warning, **more)

    warnings.showwarning = hold
    try:
        yield held
    finally:
        if warnings.showwarning is hold:
            warnings.showwarning = show
        for warning, more in held:
            show(*warning, **more)

"""The coach in a notebook: an explanation above the traceback of a Keras mistake, a quiet line for a silent one."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import Any

FAILURES = (Exception,)


class CellCoach:
    """Watches the cells of one shell, from `attach` to `detach`."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.record: Any = None
        self.hints = True
        self._watch = ExitStack()
        self._told: set[tuple[str, str]] = set()
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

    def _begins(self, info: Any) -> None:
        self._watch.close()
        self.record = None
        if hasattr(sys.modules.get("keras"), "Sequential"):  # loaded, and not just being loaded by another thread
            from kerastutor.models.recording import watching

            self.record = self._watch.enter_context(watching())

    def _ended(self, result: Any) -> None:
        self._watch.close()
        if self.record is None or not self.hints or not getattr(result, "success", False):
            return
        from kerastutor.building import voice
        from kerastutor.building.silent import Cell, notice

        source = getattr(result.info, "raw_cell", "")
        for finding in notice(Cell(self.shell.transform_cell(source), self.record, self.shell.user_ns)):
            key = (finding.mistake, finding.sentence)
            if key not in self._told:
                self._told.add(key)
                voice.show({"text/html": voice.hint_html(finding), "text/plain": voice.hint_text(finding)})

    def _failed(self, shell: Any, kind: Any, error: BaseException, traceback: Any, tb_offset: Any = None) -> None:
        """Explain, then let IPython show the traceback as ever."""
        if "keras" in sys.modules:
            from kerastutor.building import voice
            from kerastutor.building.coach import explain
            from kerastutor.models.interception import without_our_frames

            explanation = explain(error, self.record, traceback)
            if explanation is not None and explanation.finding is not None:
                voice.show({"text/html": voice.html(explanation), "text/plain": explanation.text})
            traceback = without_our_frames(error).__traceback__
        shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)

"""The coach in a notebook: an explanation above the traceback of a Keras mistake, a quiet line for a silent one.

Nothing here loads Keras. Watching begins with the cell where Keras is loaded already, and else as soon as the cell
loads it, by whatever line and through whatever package.
"""

from __future__ import annotations

import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from importlib import import_module
from typing import Any

from kerastutor.system.on_import import around_import, without_our_step
from kerastutor.system.own_failures import log_failure

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
        self._thread = 0
        self._stop_hearing: Callable[[], None] = lambda: None

    def attach(self) -> None:
        """Begin to watch: the cell that runs now too, where one does."""
        self._stop_hearing = around_import("keras", self._keras_comes)
        self.shell.events.register("pre_run_cell", self._begins)
        self.shell.events.register("post_run_cell", self._ended)
        self.shell.set_custom_exc(FAILURES, self._failed)
        self._begins()

    def detach(self) -> None:
        """Leave the shell as it was."""
        self._stop_hearing()
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

    def _begins(self, info: Any = None) -> None:
        self._watch.close()
        self.record = None
        self._thread = threading.get_ident()
        if _is_loaded():
            self._look_on()

    @contextmanager
    def _keras_comes(self) -> Iterator[None]:
        """Around the import of Keras: look on from here, where it is the cell that imports it."""
        yield
        if self.record is None and self._thread == threading.get_ident():
            self._look_on()

    def _look_on(self) -> None:
        try:
            from kerastutor.models.recording import watching

            self.record = self._watch.enter_context(watching())
            self._held = self._watch.enter_context(_held_warnings(self.record))
        except Exception:
            log_failure("Watching the cell")

    def _ended(self, result: Any) -> None:
        self._watch.close()
        if self.record is None or not self.hints or not getattr(result, "success", False):
            return
        try:
            self._hint(result.info.raw_cell or "")
        except Exception:
            log_failure("Looking for a hint")

    def _hint(self, source: str) -> None:
        """Mention what the cell did that Keras lets pass and that is most often not meant."""
        from kerastutor.coaching import voice
        from kerastutor.coaching.silent import Cell, ToldHints, notice

        self._told = self._told or ToldHints()
        cell = Cell(self.shell.transform_cell(source), self.record, self.shell.user_ns)
        for finding in self._told.news(cell, notice(cell)):
            voice.show({"text/html": voice.hint_html(finding), "text/plain": voice.hint_text(finding)})

    def _failed(self, shell: Any, kind: Any, error: BaseException, traceback: Any, tb_offset: Any = None) -> None:
        """Explain what is known, its traceback folded in; of all else IPython shows the traceback as ever."""
        traceback = without_our_step(error).__traceback__
        known = False
        if _may_be_about_keras(error):
            try:
                known = self._explained(kind, error)
            except Exception:
                log_failure("Explaining an error")
            traceback = error.__traceback__
        if not known:
            shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
            return
        self._held.clear()  # Keras warned of what the explanation is about
        shell._get_exc_info((kind, error, traceback))  # which keeps it for %tb and %debug
        shell._showtraceback(kind, error, [f"{kind.__name__}: explained above. %tb shows the traceback here."])

    def _explained(self, kind: Any, error: BaseException) -> bool:
        """Say what is to be said of an error; whether that is a mistake the coach knows."""
        from kerastutor.coaching import voice
        from kerastutor.coaching.coach import explain
        from kerastutor.coaching.explanation import EXPLAINED
        from kerastutor.coaching.sites import from_the_learner
        from kerastutor.models.interception import without_our_frames

        traceback = without_our_frames(error).__traceback__
        if hasattr(error, EXPLAINED):
            return bool(getattr(error, EXPLAINED))
        explanation = explain(error, self.record, traceback)
        if explanation is None or not (explanation.finding or explanation.failing):
            return False
        if explanation.finding is None:
            voice.say(replace(explanation, traceback=""))  # it stands below, unfolded
            return False
        lines = self.shell.InteractiveTB.structured_traceback(kind, error, from_the_learner(traceback), tb_offset=0)
        voice.say(replace(explanation, traceback="\n".join(lines)))
        return True


def _is_loaded() -> bool:
    """Whether all of Keras is there, and not just being loaded."""
    return hasattr(sys.modules.get("keras"), "Sequential")


def _may_be_about_keras(error: BaseException) -> bool:
    """Whether Keras could have to do with an error: it is loaded, or was asked for something that it does not have.

    In the second case it is loaded now, in the thread of the cell, so that the coach can tell what there is instead.
    """
    if _is_loaded():
        return True
    asked = error.name or "" if isinstance(error, ImportError) else ""
    if not asked.startswith(("keras.", "tensorflow.")):
        return False
    try:
        import_module("keras")
    except Exception:
        log_failure("Loading Keras to explain an error")
    return _is_loaded()


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

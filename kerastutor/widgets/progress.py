"""The learner's progress as bars, with a file to take away and to bring back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from kerastutor.exercises.catalog import by_lesson
from kerastutor.exercises.handing_in import hand_in_here
from kerastutor.exercises.journey import Stage, journey
from kerastutor.exercises.progress import Progress
from kerastutor.exercises.progress_file import ProgressError
from kerastutor.exercises.store import mirror
from kerastutor.knowledge.lessons import LESSONS
from kerastutor.widgets import cards, registry
from kerastutor.widgets.assets import module


class ProgressView(anywidget.AnyWidget):
    """Bars for each lesson and the course; export, import, reset, undo. Looked at again, they are up to date.

    `text` is the whole progress file, so that the page can hand it out without asking back, and keep a copy in the
    browser under the name `mirror`, if there is one. `handed` is the file that was handed in last, with its name, for
    the page to offer it where nothing stays on this machine.
    """

    _esm = module("progress")
    _css = cards.CSS
    stages: traitlets.List[Any] = traitlets.List().tag(sync=True)
    attempts = traitlets.Int().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    mirror = traitlets.Unicode().tag(sync=True)
    said = traitlets.Unicode().tag(sync=True)
    handed: traitlets.Dict[str, str] = traitlets.Dict().tag(sync=True)

    def __init__(self, progress: Progress, **traits: Any) -> None:
        super().__init__(mirror=mirror(), **traits)
        self._progress = progress
        self.on_msg(self._clicked)
        self.refresh()

    def refresh(self) -> None:
        """Show what is on record now."""
        with self.hold_sync():
            self.stages = [_row(stage) for stage in journey(by_lesson(), self._progress)]
            self.attempts = len(self._progress.attempts())
            self.text = self._progress.to_json()
            self.said = self.said or self._progress.notice

    def _clicked(self, _widget: Any, content: Mapping[str, Any], _buffers: Any) -> None:
        if content.get("do") == "look":  # the page shows it again; meanwhile another notebook may have added to it
            self.send({"looked": True})
        else:
            self.said = self._done(content)
        self.refresh()

    def _done(self, content: Mapping[str, Any]) -> str:
        """Do what a button asks for, and say what came of it."""
        wish = content.get("do")
        if wish == "hand in":
            said, file = hand_in_here(self._progress)
            self.handed = offered(file)
            return said
        if wish == "reset":
            self._progress.reset()
            return "Everything begins anew. Undo brings it back."
        if wish == "undo":
            return "The last reset is undone." if self._progress.undo_reset() else "There is no reset to undo."
        try:
            return f"{self._progress.import_json(content.get('text') or '')} attempts came in."
        except ProgressError as problem:
            return str(problem)

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The live view, and its twins for pages on which nothing runs."""
        data, metadata = super()._repr_mimebundle_(**options) or ({}, {})
        stages = journey(by_lesson(), self._progress)
        text = "\n".join(map(str, stages))
        rows = "".join(f"<li>{stage}</li>" for stage in stages)
        return {**data, "text/plain": text, "text/html": cards.card("task", f"<ul>{rows}</ul>", "Progress")}, metadata


def show(progress: Progress) -> ProgressView:
    """The view of this record; running the cell again replaces it."""
    view = ProgressView(progress)
    registry.replace(view)
    return view


def offered(file: Path | None) -> dict[str, str]:
    """A file for the page to offer, by `name` and `text`."""
    return {} if file is None else {"name": file.name, "text": file.read_text(encoding="utf-8")}


def _row(stage: Stage) -> dict[str, Any]:
    lesson = LESSONS[stage.lesson]
    label = f"{int(lesson.number)}. {lesson.title}"
    return {"label": label, "minutes": lesson.minutes, "passed": stage.passed, "exercises": stage.exercises}

"""What the learner touches of an exercise: its card with buttons, and the cards of results, hints and solutions."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import anywidget
import traitlets

from kerastutor import verbs
from kerastutor.exercises import practice as practising
from kerastutor.exercises.beside import find
from kerastutor.exercises.examining import Exam, Receipt, Report
from kerastutor.exercises.exercise import Exercise, Solution, Surroundings
from kerastutor.exercises.handing_in import hand_in, logged_in
from kerastutor.exercises.ladder import Hint
from kerastutor.exercises.progress import Progress
from kerastutor.exercises.results import Bundle, Result
from kerastutor.exercises.spec import WithheldAnswer
from kerastutor.topology.graph import Topology
from kerastutor.widgets import cards, exam_cards, front_end, registry
from kerastutor.widgets.assets import module
from kerastutor.widgets.markdown import html
from kerastutor.widgets.progress import ProgressView, handed_in
from kerastutor.widgets.progress import show as show_progress

_KNOWN: dict[str, Exercise] = {}  # those that were asked for in this session
_CARDS: WeakValueDictionary[str, ExerciseView] = WeakValueDictionary()  # the newest card of each on the page


class ExerciseView(anywidget.AnyWidget):
    """The card of one exercise, with buttons for a hint and the solution; where the instructor has them, to hand in.

    In an exam, which has neither, there are no buttons. `handed` is the file that was handed in last, with its name,
    for the page to offer it as a download.
    """

    _esm = module("exercise")
    _css = cards.CSS
    task = traitlets.Unicode().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    said = traitlets.Unicode().tag(sync=True)
    buttons: traitlets.List[str] = traitlets.List().tag(sync=True)
    handed: traitlets.Dict[str, str] = traitlets.Dict().tag(sync=True)

    def __init__(self, exercise: Exercise, **traits: Any) -> None:
        task, label = cards.task_body(exercise), exercise.spec.title
        super().__init__(task=task, label=label, buttons=_buttons(exercise), **traits)
        self._exercise = exercise
        self._says_a_hint = False
        self.on_msg(self._clicked)

    def _clicked(self, _widget: Any, content: Mapping[str, Any], _buffers: Any) -> None:
        if content.get("do") == "hint":
            self.said = html(repr(self._exercise.hint()))
        elif content.get("do") == "solution":
            self.said = cards.solution_body(self._exercise.solution())
        elif content.get("do") == "hand in":
            said, self.handed = handed_in(self._exercise.progress)
            self.said = html(said)
        self._says_a_hint = content.get("do") == "hint"
        self.refresh()

    def checked(self) -> None:
        """Show where the learner stands after a check; a hint for the one before no longer fits."""
        if self._says_a_hint:
            self.said = ""
        self.refresh()

    def refresh(self) -> None:
        """Show where the learner stands now."""
        self.task = cards.task_body(self._exercise)


def _buttons(exercise: Exercise) -> list[str]:
    if exercise.exam:
        return []
    return ["hand in"] if isinstance(exercise.spec.answer, WithheldAnswer) else ["hint", "solution"]


def present(shown: Any) -> Bundle:
    """The mimebundle of an exercise, an exam, or what one of them says: HTML that stands alone, and text."""
    text = {"text/plain": repr(shown)}
    if isinstance(shown, Result):
        if shown.exercise in _CARDS:
            _CARDS[shown.exercise].checked()
        return {"text/html": cards.result_card(shown), **text}
    if isinstance(shown, Hint):
        return {"text/html": cards.hint_card(shown), **text}
    if isinstance(shown, Solution):
        return {"text/html": cards.solution_card(shown), **text}
    if isinstance(shown, Exam):
        return {"text/html": exam_cards.exam_card(shown), **text}
    if isinstance(shown, Receipt):
        return {"text/html": exam_cards.receipt_card(shown), **text}
    if isinstance(shown, Report):
        return {"text/html": exam_cards.report_card(shown), **text}
    still = {"text/html": cards.task_card(shown), **text}
    return {**_live(shown), **still} if front_end.is_live() else still


@cache
def progress() -> Progress:
    """The learner's own record, opened once."""
    return Progress.open()


def exercise(id: str) -> Exercise:
    """The exercise with this id in this notebook; one for all its cells, so that a hint knows what a check found."""
    found, record = find(id, Path.cwd()), progress()
    known = _KNOWN.get(id)
    if known is None or known.spec != found or known.progress is not record:
        _KNOWN[id] = Exercise(found, record, surroundings())
    return _KNOWN[id]


def practice(level: int, seed: int | None, kind: str | None) -> Exercise:
    """A generated exercise; of any kind, what the learner found hard before comes back more often."""
    chosen = practising.fresh_seed() if seed is None else seed
    if kind is None:
        spec = practising.practice(level, chosen, write=verbs.code, history=progress().attempts())
    else:
        spec = practising.make(kind, level, chosen, write=verbs.code)
    return Exercise(spec, progress(), surroundings())


def progress_view() -> ProgressView:
    """The learner's own record, to be seen and taken away."""
    return show_progress(progress())


def submit(path: Path, student: str) -> Path:
    """The learner's answers as one file to hand in."""
    return hand_in(progress(), student or logged_in(), path)


def surroundings() -> Surroundings:
    """What exercises borrow from the rooms they may not enter."""
    return Surroundings(read=verbs.read, measure=_measured, leftovers=_leftovers, code=verbs.code, present=present)


def _live(shown: Exercise) -> Bundle:
    view = _CARDS[shown.spec.id] = ExerciseView(shown)
    registry.replace(view)
    bundle = view._repr_mimebundle_() or ({}, {})
    return bundle[0]


def _measured(model: Any) -> Mapping[str, float]:
    """The last validation accuracy that training left on the model, whoever trained it in this process.

    Of several, such as one for each output, the least: each has to reach what is asked for.
    """
    history = getattr(getattr(model, "history", None), "history", {})
    reached = [
        float(epochs[-1])
        for name, epochs in history.items()
        if name.startswith("val_") and name.endswith(("accuracy", "acc")) and epochs
    ]
    return {"accuracy": min(reached)} if reached else {}


def _leftovers(model: Any) -> Topology | None:
    """The model with what was written beside it and does not count, among the names of this notebook."""
    if isinstance(model, Topology):
        return None
    from kerastutor.models.leftovers import with_leftovers

    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return with_leftovers(model, {} if shell is None else shell.user_ns)

"""What the learner touches of an exercise: its card with buttons, and the cards of results, hints and solutions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from weakref import WeakValueDictionary

import anywidget
import traitlets

from kerastutor.exercises.examining import Exam, Receipt, Report
from kerastutor.exercises.exercise import Exercise, Solution
from kerastutor.exercises.handing_in import hand_in_here
from kerastutor.exercises.ladder import Hint
from kerastutor.exercises.results import Bundle, Result
from kerastutor.widgets import cards, exam_cards, front_end, registry
from kerastutor.widgets.assets import module
from kerastutor.widgets.markdown import html
from kerastutor.widgets.progress import offered

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
        super().__init__(task=task, label=label, buttons=list(exercise.offers), **traits)
        self._exercise = exercise
        self._says_a_hint = False
        self.on_msg(self._clicked)

    def _clicked(self, _widget: Any, content: Mapping[str, Any], _buffers: Any) -> None:
        if content.get("do") == "hint":
            self.said = html(repr(self._exercise.hint()))
        elif content.get("do") == "solution":
            self.said = cards.solution_body(self._exercise.solution())
        elif content.get("do") == "hand in":
            said, file = hand_in_here(self._exercise.progress)
            self.said, self.handed = html(said), offered(file)
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


def _live(shown: Exercise) -> Bundle:
    view = _CARDS[shown.spec.id] = ExerciseView(shown)
    registry.replace(view)
    bundle = view._repr_mimebundle_() or ({}, {})
    return bundle[0]

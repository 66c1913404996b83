"""One learner's desk: their record, the exercises of this notebook, and what the rooms lend to one another."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from kerastutor import networks
from kerastutor.exercises import practice as practising
from kerastutor.exercises.beside import find
from kerastutor.exercises.exercise import Exercise, Surroundings
from kerastutor.exercises.handing_in import hand_in, logged_in
from kerastutor.exercises.progress import Progress
from kerastutor.topology.graph import Topology
from kerastutor.widgets.exercise import present

if TYPE_CHECKING:
    from kerastutor.training import Race, Run

    Started = TypeVar("Started", Run, Race)


class Desk:
    """One learner at work in one notebook.

    >>> desk = Desk(Progress.in_memory())
    >>> desk.exercise("01-stack").check()
    Not attempted: There is nothing to check yet; give a model to `check` when you have one.
    >>> desk.exercise("01-stack") is desk.exercise("01-stack")
    True

    Attributes:
        progress: the learner's own record.
    """

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self._exercises: dict[str, Exercise] = {}

    def exercise(self, id: str) -> Exercise:
        """The exercise with this id in this notebook; one for all its cells, so that a hint knows what a check found.

        Raises:
            ExerciseError: there is none with this id.
        """
        spec = find(id, Path.cwd())
        known = self._exercises.get(id)
        if known is None or known.spec != spec:  # the file beside the notebook was sealed anew
            known = self._exercises[id] = Exercise(spec, self.progress, SURROUNDINGS)
        return known

    def practice(self, level: int, seed: int | None, kind: str | None) -> Exercise:
        """A generated exercise; of any kind, what the learner found hard before comes back more often.

        Raises:
            ExerciseError: there is no such level or kind.
        """
        seed = practising.fresh_seed() if seed is None else seed
        if kind is None:
            history = self.progress.attempts()
            spec = practising.practice(level, seed, write=networks.code, history=history)
        else:
            spec = practising.make(kind, level, seed, write=networks.code)
        return Exercise(spec, self.progress, SURROUNDINGS)

    def submit(self, path: Path, student: str) -> Path:
        """Write the learner's answers into one file to hand in, and return its path.

        Raises:
            HandingInError: nothing was checked yet, or the file cannot be written.
        """
        return hand_in(self.progress, student or logged_in(), path)


@cache
def desk() -> Desk:
    """The desk of whoever runs this process, their record opened once."""
    return Desk(Progress.open())


def accuracy_reached(model: Any) -> Mapping[str, float]:
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


def leftovers_here(model: Any) -> Topology | None:
    """The model with what was written beside it and does not count, among the names of this notebook."""
    if isinstance(model, Topology):
        return None
    from kerastutor.models.leftovers import with_leftovers

    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return with_leftovers(model, {} if shell is None else shell.user_ns)


SURROUNDINGS = Surroundings(
    read=networks.read,
    measure=accuracy_reached,
    leftovers=leftovers_here,
    prove=networks.prove,
    code=networks.code,
    present=present,
)
"""What every exercise of a session borrows from the rooms it may not enter."""


def watched(started: Started, wait: bool | None) -> Started:
    """Show a training that has begun, and wait for its end where that is asked for or nobody can watch it.

    Args:
        started: a run or a race.
        wait: True or False as the learner wishes; None: wait where the page shows no widgets.

    Raises:
        TrainingFailed: it ended with an error while it was waited for.
    """
    from kerastutor.widgets import run as view

    live = view.show(started)
    if wait or (wait is None and not live):
        started.wait()
    if not live:
        view.leave_picture(started)
    return started

"""What a submission meets in place of the tutor: `exercise` only remembers, training is over at once, nothing is shown.

Of the public names those that think are what they are, and so is `build`, which gives a network that may be handed in;
each other verb is blank until it has a stand-in.

Training is not run because nothing that is graded depends on it: a network is judged by its topology, and figures that
a learner's own process measured prove nothing. So `fit` builds the model for its data, as training would, and returns
an empty history; a submission that trains for an hour costs the same as one that does not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import tree

import kerastutor
from kerastutor import exercises, verbs
from kerastutor.exercises import examining
from kerastutor.exercises.results import NOTHING_EARNED, Outcome, Result
from kerastutor.teaching.grading.sandbox.inside.blank import Blank

_SAID = "Your answer is handed in; it is judged later."
_receivers: list[Callable[[str, Any, bool], None]] = []


def install() -> None:
    """Put the stand-ins in place, for the rest of this process: only ever in a child that is thrown away."""
    vars(kerastutor).update({name: Blank for name in kerastutor.__all__ if hasattr(verbs, name)})
    vars(kerastutor).update(exercise=BlankExercise, practice=_practice, train=_train, draw=Blank, build=verbs.build)
    for module in (exercises, examining):
        vars(module).update(exam=BlankExam)
    for name, stand_in in {"fit": _fit, "evaluate": _evaluate, "predict": _predict}.items():
        setattr(keras.Model, name, stand_in)


def answers_go_to(receiver: Callable[[str, Any, bool], None]) -> None:
    """Hand every answer to `receiver`: the id of the exercise, what was given, and whether to an exam."""
    _receivers[:] = [receiver]


def shell(names: dict[str, Any], run: Callable[[str, dict[str, Any]], None]) -> Callable[[], Shell]:
    """What `get_ipython` is in a submission."""
    the_one = Shell(names, run)
    return lambda: the_one


class BlankExercise(Blank):
    """Takes an answer and says nothing about it."""

    def __init__(self, id: str) -> None:
        self.id = id

    def check(self, model: Any = None) -> Result:
        """Remember the answer; nothing is no attempt."""
        return _remembered(self.id, model, exam=False)


class BlankExam(Blank):
    """Takes the answers of an exam as `BlankExercise` takes one."""

    def hand_in(self, id: str, answer: Any = None) -> Result:
        """Remember the answer."""
        return _remembered(id, answer, exam=True)


def _remembered(id: str, answer: Any, *, exam: bool) -> Result:
    if answer is not None and answer is not ...:
        for receive in _receivers:
            receive(id, answer, exam)
    return Result(id, "", Outcome.COULD_NOT_CHECK, _SAID, NOTHING_EARNED)


class Shell:
    """As much of IPython's shell as a notebook's magics need to do no harm."""

    def __init__(self, names: dict[str, Any], run: Callable[[str, dict[str, Any]], None]) -> None:
        self.user_ns = names
        self._run = run

    def run_line_magic(self, magic: str, line: str, *others: Any, **options: Any) -> None:
        """`%time` runs what follows it; every other magic does nothing."""
        if magic == "time":
            self._run(line, self.user_ns)

    def run_cell_magic(self, magic: str, line: str, cell: str) -> None:
        """`%%time`, `%%capture` and `%%steps` run the cell; every other magic does nothing."""
        if magic in ("time", "timeit", "capture", "steps"):
            self._run(cell, self.user_ns)

    def system(self, command: str) -> None:
        """`!command` is not run."""

    def getoutput(self, command: str) -> list[str]:
        """Nor is this one."""
        return []

    def __getattr__(self, name: str) -> Any:
        return Blank


class _Run(Blank):
    """A training run that is over before it began."""

    def __init__(self, model: Any, history: Any) -> None:
        self.model = model
        self.history = history

    def wait(self, *others: Any, **options: Any) -> _Run:
        return self

    start = stop = more = wait


class _Measured(dict[str, list[float]]):
    """A history without figures: whatever is asked for was 0 once, so that printing and plotting it works."""

    def __missing__(self, name: str) -> list[float]:
        return [0.0]


def _fit(model: keras.Model, x: Any = None, *others: Any, **options: Any) -> Any:
    _build(model, x)
    history = keras.callbacks.History()
    history.set_model(model)
    history.history, history.epoch = _Measured(), [0]
    model.history = history
    return history


def _evaluate(model: keras.Model, x: Any = None, *others: Any, **options: Any) -> Any:
    _build(model, x)
    metrics = (model.get_compile_config() or {}).get("metrics") or []
    return _Measured() if options.get("return_dict") else [0.0] * (1 + len(metrics)) if metrics else 0.0


def _predict(model: keras.Model, x: Any = None, *others: Any, **options: Any) -> Any:
    """Zeros in the shape of what the model would return."""
    count = len(tree.flatten(x)[0])
    outputs = model(_symbols(x))
    return tree.map_structure(lambda output: np.zeros((count, *output.shape[1:]), "float32"), outputs)


def _build(model: keras.Model, x: Any) -> None:
    """Call a model that is not built yet, without computing; where that fails it stays unbuilt, as it came."""
    if model.built or x is None:
        return
    try:
        model(_symbols(x))
    except Exception:
        return


def _symbols(x: Any) -> Any:
    """Symbolic tensors in the shape of the data: arrays, or a data set that yields inputs and targets."""
    if hasattr(x, "element_spec"):
        x = x.element_spec[0] if isinstance(x.element_spec, tuple) else x.element_spec
    return tree.map_structure(lambda data: keras.KerasTensor((None, *data.shape[1:]), _dtype(data)), x)


def _dtype(data: Any) -> str:
    return str(keras.backend.standardize_dtype(data.dtype))


def _train(model: Any, x: Any = None, *others: Any, **options: Any) -> _Run:
    return _Run(model, _fit(model, x))


def _practice(*others: Any, **options: Any) -> BlankExercise:
    return BlankExercise("practice")

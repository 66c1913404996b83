"""Declaring an exercise: one function whose docstring is the task and whose body returns the reference model."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from kerastutor.exercises.answers import Counts
from kerastutor.exercises.policies import AFTER_THREE_ATTEMPTS, SolutionPolicy
from kerastutor.exercises.requirements import Requirement
from kerastutor.exercises.spec import ExerciseError
from kerastutor.exercises.typing_errors import hold_settings
from kerastutor.topology.differences.pattern import Freedom

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")


@dataclass(frozen=True)
class Declaration:
    """An exercise as its author wrote it; `kerastutor.exercises.sealing.seal` turns it into a `Spec`."""

    id: str
    title: str
    task: str
    reference: Callable[..., Any]
    points: int
    starter: str
    freedoms: tuple[Freedom, ...]
    rules_off: tuple[str, ...]
    requirements: tuple[Requirement, ...]
    any_network: bool
    hints: tuple[str, ...]
    solution: SolutionPolicy
    drawn: bool = False
    counts: Counts = "best"

    def references(self, keras: Any) -> tuple[Any, ...]:
        """The reference models the function returns: one, or every accepted one as a tuple or list.

        A function with a parameter `keras` is given the module, so that a file of exercises need not import it.
        """
        wants_keras = "keras" in inspect.signature(self.reference).parameters
        returned = self.reference(keras) if wants_keras else self.reference()
        models = tuple(returned) if isinstance(returned, (tuple, list)) else (returned,)
        if not models or any(model is None for model in models):
            raise ExerciseError(f"The function of the exercise {self.id!r} has to return its reference model.")
        return models


def check_id(id: str) -> None:
    """Raise `ExerciseError` where an id is not of the form `01-stack`."""
    if not _ID.fullmatch(id):
        raise ExerciseError(f"The id {id!r} is not of the form '01-stack': lesson, dash, name, in small letters.")


def declare(
    id: str,
    *,
    title: str,
    points: int = 1,
    starter: str = "",
    freedoms: Sequence[tuple[Freedom, ...]] = (),
    rules_off: Sequence[str] = (),
    requirements: Sequence[Requirement] = (),
    any_network: bool = False,
    hints: Sequence[str] = (),
    solution: SolutionPolicy = AFTER_THREE_ATTEMPTS,
    drawn: bool = False,
    counts: Counts = "best",
) -> Callable[[Callable[..., Any]], Declaration]:
    """Make an exercise of the function below.

    >>> @declare("01-stack", title="A stack", freedoms=[])
    ... def stack(keras):
    ...     "Build a *stack*."
    ...     return keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    >>> stack.task
    'Build a *stack*.'

    Args:
        id: lesson and name joined by dashes, such as `01-stack`.
        starter: the code the learner begins with; it leaves `model` as None or builds something unfinished.
        freedoms: what the reference leaves to the learner, as `free("hidden", units=between(32, 512))`.
        rules_off: rules of equality that do not hold here, by name.
        requirements: what is asked for beyond the graph.
        any_network: any network that meets the requirements passes.
        hints: hand-written hints, where the author knows better than the catalogue.
        solution: when the solution may be seen.
        drawn: the task shows the drawing of the (first) reference: the learner builds from it.
        counts: which of several answers by one learner is graded: the `"best"`, or the `"last"`.
    """
    check_id(id)
    hold_settings(
        id,
        points=points,
        starter=starter,
        hints=hints,
        freedoms=freedoms,
        requirements=requirements,
        rules_off=rules_off,
        solution=solution,
        counts=counts,
    )
    if any_network and not requirements:
        raise ExerciseError(f"The exercise {id!r} accepts any network but requires nothing; add a requirement.")

    def make(function: Callable[..., Any]) -> Declaration:
        task = inspect.getdoc(function)
        if not task:
            raise ExerciseError(f"The function of the exercise {id!r} needs a docstring: it is what the learner reads.")
        return Declaration(
            id=id,
            title=title,
            task=task,
            reference=function,
            points=points,
            starter=textwrap.dedent(starter).strip(),
            freedoms=tuple(chain.from_iterable(freedoms)),
            rules_off=tuple(rules_off),
            requirements=tuple(requirements),
            any_network=any_network,
            hints=tuple(hints),
            solution=solution,
            drawn=drawn,
            counts=counts,
        )

    return make

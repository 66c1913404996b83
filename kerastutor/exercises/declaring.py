"""Declaring an exercise: one function whose docstring is the task and whose body returns the reference model."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from kerastutor.exercises.answers import Counts
from kerastutor.exercises.policies import AFTER_THREE_ATTEMPTS, SolutionPolicy
from kerastutor.exercises.requirements import Requirement
from kerastutor.exercises.settings import ExerciseSettings
from kerastutor.exercises.spec import ExerciseError
from kerastutor.topology.differences.pattern import Freedom


@dataclass(frozen=True, kw_only=True)
class Declaration(ExerciseSettings):
    """An exercise as its author wrote it; `kerastutor.exercises.sealing.seal` turns it into a `Spec`.

    Attributes:
        task: what the learner reads, in Markdown.
        reference: makes the reference models.
    """

    task: str
    reference: Callable[..., Any]

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
    """Make an exercise of the function below: its docstring is the task, and it returns the reference.

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
    settings = ExerciseSettings(
        id, title, points, starter, freedoms, rules_off, requirements, any_network, hints, solution, drawn, counts
    )
    return partial(_declaration, settings.checked())


def _declaration(settings: ExerciseSettings, reference: Callable[..., Any]) -> Declaration:
    task = inspect.getdoc(reference)
    if not task:
        raise ExerciseError(
            f"The function of the exercise {settings.id!r} needs a docstring: it is what the learner reads."
        )
    return Declaration(**vars(settings), task=task, reference=reference)

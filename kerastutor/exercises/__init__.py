"""Exercises: declared by one function, sealed to plain JSON, judged by their topology without Keras.

An author writes a function and seals its file with `kerastutor exercise seal FILE`; `kerastutor exercise check FILE`
proves that it is sound:

    @declare("01-stack", title="A stack", freedoms=[free("hidden", units=between(32, 512))])
    def stack(keras):
        \"\"\"What the learner reads, in Markdown.\"\"\"
        return keras.Sequential([...])  # the reference; a tuple of models where several are right

A learner calls `kt.exercise("01-stack").check(model)`. Where classes are graded by other tools, the result fits in: in
nbgrader `float(exercise.check(model))` as the last line of a test cell is its partial credit, in otter
`assert exercise.check(model)` is a test case, and `Result.to_json` is documented field by field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerastutor.system.on_first_use import on_first_use

if TYPE_CHECKING:
    from kerastutor.exercises.declaring import Declaration, declare
    from kerastutor.exercises.examining import Exam, Report, exam
    from kerastutor.exercises.exercise import Exercise, Solution, Surroundings
    from kerastutor.exercises.freedoms import between, free, one_of
    from kerastutor.exercises.policies import AFTER_PASSING, ALWAYS, NEVER, after_attempts, after_date
    from kerastutor.exercises.progress import Progress
    from kerastutor.exercises.requirements import inputs, outputs, parameters, residual, shares, trains_to
    from kerastutor.exercises.results import Outcome, Result
    from kerastutor.exercises.spec import ExerciseError, Spec

__all__ = [
    "declare",
    "free",
    "between",
    "one_of",
    "shares",
    "residual",
    "inputs",
    "outputs",
    "parameters",
    "trains_to",
    "ALWAYS",
    "AFTER_PASSING",
    "NEVER",
    "after_attempts",
    "after_date",
    "exam",
    "Declaration",
    "Exam",
    "Exercise",
    "ExerciseError",
    "Outcome",
    "Progress",
    "Report",
    "Result",
    "Solution",
    "Spec",
    "Surroundings",
]
_HOMES = {
    "declaring": ("declare", "Declaration"),
    "freedoms": ("free", "between", "one_of"),
    "requirements": ("shares", "residual", "inputs", "outputs", "parameters", "trains_to"),
    "policies": ("ALWAYS", "AFTER_PASSING", "NEVER", "after_attempts", "after_date"),
    "examining": ("exam", "Exam", "Report"),
    "exercise": ("Exercise", "Solution", "Surroundings"),
    "spec": ("ExerciseError", "Spec"),
    "results": ("Outcome", "Result"),
    "progress": ("Progress",),
}
__getattr__, __dir__ = on_first_use(
    __name__, {name: f"{__name__}.{home}" for home, names in _HOMES.items() for name in names}
)

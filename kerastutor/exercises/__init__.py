"""Exercises: declared by one function, sealed to plain JSON, judged by their topology without Keras."""

from kerastutor.exercises.declaring import Declaration, declare
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
    "Declaration",
    "Exercise",
    "ExerciseError",
    "Outcome",
    "Progress",
    "Result",
    "Solution",
    "Spec",
    "Surroundings",
]

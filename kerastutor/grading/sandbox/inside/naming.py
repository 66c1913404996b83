"""Which exercise a name stands for."""

from __future__ import annotations

from collections.abc import Sequence


def as_name(text: str) -> str:
    """As a Python name is written: `hw1-stack` and `HW1 stack` are `hw1_stack`."""
    return "".join(letter if letter.isalnum() else "_" for letter in text.lower())


def exercise_named(name: str, exercises: Sequence[str]) -> str | None:
    """The exercise that a file or variable is named after; where just one is graded, any name stands for it.

    >>> exercise_named("hw1_stack", ["hw1-stack", "hw1-fork"]), exercise_named("model", ["hw1-stack"])
    ('hw1-stack', 'hw1-stack')
    """
    named = [exercise for exercise in exercises if as_name(exercise) == as_name(name)]
    return named[0] if named else exercises[0] if len(exercises) == 1 else None

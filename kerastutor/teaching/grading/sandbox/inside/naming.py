"""Which exercise a name stands for."""

from __future__ import annotations

from collections.abc import Sequence


def as_name(text: str) -> str:
    """As a Python name is written: `hw1-stack` and `HW1 stack` are `hw1_stack`."""
    return "".join(letter if letter.isalnum() else "_" for letter in text.lower())


def exercise_named(name: str, exercises: Sequence[str]) -> str | None:
    """The exercise that a file is named after; where just one is graded, any name stands for it.

    There may be more around the name: learning systems put the student before it, and a number behind it when it is
    handed in again. Of several exercises that are in it, the longest is meant.

    >>> exercises = ["hw1-stack", "hw1-stack-2", "hw1-fork"]
    >>> exercise_named("hw1_stack", exercises), exercise_named("lovelaceada_12_345_hw1-fork-1", exercises)
    ('hw1-stack', 'hw1-fork')
    >>> exercise_named("hw1-stack-2", exercises), exercise_named("model", exercises), exercise_named("model", ["hw1"])
    ('hw1-stack-2', None, 'hw1')
    """
    named = [exercise for exercise in exercises if f"_{as_name(exercise)}_" in f"_{as_name(name)}_"]
    return max(named, key=len) if named else exercises[0] if len(exercises) == 1 else None

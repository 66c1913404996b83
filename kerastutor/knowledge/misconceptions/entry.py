"""The form in which one misconception is described: a name, why it matters, four hints, and the lesson that treats it.

The hints climb: the *idea* (no names at all), the *region* (where in the learner's network), the *arrow* (the call or
arrow itself), the *code* (the line to write). The words in braces are filled in with the learner's names: `{here}` is
the call to look at, `{there}` the place it belongs to, and `{code}`, which only the last hint may use, a line of Keras.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Misconception:
    """One thing learners get wrong.

    Attributes:
        id: such as `twin_for_shared`.
        name: a short title.
        explanation: why it matters, in one or two sentences.
        hints: idea, region, arrow, code.
        lesson: the number of the lesson that treats it, such as `05`.
    """

    id: str
    name: str
    explanation: str
    hints: tuple[str, str, str, str]
    lesson: str


OPEN_TO: tuple[frozenset[str], ...] = (
    frozenset(),
    frozenset({"here"}),
    frozenset({"here", "there"}),
    frozenset({"here", "there", "code"}),
)
"""The words that each rung may use."""


def words(hint: str) -> frozenset[str]:
    """The words in braces that a hint uses.

    >>> sorted(words("Look at {here}, then {there}."))
    ['here', 'there']
    """
    return frozenset(name for _, name, _, _ in string.Formatter().parse(hint) if name)


def catalogue(*rows: tuple[str, str, str, str, str, str, str, str]) -> Mapping[str, Misconception]:
    """Rows of id, lesson, name, explanation and the four hints, as misconceptions by id."""
    made = (
        Misconception(id, name, explanation, (idea, region, arrow, code), lesson)
        for id, lesson, name, explanation, idea, region, arrow, code in rows
    )
    return MappingProxyType({misconception.id: misconception for misconception in made})

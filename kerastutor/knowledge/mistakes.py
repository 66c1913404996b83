"""The mistakes people make with Keras, in words: what is wrong, why it matters, what to try. They are in mistakes.toml.

Which of them somebody makes is not decided here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType


@dataclass(frozen=True)
class Mistake:
    """One mistake.

    The words in braces are filled in with the learner's own names and shapes.

    Attributes:
        id: its name in the catalogue.
        sentence: what is wrong.
        why: why it matters, or why Keras insists.
        remedy: what to try; empty where only an exercise speaks of it, which goes by the hints.
        title: a short name, where an exercise can be about it.
        lesson: the number of the lesson that treats it, such as `05`.
        hints: for an exercise: the idea, the region, and the line of code to write.
    """

    id: str
    sentence: str
    why: str = ""
    remedy: str = ""
    title: str = ""
    lesson: str = ""
    hints: tuple[str, ...] = ()


@cache
def mistakes() -> Mapping[str, Mistake]:
    """Every mistake by its id; the file is read when they are first asked for.

    >>> mistakes()["duplicate_names"].sentence
    'Two layers are called {name}.'
    """
    rows = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return MappingProxyType(
        {id: Mistake(id, **{**row, "hints": tuple(row.get("hints", ()))}) for id, row in rows.items()}
    )

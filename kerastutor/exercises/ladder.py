"""The hint ladder: idea, region, arrow, code. A rung opens after an attempt that changed the network."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kerastutor.exercises.results import Bundle
from kerastutor.topology.finding import Finding

RUNGS = ("idea", "region", "arrow", "code")
_BLANK = "___"
_CODE = re.compile(r"`[^`]*`")
_PART = re.compile(r'"[^"]*"|[\w.-]+(?P<named> ?=)?(?P<called>\()?')


@dataclass(frozen=True)
class Hint:
    """One hint, or one sentence on when the next one opens (then `rung` is 0)."""

    text: str
    rung: int = 0
    of: int = len(RUNGS)
    present: Callable[[Hint], Bundle] | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        return f"Hint {self.rung} of {self.of}: {self.text}" if self.rung else self.text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Bundle:
        return {"text/plain": repr(self)} if self.present is None else self.present(self)


def rungs(written: tuple[str, ...], finding: Finding | None) -> tuple[str, ...]:
    """The texts of the ladder: hand-written ones first, then those of the recognised misconception, at most four.

    The check has said already what the third would say of the place, so that one shows the form of the line to write.
    """
    found: tuple[str, ...] = ()
    if finding is not None and finding.hints:
        idea, region, code = finding.hints
        found = (idea, region, _form(finding.values["code"]), code)
    return (written + found[len(written) :])[: len(RUNGS)]


def next_hint(texts: tuple[str, ...], *, changed_attempts: int, read: int) -> Hint:
    """The hint that `hint()` shows now.

    The first opens with the first attempt, and each further one with an attempt that changed the network since. A rung
    that was read stays; asking again shows it again.

    >>> next_hint(("Think.", "Look here."), changed_attempts=0, read=0).text
    'Check an attempt first: the hints open with it.'
    >>> next_hint(("Think.", "Look here."), changed_attempts=1, read=0)
    Hint 1 of 2: Think.
    >>> next_hint(("Think.", "Look here."), changed_attempts=1, read=1)
    Hint 1 of 2: Think. (The next hint opens when you check a changed network.)
    """
    if changed_attempts == 0:
        return Hint("Check an attempt first: the hints open with it.")
    if not texts:
        return Hint("There is no hint for this; read the first sentence of the check once more.")
    opened = min(changed_attempts, len(texts))
    rung = min(opened, read + 1)
    waiting = " (The next hint opens when you check a changed network.)" if rung == read < len(texts) else ""
    return Hint(texts[rung - 1] + waiting, rung, len(texts))


def _form(code: str) -> str:
    """The line of code to write, with a blank for all that would give the answer away; where it is none, that."""
    code = code.replace(" left out", "=...")
    if not set("(=[{") & set(code):
        return "No new line has to be written for this: look for what to leave out or to change."
    return f"Write it in this form, with the blanks filled in: {_CODE.sub(lambda found: blanked(found[0]), code)}."


def blanked(code: str) -> str:
    """Code with its kinds of layers, numbers, words and tensors left blank.

    >>> blanked('x = keras.layers.Conv2D(16, padding="same")(image)')
    'x = keras.layers.___(___, padding=___)(___)'
    >>> blanked("keras.Model(image, [digit, even])")
    'keras.Model(___, [___, ___])'
    """
    return _PART.sub(_blank, code)


def _blank(part: re.Match[str]) -> str:
    if part["named"] or (part["called"] and not part[0].startswith("keras.layers.")):
        return part[0]
    return f"keras.layers.{_BLANK}(" if part["called"] else _BLANK

"""What a child says: one line of JSON for each answer, and one for each thing that went wrong."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from hashlib import sha256
from typing import IO, Any

from kerastutor.exercises.answers import MOST, identity
from kerastutor.exercises.values import plain_value
from kerastutor.topology.graph import Json, Topology

LONGEST_SENTENCE = 300
_SHARE = 4
"""Part of the bytes of a report that answers may take beside the first and the last one to each exercise."""


class Report:
    """The stream of a child's lines.

    A line is written whole as soon as it is known: what was answered before an endless loop counts. Any of the answers
    to an exercise may be the best, so each different one is told: the first `MOST` as they come, as far as there is
    room, and the last when the child is done.
    """

    def __init__(self, stream: IO[bytes], most_bytes: int) -> None:
        self._stream = stream
        self._most = most_bytes
        self._room = most_bytes // _SHARE
        self._told: dict[str, _Told] = defaultdict(_Told)

    def answer(
        self,
        exercise: str,
        *,
        topology: Topology | None = None,
        value: Any = None,
        leftovers: Topology | None = None,
        exam: bool = False,
    ) -> None:
        """An answer to an exercise: a network, or the choice or value it asks for; handed in to an `exam`, or not."""
        given = {"topology": None if topology is None else topology.to_plain(), "value": plain_value(value)}
        name, told = sha256(identity(given).encode()).hexdigest(), self._told[exercise]
        if told.last == (name, exam):
            return
        told.last = name, exam
        if name in told.places:
            line = _line(answer=exercise, exam=exam, again=told.places[name])
        else:
            beside = None if leftovers is None else leftovers.to_plain()
            line = _line(answer=exercise, exam=exam, leftovers=beside, **given)
        self._leave_out(exercise, told)
        if self._has_room(told, name, line):
            self._tell(told, name, line)
        else:
            told.waiting = name, line

    def problem(self, verdict: str, cause: str) -> None:
        """Something went wrong: a word of `Verdict`, and why in one sentence."""
        printable = "".join(letter if letter.isprintable() else " " for letter in cause)
        self._stream.write(_line(problem=verdict, cause=" ".join(printable.split())[:LONGEST_SENTENCE]))

    def end(self) -> None:
        """Tell the last answers that there was no room for."""
        for told in self._told.values():
            if told.waiting is not None:
                self._stream.write(told.waiting[1])
                told.waiting = None

    def _has_room(self, told: _Told, name: str, line: bytes) -> bool:
        """A place is kept for the last; the first is told whatever it takes, and what no report holds ends it."""
        few = told.lines < 2 * MOST and (name in told.places or len(told.places) < MOST - 1)
        return not told.places or len(line) > self._most or (few and len(line) <= self._room)

    def _tell(self, told: _Told, name: str, line: bytes) -> None:
        if told.places:
            self._room -= len(line)
        told.places.setdefault(name, len(told.places))
        told.lines += 1
        self._stream.write(line)

    def _leave_out(self, exercise: str, told: _Told) -> None:
        """Only the last answer waits for room; that the one before it is left out is said, once."""
        if told.waiting is not None and told.waiting[0] not in told.places and not told.left_out:
            told.left_out = True
            self._stream.write(_line(answer=exercise, left_out=True))
        told.waiting = None


@dataclass
class _Told:
    """What was told of the answers to one exercise.

    Attributes:
        places: which answers were told, and as which of them.
        last: the answer that was given last, and whether to an exam.
        lines: how many they took.
        waiting: the last answer and its line, where there was no room for it.
        left_out: whether it was said that some are left out.
    """

    places: dict[str, int] = field(default_factory=dict)
    last: tuple[str, bool] | None = None
    lines: int = 0
    waiting: tuple[str, bytes] | None = None
    left_out: bool = False


def _line(**fields: Json) -> bytes:
    return json.dumps(fields).encode() + b"\n"

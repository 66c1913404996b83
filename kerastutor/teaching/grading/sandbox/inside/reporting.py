"""What a child says: one line of JSON for each answer, and one for each thing that went wrong."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import IO, Any

from kerastutor.exercises.answers import MOST, identity, latest_that_fit
from kerastutor.exercises.values import plain_value
from kerastutor.topology.graph import Json, Topology

LONGEST_SENTENCE = 300
_SHARE = 2
"""Part of the bytes of a report that is there for answers as they come; the rest is kept for the latest at the end."""
_LINES = 4000
"""Lines that all exercises together may take as answers come; whoever reads them takes no more than 10,000."""

_Key = tuple[str, bool]
"""An answer: a name that is equal for equal ones, and whether it was handed in to an exam."""


class ReportStream:
    """The stream of a child's lines.

    Any of the answers to an exercise may be the best, so each different one is told, and where there are too many, the
    latest. Two things are sure:

    - The first answer to each exercise is written as soon as it is given, and so is each further one until the share
      of its exercise is used up: these count even where an endless loop follows.
    - What comes then waits for the end, the latest `MOST` of each exercise. When the child is done, the last answer to
      each exercise is written, and then those before it, one to each exercise in turn, as far as the report has room.

    An answer that is larger than any report is written at once, and that ends the child.
    """

    def __init__(self, stream: IO[bytes], most_bytes: int, exercises: int) -> None:
        """Report on this many exercises, in so many bytes."""
        self._stream = stream
        self._most = most_bytes
        self._room = most_bytes
        count = max(1, exercises)
        self._told: dict[str, _Told] = defaultdict(partial(_Told, most_bytes // _SHARE // count, _LINES // count))

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
        if len(line) > self._most or told.has_room_for(line):
            told.tell(name, line)
            self._write(line)
        else:
            self._wait(exercise, (name, exam), line)

    def problem(self, verdict: str, cause: str) -> None:
        """Something went wrong: a word of `Verdict`, and why in one sentence."""
        printable = "".join(letter if letter.isprintable() else " " for letter in cause)
        self._write(_line(problem=verdict, cause=" ".join(printable.split())[:LONGEST_SENTENCE]))

    def end(self) -> None:
        """Tell the answers that waited, as far as there is room for them."""
        waiting = {exercise: list(told.waiting.values()) for exercise, told in self._told.items() if told.waiting}
        sizes = {exercise: list(map(len, lines)) for exercise, lines in waiting.items()}
        for exercise, count in latest_that_fit(sizes, self._room).items():
            for line in waiting[exercise][-count:]:
                self._write(line)
            told = self._told[exercise]
            if told.warned and not told.dropped and count == len(waiting[exercise]):
                self._write(_line(answer=exercise, left_out=False))
            told.waiting.clear()

    def _wait(self, exercise: str, key: _Key, line: bytes) -> None:
        """Keep an answer for the end, and say that it is left out: a child that is stopped before says no more."""
        told = self._told[exercise]
        if key[0] not in told.places and not told.warned:
            told.warned = True
            warning = _line(answer=exercise, left_out=True)
            self._write(warning)
            self._room -= len(warning) + 1  # for the line that takes it back: "false" is longer than "true"
        told.keep(key, line, self._most)

    def _write(self, line: bytes) -> None:
        self._stream.write(line)
        self._room -= len(line)


@dataclass
class _Told:
    """What was told of the answers to one exercise, and what waits to be told.

    Attributes:
        room: bytes that may still be told as answers come.
        lines: and lines.
        places: which answers were told, and as which of them.
        last: the answer that was given last.
        waiting: the lines of the answers that wait, the oldest first.
        warned: whether it was said that answers are left out.
        dropped: whether one had to give way to those after it.
    """

    room: int
    lines: int
    places: dict[str, int] = field(default_factory=dict)
    last: _Key | None = None
    waiting: dict[_Key, bytes] = field(default_factory=dict)
    warned: bool = False
    dropped: bool = False

    def has_room_for(self, line: bytes) -> bool:
        """Whether a line may be told now: the first whatever it takes, and none before those that wait."""
        if not self.places:
            return True
        return not self.waiting and self.lines > 0 and len(line) <= self.room

    def tell(self, name: str, line: bytes) -> None:
        """Take note of a line that is told."""
        self.places.setdefault(name, len(self.places))
        self.room -= len(line)
        self.lines -= 1

    def keep(self, key: _Key, line: bytes, most_bytes: int) -> None:
        """Let an answer wait. What is handed in to an exam takes the place of what was handed in to it before."""
        _, exam = key
        self.waiting = {other: its for other, its in self.waiting.items() if other != key and not (exam and other[1])}
        self.waiting[key] = line
        while len(self.waiting) > MOST or sum(map(len, self.waiting.values())) > most_bytes:
            oldest = next(iter(self.waiting))
            del self.waiting[oldest]
            self.dropped = self.dropped or oldest[0] not in self.places


def _line(**fields: Json) -> bytes:
    return json.dumps(fields).encode() + b"\n"

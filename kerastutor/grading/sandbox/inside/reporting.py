"""What a child says: one line of JSON for each answer, and one for each thing that went wrong."""

from __future__ import annotations

import json
from typing import IO, Any

from kerastutor.exercises.values import plain_value
from kerastutor.topology.graph import Json, Topology

LONGEST_SENTENCE = 300


class Report:
    """The stream of a child's lines.

    A line is written whole as soon as it is known: what was answered before an endless loop counts.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._last: dict[str, bytes] = {}

    def answer(
        self, exercise: str, *, topology: Topology | None = None, value: Any = None, leftovers: Topology | None = None
    ) -> None:
        """The answer to an exercise: a network, or the choice or value it asks for. The last one counts."""
        line = _line(
            answer=exercise,
            topology=None if topology is None else topology.to_plain(),
            value=plain_value(value),
            leftovers=None if leftovers is None else leftovers.to_plain(),
        )
        if self._last.get(exercise) != line:
            self._last[exercise] = line
            self._stream.write(line)

    def problem(self, verdict: str, cause: str) -> None:
        """Something went wrong: a word of `Verdict`, and why in one sentence."""
        printable = "".join(letter if letter.isprintable() else " " for letter in cause)
        self._stream.write(_line(problem=verdict, cause=" ".join(printable.split())[:LONGEST_SENTENCE]))


def _line(**fields: Json) -> bytes:
    return json.dumps(fields).encode() + b"\n"

"""What a child says: one line of JSON for each answer, and one for each thing that went wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from kerastutor.topology.graph import Json, Topology

LONGEST_SENTENCE = 300
_LONGEST_TEXT = 10_000


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


def plain_value(value: Any) -> Json:
    """An answer that is no network, as JSON: what has no JSON becomes a text.

    >>> plain_value((None, 784)), plain_value(float("nan")), plain_value(10**5000)
    ([None, 784], 'nan', 'a number of more than 1,000 bits')
    """
    if value is None or isinstance(value, (bool, str)):
        return value[:_LONGEST_TEXT] if isinstance(value, str) else value
    if isinstance(value, int):
        return int(value) if value.bit_length() < 1000 else "a number of more than 1,000 bits"
    if isinstance(value, float):
        return float(value) if value - value == 0 else str(float(value))
    if isinstance(value, (list, tuple)):
        return [plain_value(item) for item in value[:1000]]
    if isinstance(value, Mapping):
        return {str(key): plain_value(item) for key, item in list(value.items())[:1000]}
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        return plain_value(value.item())
    return f"a {type(value).__name__}"

"""What was found in a submission: one answer for each exercise, as plain data, and what became of the rest.

The lines that are read here were written by a stranger's process. They are taken as data, under caps, and a network
only as far as it makes a valid `Topology`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kerastutor.formats.containers import FileRefused, parsed
from kerastutor.grading.records import Verdict
from kerastutor.topology.graph import Json, Topology, TopologyError

NO_ANSWER = "No answer to an exercise was found in what was handed in."

_LONGEST_CAUSE = 300
_MOST_LINES = 10_000
_NOT_OURS = "What it said about its answers is not in the form that the sandbox writes."
_FOUND_BY_A_CHILD = {Verdict.CRASHED, Verdict.OUT_OF_MEMORY, Verdict.REFUSED}


@dataclass(frozen=True)
class Answer:
    """What was given for one exercise: a network, or the choice or value that it asks for.

    Attributes:
        topology: as `Topology.to_plain` gives it.
        value: JSON, where it is no network.
        leftovers: the network with what was written beside it and does not count, where that is known.
    """

    topology: Mapping[str, Json] | None = None
    value: Json = None
    leftovers: Mapping[str, Json] | None = None


@dataclass(frozen=True)
class Extraction:
    """What a submission comes to.

    Attributes:
        verdict: `graded` where there is an answer and nothing went wrong; otherwise what went wrong first.
        cause: one sentence, for every verdict but `graded`.
        answers: the last answer to each exercise, by its id; what was answered before something went wrong counts.
    """

    verdict: Verdict
    cause: str = ""
    answers: Mapping[str, Answer] = field(default_factory=dict)


def from_lines(report: bytes, exercises: Iterable[str], most_calls: int) -> Extraction:
    """What the lines of one child say; a last line without its end was cut off, and is left out."""
    lines = report.split(b"\n")[:-1]
    given: dict[str, Mapping[str, Json]] = {}
    wrong: list[tuple[Verdict, str]] = []
    asked = frozenset(exercises)
    try:
        if len(lines) > _MOST_LINES:
            raise ValueError(len(lines))
        for said in map(parsed, lines):
            if said.get("answer") in asked:
                given[said["answer"]] = said
            elif "problem" in said:
                wrong.append(_problem(said))
        answers = {exercise: _answer(said, most_calls) for exercise, said in given.items()}
    except _TooLarge:
        return Extraction(Verdict.TOO_LARGE, f"A network in it has more than {most_calls:,} calls.")
    except (FileRefused, TopologyError, TypeError, ValueError, LookupError, AttributeError):
        return Extraction(Verdict.REFUSED, _NOT_OURS)
    if wrong:
        return Extraction(*wrong[0], answers)
    return Extraction(Verdict.GRADED if answers else Verdict.NOT_ATTEMPTED, "" if answers else NO_ANSWER, answers)


class _TooLarge(Exception):
    """A network with more calls than are judged."""


def _answer(said: Mapping[str, Json], most_calls: int) -> Answer:
    return Answer(
        _topology(said["topology"], most_calls), _plain(said["value"]), _topology(said["leftovers"], most_calls)
    )


def _topology(plain: Json, most_calls: int) -> Mapping[str, Json] | None:
    """Read and written anew, so that nothing is in it but what belongs there."""
    if plain is None:
        return None
    if max(len(plain["calls"]), len(plain["layers"]), len(plain.get("scopes", ()))) > most_calls:
        raise _TooLarge
    return Topology.from_plain(plain).to_plain()


def _plain(value: Json) -> Json:
    """JSON knows no NaN, though Python reads one."""
    if isinstance(value, float) and value - value != 0:
        raise ValueError(value)
    if isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            _plain(item)
    return value


def _problem(said: Mapping[str, Json]) -> tuple[Verdict, str]:
    verdict = Verdict(said["problem"])
    cause = str(said["cause"])
    if verdict not in _FOUND_BY_A_CHILD or not cause.isprintable() or len(cause) > _LONGEST_CAUSE:
        raise ValueError(verdict)
    return verdict, cause

"""What was found in a submission: the answers to each exercise, as plain data, and what became of the rest.

The lines that are read here were written by a stranger's process. They are taken as data, under caps, and a network
only as far as it makes a valid `Topology`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from kerastutor.exercises.answers import MOST, identity
from kerastutor.formats.containers import FileRefused, parsed
from kerastutor.teaching.grading.records import Verdict
from kerastutor.topology.graph import Json, Topology, TopologyError

NO_ANSWER = "No answer to an exercise was found in what was handed in."

_LONGEST_CAUSE = 300
_MOST_LINES = 10_000
_NOT_OURS = "What it said about its answers is not in the form that the sandbox writes."
_FOUND_BY_A_CHILD = {Verdict.CRASHED, Verdict.OUT_OF_MEMORY, Verdict.REFUSED}


@dataclass(frozen=True)
class SubmittedAnswer:
    """What was given for one exercise: a network, or the choice or value that it asks for.

    Attributes:
        topology: as `Topology.to_plain` gives it.
        value: JSON, where it is no network.
        leftovers: the network with what was written beside it and does not count, where that is known.
        too_large: it is a network with more calls than are judged, and nothing of it is here.
        earlier: the other answers to the exercise that were given before it, the oldest first.
        left_out: whether there were others that are not here.
    """

    topology: Mapping[str, Json] | None = None
    value: Json = None
    leftovers: Mapping[str, Json] | None = None
    too_large: bool = False
    earlier: tuple[SubmittedAnswer, ...] = ()
    left_out: bool = False

    @property
    def all(self) -> tuple[SubmittedAnswer, ...]:
        """Every answer to the exercise by itself, the oldest first."""
        return (*self.earlier, replace(self, earlier=(), left_out=False))


@dataclass(frozen=True)
class Extraction:
    """What a submission comes to.

    Attributes:
        verdict: `graded` where there is an answer and nothing went wrong; otherwise what went wrong first.
        cause: one sentence, for every verdict but `graded`.
        answers: the last answer to each exercise, with those before it, by its id; what was answered before something
            went wrong counts.
    """

    verdict: Verdict
    cause: str = ""
    answers: Mapping[str, SubmittedAnswer] = field(default_factory=dict)


def from_lines(report: bytes, exercises: Iterable[str], most_calls: int) -> Extraction:
    """What the lines of one child say; a last line without its end was cut off, and is left out."""
    lines = report.split(b"\n")[:-1]
    wrong: list[tuple[Verdict, str]] = []
    given = {exercise: _Given(most_calls) for exercise in exercises}
    try:
        if len(lines) > _MOST_LINES:
            raise ValueError(len(lines))
        for said in map(parsed, lines):
            if said.get("answer") in given:
                given[said["answer"]].take(said)
            elif "problem" in said:
                wrong.append(_problem(said))
        answers = {exercise: one.together() for exercise, one in given.items() if one.answers}
    except (FileRefused, TopologyError, TypeError, ValueError, LookupError, AttributeError):
        return Extraction(Verdict.REFUSED, _NOT_OURS)
    if answers and all(one.too_large for answer in answers.values() for one in answer.all):
        return Extraction(Verdict.TOO_LARGE, f"A network in it has more than {most_calls:,} calls.")
    if wrong:
        return Extraction(*wrong[0], answers)
    return Extraction(Verdict.GRADED if answers else Verdict.NOT_ATTEMPTED, "" if answers else NO_ANSWER, answers)


def in_a_row(answers: Iterable[SubmittedAnswer]) -> SubmittedAnswer:
    """The answers to one exercise as one, given oldest first: each once, where it was given last.

    Of more than `MOST`, the latest are taken.
    """
    given = tuple(answers)
    different: dict[str, SubmittedAnswer] = {}
    for one in (one for answer in given for one in answer.all):
        name = identity({"topology": one.topology, "value": [one.value, one.too_large]})
        different.pop(name, None)
        different[name] = one
    *earlier, last = different.values()
    left_out = len(earlier) >= MOST or any(answer.left_out for answer in given)
    return replace(last, earlier=tuple(earlier[-(MOST - 1) :]), left_out=left_out)


class _Given:
    """The answers to one exercise, as the lines of a child tell them one after the other."""

    def __init__(self, most_calls: int) -> None:
        self.answers: list[SubmittedAnswer] = []
        self._most_calls = most_calls
        self._order: dict[tuple[int, bool], None] = {}  # as they were given: which one, and whether to an exam
        self._left_out = False

    def take(self, said: Mapping[str, Json]) -> None:
        """Take one line: an answer, one that was told before and is given `again`, or whether some are `left_out`.

        What is handed in to an exam takes the place of what was handed in to it before.
        """
        if "left_out" in said:
            self._left_out = said["left_out"] is True
            return
        if "again" in said:
            place = self._told_before(said["again"])
        else:
            place = len(self.answers)
            self.answers.append(_answer(said, self._most_calls))
        of_exam = said.get("exam") is True
        if of_exam:
            self._order = {other: None for other in self._order if not other[1]}
        self._order.pop((place, of_exam), None)
        self._order[place, of_exam] = None

    def _told_before(self, place: Json) -> int:
        if type(place) is not int or not 0 <= place < len(self.answers):
            raise ValueError(place)
        return place

    def together(self) -> SubmittedAnswer:
        """The answers as one."""
        answer = in_a_row(self.answers[place] for place, _ in self._order)
        return replace(answer, left_out=answer.left_out or self._left_out)


def _answer(said: Mapping[str, Json], most_calls: int) -> SubmittedAnswer:
    value, topology = _plain(said["value"]), said["topology"]
    if topology is not None and _calls(topology) > most_calls:
        return SubmittedAnswer(too_large=True)
    leftovers = said["leftovers"]
    beside = None if leftovers is None or _calls(leftovers) > most_calls else _topology(leftovers)
    return SubmittedAnswer(_topology(topology), value, beside)


def _calls(plain: Json) -> int:
    return max(len(plain["calls"]), len(plain["layers"]), len(plain.get("scopes", ())))


def _topology(plain: Json) -> Mapping[str, Json] | None:
    """Read and written anew, so that nothing is in it but what belongs there."""
    return None if plain is None else Topology.from_plain(plain).to_plain()


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

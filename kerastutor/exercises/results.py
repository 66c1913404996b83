"""What a check says: one of four outcomes, one sentence first, and a score whose items add up exactly.

The rubric has its items in whole parts. Every call of the answer is worth one part, and so is every requirement. Every
difference between the learner's network and the answer costs one part, whatever its kind. So mending one mistake, which
leaves one difference less, never costs anything, and no two rounding errors meet. Requirements are judged when the
network is right; until then they are open.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kerastutor.topology.finding import Finding
from kerastutor.topology.graph import Json, Topology

FORMAT = "kerastutor.result"
VERSION = 1

Bundle = Mapping[str, Any]
"""A Jupyter mimebundle: media type to content."""


class Outcome(StrEnum):
    """The four outcomes of a check."""

    PASSED = "passed"
    NOT_YET = "not_yet"
    NOT_ATTEMPTED = "not_attempted"
    COULD_NOT_CHECK = "could_not_check"


HEADLINES: Mapping[Outcome, str] = {
    Outcome.PASSED: "Passed",
    Outcome.NOT_YET: "Not yet",
    Outcome.NOT_ATTEMPTED: "Not attempted",
    Outcome.COULD_NOT_CHECK: "Could not check",
}


@dataclass(frozen=True)
class ScoreItem:
    """One line of the rubric: how many parts of the answer it covers were lost, and the words for it."""

    name: str
    lost: int


@dataclass(frozen=True)
class Score:
    """A score in whole parts: every call and requirement of the answer is a part, every mistake costs one.

    >>> score = Score(parts=4, items=(ScoreItem("layers", 1), ScoreItem("wiring", 0)))
    >>> score.earned, float(score)
    (3, 0.75)
    """

    parts: int
    items: tuple[ScoreItem, ...] = ()

    @property
    def lost(self) -> int:
        """The sum of the items."""
        return sum(item.lost for item in self.items)

    @property
    def earned(self) -> int:
        """The parts that are right."""
        return self.parts - self.lost

    def __float__(self) -> float:
        return self.earned / self.parts


NOTHING_EARNED = Score(parts=1, items=(ScoreItem("answer", 1),))
EVERYTHING_EARNED = Score(parts=1)


# The rubric.

LAYERS, WIRING, SHARING, PORTS, PARAMETERS, REQUIREMENTS = (
    "layers",
    "wiring",
    "sharing",
    "inputs and outputs",
    "parameters",
    "requirements",
)
ITEMS = (LAYERS, WIRING, SHARING, PORTS, PARAMETERS, REQUIREMENTS)

ITEM_OF_KIND: Mapping[str, str] = {
    "missing_layer": LAYERS,
    "extra_layer": LAYERS,
    "wrong_layer": LAYERS,
    "shared_not_twin": SHARING,
    "twin_not_shared": SHARING,
    "wrong_arrow": WIRING,
    "missing_arrow": WIRING,
    "extra_arrow": WIRING,
    "swapped_order": WIRING,
    "input_order": PORTS,
    "output_order": PORTS,
    "wrong_key": PORTS,
    "wrong_config": PARAMETERS,
    "wrong_argument": PARAMETERS,
}


def score(expected: Topology, kinds: Iterable[str], *, requirements: int = 0, unmet: int = 0) -> Score:
    """The score of a network that differs from `expected` by differences of these kinds.

    Args:
        kinds: one for each difference; none means the networks are equal.
        requirements: how many the exercise has.
        unmet: how many of them an equal network does not meet.
    """
    lost = Counter(ITEM_OF_KIND[kind] for kind in kinds)
    lost[REQUIREMENTS] = requirements if lost else unmet
    return _capped(len(expected.reaching) + requirements, lost)


def score_requirements(requirements: int, unmet: int) -> Score:
    """The score where only requirements count."""
    return _capped(requirements, Counter({REQUIREMENTS: unmet}))


def _capped(parts: int, lost: Counter[str]) -> Score:
    """Take the losses off in the order of the rubric until nothing is left to lose."""
    left = parts
    items = []
    for name in ITEMS:
        taken = min(lost[name], left)
        left -= taken
        items.append(ScoreItem(name, taken))
    return Score(parts, tuple(items))


@dataclass(frozen=True)
class Result:
    """The answer of `Exercise.check`.

    `float(result)` is the score from 0 to 1, so that inside nbgrader the last value of a cell is its partial credit;
    `bool(result)` is whether it passed, so that inside otter `assert exercise.check(model)` is a test case.

    >>> result = Result("01-stack", "4f2a", Outcome.NOT_ATTEMPTED, "Nothing to check yet.", NOTHING_EARNED)
    >>> float(result), bool(result)
    (0.0, False)
    >>> result
    Not attempted: Nothing to check yet.

    Attributes:
        exercise, version: which exercise, and which content of it (a hash).
        outcome: one of the four.
        message: one sentence for the learner.
        score: in whole parts; its items add up.
        findings: what to mend, the most fundamental first.
        rests_on: what the verdict rests on besides the structure: that it is proved by numbers, or what it takes on
            trust, such as the inside of a custom layer.
        learner: the topology that was judged, for drawing.
        present: how to show it; without one it shows as text.
    """

    exercise: str
    version: str
    outcome: Outcome
    message: str
    score: Score
    findings: tuple[Finding, ...] = ()
    rests_on: tuple[str, ...] = ()
    learner: Topology | None = field(default=None, compare=False)
    present: Callable[[Result], Bundle] | None = field(default=None, compare=False)

    @property
    def misconception(self) -> str | None:
        """The first misconception that was recognised."""
        return next(filter(None, map(_misconception, self.findings)), None)

    @property
    def passed(self) -> bool:
        """Whether the outcome is `passed`."""
        return self.outcome is Outcome.PASSED

    def __float__(self) -> float:
        return float(self.score)

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        return f"{HEADLINES[self.outcome]}: {self.message}"

    def to_plain(self) -> dict[str, Json]:
        """The fields of `to_json` as dicts and lists."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "exercise": self.exercise,
            "exercise_version": self.version,
            "outcome": self.outcome.value,
            "message": self.message,
            "score": {
                "parts": self.score.parts,
                "earned": self.score.earned,
                "items": [{"name": item.name, "lost": item.lost} for item in self.score.items],
            },
            "findings": [_finding_to_plain(finding) for finding in self.findings],
            "rests_on": list(self.rests_on),
        }

    def to_json(self) -> str:
        """One line of JSON, the same bytes for the same verdict on every backend.

        Its fields: `format` and `version` name this form; `exercise` and `exercise_version` the exercise and the hash
        of its content; `outcome` is `passed`, `not_yet`, `not_attempted` or `could_not_check`; `message` the sentence
        shown first; `score.parts` the number of parts of the answer, `score.earned` those that are right,
        `score.items` what was lost where (the sum of `lost` is `parts - earned`); `findings` what to mend, the most
        fundamental first, each with its `kind`, `sentence`, `misconception` (an id or null), and the learner's `calls`
        and `tensors` ([call id, index]); `rests_on` sentences on what was proved by numbers or taken on trust.
        """
        return json.dumps(self.to_plain(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Bundle:
        return {"text/plain": repr(self)} if self.present is None else self.present(self)


def _misconception(finding: Finding) -> str | None:
    """The id of a mistake for which an exercise has hints; differences and requirements are none."""
    return finding.mistake if finding.entry.hints else None


def _finding_to_plain(finding: Finding) -> dict[str, Json]:
    misconception = _misconception(finding)
    return {
        "kind": "misconception" if misconception else finding.mistake,
        "sentence": finding.sentence,
        "misconception": misconception,
        "calls": list(finding.calls),
        "tensors": [list(ref) for ref in finding.tensors],
    }

"""A sealed exercise: everything needed to judge it, as plain JSON. No Keras, no code that runs."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

from kerastutor.exercises import freedoms, requirements
from kerastutor.exercises.answers import Counts
from kerastutor.exercises.policies import AFTER_THREE_ATTEMPTS, SolutionPolicy
from kerastutor.exercises.requirements import Requirement
from kerastutor.topology.differences.pattern import Freedom, Pattern
from kerastutor.topology.graph import Json, Topology, TopologyError
from kerastutor.topology.inventing.shapes import Shape
from kerastutor.topology.sameness.rules import DEFAULT, Rules

FORMAT = "kerastutor.exercise"
VERSION = 1


class ExerciseError(ValueError):
    """An exercise cannot be declared, sealed or opened; the message says what to mend."""


@dataclass(frozen=True)
class NetworkAnswer:
    """The answer is a network.

    Attributes:
        references: every accepted network; the learner's is compared with the nearest.
        freedoms: what they leave to the learner.
        rules_off: names of the rules of `kerastutor.topology.sameness.rules` that do not hold here.
        requirements: what is asked for beyond the graph.
        any_network: only the requirements count; the references just show that they can be met.
        untouched: the network the starter builds, if it builds one: handing that in is no attempt.
    """

    references: tuple[Topology, ...]
    freedoms: tuple[Freedom, ...] = ()
    rules_off: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    any_network: bool = False
    untouched: Topology | None = None

    @property
    def rules(self) -> Rules:
        """Which spellings count as the same here."""
        return DEFAULT.without(*self.rules_off)

    @property
    def pattern(self) -> Pattern:
        """What is accepted."""
        free = tuple(freedoms.with_defaults(self.freedoms, self.references)) if self.freedoms else ()
        return Pattern(self.references, free, self.rules)


@dataclass(frozen=True)
class ChoiceAnswer:
    """The answer is one of a few; `why[i]` says what makes option i right or wrong. Options may be drawn."""

    options: tuple[str, ...]
    right: int
    why: tuple[str, ...]
    pictures: tuple[Topology, ...] = ()


@dataclass(frozen=True)
class ValueAnswer:
    """The answer is a value, such as a shape or a number of parameters; `working` explains how to get there."""

    value: Json
    working: str


@dataclass(frozen=True)
class Ports:
    """What goes in and out of a network: the shape of each input, None where it is not known, and how many outputs."""

    inputs: tuple[Shape | None, ...]
    outputs: int


@dataclass(frozen=True)
class WithheldAnswer:
    """The answer is a network that only the instructor has; here is nothing but what the task says anyway.

    Attributes:
        version: of the exercise with its answer.
        ports: the inputs and outputs that an answer may have.
        untouched: the network the starter builds, if it builds one: handing that in is no attempt.
    """

    version: str
    ports: tuple[Ports, ...]
    untouched: Topology | None = None


Answer = NetworkAnswer | ChoiceAnswer | ValueAnswer | WithheldAnswer


@dataclass(frozen=True)
class Spec:
    """One sealed exercise.

    Attributes:
        id: such as `01-stack`; the part before the first dash is its lesson.
        task: what the learner reads, in Markdown.
        hints: hand-written ones from the first rung on; where they end, those of the recognised misconception go on.
        picture: a network to be drawn beside the task.
        counts: which of several answers is graded.
    """

    id: str
    title: str
    task: str
    answer: Answer
    points: int = 1
    starter: str = ""
    hints: tuple[str, ...] = ()
    solution: SolutionPolicy = AFTER_THREE_ATTEMPTS
    picture: Topology | None = None
    counts: Counts = "best"

    @property
    def lesson(self) -> str:
        """The lesson it belongs to: `01` for `01-stack`."""
        return self.id.partition("-")[0]

    @property
    def asks_for_network(self) -> bool:
        """Whether the answer is a network, known here or not."""
        return isinstance(self.answer, (NetworkAnswer, WithheldAnswer))

    @cached_property
    def version(self) -> str:
        """A hash of its content: it changes when anything in the exercise does. Withholding the answer keeps it."""
        if isinstance(self.answer, WithheldAnswer):
            return self.answer.version
        text = json.dumps(self.to_plain(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def to_plain(self) -> dict[str, Json]:
        """Dicts and lists for JSON, without the version; `from_plain` reads them back."""
        return {
            "format": FORMAT,
            "format_version": VERSION,
            "id": self.id,
            "title": self.title,
            "task": self.task,
            "points": self.points,
            "starter": self.starter,
            "hints": list(self.hints),
            "solution": self.solution.to_plain(),
            "answer": _answer_to_plain(self.answer),
            **({} if self.picture is None else {"picture": self.picture.to_plain()}),
            **({} if self.counts == "best" else {"counts": self.counts}),
        }

    @classmethod
    def from_plain(cls, plain: Json) -> Spec:
        """Read what `to_plain` wrote; anything else raises `ExerciseError` with one sentence."""
        if not isinstance(plain, dict) or plain.get("format") != FORMAT:
            raise ExerciseError(f"This is not a sealed exercise: its field 'format' is not {FORMAT!r}.")
        if plain.get("format_version") != VERSION:
            raise ExerciseError(
                f"The exercise {plain.get('id')!r} was sealed in form {plain.get('format_version')!r} and this "
                f"kerastutor reads form {VERSION}; update kerastutor to open it."
            )
        try:
            return cls(
                id=plain["id"],
                title=plain["title"],
                task=plain["task"],
                answer=_answer_from_plain(plain["answer"]),
                points=plain["points"],
                starter=plain["starter"],
                hints=tuple(plain["hints"]),
                solution=SolutionPolicy.from_plain(plain["solution"]),
                picture=_maybe_topology(plain.get("picture")),
                counts=_counts(plain.get("counts", "best")),
            )
        except (KeyError, TypeError, ValueError, AttributeError, TopologyError) as problem:
            raise ExerciseError(f"This exercise is damaged: {type(problem).__name__} at {problem}.") from None


def _answer_to_plain(answer: Answer) -> Json:
    if isinstance(answer, ChoiceAnswer):
        return {
            "options": list(answer.options),
            "right": answer.right,
            "why": list(answer.why),
            "pictures": [picture.to_plain() for picture in answer.pictures],
        }
    if isinstance(answer, ValueAnswer):
        return {"value": answer.value, "working": answer.working}
    if isinstance(answer, WithheldAnswer):
        return {
            "withheld": answer.version,
            "ports": [{"inputs": list(map(_shape, each.inputs)), "outputs": each.outputs} for each in answer.ports],
            "untouched": None if answer.untouched is None else answer.untouched.to_plain(),
        }
    return {
        "references": [reference.to_plain() for reference in answer.references],
        "freedoms": freedoms.to_plain(answer.freedoms),
        "rules_off": list(answer.rules_off),
        "requirements": [requirements.to_plain(requirement) for requirement in answer.requirements],
        "any_network": answer.any_network,
        "untouched": None if answer.untouched is None else answer.untouched.to_plain(),
    }


def _answer_from_plain(plain: Json) -> Answer:
    if "options" in plain:
        return ChoiceAnswer(
            options=tuple(plain["options"]),
            right=plain["right"],
            why=tuple(plain["why"]),
            pictures=tuple(map(Topology.from_plain, plain["pictures"])),
        )
    if "value" in plain:
        return ValueAnswer(plain["value"], plain["working"])
    if "withheld" in plain:
        return WithheldAnswer(
            version=plain["withheld"],
            ports=tuple(
                Ports(tuple(None if shape is None else tuple(shape) for shape in each["inputs"]), each["outputs"])
                for each in plain["ports"]
            ),
            untouched=_maybe_topology(plain["untouched"]),
        )
    return NetworkAnswer(
        references=tuple(map(Topology.from_plain, plain["references"])),
        freedoms=freedoms.from_plain(plain["freedoms"]),
        rules_off=tuple(plain["rules_off"]),
        requirements=tuple(map(requirements.from_plain, plain["requirements"])),
        any_network=plain["any_network"],
        untouched=_maybe_topology(plain["untouched"]),
    )


def _shape(shape: Shape | None) -> Json:
    return None if shape is None else list(shape)


def _counts(word: Json) -> Counts:
    if word not in ("best", "last"):
        raise ValueError(f"counts = {word!r}")
    return "last" if word == "last" else "best"


def _maybe_topology(plain: Json) -> Topology | None:
    return None if plain is None else Topology.from_plain(plain)

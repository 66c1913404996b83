"""Judging: a sealed exercise and what was handed in make a `Result`. Pure: no file is read, nothing is remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

from kerastutor.exercises.case import Leftovers, nothing_left
from kerastutor.exercises.findings import findings
from kerastutor.exercises.results import (
    EVERYTHING_EARNED,
    NOTHING_EARNED,
    Outcome,
    Result,
    Score,
    score,
    score_requirements,
)
from kerastutor.exercises.spec import ChoiceAnswer, NetworkAnswer, Spec, ValueAnswer, WithheldAnswer
from kerastutor.exercises.values import plain_value
from kerastutor.exercises.withholding import ports_problem
from kerastutor.topology.differences.pattern import held_against
from kerastutor.topology.finding import Finding, found
from kerastutor.topology.graph import Json, Topology
from kerastutor.topology.sameness.canonical import equal
from kerastutor.topology.sameness.proof import Prove

UNTOUCHED = "This is still the model that the exercise began with; change it and check again."
WITH_INSTRUCTOR = (
    "Your model can be read and is kept for handing in. Your instructor judges it: this notebook holds no answer to "
    "compare it with. If you check several models, your {counts} one counts."
)
CHECK_AGAIN = "Restart the kernel and check again; if it stays, please report it."
PROVED = (
    "Proved by numbers: your model is written in another way, and with the same weights it computes the same as the "
    "network that was asked for."
)
NO_EVIDENCE: Mapping[str, float] = MappingProxyType({})


class _Asked(NamedTuple):
    """Whom a judgement asks what the two networks alone do not show."""

    leftovers: Leftovers
    prove: Prove | None


def judge(
    spec: Spec,
    submitted: Any = None,
    evidence: Mapping[str, float] = NO_EVIDENCE,
    *,
    leftovers: Leftovers = nothing_left,
    prove: Prove | None = None,
) -> Result:
    """Judge what was handed in for an exercise: a `Topology`, or the choice or value that it asks for.

    None and `...` are no attempt. `evidence` holds what training measured, such as `{"accuracy": 0.93}`. `leftovers` is
    asked, where something is missing, for the network with what was written beside it and reaches no output. `prove` is
    asked, where the network is written differently, whether it computes the same; without it structure decides.
    """
    if submitted is None or submitted is ...:
        return not_attempted(spec)
    if isinstance(spec.answer, NetworkAnswer):
        if not isinstance(submitted, Topology):
            return not_yet(spec, "This exercise is about a model: hand in the model itself.")
        return _judge_network(spec, spec.answer, submitted, evidence, _Asked(leftovers, prove))
    if isinstance(spec.answer, ChoiceAnswer):
        return _judge_choice(spec, spec.answer, submitted)
    if isinstance(spec.answer, WithheldAnswer):
        return _judge_without_key(spec, spec.answer, submitted)
    return _judge_value(spec, spec.answer, submitted)


def not_attempted(spec: Spec, message: str = "") -> Result:
    """Nothing was handed in, or the starter as it was; then `message` says so."""
    asked = "a model" if spec.asks_for_network else "an answer"
    message = message or f"There is nothing to check yet; give {asked} to `check` when you have one."
    return Result(spec.id, spec.version, Outcome.NOT_ATTEMPTED, message, NOTHING_EARNED)


def not_yet(spec: Spec, message: str) -> Result:
    """What was handed in cannot be an answer; the message says what to mend."""
    return Result(spec.id, spec.version, Outcome.NOT_YET, message, NOTHING_EARNED)


def could_not_check(spec: Spec, problem: BaseException, remedy: str) -> Result:
    """The check itself failed: that is ours, and no fault of the learner's; `remedy` says what may help."""
    message = (
        "kerastutor failed while checking this, which is our fault and says nothing about your answer "
        f"({type(problem).__name__}: {problem}). {remedy}"
    )
    return Result(spec.id, spec.version, Outcome.COULD_NOT_CHECK, message, NOTHING_EARNED)


def _judge_network(
    spec: Spec, answer: NetworkAnswer, learner: Topology, evidence: Mapping[str, float], asked: _Asked
) -> Result:
    if answer.untouched is not None and equal(learner, answer.untouched, answer.rules):
        return not_attempted(spec, UNTOUCHED)
    unmet = _unmet(answer, learner, evidence)
    if answer.any_network:
        marks = score_requirements(len(answer.requirements), len(unmet))
        return _verdict(spec, learner, not unmet, unmet, marks)
    goal = held_against(learner, answer.pattern, asked.prove)
    seen = findings(goal.matching, asked.leftovers) if goal.matching is not None and goal.edits else unmet
    kinds = [edit.kind for edit in goal.edits]
    marks = score(goal.expected, kinds, requirements=len(answer.requirements), unmet=len(unmet))
    result = _verdict(spec, learner, not goal.edits and not unmet, seen, marks)
    return replace(result, rests_on=(PROVED, *result.rests_on)) if goal.proved else result


def _judge_without_key(spec: Spec, answer: WithheldAnswer, learner: Any) -> Result:
    """What can be said where the answer is not: whether there is a network with the inputs and outputs asked for."""
    if not isinstance(learner, Topology):
        return not_yet(spec, "This exercise is about a model: hand in the model itself.")
    if answer.untouched is not None and equal(learner, answer.untouched):
        return not_attempted(spec, UNTOUCHED)
    problem = ports_problem(learner, answer.ports)
    if problem and learner.partial:
        return _seen_in_part(spec, learner, learner.partial)
    if problem:
        return replace(not_yet(spec, problem), learner=learner)
    message = WITH_INSTRUCTOR.format(counts=spec.counts)
    return Result(spec.id, spec.version, Outcome.COULD_NOT_CHECK, message, NOTHING_EARNED, learner=learner)


def _unmet(answer: NetworkAnswer, learner: Topology, evidence: Mapping[str, float]) -> tuple[Finding, ...]:
    sentences = (requirement.unmet(learner, evidence) for requirement in answer.requirements)
    return tuple(found("requirement", sentence=sentence) for sentence in sentences if sentence is not None)


def _verdict(spec: Spec, learner: Topology, passed: bool, found: tuple[Finding, ...], marks: Score) -> Result:
    """The result; what was found gives words to the verdict and has no part in it."""
    if learner.partial and not passed:
        return _seen_in_part(spec, learner, learner.partial)
    message = "This is the network that was asked for." if passed else found[0].sentence
    return Result(
        exercise=spec.id,
        version=spec.version,
        outcome=Outcome.PASSED if passed else Outcome.NOT_YET,
        message=message,
        score=marks,
        findings=found,
        rests_on=_taken_on_trust(learner),
        learner=learner,
    )


def _seen_in_part(spec: Spec, learner: Topology, reason: str) -> Result:
    """What was not seen may be what is missed, so nothing is held against the learner."""
    message = f"Your model could not be judged as a whole. {reason}"
    return Result(spec.id, spec.version, Outcome.COULD_NOT_CHECK, message, NOTHING_EARNED, learner=learner)


def _taken_on_trust(learner: Topology) -> tuple[str, ...]:
    opaque = [layer for layer in learner.layers if layer.opaque]
    sentences = [
        f"The inside of `{layer.name}` was not seen; its class and settings were compared." for layer in opaque
    ]
    return (*sentences, learner.partial) if learner.partial else tuple(sentences)


def _judge_choice(spec: Spec, answer: ChoiceAnswer, submitted: Any) -> Result:
    """A choice is given as its letter, its number from 1, or its text."""
    given = plain_value(submitted)
    chosen = _option(answer.options, given)
    if chosen is None:
        options = ", ".join(map(repr, answer.options))
        return not_yet(spec, f"{given!r} is none of the answers; give one of {options}.")
    return _right_or_not(spec, chosen == answer.right, answer.why[chosen])


def _judge_value(spec: Spec, answer: ValueAnswer, submitted: Any) -> Result:
    right = plain_value(submitted) == answer.value
    return _right_or_not(spec, right, answer.working if right else "That is not the value; work it out once more.")


def _right_or_not(spec: Spec, right: bool, message: str) -> Result:
    outcome, marks = (Outcome.PASSED, EVERYTHING_EARNED) if right else (Outcome.NOT_YET, NOTHING_EARNED)
    return Result(spec.id, spec.version, outcome, message, marks)


def _option(options: tuple[str, ...], given: Json) -> int | None:
    """Which option is meant by its text, its letter or its number from 1."""
    text = str(given).strip().casefold()
    named = [[option.casefold(), chr(ord("a") + place), str(place + 1)] for place, option in enumerate(options)]
    for form in range(3):
        place = next((place for place, names in enumerate(named) if names[form] == text), None)
        if place is not None:
            return place
    return None

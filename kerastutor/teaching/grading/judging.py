"""From what was extracted to records: one for each exercise, whatever became of the submission. Keras is not needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from kerastutor.exercises.judging import could_not_check, judge
from kerastutor.exercises.requirements import trains_to
from kerastutor.exercises.results import NOTHING_EARNED, Outcome, Result
from kerastutor.exercises.spec import NetworkAnswer, Spec
from kerastutor.system.own_failures import log_failure
from kerastutor.teaching.grading.choosing import graded
from kerastutor.teaching.grading.extraction import Extraction, SubmittedAnswer
from kerastutor.teaching.grading.records import GradedAnswer, Verdict
from kerastutor.topology.graph import Topology, TopologyError
from kerastutor.topology.sameness.canonical import fingerprint
from kerastutor.topology.sameness.proof import Prove
from kerastutor.topology.sameness.rules import DEFAULT

NO_ANSWER = "No answer to this exercise was found in what was handed in."
TOO_LARGE = "This network is too large to be compared with the answer."
GRADE_AGAIN = "Nothing was taken off for it: your instructor can have it graded once more, or grade it by hand."
NOT_GRADED_YET = "What was handed in is not graded yet."
NOT_TRAINED = "How well it trains was not checked: grading looks at the network and does not train it."

Answered = Callable[[str, Spec, SubmittedAnswer], GradedAnswer]
"""How one answer of a student to an exercise becomes a record, such as `judge_answer`."""


def judged(student: str, extraction: Extraction, specs: Iterable[Spec], answered: Answered) -> tuple[GradedAnswer, ...]:
    """The records of one student: an answer is judged also where the code crashed, and then its record says so too,
    because an answer given later may have been lost."""
    records = []
    for spec in specs:
        answer = extraction.answers.get(spec.id)
        if answer is not None:
            record = graded(answer, spec.counts, partial(answered, student, spec))
            records.append(record if record.cause else replace(record, cause=extraction.cause))
        elif extraction.verdict is Verdict.GRADED:
            records.append(unjudged(student, spec, Verdict.NOT_ATTEMPTED, NO_ANSWER))
        else:
            records.append(unjudged(student, spec, extraction.verdict, extraction.cause))
    return tuple(records)


def unjudged(student: str, spec: Spec, verdict: Verdict, cause: str) -> GradedAnswer:
    """The record where nothing was judged, and why."""
    return GradedAnswer(student, spec.id, spec.version, spec.points, verdict, cause)


def failed(student: str, spec: Spec, problem: BaseException) -> GradedAnswer:
    """The record where we failed, which is not the student's fault."""
    record = unjudged(student, spec, Verdict.GRADED, "")
    return replace(record, result=could_not_check(spec, problem, GRADE_AGAIN).to_plain())


def waiting(student: str, spec: Spec) -> GradedAnswer:
    """The record of what was handed in to a run that was stopped before it was graded."""
    result = Result(spec.id, spec.version, Outcome.COULD_NOT_CHECK, NOT_GRADED_YET, NOTHING_EARNED)
    return replace(unjudged(student, spec, Verdict.GRADED, ""), result=result.to_plain())


def judge_answer(student: str, spec: Spec, answer: SubmittedAnswer, prove: Prove | None = None) -> GradedAnswer:
    """The record of one answer, whatever was given before it; never raises. Without `prove`, structure decides."""
    if answer.too_large:
        return unjudged(student, spec, Verdict.TOO_LARGE, TOO_LARGE)
    try:
        return _graded(unjudged(student, spec, Verdict.GRADED, ""), spec, answer, prove)
    except TopologyError as problem:
        return unjudged(student, spec, Verdict.REFUSED, f"What was handed in is no network: {problem}")
    except (MemoryError, RecursionError):
        return unjudged(student, spec, Verdict.TOO_LARGE, TOO_LARGE)
    except Exception as problem:
        log_failure(f"Judging {spec.id}")
        return failed(student, spec, problem)


def _graded(blank: GradedAnswer, spec: Spec, answer: SubmittedAnswer, prove: Prove | None) -> GradedAnswer:
    learner = None if answer.topology is None else Topology.from_plain(dict(answer.topology))
    result = _judged(spec, answer.value if learner is None else learner, answer, prove)
    if result.outcome is Outcome.NOT_ATTEMPTED:
        return replace(blank, verdict=Verdict.NOT_ATTEMPTED, cause=result.message)
    record = replace(blank, result=result.to_plain())
    if learner is None:
        return record
    rules_off = spec.answer.rules_off if isinstance(spec.answer, NetworkAnswer) else ()
    found = fingerprint(learner, DEFAULT.without(*rules_off))
    return replace(record, topology=learner.to_plain(), fingerprint=found)


def _judged(spec: Spec, submitted: Any, answer: SubmittedAnswer, prove: Prove | None) -> Result:
    asked = _without_training(spec)
    if asked is spec:
        return judge(spec, submitted, leftovers=lambda: _leftovers(answer), prove=prove)
    if isinstance(asked.answer, NetworkAnswer) and asked.answer.any_network and not asked.answer.requirements:
        return Result(spec.id, spec.version, Outcome.COULD_NOT_CHECK, NOT_TRAINED, NOTHING_EARNED)
    result = judge(asked, submitted, leftovers=lambda: _leftovers(answer), prove=prove)
    said = f"{result.message} {NOT_TRAINED}" if result.outcome is Outcome.PASSED else result.message
    return replace(result, version=spec.version, message=said, rests_on=(*result.rests_on, NOT_TRAINED))


def _without_training(spec: Spec) -> Spec:
    """The exercise without what only training shows: a learner's own word for it is none."""
    if not isinstance(spec.answer, NetworkAnswer):
        return spec
    kept = tuple(asked for asked in spec.answer.requirements if not isinstance(asked, trains_to))
    if kept == spec.answer.requirements:
        return spec
    return replace(spec, answer=replace(spec.answer, requirements=kept))


def _leftovers(answer: SubmittedAnswer) -> Topology | None:
    """What lies beside the network sharpens the feedback; that it cannot be read must not cost the verdict."""
    try:
        return None if answer.leftovers is None else Topology.from_plain(dict(answer.leftovers))
    except TopologyError:
        return None

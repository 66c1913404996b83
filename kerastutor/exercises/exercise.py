"""An exercise as the learner meets it: `check`, `hint`, `solution`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from kerastutor.exercises.judging import CHECK_AGAIN, could_not_check, judge, not_attempted, not_yet
from kerastutor.exercises.ladder import Hint, next_hint, rungs
from kerastutor.exercises.progress import Progress, Standing
from kerastutor.exercises.results import Bundle, Outcome, Result
from kerastutor.exercises.spec import ChoiceAnswer, Spec, ValueAnswer, WithheldAnswer
from kerastutor.exercises.values import plain_value
from kerastutor.system.own_failures import log_failure
from kerastutor.topology.graph import Topology, Unreadable
from kerastutor.topology.sameness.canonical import fingerprint
from kerastutor.topology.sameness.proof import Prove


def only_topologies(model: Any) -> Topology:
    """The reader of an exercise that stands alone: it takes a `Topology` and nothing else."""
    if isinstance(model, Topology):
        return model
    raise Unreadable(f"A {type(model).__name__} is no topology; read the model first.")


def nothing_measured(model: Any) -> Mapping[str, float]:
    """No training was seen."""
    return {}


def nothing_left(model: Any) -> Topology | None:
    """Nothing is known beside the model."""
    return None


@dataclass(frozen=True)
class Surroundings:
    """What an exercise borrows from rooms it may not enter itself.

    Attributes:
        read: a model to its topology; the sentence of an `Unreadable` is the learner's to mend.
        measure: what training in this process measured of a model, such as `{"accuracy": 0.93}`.
        leftovers: a model to its topology with what does not count: layers never called, calls that reach no output.
        prove: two topologies that are written differently to whether they compute the same; None: structure decides.
        code: a topology and a style to source text; a `ValueError` where that style cannot be.
        present: how to show an `Exercise`, `Result`, `Hint` or `Solution`: a Jupyter mimebundle.
    """

    read: Callable[[Any], Topology] = only_topologies
    measure: Callable[[Any], Mapping[str, float]] = nothing_measured
    leftovers: Callable[[Any], Topology | None] = nothing_left
    prove: Prove | None = None
    code: Callable[[Topology, Any], str] | None = None
    present: Callable[[Any], Bundle] | None = None


@dataclass(frozen=True)
class Solution:
    """A solution, or one sentence on when it opens (then `topology` is None).

    Attributes:
        text: what to say first.
        functional, sequential: source in either API; empty where the network cannot be written so.
        topology: the reference.
    """

    text: str
    functional: str = ""
    sequential: str = ""
    topology: Topology | None = None
    present: Callable[[Solution], Bundle] | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        return "\n\n".join(part for part in (self.text, self.sequential, self.functional) if part)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Bundle:
        return {"text/plain": repr(self)} if self.present is None else self.present(self)


class Exercise:
    """A sealed exercise with the learner's progress.

    >>> from kerastutor.exercises.spec import Spec, ValueAnswer
    >>> spec = Spec("00-sum", "A sum", "How many weights?", ValueAnswer(6, "2 x 3."))
    >>> exercise = Exercise(spec, Progress.in_memory())
    >>> exercise.check()
    Not attempted: There is nothing to check yet; give an answer to `check` when you have one.
    >>> exercise.check(6)
    Passed: 2 x 3.
    """

    def __init__(self, spec: Spec, progress: Progress, surroundings: Surroundings | None = None) -> None:
        self.spec = spec
        self.progress = progress
        self._around = surroundings or Surroundings()
        self._last: Result | None = None

    @property
    def present(self) -> Callable[[Any], Bundle] | None:
        """How an exercise and what it says are shown here; None: as text."""
        return self._around.present

    @property
    def standing(self) -> Standing:
        """The learner's attempts and hints so far."""
        return self.progress.standing(self.spec.id)

    @property
    def exam(self) -> str:
        """The name of the exam that is running and holds this exercise; empty outside of one."""
        last = {sitting.exam: sitting for sitting in self.progress.sittings()}
        return next((exam for exam, one in last.items() if one.running and self.spec.id in one.exercises), "")

    @property
    def offers(self) -> tuple[str, ...]:
        """What else than a check there is for the learner: "hint", "solution", "hand in"; in an exam nothing."""
        if self.exam:
            return ()
        return ("hand in",) if isinstance(self.spec.answer, WithheldAnswer) else ("hint", "solution")

    def check(self, model: Any = None) -> Result:
        """Judge a model, or the choice or value the exercise asks for. Never raises; nothing is no attempt."""
        try:
            running = self.exam
        except Exception as problem:  # as in `count`
            log_failure(f"Finding out whether {self.spec.id} is in an exam")
            return replace(could_not_check(self.spec, problem, CHECK_AGAIN), present=self.present)
        if not running:
            return self.count(model)
        said = f'The exam {running} is running: hand this in to it, with hand_in("{self.spec.id}", model).'
        return replace(not_attempted(self.spec, said), present=self.present)

    def count(self, model: Any, measured: Mapping[str, float] | None = None, *, sitting: str | None = None) -> Result:
        """Judge an answer and count it as an attempt, exam or not.

        Args:
            measured: what training has measured of it, where it is kept and not to be found on the model.
            sitting: the `uid` of the sitting of an exam that it was handed in to.
        """
        try:
            measured = self._around.measure(model) if measured is None else measured
            result = self._judged(model, measured)
            self.progress.record(result, _print_of(result, model))
            self._keep(result, model, measured, score=self._score(result), exam=sitting)
        except Exception as problem:  # the promise to the learner: our crash is never their wrong answer
            log_failure(f"Checking {self.spec.id}")
            result = could_not_check(self.spec, problem, CHECK_AGAIN)
        result = replace(result, present=self.present)
        if result.outcome in (Outcome.PASSED, Outcome.NOT_YET):
            self._last = result
        return result

    def keep(self, model: Any, *, sitting: str) -> Result:
        """Judge an answer and keep it, without a score and without counting an attempt: for an exam, which tells later.

        Args:
            sitting: the `uid` of the sitting of the exam.
        """
        measured = self._around.measure(model)
        result = self._judged(model, measured)
        self._keep(result, model, measured, exam=sitting)
        return result

    def hint(self) -> Hint:
        """The next open hint on what the last attempt was told first; each misconception has a ladder of its own."""
        standing = self.standing
        if self.exam:
            return Hint("Hints are closed while the exam runs.", present=self.present)
        if isinstance(self.spec.answer, WithheldAnswer):
            return Hint("Your instructor grades this exercise, so it has no hints.", present=self.present)
        if self._last is None and standing.attempts:
            return Hint("Check your model once more; hints are about what the check finds.", present=self.present)
        if self._last is not None and self._last.passed:
            return Hint("You have passed: there is nothing left to mend.", present=self.present)
        finding = self._last.findings[0] if self._last is not None and self._last.findings else None
        misconception = None if self._last is None else self._last.misconception
        read = standing.hints_on(misconception)
        hint = next_hint(
            rungs(self.spec.hints, finding), changed_attempts=standing.attempts_with(misconception), read=read
        )
        if hint.rung > read:
            self.progress.record_hint(self.spec.id, hint.rung)
        return replace(hint, present=self.present)

    def solution(self) -> Solution:
        """The solution in both APIs, once the author's policy opens it."""
        if self.exam:
            return Solution("Solutions are closed while the exam runs.", present=self.present)
        standing = self.standing
        closed = self.spec.solution.closed(
            changed_attempts=standing.changed_attempts, passed=standing.passed, today=date.today()
        )
        solution = Solution(closed) if closed is not None else self._opened()
        return replace(solution, present=self.present)

    def __repr__(self) -> str:
        return f"{self.spec.title}\n\n{self.spec.task}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Bundle:
        return {"text/plain": repr(self)} if self.present is None else self.present(self)

    def _keep(self, result: Result, submitted: Any, measured: Mapping[str, float], **known: float | str | None) -> None:
        """The answer as it would be handed in: the network as it was judged, or the choice or value.

        `known` holds those fields of an `Answer` that only the caller knows.
        """
        if result.outcome is Outcome.NOT_ATTEMPTED or (result.learner is None and self.spec.asks_for_network):
            return
        kept: dict[str, Any] = {name: one for name, one in known.items() if one is not None}
        if self.spec.counts == "last":
            kept["counts"] = "last"
        if result.learner is None:
            kept["value"] = plain_value(submitted)
        else:
            kept.update({"topology": result.learner.to_plain()}, **({"measured": dict(measured)} if measured else {}))
        self.progress.record_answer(self.spec.id, self.spec.version, kept)

    def _score(self, result: Result) -> float | None:
        """What the check found; nothing where the key is with the instructor: what is said then is no score."""
        judged = result.outcome in (Outcome.PASSED, Outcome.NOT_YET)
        return float(result) if judged and not isinstance(self.spec.answer, WithheldAnswer) else None

    def _judged(self, model: Any, measured: Mapping[str, float]) -> Result:
        if model is None or model is ... or not self.spec.asks_for_network:
            return judge(self.spec, model)
        try:
            topology = self._around.read(model)
        except Unreadable as problem:
            return not_yet(self.spec, str(problem))
        return judge(self.spec, topology, measured, leftovers=lambda: self._beside(model), prove=self._around.prove)

    def _beside(self, model: Any) -> Topology | None:
        """What lies beside the model sharpens the feedback; that it cannot be found must not cost the verdict."""
        try:
            return self._around.leftovers(model)
        except Exception:
            log_failure("Finding what lies beside the model")
            return None

    def _opened(self) -> Solution:
        answer = self.spec.answer
        if isinstance(answer, ChoiceAnswer):
            return Solution(f"{answer.options[answer.right]}. {answer.why[answer.right]}")
        if isinstance(answer, ValueAnswer):
            return Solution(f"{answer.value}. {answer.working}")
        if isinstance(answer, WithheldAnswer):
            return Solution("The solution of this exercise is with your instructor.")
        reference = answer.references[0]
        return Solution(
            "One way to write it:",
            functional=self._written(reference, "functional"),
            sequential=self._written(reference, "sequential"),
            topology=reference,
        )

    def _written(self, reference: Topology, style: str) -> str:
        if self._around.code is None:
            return ""
        try:
            return self._around.code(replace(reference, name="model"), style)  # its own name is the id of the exercise
        except ValueError:
            return ""


def _print_of(result: Result, submitted: Any) -> str:
    """What stands for the attempt when attempts are told apart."""
    if result.learner is not None:
        return fingerprint(result.learner)
    plain = isinstance(submitted, (str, int, float, tuple, list))
    text = json.dumps([repr(submitted) if plain else type(submitted).__name__, result.message])
    return hashlib.sha256(text.encode()).hexdigest()

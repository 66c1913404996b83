"""Proving that the exercises of a file are sound.

Of every exercise it is proved that the starter is no attempt, that each reference passes in every form it can be
written in, that nearly all networks with one mistake fail with a message that is specific, and that no hint gives the
answer away before its rung.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kerastutor.exercises.declaring import Declaration
from kerastutor.exercises.judging import judge
from kerastutor.exercises.ladder import RUNGS
from kerastutor.exercises.levelling import accepted
from kerastutor.exercises.requirements import inputs, outputs
from kerastutor.exercises.results import Outcome
from kerastutor.exercises.sealing import built_by, declarations, seal
from kerastutor.exercises.spec import NetworkAnswer, Spec
from kerastutor.teaching.authoring.declared import load
from kerastutor.topology.graph import Json, Topology
from kerastutor.topology.inventing.mutation import KINDS, mutate

UNWRITTEN = "Write here what the learner reads"
"""How the task begins that `kerastutor exercise new --from` leaves to the author."""

SPECIFIC_SHARE = 0.98
_MUTANTS_PER_KIND = 4


@dataclass(frozen=True)
class ExerciseProof:
    """What was found out about one exercise.

    Attributes:
        problems: one sentence each; none means the exercise is sound.
        mutants: how many networks with one mistake were tried.
        specific: how many of them failed with a message that names a call of theirs.
    """

    exercise: str
    problems: tuple[str, ...]
    mutants: int
    specific: int

    @property
    def sound(self) -> bool:
        """Whether nothing was found against it."""
        return not self.problems

    def __str__(self) -> str:
        state = "sound" if self.sound else " ".join(self.problems)
        return f"{self.exercise}: {state} ({self.specific} of {self.mutants} mistakes named)"


def check_file(path: Path) -> tuple[ExerciseProof, ...]:
    """Prove every exercise of a file of declarations."""
    return tuple(check(declaration) for declaration in declarations(load(path)))


def check(declaration: Declaration) -> ExerciseProof:
    """Prove one exercise."""
    import keras

    from kerastutor.models.reading import read

    spec = seal(declaration, read=read, keras=keras)
    assert isinstance(spec.answer, NetworkAnswer)
    findings = _Findings()
    if spec.task.startswith(UNWRITTEN):
        findings.problems.append("Its task is not written yet: say in the docstring what the learner is to build.")
    findings.problems.extend(_starter(spec, keras))
    for reference in spec.answer.references:
        findings.problems.extend(_forms(spec, reference))
        if not spec.answer.any_network:
            findings.try_mutants(spec, reference)
    findings.problems.extend(premature(spec))
    if findings.specific < SPECIFIC_SHARE * findings.mutants:
        findings.problems.append(f"Only {findings.specific} of {findings.mutants} mistakes are named.")
    return ExerciseProof(spec.id, tuple(findings.problems), findings.mutants, findings.specific)


@dataclass
class _Findings:
    problems: list[str] = field(default_factory=list)
    mutants: int = 0
    specific: int = 0

    def try_mutants(self, spec: Spec, reference: Topology) -> None:
        """Let networks with one mistake be judged; whether they may pass is asked without the judge."""
        assert isinstance(spec.answer, NetworkAnswer)
        for kind in KINDS:
            for seed in range(_MUTANTS_PER_KIND):
                try:
                    mutant = mutate(reference, kind, seed)
                except LookupError:
                    continue
                result = judge(spec, mutant.topology)
                if result.outcome is Outcome.NOT_YET:
                    self.mutants += 1
                    self.specific += bool(result.findings and result.findings[0].calls)
                elif not accepted(mutant.topology, spec.answer):
                    self.problems.append(f"A network with a mistake ({kind}) is {result.outcome.value}.")


def _starter(spec: Spec, keras: Any) -> Iterator[str]:
    from kerastutor.models.reading import read

    outcome = judge(spec, built_by(spec.starter, read=read, keras=keras)).outcome
    if outcome is not Outcome.NOT_ATTEMPTED:
        yield f"The starter counts as {outcome.value} instead of not_attempted."


def _forms(spec: Spec, reference: Topology) -> Iterator[str]:
    """The reference rebuilt in each form it can have passes; what training is required to reach is taken as reached."""
    forms = {"own": reference} if _names_ports(spec) else dict(_rebuilt(reference))
    for form, topology in forms.items():
        result = judge(spec, topology, {"accuracy": 1.0})
        if not result.passed:
            yield f"The reference in its {form} form is {result.outcome.value}: {result.message}"


def _rebuilt(reference: Topology) -> Iterator[tuple[str, Topology]]:
    """The network written in each form it can have, read back."""
    from kerastutor.models.reading import read
    from kerastutor.models.twins import build
    from kerastutor.topology.sequential import why_not_sequential

    model = build(reference)
    yield "functional", read(model)
    if not why_not_sequential(reference):
        yield "Sequential", read(build(reference, "sequential"))
    yield "subclassed", read(_subclassed(model), inputs=model.input)


def _names_ports(spec: Spec) -> bool:
    """Whether inputs or outputs have to have names, which a rebuilt network does not keep."""
    assert isinstance(spec.answer, NetworkAnswer)
    return any(isinstance(requirement, (inputs, outputs)) for requirement in spec.answer.requirements)


def _subclassed(inner: Any) -> Any:
    """The same network written as a class."""
    import keras

    class _Written(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.inner = inner

        def call(self, given: Any) -> Any:
            return self.inner(given)

    written = _Written()
    written(inner.input)
    return written


_CODE = re.compile(r"\b\w+\([^)]*\)\s*\(|\blayers\.\w+\(|=\s*\w+\(")
_WORD = re.compile(r"[\w.]+")


def premature(spec: Spec) -> Iterator[str]:
    """One sentence for each hand-written hint that says more than its rung may.

    Code belongs to the last rung; so does every value of the reference that the task itself does not name.
    """
    if not isinstance(spec.answer, NetworkAnswer):
        return
    said = set(_WORD.findall(spec.task))
    secret = {word for reference in spec.answer.references for word in answer_words(reference)} - said
    for rung, hint in zip(RUNGS[:-1], spec.hints, strict=False):
        if _CODE.search(hint):
            yield f"The hint for the rung '{rung}' holds code, which belongs to the last rung."
        given = sorted(secret & set(_WORD.findall(hint)))
        if given:
            yield f"The hint for the rung '{rung}' gives {', '.join(given)} away, which the task does not say."


def answer_words(reference: Topology) -> Iterator[str]:
    """The words of the answer that a learner could copy: kinds of layers, and numbers and names of their settings."""
    for layer in reference.layers:
        yield layer.kind.removeprefix("ops.")
        for value in layer.config.values():
            yield from _values(value)


def _values(value: Json) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _values(item)
    elif isinstance(value, (int, float, str)) and not isinstance(value, bool) and len(str(value)) > 1:
        yield str(value)

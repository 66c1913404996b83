"""A small class, made of the lessons' exercises and of mistakes made on purpose: what pages are written about."""

from collections.abc import Iterator, Mapping

from kerastutor.exercises.catalog import catalog
from kerastutor.exercises.judging import judge
from kerastutor.exercises.results import Outcome
from kerastutor.exercises.spec import NetworkAnswer, Spec
from kerastutor.teaching.grading.records import GradedAnswer, Verdict
from kerastutor.topology.graph import Topology
from kerastutor.topology.inventing.mutation import KINDS, mutate
from kerastutor.topology.sameness.canonical import fingerprint

EXERCISES = ("01-stack", "03-text-and-numbers", "05-siamese", "06-residual-block")


def specs() -> Mapping[str, Spec]:
    return {name: spec for name, spec in catalog().items() if name in EXERCISES}


def graded(student: str, spec: Spec, network: Topology) -> GradedAnswer:
    """The record of a network that was handed in."""
    result = judge(spec, network)
    return GradedAnswer(
        student,
        spec.id,
        spec.version,
        spec.points,
        Verdict.NOT_ATTEMPTED if result.outcome is Outcome.NOT_ATTEMPTED else Verdict.GRADED,
        "" if result.outcome is not Outcome.NOT_ATTEMPTED else result.message,
        result.to_plain(),
        network.to_plain(),
        fingerprint(network),
    )


def lost(student: str, spec: Spec, verdict: Verdict, cause: str) -> GradedAnswer:
    """The record of a submission that gave no network."""
    return GradedAnswer(student, spec.id, spec.version, spec.points, verdict, cause)


def mistakes(spec: Spec) -> Iterator[Topology]:
    """The reference with one mistake of each kind that it gives occasion for."""
    assert isinstance(spec.answer, NetworkAnswer)
    for kind in KINDS:
        try:
            yield mutate(spec.answer.references[0], kind, 0).topology
        except LookupError:
            continue


def reference(spec: Spec) -> Topology:
    assert isinstance(spec.answer, NetworkAnswer)
    return spec.answer.references[0]


def records(students: int = 30) -> tuple[GradedAnswer, ...]:
    """A class in which two in five pass, most of the others share a few mistakes, and some submissions are broken."""
    made = []
    wrong = {name: list(mistakes(spec)) for name, spec in specs().items()}
    for number in range(students):
        student = f"student {number:03}"
        for name, spec in specs().items():
            match number % 10:
                case 0 | 1 | 2 | 3:
                    made.append(graded(student, spec, reference(spec)))
                case 8:
                    cause = "The cell with the model stopped with NameError: name 'layer' is not defined."
                    made.append(lost(student, spec, Verdict.CRASHED, cause))
                case 9:
                    made.append(lost(student, spec, Verdict.NOT_ATTEMPTED, "There is no model for this exercise."))
                case _:
                    made.append(graded(student, spec, wrong[name][(number // 7) % min(5, len(wrong[name]))]))
    return tuple(made)

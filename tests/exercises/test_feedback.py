"""The first sentence on a wrong answer names the layer or arrow that is wrong."""

from random import Random

import pytest

from kerastutor.exercises.catalog import catalog
from kerastutor.exercises.judging import judge
from kerastutor.exercises.levelling import accepted
from kerastutor.exercises.results import Outcome
from kerastutor.exercises.spec import NetworkAnswer
from kerastutor.topology.inventing.mutation import KINDS, Mutant, mutate
from kerastutor.topology.inventing.sampling import relabel
from kerastutor.topology.wording import call_name

BAR = 0.95


def names_the_mistake(message: str, mutant: Mutant) -> bool:
    """Whether the sentence names a call that was touched, or an end of an arrow that was."""
    network = mutant.topology
    touched = {*mutant.calls, *(arrow.call for arrow in mutant.arrows), *(a.tensor.call for a in mutant.arrows)}
    return any(call_name(network, call) in message or f"`{call}`" in message for call in touched)


def wrong_answers(times: int) -> list[tuple[str, Mutant, str]]:
    rng = Random(0)
    specs = [spec for spec in catalog().values() if isinstance(spec.answer, NetworkAnswer)]
    found = []
    while len(found) < times:
        spec = rng.choice(specs)
        if spec.answer.any_network:
            continue
        reference = relabel(rng.choice(spec.answer.references), rng.randrange(2**32))
        try:
            mutant = mutate(reference, rng.choice(KINDS), rng.randrange(2**32))
        except LookupError:
            continue
        result = judge(spec, mutant.topology)
        if result.outcome is not Outcome.NOT_YET:
            assert accepted(mutant.topology, spec.answer), (spec.id, mutant)
        elif result.findings[0].mistake != "requirement":
            found.append((spec.id, mutant, result.message))
    return found


@pytest.fixture(scope="module")
def answers():
    return wrong_answers(400)


def test_the_first_message_names_the_mistake(answers):
    missed = [
        (name, mutant.kind, mutant.calls, message)
        for name, mutant, message in answers
        if not names_the_mistake(message, mutant)
    ]
    assert len(missed) <= (1 - BAR) * len(answers), missed


def test_no_first_message_is_a_traceback_or_a_verdict_on_the_learner(answers):
    for _, _, message in answers:
        assert message[0].isupper() or message[0] == "`"
        assert message.endswith(".")
        assert "incorrect" not in message.lower()
        assert "Error" not in message

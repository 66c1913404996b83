"""The proof of an exercise asks without the judge whether a network may pass, so it notices a judge that is wrong."""

import pytest

from kerastutor.exercises import declare
from kerastutor.exercises.judging import judge
from kerastutor.teaching.authoring import proving


@declare("09-small", title="Small", starter="model = None")
def small(keras):
    """A network that scales what a layer makes of four numbers."""
    x = keras.Input((4,), name="x")
    return keras.Model(x, keras.layers.Dropout(0.2, name="dropped")(keras.layers.Dense(3, name="seen")(x)) * 2)


@pytest.mark.slow
def test_a_sound_exercise_is_proved():
    proof = proving.check(small)
    assert proof.sound, proof
    assert proof.specific == proof.mutants
    assert proof.mutants > 10


@pytest.mark.slow
def test_a_judge_that_lets_a_mistake_pass_is_noticed(monkeypatch):
    """As one did that passed whatever it had no words for."""

    def lenient(spec, network, *more):
        found = judge(spec, network, *more)
        silent = found.findings and found.findings[0].mistake in ("call_argument", "port_name")
        return judge(spec, spec.answer.references[0], *more) if silent else found

    monkeypatch.setattr(proving, "judge", lenient)
    problems = proving.check(small).problems
    assert any("wrong_argument" in problem for problem in problems)
    assert any("wrong_key" in problem for problem in problems)

"""An answer that is written in another way passes where it computes the same, in grading as in a notebook."""

import json
from contextlib import closing
from dataclasses import replace

import keras
import pytest
from keras import layers, ops

from kerastutor.models.reading import read
from kerastutor.teaching.grading import prove_process
from kerastutor.teaching.grading.assignment import find
from kerastutor.teaching.grading.extraction import SubmittedAnswer
from kerastutor.teaching.grading.judge_process import Judge
from kerastutor.teaching.grading.prove_process import Prover

STACK = find("01-stack")


def spelled_out(factor: float = 1.0) -> keras.Model:
    """The answer to 01-stack with its activation as an operation; another network with another factor."""
    image = keras.Input((784,))
    hidden = ops.maximum(layers.Dense(128)(image), 0)
    if factor != 1.0:
        hidden = hidden * factor
    return keras.Model(image, layers.Dense(10, activation="softmax")(hidden))


def answer(model: keras.Model) -> SubmittedAnswer:
    return SubmittedAnswer(json.loads(read(model).to_json()), None, None)


@pytest.mark.slow
def test_a_class_is_judged_as_in_a_notebook():
    with closing(Judge([STACK])) as judge:
        right = judge("ada", STACK, answer(spelled_out()))
        assert right.outcome == "passed"
        assert "Proved by numbers" in right.result["rests_on"][0]
        assert judge("bob", STACK, answer(spelled_out(1.5))).outcome == "not_yet"


@pytest.mark.slow
def test_where_the_process_ends_structure_decides(monkeypatch):
    prove = Prover()
    first, second = read(spelled_out()), STACK.answer.references[0]
    monkeypatch.setattr(prove_process, "__name__", "antigravity_is_no_such_module")
    proof = prove(first, second)
    assert not proof
    assert not proof.decided


def test_no_process_is_started_where_the_weights_already_differ():
    prove = Prover()
    assert not prove(read(keras.Sequential([keras.Input((4,)), layers.Dense(2)])), STACK.answer.references[0])
    assert prove._process is None


def test_a_file_that_a_student_names_is_not_opened():
    model = STACK.answer.references[0]
    first, second, *others = model.layers
    named = replace(second, kind="StringLookup", config={"vocabulary": "/etc/hostname"})
    prove = Prover()
    assert not prove(replace(model, layers=(first, named, *others)), model).decided
    assert prove._process is None

"""The verdict rests on the difference: what differs from the answer does not pass, whatever words there are for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kerastutor.exercises.catalog import find
from kerastutor.exercises.judging import judge
from kerastutor.exercises.ladder import rungs
from kerastutor.exercises.results import Outcome
from kerastutor.exercises.spec import ChoiceAnswer, NetworkAnswer, Spec, ValueAnswer
from kerastutor.topology.graph import Argument, Call, Layer, Port, Ref, Tensor, Topology


def reference(id: str) -> Topology:
    return find(id).answer.references[0]


def given(topology: Topology, call: str, slot: str, value: object) -> Topology:
    """The topology with one more argument of a call, or another value of it."""
    old = topology.call[call]
    arguments = [one for one in old.arguments if one.slot != slot]
    changed = replace(old, arguments=(*arguments, Argument(slot, value)))
    return replace(topology, calls=tuple(changed if one.id == call else one for one in topology.calls))


def keyed(topology: Topology, *keys: str) -> Topology:
    ports = zip(topology.outputs, keys, strict=True)
    return replace(topology, outputs=tuple(Port(port.tensor, key) for port, key in ports))


def returning(topology: Topology, *outputs: Ref) -> Topology:
    return replace(topology, outputs=tuple(Port(one) for one in outputs))


def scaled(factor: int) -> Topology:
    layers = (Layer("x", "Input", config={"shape": [None, 4]}), Layer("scaled", "ops.Multiply"))
    call = Call("scaled", "scaled", (Argument("x1", Ref("x")), Argument("x2", factor)))
    return Topology(layers, (Call("x", "x"), call), (Port(Ref("x")),), (Port(Ref("scaled")),))


def remembering(index: int) -> Topology:
    """An LSTM that returns its states too; which of its tensors goes on is what differs."""
    layers = (
        Layer("words", "Input", config={"shape": [None, 5, 4]}),
        Layer("reader", "LSTM", config={"units": 3, "return_state": True}, owns="weights"),
        Layer("out", "Dense", config={"units": 1}, owns="weights"),
    )
    calls = (
        Call("words", "words"),
        Call("reader", "reader", (Argument("sequence", Ref("words")),), (Tensor(),) * 3),
        Call("out", "out", (Argument("inputs", Ref("reader", index)),)),
    )
    return Topology(layers, calls, (Port(Ref("words")),), (Port(Ref("out")),))


def ending(index: int) -> Topology:
    network = remembering(0)
    return replace(network, calls=network.calls[:2], layers=network.layers[:2], outputs=(Port(Ref("reader", index)),))


two, attention = reference("04-two-answers"), reference("10-transformer")
WRONG = {
    "an argument too many": (given(attention, "attention", "use_causal_mask", True), attention),
    "an argument too few": (attention, given(attention, "attention", "use_causal_mask", True)),
    "training as written": (given(reference("02-functional"), "dropped", "training", True), reference("02-functional")),
    "another constant": (scaled(3), scaled(2)),
    "a dict for a list": (keyed(two, "digit", "even"), two),
    "a list for a dict": (two, keyed(two, "digit", "even")),
    "another name in the dict": (keyed(two, "digit", "odd"), keyed(two, "digit", "even")),
    "names exchanged": (keyed(two, "even", "digit"), keyed(two, "digit", "even")),
    "one output twice": (returning(two, Ref("digit"), Ref("even"), Ref("digit")), two),
    "one output in place of the other": (returning(two, Ref("digit"), Ref("digit")), two),
    "a tensor inside returned too": (returning(two, Ref("digit"), Ref("even"), Ref("seen")), two),
    "another tensor of the call": (remembering(1), remembering(0)),
    "another tensor of the call at the end": (ending(1), ending(0)),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_differs_does_not_pass_and_is_said(name):
    learner, expected = WRONG[name]
    result = judge(Spec("09-made", "M", "M.", NetworkAnswer((expected,))), learner)
    assert result.outcome is Outcome.NOT_YET
    assert float(result) < 1
    first = result.findings[0]
    assert result.message == first.sentence
    assert first.calls
    assert set(first.calls) <= set(learner.call)
    assert len(set(rungs((), first))) == 4
    assert first.sentence not in rungs((), first)


def test_what_is_said_of_an_argument_names_it_and_not_what_to_write_instead():
    learner, expected = WRONG["another constant"]
    message = judge(Spec("09-made", "M", "M.", NetworkAnswer((expected,))), learner).message
    assert "`scaled`" in message
    assert "3" in message
    assert "2" not in message


def value_spec(value) -> Spec:
    return Spec("00-sum", "A sum", "How many?", ValueAnswer(value, "2 x 3."))


@pytest.mark.parametrize("given", [np.array([1, 10]), np.array([1.0, 10.0]), (1, np.int64(10)), [1, 10]])
def test_a_value_counts_in_whatever_form_it_comes(given):
    assert judge(value_spec([1, 10]), given).passed
    assert not judge(value_spec([1, 11]), given).passed


@pytest.mark.parametrize("odd", [object(), float("nan"), np.zeros((3, 0)), {"a": 1}, 10**2000])
def test_a_value_of_any_sort_is_judged(odd):
    assert judge(value_spec(6), odd).outcome is Outcome.NOT_YET


@pytest.mark.parametrize("given", ["B", "b", 2, np.int64(2), "2", "two", np.array(2), np.str_("two")])
def test_a_choice_is_given_by_letter_number_or_text(given):
    spec = Spec("00-which", "W", "Which?", ChoiceAnswer(("one", "two"), 1, ("No.", "Yes.")))
    assert judge(spec, given).passed


@pytest.mark.parametrize("given", ["3", 0, True, "Z", np.int64(9), np.array([1, 2])])
def test_what_is_no_choice_is_told_so(given):
    spec = Spec("00-which", "W", "Which?", ChoiceAnswer(("one", "two"), 1, ("No.", "Yes.")))
    assert judge(spec, given).message.endswith("is none of the answers; give one of 'one', 'two'.")

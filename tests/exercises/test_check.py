"""`Exercise.check`: four outcomes, hints that open with changed attempts, solutions when the author says so."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest

from kerastutor.exercises import (
    AFTER_PASSING,
    ALWAYS,
    NEVER,
    Exercise,
    Outcome,
    Progress,
    Surroundings,
    after_date,
    between,
    free,
    one_of,
    parameters,
)
from kerastutor.exercises.catalog import find
from kerastutor.exercises.judging import judge
from kerastutor.exercises.spec import NetworkAnswer, Spec
from kerastutor.exercises.withholding import withheld
from kerastutor.topology.graph import Argument, Call, Layer, Port, Ref, Topology, Unreadable


def chain(*layers: tuple[str, dict], shape=(None, 784)) -> Topology:
    """A chain of layers after one input."""
    made = [Layer("image", "Input", config={"shape": list(shape)})]
    calls = [Call("image", "image")]
    for number, (kind, config) in enumerate(layers):
        name = f"{kind.lower()}_{number}"
        made.append(Layer(name, kind, config=config, owns="weights" if kind == "Dense" else "nothing"))
        calls.append(Call(name, name, (Argument("inputs", Ref(calls[-1].id)),)))
    return Topology(tuple(made), tuple(calls), (Port(Ref("image")),), (Port(Ref(calls[-1].id)),))


def stack(units: int = 128, activation: str = "relu", classes: int = 10) -> Topology:
    return chain(
        ("Dense", {"units": units, "activation": activation}), ("Dense", {"units": classes, "activation": "softmax"})
    )


@pytest.fixture
def exercise() -> Exercise:
    return Exercise(find("01-stack"), Progress.in_memory())


@pytest.mark.parametrize("nothing", [None, ...])
def test_nothing_is_not_attempted(exercise, nothing):
    result = exercise.check(nothing)
    assert result.outcome is Outcome.NOT_ATTEMPTED
    assert float(result) == 0.0
    assert exercise.standing.attempts == ()


def test_the_right_network_passes(exercise):
    result = exercise.check(stack())
    assert result.outcome is Outcome.PASSED
    assert (float(result), bool(result)) == (1.0, True)
    assert exercise.standing.passed


@pytest.mark.parametrize(("units", "passes"), [(32, True), (512, True), (31, False), (513, False)])
def test_freedom_ends_where_the_author_says(exercise, units, passes):
    assert exercise.check(stack(units)).passed == passes


def test_freedom_in_a_default_value_and_in_several_settings():
    answer = NetworkAnswer(
        (stack(),), freedoms=free("dense_0", units=between(1, 999), activation=one_of("relu", "linear"))
    )
    spec = Spec("09-free", "Free", "Any.", answer)
    plain = chain(("Dense", {"units": 7}), ("Dense", {"units": 10, "activation": "softmax"}))
    assert judge(spec, stack(7)).passed
    assert not judge(spec, stack(7, "tanh")).passed
    assert judge(spec, plain).passed  # no activation is the default, and "linear" is allowed


def test_one_mistake_is_named_and_costs_one_part(exercise):
    result = exercise.check(stack(activation="tanh"))
    assert result.outcome is Outcome.NOT_YET
    assert "`dense_0`" in result.message
    assert "relu" not in result.message
    assert (result.score.earned, result.score.parts) == (2, 3)
    assert sum(item.lost for item in result.score.items) == 1
    assert result.findings[0].calls == ("dense_0",)


def test_any_of_several_references_is_accepted():
    spec = Spec("09-two", "Two", "Either.", NetworkAnswer((stack(64), stack(32, "tanh"))))
    assert judge(spec, stack(64)).passed
    assert judge(spec, stack(32, "tanh")).passed
    assert judge(spec, stack(64, "tanh")).findings[0].mistake in ("other_activation", "hidden_width")


def test_a_rule_that_is_switched_off_makes_spellings_differ():
    separate = chain(
        ("Dense", {"units": 128}),
        ("Activation", {"activation": "relu"}),
        ("Dense", {"units": 10, "activation": "softmax"}),
    )
    strict = Spec("09-strict", "S", "S.", NetworkAnswer((separate,), rules_off=("fused_activation",)))
    assert judge(strict, separate).passed
    assert not judge(strict, stack()).passed
    assert judge(replace(strict, answer=NetworkAnswer((separate,))), stack()).passed


def test_requirements_alone_may_decide():
    spec = Spec("09-any", "Any", "A.", NetworkAnswer((stack(),), requirements=(parameters(max=0),), any_network=True))
    result = judge(spec, stack(5))
    assert result.outcome is Outcome.NOT_YET
    assert "counted" in result.message


def test_our_crash_is_never_their_wrong_answer_and_can_be_found_in_the_log(caplog):
    caplog.set_level("DEBUG", "kerastutor")

    def broken(model):
        raise RuntimeError("boom")

    exercise = Exercise(find("01-stack"), Progress.in_memory(), Surroundings(read=broken))
    result = exercise.check(object())
    assert result.outcome is Outcome.COULD_NOT_CHECK
    assert "our fault" in result.message
    assert exercise.standing.attempts == ()
    assert "RuntimeError: boom" in caplog.text


def test_a_verdict_does_not_hang_on_what_lies_beside_the_model_and_its_failure_is_logged(caplog):
    caplog.set_level("DEBUG", "kerastutor")

    def broken(model):
        raise RuntimeError("boom")

    exercise = Exercise(find("01-stack"), Progress.in_memory(), Surroundings(leftovers=broken))
    assert exercise.check(chain(("Dense", {"units": 10}))).outcome is Outcome.NOT_YET  # layers are missing
    assert "RuntimeError: boom" in caplog.text


def test_what_cannot_be_read_is_said_in_one_sentence(exercise):
    result = exercise.check([1, 2])
    assert result.outcome is Outcome.NOT_YET
    assert "list" in result.message


def test_hints_open_with_changed_attempts_only(exercise):
    assert exercise.hint().rung == 0
    exercise.check(stack(activation="tanh"))
    assert exercise.hint().rung == 1
    exercise.check(stack(activation="tanh"))
    assert exercise.hint().rung == 1
    exercise.check(stack(activation="gelu"))
    assert exercise.hint().rung == 2
    exercise.check(stack(activation="tanh"))
    assert exercise.hint().rung == 2
    for activation in ("elu", "selu"):
        exercise.check(stack(activation=activation))
    assert exercise.hint().rung == 3
    assert 'keras.layers.Activation("relu")' in exercise.hint().text


def test_who_has_passed_needs_no_hint(exercise):
    exercise.check(stack())
    assert "passed" in exercise.hint().text


def test_a_new_mistake_begins_at_the_foot_of_the_ladder(exercise):
    for activation in ("tanh", "gelu", "elu", "selu"):
        exercise.check(stack(activation=activation))
        exercise.hint()
    assert exercise.hint().rung == 4
    exercise.check(stack(classes=12))
    hint = exercise.hint()
    assert hint.rung == 1
    assert "10" not in hint.text
    exercise.check(stack(activation="tanh"))
    assert exercise.hint().rung == 4  # what was read of the first mistake stays open


def test_hints_read_stay_with_their_mistake_in_another_kernel(tmp_path):
    path = tmp_path / "progress.sqlite3"
    first = Exercise(find("01-stack"), Progress.open(path))
    for activation in ("tanh", "gelu"):
        first.check(stack(activation=activation))
        first.hint()
    again = Exercise(find("01-stack"), Progress.open(path))
    again.check(stack(classes=12))
    assert again.hint().rung == 1
    again.check(stack(activation="gelu"))
    assert again.hint().rung == 2


@pytest.mark.parametrize("nothing", [None, ...])
def test_an_empty_check_takes_no_hint_away(exercise, nothing):
    exercise.check(stack(activation="tanh"))
    hint = exercise.hint()
    exercise.check(nothing)
    assert exercise.hint().text.startswith(hint.text)


def test_solutions_follow_the_policy(exercise):
    def opens(policy, *handed_in) -> bool:
        one = Exercise(replace(find("01-stack"), solution=policy), Progress.in_memory())
        for model in handed_in:
            one.check(model)
        return one.solution().topology is not None

    wrong = [stack(activation=name) for name in ("tanh", "gelu", "elu")]
    assert opens(ALWAYS)
    assert not opens(NEVER, stack())
    assert not opens(AFTER_PASSING, *wrong)
    assert opens(AFTER_PASSING, stack())
    assert not opens(find("01-stack").solution, *wrong[:2], wrong[0])
    assert opens(find("01-stack").solution, *wrong)
    assert opens(after_date(date(2000, 1, 1)))
    assert not opens(after_date(date(9999, 1, 1)), stack())


def test_the_result_as_json_has_every_field(exercise):
    plain = json.loads(exercise.check(stack(activation="tanh")).to_json())
    assert plain["outcome"] == "not_yet"
    assert plain["score"]["earned"] == 2
    assert {"format", "version", "exercise", "exercise_version", "message", "findings", "rests_on"} <= set(plain)


def test_judging_imports_no_keras():
    program = (
        "import sys\n"
        "from kerastutor.exercises.catalog import find\n"
        "from kerastutor.exercises.judging import judge\n"
        "spec = find('01-two-branches')\n"
        "assert judge(spec, spec.answer.references[0]).passed\n"
        "assert not judge(spec, find('01-stack').answer.references[0]).passed\n"
        "print(sorted({'keras', 'tensorflow', 'jax', 'torch', 'numpy', 'IPython'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_reader_that_breaks_is_our_fault_and_a_refusal_theirs_to_mend():
    def breaking(model):
        raise ValueError("too many values to unpack")

    def refusing(model):
        raise Unreadable("This is a list.")

    def check(read):
        return Exercise(find("01-stack"), Progress.in_memory(), Surroundings(read=read)).check(object())

    assert check(breaking).outcome is Outcome.COULD_NOT_CHECK
    assert check(refusing).outcome is Outcome.NOT_YET
    assert check(refusing).message == "This is a list."


def test_a_network_of_which_only_a_part_was_seen_is_not_held_against_the_learner():
    seen = replace(stack(units=5), partial="Only a part of 'mine' could be followed.")
    result = judge(find("01-stack"), seen)
    assert result.outcome is Outcome.COULD_NOT_CHECK
    assert result.message.endswith("Only a part of 'mine' could be followed.")
    assert result.findings == ()
    assert judge(find("01-stack"), replace(stack(), partial="A part.")).passed
    kept = withheld(find("01-stack"))
    assert "judged as a whole" in judge(kept, replace(seen, inputs=(), outputs=())).message

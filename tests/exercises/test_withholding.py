"""Exercises without their answers: what can be said is said, and nothing more lies on the learner's machine."""

import json
from dataclasses import replace

import pytest
from classroom import mistakes, reference, specs
from drawn_networks import Net

from kerastutor.drawing import draw
from kerastutor.exercises.beside import find
from kerastutor.exercises.catalog import catalog
from kerastutor.exercises.exercise import Exercise
from kerastutor.exercises.progress import Progress
from kerastutor.exercises.sealing import read_sealed, sealed_text
from kerastutor.exercises.spec import ExerciseError, NetworkAnswer, Spec, ValueAnswer
from kerastutor.exercises.withholding import withheld
from kerastutor.knowledge import facts
from kerastutor.teaching.authoring.proving import answer_words

SPECS = specs()
STACK = SPECS["01-stack"]
NETWORKS = [spec for spec in catalog().values() if isinstance(spec.answer, NetworkAnswer)]


def meets(spec: Spec, network) -> str:
    return str(Exercise(spec, Progress.in_memory()).check(network))


@pytest.mark.parametrize("spec", NETWORKS, ids=lambda spec: spec.id)
def test_it_holds_no_word_of_the_answer_that_the_task_does_not_say(spec):
    plain = withheld(spec).to_plain()
    assert plain["hints"] == []
    kept = json.dumps({**plain["answer"], "untouched": None})  # the starter itself lies open anyway
    assert isinstance(spec.answer, NetworkAnswer)
    for network in spec.answer.references:
        for layer in network.layers:
            if layer.kind != "Input":
                assert f'"{layer.name}"' not in kept
        words = {word for word in answer_words(network) if word.isalpha() and word not in ("Input", "float32", "int32")}
        assert not any(f'"{word}"' in kept for word in words)


@pytest.mark.parametrize("spec", NETWORKS, ids=lambda spec: spec.id)
def test_its_picture_holds_what_is_drawn_and_no_setting_more(spec):
    assert isinstance(spec.answer, NetworkAnswer)
    whole = spec.answer.references[0]
    picture = withheld(replace(spec, picture=whole)).picture
    assert picture is not None
    drawn, original = draw(picture), draw(whole)
    assert (drawn.svg, drawn.description, drawn.text) == (original.svg, original.description, original.text)
    for layer, before in zip(picture.layers, whole.layers, strict=True):
        assert set(layer.config) <= {"activation", "shape", "dtype", *facts(layer.kind).highlights}
        assert len(layer.weights or ()) <= 1, "shapes of weights tell the settings"
        assert layer.parameters == before.parameters
    assert {call.source for call in picture.calls} == {None}


def test_the_settings_that_a_drawing_leaves_out_are_not_released():
    released = json.dumps(withheld(catalog()["10-unet"]).to_plain())
    assert '"padding"' not in released
    assert "attention_axes" not in json.dumps(withheld(catalog()["10-transformer"]).to_plain())


@pytest.mark.parametrize("spec", NETWORKS, ids=lambda spec: spec.id)
def test_it_is_read_back_with_the_version_of_the_whole(spec, tmp_path):
    path = tmp_path / "homework.json"
    path.write_text(sealed_text([withheld(spec)]))
    (back,) = read_sealed(path)
    assert back == withheld(spec)
    assert back.version == spec.version
    assert withheld(back) == back


def test_right_and_wrong_answers_are_told_the_same():
    spec = withheld(STACK)
    said = {meets(spec, network) for network in (reference(STACK), *mistakes(STACK)) if len(network.outputs) == 1}
    assert len(said) == 1
    assert "Your instructor judges it" in said.pop()


def test_inputs_and_outputs_are_held_against_the_task():
    siamese = withheld(SPECS["05-siamese"])
    assert meets(siamese, reference(STACK)) == "Not yet: The model has 1 input; the task asks for 2."
    net = Net("narrow")
    image = net.input("image", (None, 28))
    narrow = net.topology(net.call("Dense", "digit", [image], (None, 10), units=10))
    assert "shape of an input" in meets(withheld(STACK), narrow)
    assert meets(withheld(STACK), 3).startswith("Not yet")
    assert meets(withheld(STACK), None).startswith("Not attempted")


def test_the_starter_is_no_attempt():
    spec = catalog()["02-wrong-arrow"]
    assert isinstance(spec.answer, NetworkAnswer)
    assert spec.answer.untouched is not None
    assert meets(withheld(spec), spec.answer.untouched).startswith("Not attempted")


def test_hint_and_solution_are_with_the_instructor_and_the_answer_is_kept():
    progress = Progress.in_memory()
    exercise = Exercise(withheld(STACK), progress)
    exercise.check(reference(STACK))
    assert "no hints" in repr(exercise.hint())
    assert "keeps the solution" in repr(exercise.solution())
    assert [answer.version for answer in progress.answers()] == [STACK.version]


def test_only_networks_can_be_withheld():
    with pytest.raises(ExerciseError, match="no network"):
        withheld(Spec("90-sum", "A sum", "How many?", ValueAnswer(6, "2 x 3.")))


def test_an_exercise_is_found_beside_the_notebook(tmp_path):
    mine = replace(STACK, id="90-mine")
    (tmp_path / "homework.json").write_text(sealed_text([mine]))
    (tmp_path / "data.json").write_text("[1, 2]")
    assert find("90-mine", tmp_path).version == mine.version
    assert find("01-stack", tmp_path) is STACK


def test_one_that_is_nowhere_says_where_was_looked(tmp_path):
    (tmp_path / "homework.json").write_text(sealed_text([replace(STACK, id="90-mine")]))
    with pytest.raises(ExerciseError, match=r"01-stack.*homework\.json") as problem:
        find("90-yours", tmp_path)
    assert str(tmp_path) in str(problem.value)

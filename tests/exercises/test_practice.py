"""Practice: every generated exercise has exactly one right answer."""

from xml.etree import ElementTree

import pytest
from many_cases import for_each

from kerastutor.exercises import ExerciseError
from kerastutor.exercises.judging import judge
from kerastutor.exercises.practice import KINDS, by_kind, make, practice, right_in_a_row, weaknesses
from kerastutor.exercises.progress import Attempt
from kerastutor.exercises.results import Outcome
from kerastutor.exercises.spec import ChoiceAnswer, NetworkAnswer, Spec, ValueAnswer
from kerastutor.formats.source import functional
from kerastutor.topology.inventing.sampling import LEVELS
from kerastutor.topology.sameness.canonical import equal
from kerastutor.topology.sequential import why_not_sequential
from kerastutor.widgets.practice_chart import SHOWN, PracticeChart


def items(seeds: range) -> list[Spec]:
    return [make(kind, level, seed, write=functional) for kind in KINDS for level in LEVELS for seed in seeds]


@for_each(lambda: items(range(3)), name=lambda spec: spec.id)
def test_one_answer_is_right_and_no_other(spec):
    answer = spec.answer
    assert judge(spec).outcome is Outcome.NOT_ATTEMPTED
    if isinstance(answer, ChoiceAnswer):
        passed = [judge(spec, option).passed for option in answer.options]
        assert passed.count(True) == 1
        assert judge(spec, answer.right + 1).passed
    elif isinstance(answer, ValueAnswer):
        assert judge(spec, answer.value).passed
        assert not judge(spec, -1).passed
    else:
        assert judge(spec, answer.references[0]).passed
        if answer.untouched is not None:
            untouched = judge(spec, answer.untouched)
            assert untouched.outcome is Outcome.NOT_ATTEMPTED
            assert "still the model" in untouched.message
            assert not equal(answer.untouched, answer.references[0])


def test_exactly_one_drawing_is_of_the_code():
    for level in LEVELS:
        answer = make("code-to-picture", level, 0, write=functional).answer
        right = answer.pictures[answer.right]
        assert [equal(right, picture) for picture in answer.pictures].count(True) == 1


def test_which_class_is_decided_by_the_engine():
    for seed in range(20):
        spec = make("which-class", 3, seed, write=functional)
        assert bool(why_not_sequential(spec.picture)) == bool(spec.answer.right)


def test_the_drawing_does_not_show_what_is_asked():
    spec = make("predict-shape", 1, 0, write=functional)
    shown = [call for call in spec.picture.calls if spec.picture.layer_of(call.id).kind != "Input"]
    assert all(call.outputs[0].shape is None for call in shown)
    assert make("predict-parameters", 1, 0, write=functional).picture.layers[1].weights is None


def test_the_same_seed_gives_the_same_exercise():
    assert practice(3, 7, write=functional) == practice(3, 7, write=functional)
    assert practice(3, 7, write=functional) != practice(3, 8, write=functional)


def test_what_was_hard_comes_more_often():
    def attempt(kind: str, seed: int, outcome: Outcome) -> Attempt:
        return Attempt("now", f"practice-{kind}-2-{seed}", "v", outcome, 0, 1, "f", None)

    history = [attempt("predict-shape", seed, Outcome.NOT_YET) for seed in range(3)]
    history += [attempt("which-class", seed, Outcome.PASSED) for seed in range(3)]
    weights = weaknesses(history)
    assert weights["predict-shape"] == 4
    assert weights["which-class"] == 1
    often = [practice(1, seed, write=functional, history=history).id for seed in range(100)]
    seldom = [practice(1, seed, write=functional).id for seed in range(100)]
    assert sum("predict-shape" in one for one in often) > sum("predict-shape" in one for one in seldom)


def test_an_unknown_level_is_refused():
    with pytest.raises(ExerciseError, match="levels are 1 to 5"):
        practice(9, 0, write=functional)


def test_a_network_answer_of_practice_needs_no_names():
    spec = make("picture-to-code", 2, 5, write=functional)
    assert isinstance(spec.answer, NetworkAnswer)
    assert not spec.answer.requirements


def test_the_level_does_not_tell_which_class_is_right():
    for level in LEVELS:
        right = [make("which-class", level, seed, write=functional).answer.right for seed in range(40)]
        assert 8 <= sum(right) <= 32


def test_an_unknown_kind_is_named_with_those_there_are():
    with pytest.raises(ExerciseError, match="no kind of exercise 'essay'; there are picture-to-code"):
        make("essay", 1, 0, write=functional)


def test_a_row_counts_first_attempts_back_to_the_last_wrong_one():
    def attempt(exercise: str, outcome: Outcome) -> Attempt:
        return Attempt("2026-01-01", exercise, "", outcome, 0, 1, "", None)

    one, two, three = (f"practice-which-class-3-{seed}" for seed in range(3))
    history = [
        attempt(one, Outcome.NOT_YET),
        attempt(one, Outcome.PASSED),  # a second try does not count
        attempt(two, Outcome.NOT_ATTEMPTED),
        attempt(two, Outcome.PASSED),
        attempt("practice-predict-shape-1-0", Outcome.NOT_YET),  # another kind
        attempt(three, Outcome.PASSED),
    ]
    assert right_in_a_row(history, "which-class") == 2
    assert right_in_a_row(history[:2], "which-class") == 0
    assert by_kind(history)["which-class"] == (False, True, True)
    assert by_kind(history)["find-the-bug"] == ()


def test_the_chart_has_a_mark_for_each_exercise_and_says_the_same_in_words():
    chart = PracticeChart({"which-class": (False, True, True), "find-the-bug": (True,) * 50})
    shown = ElementTree.fromstring(chart.svg)
    marks = [element for element in shown.iter() if element.tag.endswith("circle")]
    assert len(marks) == 1 + 2 + SHOWN  # the legend's, and those of the two rows
    bundle = chart._repr_mimebundle_()
    assert bundle["text/plain"].startswith("which-class: ○●● 2 of 3 right at the first attempt\n")
    assert 'alt="which-class: ○●● 2 of 3' in bundle["text/html"]

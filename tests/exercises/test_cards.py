"""What is shown of an exercise where no widget can be: HTML with words for every picture, and plain text."""

import re

import pytest

from kerastutor.exercises import Exercise, Progress, Surroundings
from kerastutor.exercises.catalog import find
from kerastutor.networks import code
from kerastutor.topology.inventing.mutation import mutate
from kerastutor.widgets import cards
from kerastutor.widgets.exercise import present


@pytest.fixture
def exercise() -> Exercise:
    return Exercise(find("01-two-branches"), Progress.in_memory(), Surroundings(code=code, present=present))


def wrong(exercise: Exercise, seed: int = 0):
    return mutate(exercise.spec.answer.references[0], "activation_dropped", seed).topology


def test_everything_shown_has_a_picture_in_words_and_a_text(exercise):
    shown = [exercise, exercise.check(None), exercise.check(wrong(exercise)), exercise.hint(), exercise.solution()]
    shown.append(exercise.check(exercise.spec.answer.references[0]))
    shown.append(exercise.solution())
    for one in shown:
        bundle = one._repr_mimebundle_()
        assert bundle["text/plain"].strip()
        assert "0x" not in bundle["text/plain"]
        for image in re.findall(r"<img[^>]*>", bundle["text/html"]):
            assert re.search(r'alt="[^"]{10,}"', image)
            assert "data:image/svg+xml;base64," in image
        assert "http" not in re.sub(r"base64,[^\"]*", "", bundle["text/html"])


def test_the_result_shows_the_learners_graph_and_nothing_of_the_answer(exercise):
    result = exercise.check(wrong(exercise))
    html = cards.result_card(result)
    assert "<img" in html
    expected = find("01-two-branches").answer.references[0]
    assert not set(re.findall(r"relu|tanh", result.message))
    assert len(result.learner.calls) == len(expected.calls)


def test_the_solution_is_shown_in_every_api_it_can_have(exercise):
    exercise.check(exercise.spec.answer.references[0])
    solution = exercise.solution()
    assert "keras.Model(" in solution.functional
    assert "name=" not in solution.functional.splitlines()[-1]  # that of the exercise would mean nothing to the learner
    assert solution.sequential == ""
    stack = Exercise(find("01-stack"), Progress.in_memory(), Surroundings(code=code))
    stack.check(stack.spec.answer.references[0])
    assert "Sequential" in stack.solution().sequential


def test_what_looks_like_html_in_a_name_is_shown_not_obeyed(exercise):
    result = exercise.check(wrong(exercise))
    evil = cards.result_card(type(result)("x", "v", result.outcome, "<script>alert(1)</script>", result.score))
    assert "<script>" not in evil

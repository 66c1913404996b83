"""The button that hands in: the same file as `kt.submit()`, offered to the page."""

import json

import pytest
from classroom import reference, specs

import kerastutor as kt
from kerastutor import session
from kerastutor.exercises.exercise import Exercise
from kerastutor.exercises.progress import Progress
from kerastutor.exercises.withholding import withheld
from kerastutor.widgets.exercise import ExerciseView
from kerastutor.widgets.progress import ProgressView

STACK = specs()["01-stack"]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def progress():
    return Progress.in_memory()


def test_the_card_of_a_graded_exercise_hands_in(here, progress):
    exercise = Exercise(withheld(STACK), progress)
    card = ExerciseView(exercise)
    card._clicked(card, {"do": "hand in"}, [])
    assert "nothing to hand in yet" in card.said
    exercise.check(reference(STACK))
    card._clicked(card, {"do": "hand in"}, [])
    assert card.buttons == ["hand in"]
    assert card.handed["text"] == (here / card.handed["name"]).read_text()
    assert "01-stack" in json.loads(card.handed["text"])["answers"]


def test_practice_keeps_hint_and_solution(progress):
    assert ExerciseView(Exercise(STACK, progress)).buttons == ["hint", "solution"]


def test_the_progress_view_hands_in_and_offers_each_file_once(here, progress):
    Exercise(STACK, progress).check(reference(STACK))
    shown = ProgressView(progress)
    shown._clicked(shown, {"do": "hand in"}, [])
    first = shown.handed["name"]
    shown._clicked(shown, {"do": "hand in"}, [])
    assert [first, shown.handed["name"]] == ["kerastutor-submission.json", "kerastutor-submission-2.json"]


def test_the_progress_view_is_up_to_date_when_it_is_looked_at_again(progress):
    shown = ProgressView(progress)
    before = shown.stages
    Exercise(STACK, progress).check(reference(STACK))
    shown._clicked(shown, {"do": "look"}, [])
    assert before[1] == {"label": "1. The stack", "minutes": 20, "passed": 0, "exercises": 2}
    assert shown.stages[1] == {**before[1], "passed": 1}
    assert shown.said == ""


def test_submit_names_the_student_and_takes_a_path(here, progress, monkeypatch):
    monkeypatch.setattr(session, "desk", lambda: session.Desk(progress))
    monkeypatch.setenv("JUPYTERHUB_USER", "ada")
    Exercise(STACK, progress).check(reference(STACK))
    assert json.loads(kt.submit().read_text())["student"] == "ada"
    path = kt.submit(here / "mine.json", student="bob")
    assert path == here / "mine.json"
    assert json.loads(path.read_text())["student"] == "bob"

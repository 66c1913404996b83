"""An exercise is shown in one cell and checked in another: the card, the check and the hints are of one exercise."""

from types import SimpleNamespace

import pytest
from classroom import reference, specs

import kerastutor as kt
from kerastutor import session
from kerastutor.exercises.progress import Progress
from kerastutor.topology.inventing.mutation import mutate
from kerastutor.widgets import exercise as view
from kerastutor.widgets.exercise import ExerciseView

STACK = specs()["01-stack"]
WRONG = mutate(reference(STACK), "activation_dropped", 0).topology


@pytest.fixture
def progress(monkeypatch):
    desk = session.Desk(Progress.in_memory())
    monkeypatch.setattr(session, "desk", lambda: desk)
    return desk.progress


def test_a_check_in_one_cell_opens_the_hint_in_another(progress):
    card = ExerciseView(kt.exercise(STACK.id))
    assert kt.exercise(STACK.id).hint().rung == 0
    kt.exercise(STACK.id).check(WRONG)
    card._clicked(card, {"do": "hint"}, [])
    assert "Hint 1 of 4" in card.said
    assert kt.exercise(STACK.id).hint().rung == 1


def test_the_card_shows_what_a_check_below_it_found(progress, monkeypatch):
    monkeypatch.setattr(view.front_end, "is_live", lambda: True)
    shown = kt.exercise(STACK.id)
    shown._repr_mimebundle_()
    card = view._CARDS[STACK.id]
    assert "not attempted yet" in card.task
    kt.exercise(STACK.id).check(reference(STACK))._repr_mimebundle_()
    assert "passed" in card.task


def test_a_hint_goes_with_the_check_it_was_given_for(progress, monkeypatch):
    monkeypatch.setattr(view.front_end, "is_live", lambda: True)
    shown = kt.exercise(STACK.id)
    shown._repr_mimebundle_()
    card = view._CARDS[STACK.id]
    shown.check(WRONG)
    card._clicked(card, {"do": "hint"}, [])
    assert "Hint 1 of 4" in card.said
    shown.check(reference(STACK))._repr_mimebundle_()
    assert card.said == ""


def test_an_exercise_that_was_sealed_anew_is_asked_for_anew(progress, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for title in ("first", "second"):
        kt.seal(reference(STACK), "homework1-stack", title=title, task="Build it.")
        assert kt.exercise("homework1-stack").spec.title == title


def test_another_record_is_another_learner(progress, monkeypatch):
    kt.exercise(STACK.id).check(WRONG)
    monkeypatch.setattr(session, "desk", lambda: session.Desk(Progress.in_memory()))
    assert kt.exercise(STACK.id).hint().rung == 0


@pytest.mark.parametrize(
    ("history", "measured"),
    [
        ({"val_accuracy": [0.5, 0.9], "accuracy": [0.6, 0.99]}, {"accuracy": 0.9}),
        ({"val_sparse_categorical_accuracy": [0.8]}, {"accuracy": 0.8}),
        ({"val_acc": [0.8]}, {"accuracy": 0.8}),
        ({"val_digit_accuracy": [0.9], "val_parity_accuracy": [0.7]}, {"accuracy": 0.7}),
        ({"accuracy": [0.99]}, {}),
        ({"val_loss": [0.1]}, {}),
        ({"val_accuracy": []}, {}),
    ],
    ids=[
        "not training",
        "by suffix",
        "abbreviated",
        "the least of several",
        "no validation",
        "no accuracy",
        "no epoch",
    ],
)
def test_what_training_reached_is_the_validation_accuracy(history, measured):
    model = SimpleNamespace(history=SimpleNamespace(history=history))
    assert session.SURROUNDINGS.measure(model) == measured

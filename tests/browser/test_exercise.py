"""Exercises in a real JupyterLab: the card and its buttons, the first sentence of a check, progress away and back."""

import json

import pytest
from playwright.sync_api import expect

SETUP = "import keras, kerastutor as kt\nfrom keras import layers"
CARD = 'exercise = kt.exercise("01-stack"); exercise'
WRONG = """wrong = keras.Sequential([keras.Input((784,)), layers.Dense(100, name="hidden"),
                          layers.Dense(10, activation="softmax", name="digit")])
exercise.check(model=wrong)"""
RIGHT = """right = keras.Sequential([keras.Input((784,)), layers.Dense(100, activation="relu"),
                          layers.Dense(10, activation="softmax")])
exercise.check(model=right)"""
NOTHING = "exercise.check(model=None)"
PROGRESS = "kt.progress()"
PICTURES = """from kerastutor.exercises import Exercise
from kerastutor.exercises.practice import make
from kerastutor import session
Exercise(make("code-to-picture", 1, 0, write=kt.code), session.desk().progress, session.SURROUNDINGS)"""


SHARED = """import os
from kerastutor.exercises.catalog import catalog
from kerastutor.exercises.exercise import Exercise
from kerastutor.exercises.progress import Progress
from kerastutor.widgets.progress import show
os.environ["JUPYTERHUB_USER"] = "anna"
record = Progress.in_memory()
spec = catalog()["01-stack"]
Exercise(spec, record).check(spec.answer.references[0])
show(record)"""
NEXT = 'os.environ["JUPYTERHUB_USER"] = "{}"; show(Progress.in_memory())'


def run(lab, *cells: int) -> None:
    for cell in cells:
        lab.run(cell)
        lab.wait_for_idle(120)


@pytest.fixture
def lab(open_lab):
    lab = open_lab([SETUP, CARD, NOTHING, WRONG, RIGHT, PROGRESS, PICTURES])
    run(lab, 0, 1, 2)
    return lab


def test_an_exercise_from_the_first_look_to_passing(lab):
    card = lab.cell(1).locator(".kt-card-task")
    expect(card).to_contain_text("784", timeout=60_000)
    expect(lab.cell(2).locator(".kt-card")).to_contain_text("Not attempted")
    hint = card.get_by_role("button", name="Hint")
    hint.click()
    expect(card.get_by_role("status")).to_contain_text("hints open with it")

    run(lab, 3)
    result = lab.cell(3).locator(".kt-card")
    expect(result).to_contain_text("There is no activation between hidden and digit.")
    expect(result.locator("img")).to_be_visible()
    lab.screenshot("exercise-not-yet")
    hint.focus()
    lab.page.keyboard.press("Enter")
    expect(card.get_by_role("status")).to_contain_text("Hint 1 of 4")
    lab.page.keyboard.press("Tab")
    lab.page.keyboard.press("Space")
    expect(card.get_by_role("status")).to_contain_text("The solution opens")
    lab.cell(1).scroll_into_view_if_needed()
    lab.screenshot("exercise-card")

    run(lab, 4)
    expect(lab.cell(4).locator(".kt-card")).to_contain_text("Passed")
    lab.theme("JupyterLab Dark")
    lab.cell(3).scroll_into_view_if_needed()
    lab.screenshot("exercise-dark")
    lab.page.set_viewport_size({"width": 480, "height": 900})
    lab.cell(3).scroll_into_view_if_needed()
    lab.screenshot("exercise-narrow")
    assert lab.errors == []
    assert lab.external == []


def test_progress_is_taken_away_reset_and_brought_back(lab, tmp_path):
    run(lab, 4, 5, 6)
    card = lab.cell(5).locator(".kt-card")
    expect(card).to_contain_text("The course")
    lesson = card.locator(".kt-card-stage", has_text="1. The stack")
    expect(lesson).to_contain_text("1 of 2")
    lab.cell(5).scroll_into_view_if_needed()
    lab.screenshot("exercise-progress")
    with lab.page.expect_download() as downloaded:
        card.get_by_role("button", name="Export").click()
    file = tmp_path / "progress.json"
    downloaded.value.save_as(file)
    assert json.loads(file.read_text())["format"] == "kerastutor.progress"

    with lab.page.expect_download() as handed:
        card.get_by_role("button", name="Hand in").click()
    handed.value.save_as(file)
    assert handed.value.suggested_filename == "kerastutor-submission.json"
    assert json.loads(file.read_text())["answers"]["01-stack"]["topology"]["format"] == "kerastutor.topology"
    expect(card.get_by_role("status")).to_contain_text("hand in this file")
    with lab.page.expect_download() as downloaded:
        card.get_by_role("button", name="Export").click()
    downloaded.value.save_as(file)

    reset = card.get_by_role("button", name="Reset")
    reset.first.click()
    card.get_by_role("button", name="Reset everything?").click()
    expect(lesson).to_contain_text("0 of 2")
    card.get_by_role("button", name="Undo reset").click()
    expect(lesson).to_contain_text("1 of 2")

    with lab.page.expect_file_chooser() as chooser:
        card.get_by_role("button", name="Import").click()
    chooser.value.set_files(file)
    expect(card.get_by_role("status")).to_contain_text("0 attempts came in")
    expect(lab.cell(6).locator("figure")).to_have_count(4)
    lab.cell(6).scroll_into_view_if_needed()
    lab.screenshot("exercise-pictures")
    assert lab.errors == []
    assert lab.external == []


def test_a_browser_brings_progress_back_to_its_owner_alone(open_lab):
    lab = open_lab([SHARED, NEXT.format("ben"), NEXT.format("anna"), NEXT.format("anna")])
    run(lab, 0, 1, 2)
    for cell in (0, 1, 2):
        expect(lab.cell(cell).get_by_role("button", name="Export")).to_be_visible(timeout=60_000)
    offers = [lab.cell(cell).get_by_role("button", name="Restore from this browser") for cell in (0, 1, 2)]
    expect(offers[0]).to_be_hidden()
    expect(offers[1]).to_be_hidden()
    expect(offers[2]).to_contain_text("1 attempt, last on")
    offers[2].click()
    expect(lab.cell(2).get_by_role("status")).to_contain_text("1 attempts came in")
    expect(lab.cell(2).locator(".kt-card-stage", has_text="1. The stack")).to_contain_text("1 of 2")
    run(lab, 3)
    lab.cell(3).get_by_role("button", name="Forget what this browser has").click()
    expect(lab.cell(3).get_by_role("button", name="Restore from this browser")).to_be_hidden()
    assert lab.errors == []

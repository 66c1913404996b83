"""Lesson 01 as a learner works through it: clicks in the builder, trains, presses Stop, has an exercise checked."""

import re
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

LESSON = Path(__file__).parents[2] / "lessons" / "01_stack.ipynb"
CELLS = nbformat.read(LESSON, as_version=4).cells
SOURCES = [cell.source for cell in CELLS]
CODE = [index for index, cell in enumerate(CELLS) if cell.cell_type == "code"]
PATIENCE = 120_000
"""Milliseconds for the cells that wait for Keras to be loaded, on a machine that does other things as well."""

ANSWER = """
hidden, digit = layers.Dense(64, activation="relu"), layers.Dense(10, activation="softmax")
model = keras.Sequential([keras.Input((784,)), hidden, digit])
kt.exercise("01-stack").check(model)
"""


def place(words):
    """The index of the one cell that holds these words."""
    (found,) = (index for index in CODE if words in SOURCES[index])
    return found


def write(lab, index, source):
    """Type into a cell, as a learner does."""
    cell = "window.jupyterapp.shell.currentWidget.content.widgets[index]"
    lab.page.evaluate(f"([index, source]) => {cell}.model.sharedModel.setSource(source)", [index, source])


def run_up_to(lab, words):
    """Run the code cells before the one with these words."""
    for index in CODE:
        if index < place(words):
            lab.run(index)


@pytest.fixture
def lab(open_lab):
    opened = open_lab(notebook=LESSON)
    yield opened
    assert opened.errors == []
    assert opened.external == []


def test_a_learner_builds_the_network_with_clicks(lab):
    builder_cell = place("kt.build()")
    run_up_to(lab, "kt.build()")
    lab.run(builder_cell)
    view = lab.cell(builder_cell).locator(".kt-builder")
    expect(view).to_be_visible(timeout=PATIENCE)
    drawing, code = view.locator(".drawing"), view.locator(".codes")
    expect(drawing).to_contain_text("Nothing is built yet")

    view.get_by_label("shape", exact=False).first.fill("784")
    view.get_by_role("button", name="Add input").click()
    expect(drawing).to_contain_text("batch × 784", timeout=PATIENCE)

    for units, activation in ((128, "relu"), (10, "softmax")):
        view.get_by_label("Find a layer").fill("")
        view.get_by_label("Layers").select_option("Dense")
        view.get_by_label("units", exact=False).first.fill(str(units))
        view.get_by_label("activation", exact=False).first.select_option(activation)
        view.get_by_role("button", name="Add Dense").click()
        expect(drawing).to_contain_text(f"batch × {units}", timeout=PATIENCE)

    assert drawing.locator("svg").count() == 2
    expect(drawing).to_contain_text("100,480 parameters")
    expect(code).to_contain_text("keras.Sequential")
    expect(code).to_contain_text('activation="softmax"')
    view.scroll_into_view_if_needed()
    lab.screenshot("lesson-01-builder")

    view.get_by_role("button", name="Undo").click()
    expect(drawing).not_to_contain_text("batch × 10")


def test_a_learner_trains_stops_and_has_an_exercise_checked(lab):
    training = place("kt.train(")
    skipped = place("kt.build()")  # tried above; here time is better spent
    write(lab, skipped, "")
    run_up_to(lab, "kt.train(")
    expect(lab.cell(place("kt.show(stack)")).locator(".kt-twin")).to_be_visible(timeout=PATIENCE)

    write(lab, training, SOURCES[training].replace("epochs=8", "epochs=100_000"))
    lab.run(training, wait=False)
    headline = lab.cell(training).locator(".kt-run-headline")
    expect(headline).to_contain_text(re.compile("Training, epoch"), timeout=PATIENCE)
    expect(lab.cell(training).locator("polyline").first).to_be_visible(timeout=PATIENCE)
    lab.cell(training).get_by_role("button", name="Stop").click()
    expect(headline).to_contain_text("Stopped", timeout=10_000)

    check = place('kt.exercise("01-stack").check(')
    lab.run(check)
    expect(lab.cell(check)).to_contain_text("Not attempted")
    write(lab, check, ANSWER)
    lab.run(check)
    expect(lab.cell(check).locator(".jp-OutputArea")).to_contain_text("Passed", timeout=PATIENCE)
    write(lab, check, ANSWER.replace('"relu"', '"tanh"'))
    lab.run(check)
    expect(lab.cell(check).locator(".jp-OutputArea")).to_contain_text("Not yet", timeout=PATIENCE)
    lab.screenshot("lesson-01-not-yet")


def test_the_whole_lesson_runs_unsolved(lab):
    lab.run_all()
    last = place('kt.exercise("01-two-branches").check(')
    expect(lab.cell(last)).to_contain_text("Not attempted", timeout=2 * PATIENCE)
    lab.wait_for_idle(120)
    for index in CODE:
        assert not any(output["output_type"] == "error" for output in lab.outputs(index)), SOURCES[index]
    lab.theme("JupyterLab Dark")
    lab.screenshot("lesson-01-dark")

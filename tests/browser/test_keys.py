"""Keys pressed on our controls are ours: in JupyterLab `b` would insert a cell, `d d` delete one and `x` cut one."""

import pytest
from playwright.sync_api import expect

SETUP = """%load_ext kerastutor
import os
os.environ["KERAS_BACKEND"] = "jax"
import keras, numpy as np
import kerastutor as kt
x, y = np.zeros((64, 4), "float32"), np.zeros((64, 1), "float32")
small = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, name="out")])
small.compile("sgd", "mse")
exercise = kt.exercise("01-stack")"""
WIDGETS = {
    ".kt-run": "kt.train(small, x, y, epochs=2, wait=True)",
    "[aria-label=Progress]": "kt.progress()",
    ".kt-stepper": "%%steps\nimage = keras.Input((8,), name='image')\nhidden = keras.layers.Dense(4)(image)",
    ".kt-builder": "builder = kt.build(small)",
    ".kt-twin": "kt.show(small)",
    ".kt-card-not_yet": "exercise.check(model=small)",
    ".kt-card-task": "exercise",
    "[role=note]": "keras.layers.Add()([keras.Input((2,)), keras.Input((3,))])",
}
FOCUSABLE = "button:enabled:visible, summary:visible, select:visible, [type=range]:visible, [tabindex='0']:visible"
CELLS = "() => window.jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model.id)"


LIVE = {".kt-run", "[aria-label=Progress]", ".kt-stepper", ".kt-builder", ".kt-twin", ".kt-card-task"}


@pytest.fixture
def lab(open_lab):
    """A notebook with every widget on its page."""
    opened = open_lab([SETUP, *WIDGETS.values()])
    opened.run(0)
    for cell, widget in enumerate(WIDGETS, start=1):
        opened.run(cell)
        opened.wait_for_idle(120)
        expect(opened.cell(cell).locator(widget).first).to_be_visible(timeout=60_000)
    return opened


def test_a_key_on_any_control_leaves_the_notebook_alone(lab):
    page = lab.page
    cells = page.evaluate(CELLS)
    for cell, widget in enumerate(WIDGETS, start=1):
        controls = lab.cell(cell).locator(widget).first.locator(FOCUSABLE)
        assert controls.count() > 0, widget
        place = 0
        while place < controls.count():  # a key may change what there is
            for keys in ("b", "x", "dd"):
                controls.nth(place).focus()
                control = page.evaluate("document.activeElement.outerHTML.slice(0, 80)")
                for key in keys:
                    page.keyboard.press(key)
                assert page.evaluate(CELLS) == cells, f"{keys} on {control} of {widget} edited the notebook"
            place += 1


def test_escape_leads_from_any_view_back_to_its_cell(lab):
    for cell, widget in enumerate(WIDGETS, start=1):
        if widget in LIVE:
            lab.cell(cell).locator(widget).first.locator(FOCUSABLE).first.focus()
            lab.page.keyboard.press("Escape")
            expect(lab.cell(cell), widget).to_be_focused()
            lab.page.keyboard.press("ArrowDown")  # the notebook's own key again
            expect(lab.cell(cell + 1), widget).to_be_focused()

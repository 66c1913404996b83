"""Keys pressed on our controls are ours: in JupyterLab `b` would insert a cell, `d d` delete one and `x` cut one."""

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


def test_a_key_on_any_control_leaves_the_notebook_alone(open_lab):
    lab = open_lab([SETUP, *WIDGETS.values()])
    page = lab.page
    lab.run(0)
    for cell, widget in enumerate(WIDGETS, start=1):
        lab.run(cell)
        lab.wait_for_idle(120)
        expect(lab.cell(cell).locator(widget).first).to_be_visible(timeout=60_000)
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

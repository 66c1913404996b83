"""The stepper and the coach in a real JupyterLab."""

from playwright.sync_api import expect

expect.set_options(timeout=60_000)

STEPS = """%%steps
import keras
x = keras.Input((8,), name="x")
h = keras.layers.Dense(4, name="h")(x)
y = keras.layers.Dense(2, name="y")(h)
model = keras.Model(x, y)
print("done", model.output_shape)"""
BROKEN = (
    "image = keras.Input((8, 8, 3))\nhidden = keras.layers.Conv2D(4, 3)(image)\nkeras.layers.Add()([hidden, image])"
)


def test_lines_and_graph_go_together(open_lab):
    lab = open_lab(["%load_ext kerastutor\nimport keras", STEPS, "print(model.name != '')", BROKEN])
    lab.run(0)
    lab.run(1)
    page = lab.page
    page.wait_for_selector(".kt-stepper .drawing [data-key=y]", timeout=120_000)
    assert "done (None, 2)" in lab.text(1)
    page.get_by_role("button", name="Previous").click()
    page.get_by_role("button", name="Previous").click()
    expect(page.locator(".kt-stepper .line.lit")).to_contain_text('name="y"')
    expect(page.locator(".kt-stepper .lit-box[data-key=y]")).to_be_visible()
    page.get_by_role("button", name="Previous").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".kt-stepper .line.lit")).to_contain_text('name="h"')
    expect(page.locator(".kt-stepper .drawing [data-key=y]")).to_have_count(0)
    page.keyboard.press("Home")
    expect(page.locator(".kt-stepper .count")).to_contain_text("step 1 of")
    page.keyboard.press("End")
    page.locator(".kt-stepper").scroll_into_view_if_needed()
    lab.screenshot("stepper")
    lab.run(2)
    lab.wait_for_idle()
    assert "True" in lab.text(2)
    lab.run(3)
    lab.wait_for_output(3, "error")
    outputs = lab.outputs(3)
    assert [output["output_type"] for output in outputs][-1] == "error"
    assert "cannot merge hidden" in "".join(outputs[0]["data"]["text/plain"])
    assert "explained above" in "".join(outputs[-1]["traceback"])  # one line; the whole of it folds in the explanation
    explained = page.locator(".jp-Notebook-cell").nth(3).get_by_role("note")
    folded = explained.get_by_text("ValueError", exact=False).last
    expect(folded).to_be_hidden()
    explained.get_by_text("Python's traceback").click()
    expect(folded).to_be_visible()
    page.locator(".jp-Notebook-cell").nth(3).scroll_into_view_if_needed()
    lab.screenshot("coach")
    assert lab.external == []


def test_keys_at_the_first_and_the_last_line_stay_in_the_stepper(open_lab):
    wide = "wide " * 60
    tall = f"%%steps\nx = keras.Input((4,))  # {wide}\nfor _ in range(9):\n    x = keras.layers.Dense(4)(x)"
    lab = open_lab(["%load_ext kerastutor\nimport keras", tall])
    lab.run(0)
    lab.run(1)
    page = lab.page
    count = page.locator(".kt-stepper .count")
    expect(count).to_contain_text("step 1", timeout=120_000)
    back = page.get_by_role("button", name="Previous")
    back.focus()
    page.keyboard.press("Home")
    expect(count).to_contain_text("step 1 of")
    expect(back).to_be_disabled()
    expect(back).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("button", name="Next")).to_be_disabled()
    expect(page.locator(".kt-stepper .lit-box")).to_be_in_viewport()  # below, so the drawing has scrolled
    page.keyboard.press("Home")
    page.locator(".kt-stepper .listing").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.kt-stepper .listing').scrollLeft > 0")
    expect(count).to_contain_text("step 1 of")  # sideways, the code has scrolled


def test_a_cell_that_fails_ends_at_its_line(open_lab):
    lab = open_lab(["%load_ext kerastutor\nimport keras", "%%steps\n" + BROKEN + "\nprint('never')"])
    lab.run(0)
    lab.run(1)
    page = lab.page
    failed = page.locator(".kt-stepper .line.lit.failed")
    failed.wait_for(timeout=120_000)
    expect(failed).to_contain_text("keras.layers.Add()")
    expect(page.locator(".kt-stepper .sentence")).to_contain_text("stopped at this line with a ValueError")
    expect(page.get_by_role("note")).to_contain_text("cannot merge")
    assert "never" not in lab.text(1)

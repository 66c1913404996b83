"""The builder in a real JupyterLab: by mouse, by keyboard, in the dark, and on a narrow page."""

import json

import pytest
from playwright.sync_api import expect

from kerastutor.topology.graph import Topology
from kerastutor.topology.sameness.canonical import equal

expect.set_options(timeout=60_000)  # the first call of a layer loads half of Keras, on a machine that is busy

CELLS = ["import kerastutor as kt\nbuilder = kt.build()", "print(builder.topology.to_json())"]


@pytest.fixture
def lab(open_lab):
    lab = open_lab(CELLS)
    lab.run(0)
    lab.page.wait_for_selector(".kt-builder", timeout=120_000)
    return lab


def add_input(page, shape):
    page.get_by_label("Layers", exact=True).select_option("Input")
    page.get_by_role("textbox", name="shape").fill(shape)
    page.get_by_role("button", name="Add input").click()
    expect(page.locator(".kt-builder .graph [data-key=input]")).to_be_visible()


def choose(page, kind, **fields):
    page.get_by_role("searchbox", name="Find a layer").fill("")
    page.get_by_label("Layers", exact=True).select_option(kind)
    button = page.get_by_role("button", name=f"Add {kind}", exact=True)
    expect(button).to_be_visible()
    for name, value in fields.items():
        page.locator(f".kt-builder .form [name={name}]").fill(value)
    button.click()


def choose_box(page, key):
    """A click on a box that is chosen would let it go."""
    box = page.locator(f".kt-builder .graph [data-key={key}]")
    if box.get_attribute("aria-pressed") != "true":
        box.click()
    expect(box).to_have_attribute("aria-pressed", "true")


def topology(lab):
    lab.run(1)
    lab.wait_for_output(1)
    return Topology.from_json(lab.text(1).strip())


def test_a_residual_network_by_mouse(lab):
    page = lab.page
    add_input(page, "32, 32, 3")
    choose(page, "Conv2D", filters="32", kernel_size="5")
    expect(page.locator(".graph [data-key=conv2d]")).to_be_visible()
    page.locator(".graph [data-key=input]").click(modifiers=["Shift"])
    expect(page.locator(".chosen")).to_contain_text("conv2d, input")
    choose(page, "Add")
    expect(page.locator(".message")).to_contain_text("they differ in height and width and channels")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".graph [data-key=conv2d]")).to_have_count(0)
    page.get_by_role("button", name="Redo").click()
    expect(page.locator(".graph [data-key=conv2d]")).to_be_visible()
    expect(page.locator(".code").nth(1)).to_contain_text("Conv2D(32")
    assert [layer.kind for layer in topology(lab).layers] == ["Input", "Conv2D"]
    lab.screenshot("builder-light")
    assert lab.errors == []
    assert lab.external == []


def test_an_alternative_takes_the_impossible_step_after_all(lab):
    page = lab.page
    add_input(page, "8")
    choose(page, "Dense", units="4")
    expect(page.locator(".graph [data-key=dense]")).to_be_visible()
    page.locator(".graph [data-key=input]").click(modifiers=["Shift"])
    choose(page, "Add")
    page.get_by_role("button", name="Put a Dense of 4 units on input first").click()
    expect(page.locator(".graph [data-key=add]")).to_be_visible()
    expect(page.locator(".greyed")).to_contain_text("left what a Sequential can be")
    assert [layer.kind for layer in topology(lab).layers] == ["Input", "Dense", "Dense", "Add"]


def test_what_is_seldom_meant_is_taken_with_a_remark(lab):
    page = lab.page
    add_input(page, "8")
    choose(page, "Dense", units="1")
    expect(page.locator(".graph [data-key=dense]")).to_be_visible()
    page.locator(".graph [data-key=input]").click(modifiers=["Shift"])
    choose(page, "Add")
    expect(page.locator(".graph [data-key=add]")).to_be_visible()
    expect(page.locator('.message[data-kind="hint"]')).to_contain_text("the axis of length 1 is repeated")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".message")).to_be_empty()


def test_a_call_is_moved_and_given_another_tensor(lab):
    page = lab.page
    add_input(page, "8")
    choose(page, "Dense", units="8")
    expect(page.locator(".graph [data-key=dense]")).to_be_visible()
    choose(page, "Dropout", rate="0.5")
    expect(page.locator(".graph [data-key=dropout]")).to_be_visible()
    page.get_by_role("button", name="Move earlier").click()
    expect(page.locator(".step")).to_contain_text("move dense one step later")
    assert [call.id for call in topology(lab).calls] == ["input", "dropout", "dense"]
    page.locator(".graph [data-key=dense]").click()
    page.get_by_role("button", name="Other tensors").click()
    taken = page.locator(".takes label")
    expect(taken.filter(has_text="dropout").get_by_role("checkbox")).to_be_checked()
    taken.filter(has_text="dropout").get_by_role("checkbox").uncheck()
    taken.filter(has_text="input").get_by_role("checkbox").check()
    expect(page.locator(".chosen b")).to_have_text("input")
    page.get_by_role("button", name="Let dense take these").click()
    expect(page.locator(".step")).to_contain_text("give dense other tensors")
    assert [ref.call for ref in topology(lab).call["dense"].tensors] == ["input"]


def focused(page):
    """What has the focus inside the builder; "" once it left it."""
    return page.evaluate(
        "(at => at.closest('.kt-builder') ? at.ariaLabel || at.name || at.textContent : '')(document.activeElement)"
    )


def test_inputs_change_places_by_keyboard(lab):
    page = lab.page
    for name in ("left", "right"):
        page.locator(".kt-builder [name=layer-name]").fill(name)
        page.get_by_role("button", name="Add input").click()
        expect(page.locator(f".graph [data-key={name}]")).to_be_visible()
    expect(page.locator(".chosen")).to_contain_text("right, input 2 of 2")
    earlier = page.get_by_role("button", name="Move earlier")
    earlier.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".chosen")).to_contain_text("right, input 1 of 2")
    assert focused(page)
    expect(page.locator(".code").nth(0)).to_contain_text("keras.Model([right, left]")
    page.wait_for_function(  # boxes take a moment to move
        "([first, second]) => first.getBoundingClientRect().x < second.getBoundingClientRect().x",
        arg=[page.locator(f".graph [data-key={name}]").element_handle() for name in ("right", "left")],
    )
    undo = page.get_by_role("button", name="Undo")
    undo.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".chosen")).to_contain_text("right, input 2 of 2")
    expect(earlier).to_be_visible()


def test_the_focus_stays_where_one_works(lab):
    page = lab.page
    add_input(page, "8")
    choose(page, "Dense", units="4")
    expect(page.locator(".chosen b")).to_have_text("dense")
    for button, words in (("Parameters", "units"), ("Other tensors", "is to take input"), ("Call again", "again")):
        choose_box(page, "dense")
        page.get_by_role("button", name=button, exact=True).focus()
        page.keyboard.press("Enter")
        expect(page.locator(".kt-builder .form :focus")).to_be_visible()
        expect(page.locator(".kt-builder")).to_contain_text(words)
    choose_box(page, "dense")
    page.get_by_role("button", name="Delete", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".graph [data-key=dense]")).to_have_count(0)
    assert focused(page) == "What is chosen"
    undo = page.get_by_role("button", name="Undo")
    undo.focus()
    for left in (2, 1, 0):
        page.keyboard.press("Enter")
        expect(page.locator(".step")).to_contain_text(f"Step {left} of 3")
    expect(undo).to_be_disabled()
    assert focused(page) == "Undo"


def test_a_second_click_builds_on_the_first_however_slow_the_kernel(lab):
    page = lab.page
    for name in ("left", "right"):
        page.locator(".kt-builder [name=layer-name]").fill(name)
        page.get_by_role("button", name="Add input").click()
        expect(page.locator(".chosen b")).to_have_text(name)
    lab.page.evaluate("""() => {
        const boxes = ['left', 'right'].map((key) => document.querySelector(`.kt-builder .graph [data-key=${key}]`));
        boxes[0].dispatchEvent(new MouseEvent('click', {bubbles: true}));
        boxes[1].dispatchEvent(new MouseEvent('click', {bubbles: true, shiftKey: true}));
    }""")
    expect(page.locator(".chosen b")).to_have_text("left, right")


def test_outputs_are_chosen_and_given_up(lab):
    page = lab.page
    add_input(page, "8")
    choose(page, "Dense", units="4")
    expect(page.locator(".graph [data-key=dense]")).to_be_visible()
    expect(page.get_by_role("button", name="All open ends are outputs")).to_have_count(0)  # they are
    page.locator(".graph [data-key=input]").click()
    page.get_by_role("button", name="Make output").click()
    expect(page.get_by_role("button", name="All open ends are outputs")).to_be_visible()
    page.get_by_role("button", name="Not an output").click()
    expect(page.get_by_role("button", name="Make output")).to_be_visible()
    assert [port.tensor.call for port in topology(lab).outputs] == ["dense"]


def test_everything_by_keyboard(lab):
    page = lab.page
    page.get_by_role("textbox", name="shape").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("784")
    page.keyboard.press("Enter")
    expect(page.locator(".graph [data-key=input]")).to_be_visible()
    page.get_by_role("searchbox", name="Find a layer").focus()
    page.keyboard.type("dense fully")
    page.get_by_role("searchbox", name="Find a layer").fill("dense")
    page.keyboard.press("Tab")
    page.keyboard.press("Home")
    while page.get_by_label("Layers", exact=True).input_value() != "Dense":
        page.keyboard.press("ArrowDown")
    units = page.locator(".kt-builder .form [name=units]")
    expect(units).to_be_visible()
    units.focus()
    page.keyboard.type("10")
    page.keyboard.press("Enter")
    expect(page.locator(".graph [data-key=dense]")).to_be_visible()
    page.locator(".graph [data-key=input]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".graph [data-key=input]")).to_have_attribute("aria-pressed", "true")
    slider = page.get_by_role("slider", name="Step")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".graph [data-key=dense]")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(page.locator(".graph [data-key=dense]")).to_be_visible()


def test_the_code_goes_into_a_cell_of_its_own_below_the_builder(lab):
    page = lab.page
    add_input(page, "8")
    page.evaluate("window.app = window.jupyterapp; delete window.jupyterapp")  # few servers show it to the page
    page.get_by_role("button", name="New cell with the Functional code").click()
    expect(page.get_by_text("Put into a new cell.")).to_be_visible()
    page.evaluate("window.jupyterapp = window.app")
    sources = page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model.sharedModel.getSource())"
    )
    place = next(number for number, source in enumerate(sources) if "keras.Input(shape=(8,)" in source)
    assert lab.cell(place - 1).locator(".kt-builder").count() == 1


def test_steps_are_saved_and_opened(lab, tmp_path):
    page = lab.page
    add_input(page, "8")
    choose(page, "Dense", units="4")
    expect(page.locator(".graph [data-key=dense]")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save", exact=True).click()
    path = tmp_path / "network.json"
    download.value.save_as(path)
    assert json.loads(path.read_text())["position"] == 2
    before = topology(lab)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".graph [data-key=dense]")).to_have_count(0)
    page.locator('.kt-builder input[type="file"]').set_input_files(path)
    expect(page.locator(".graph [data-key=dense]")).to_be_visible()
    assert equal(topology(lab), before)


@pytest.mark.parametrize(("name", "width"), [("wide", 1280), ("narrow", 480)])
def test_dark_and_narrow_pages(open_lab, name, width):
    lab = open_lab(
        [
            "import keras, kerastutor as kt\nx = keras.Input((8,), name='x')\nh = keras.layers.Dense(8, name='h')(x)\n"
            "builder = kt.build(keras.Model(x, keras.layers.Add(name='sum')([x, h])))"
        ],
        viewport={"width": width, "height": 1000},
    )
    lab.run(0)
    lab.page.wait_for_selector(".kt-builder .graph [data-key=sum]", timeout=120_000)
    lab.screenshot(f"builder-light-{name}")
    lab.theme("JupyterLab Dark")
    lab.screenshot(f"builder-dark-{name}")
    box = lab.page.locator(".kt-builder").bounding_box()
    assert lab.page.evaluate("document.querySelector('.kt-builder').scrollWidth") <= box["width"] + 1


def test_both_drawings_stand_beside_one_another_in_a_window_of_800_pixels(open_lab):
    lab = open_lab(
        [
            "import keras, kerastutor as kt\n"
            "first = keras.layers.Dense(128, 'relu', name='first')\n"
            "last = keras.layers.Dense(10, 'softmax', name='last')\n"
            "builder = kt.build(keras.Sequential([keras.Input((784,)), first, last]))"
        ],
        viewport={"width": 800, "height": 1000},
    )
    lab.command("application:toggle-left-area")
    lab.run(0)
    lab.page.wait_for_selector(".kt-builder .graph [data-key=last]", timeout=120_000)
    stack, graph = (lab.page.locator(".kt-builder .panel").nth(place).bounding_box() for place in (0, 1))
    assert graph["y"] == stack["y"]
    assert graph["x"] >= stack["x"] + stack["width"]

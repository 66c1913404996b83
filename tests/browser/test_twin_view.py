"""The twin view in real Chromium, without a kernel: light, keys, cards, groups, zoom, export, and axe-core."""

import json
from pathlib import Path

import drawn_networks as networks
import pytest
from twin_page import page_text

from kerastutor.drawing.beside import beside
from kerastutor.drawing.grouping import groups_of
from kerastutor.drawing.listings import Listing, listings_of
from kerastutor.drawing.twin import twin
from kerastutor.drawing.view import beside_view, twin_view
from kerastutor.topology.graph import Topology

ARTIFACTS = Path(__file__).parent.parent.parent / "artifacts"
CODE = Listing(
    "Functional",
    (
        ("image = keras.Input((784,))", ("image",)),
        ("x = Dense(128, activation='relu')(image)", ("hidden",)),
        ("x = Dropout(0.2)(x)", ("dropout",)),
        ("digit = Dense(10, activation='softmax')(x)", ("digit",)),
        ("model = keras.Model(image, digit)", ()),
    ),
)


@pytest.fixture
def open_view(browser):
    contexts = []

    def open_page(view, *, dark=False, width=1100, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, accept_downloads=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("console", lambda said: page.problems.append(said.text) if said.type == "error" else None)
        page.on(
            "request", lambda sent: None if sent.url.startswith(("data:", "blob:")) else page.problems.append(sent.url)
        )
        page.set_content(page_text(view, dark))
        page.wait_for_function("window.ready === true")
        return page

    yield open_page
    for context in contexts:
        context.close()


def keys_lit(page):
    return set(page.eval_on_selector_all("[data-key].lit", "found => found.map(box => box.dataset.key)"))


def box(page, key, side):
    return page.locator(f'[data-side="{side}"] [data-key="{key}"]')


def focused(page):
    return page.evaluate(
        "[document.activeElement.dataset.key, document.activeElement.closest('[data-side]')?.dataset.side]"
    )


def keep(page, name):
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=str(ARTIFACTS / f"{name}.png"), full_page=True)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1100], ids=["narrow", "wide"])
@pytest.mark.parametrize("name", ["digits", "tickets", "residual", "siamese", "inception"])
def test_it_is_drawn_without_an_error_or_a_request(open_view, name, width, dark):
    topology = getattr(networks, name)()
    page = open_view(twin_view(twin(topology), listings_of(topology)), dark=dark, width=width)
    keep(page, f"twin-{name}-{'dark' if dark else 'light'}-{width}")
    assert page.problems == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_hovering_lights_the_partner_and_the_line_and_a_line_lights_both(open_view):
    page = open_view(twin_view(twin(networks.digits()), [CODE]))
    box(page, "hidden", 0).hover()
    assert page.locator("[data-key].lit").count() == 2
    assert page.locator("li.lit").inner_text() == "x = Dense(128, activation='relu')(image)"
    page.locator(".kt-listing li", has_text="Dropout").hover()
    assert keys_lit(page) == {"dropout"}
    assert page.locator("[data-key].lit").count() == 2


def test_a_layer_of_a_nested_model_lights_the_brick_of_the_model(open_view):
    net = networks.Net("nested")
    x = net.input("x", (None, 4))
    net.inside = ("inner",)
    net.scopes.append(networks.Scope("inner", "inner", "Sequential", "inner"))
    x = net.call("Dense", "inner/a", [x], (None, 3), units=3)
    x = net.call("Dense", "inner/b", [x], (None, 3), units=3)
    net.inside = ()
    page = open_view(twin_view(twin(net.topology(net.call("Dense", "out", [x], (None, 1), units=1)))))
    box(page, "inner/a", 1).hover()
    assert keys_lit(page) == {"inner/a", "inner"}


def test_a_click_opens_the_card_and_escape_closes_it(open_view):
    page = open_view(twin_view(twin(networks.digits())))
    box(page, "hidden", 1).click()
    card = page.get_by_role("dialog")
    text = card.inner_text()
    assert "784 × 128 + 128 = 100,480" in text
    assert card.get_by_role("link").get_attribute("href").startswith("https://keras.io/")
    page.keyboard.press("Escape")
    assert card.count() == 0
    assert focused(page) == ["hidden", "1"]


def test_a_screen_reader_meets_every_box_as_an_item_of_a_tree(open_view):
    page = open_view(twin_view(twin(networks.residual())))
    reader = page.context.new_cdp_session(page)
    for place in range(page.locator("[data-key]").count()):
        found = reader.send("Runtime.evaluate", {"expression": f"document.querySelectorAll('[data-key]')[{place}]"})
        asked = {"objectId": found["result"]["objectId"], "fetchRelatives": False}
        (node,) = reader.send("Accessibility.getPartialAXTree", asked)["nodes"]
        assert node["role"]["value"] == "treeitem", node["name"]["value"]


def test_the_arrow_keys_walk_the_graph_and_cross_to_the_stack(open_view):
    page = open_view(twin_view(twin(networks.residual())))
    box(page, "image", 1).focus()
    walked = []
    for key in [
        "ArrowDown",
        "ArrowDown",
        "ArrowDown",
        "ArrowUp",
        "ArrowUp",
        "ArrowLeft",
        "ArrowUp",
        "End",
        "ArrowRight",
    ]:
        page.keyboard.press(key)
        walked.append(focused(page))
    assert [key for key, _ in walked[:5]] == ["stem", "conv_a", "norm_a", "conv_a", "stem"]
    assert walked[5:] == [["stem", "0"], ["image", "0"], ["stem", "0"], ["stem", "1"]]


def test_every_box_is_reached_and_opened_by_keyboard_alone(open_view):
    topology = networks.tickets()
    page = open_view(twin_view(twin(topology)))
    page.locator(".kt-name").evaluate("start => { start.tabIndex = -1; start.focus(); }")
    reached = set()
    for _ in range(20):
        page.keyboard.press("Tab")
        if focused(page)[0]:
            break
    waiting, steps = [focused(page)], ["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight", "End"]
    while waiting:
        key, side = waiting.pop()
        if key in reached:
            continue
        reached.add(key)
        for step in steps:
            box(page, key, side).focus()
            page.keyboard.press(step)
            waiting.append(focused(page))
    assert {call.id for call in topology.calls} | {"output:0", "output:1"} <= reached
    box(page, "words", 1).focus()
    page.keyboard.press("Enter")
    assert "Embedding “words”" in page.get_by_role("dialog").get_attribute("aria-label")


def test_a_group_asks_python_and_stays_where_it_was(open_view):
    topology = networks.siamese()
    groups = [group.key for group in groups_of(topology)]
    page = open_view(twin_view(twin(topology, groups)), reduced_motion="reduce")
    before = box(page, "encoder", 1).bounding_box()
    box(page, "encoder", 1).focus()
    page.keyboard.press("Enter")
    assert page.evaluate("window.sent") == [{"toggle": "encoder", "set": 0}]
    page.evaluate("view => window.model.set('view', view)", twin_view(twin(topology, ["encoder#2"])))
    opened = box(page, "encoder", 1)
    assert opened.get_attribute("aria-expanded") == "true"
    assert abs(opened.bounding_box()["x"] - before["x"]) < 60
    assert focused(page) == ["encoder", "1"]


def test_boxes_move_in_a_short_animation_unless_less_motion_is_wished(open_view):
    before, after = twin_view(twin(networks.residual())), twin_view(twin(networks.digits()))
    after["panels"][1]["body"] = before["panels"][1]["body"].replace("translate(", "translate(1")
    for motion, moving in (("no-preference", True), ("reduce", False)):
        page = open_view(before, reduced_motion=motion)
        page.evaluate("view => window.model.set('view', view)", after)
        durations = page.evaluate("document.getAnimations().map(each => each.effect.getTiming().duration)")
        assert bool(durations) is moving
        assert all(duration <= 300 for duration in durations)


@pytest.mark.parametrize(("width", "side_by_side"), [(600, True), (390, False)])
def test_a_narrow_page_cuts_nothing_off(open_view, width, side_by_side):
    page = open_view(twin_view(twin(networks.digits())), width=width)
    page.wait_for_function("narrow => !!document.querySelector('.kt-narrow') === narrow", arg=not side_by_side)
    stack, graph = (page.locator(".kt-panel").nth(side).bounding_box() for side in (0, 1))
    assert (graph["x"] > stack["x"] + stack["width"]) is side_by_side
    assert (graph["y"] > stack["y"]) is not side_by_side
    for panel in [page.locator(".kt-stage"), *page.locator(".kt-panel").all()]:
        assert panel.evaluate("panel => panel.scrollWidth <= panel.clientWidth")
    for panel in page.locator(".kt-panel").all():
        assert panel.evaluate("panel => panel.scrollHeight <= panel.clientHeight")


def test_drawings_below_one_another_are_seen_whole_with_their_frames(open_view):
    page = open_view(beside_view(beside([networks.digits(), networks.siamese()])), width=390)
    page.wait_for_selector(".kt-narrow")
    assert page.locator(".kt-stage").evaluate("stage => stage.scrollHeight <= stage.clientHeight")
    for panel in page.locator(".kt-panel").all():
        around, drawn = panel.bounding_box(), panel.locator("svg").bounding_box()
        assert drawn["x"] - around["x"] >= 1  # half of a frame's line stands outside of the drawing


def test_zoom_and_fit(open_view):
    page = open_view(twin_view(twin(networks.inception())))
    wide = page.locator("svg.kt").last.bounding_box()["width"]
    page.get_by_role("button", name="Zoom in").click()
    assert page.locator("svg.kt").last.bounding_box()["width"] > wide  # it began small enough for nothing to be cut off
    page.get_by_role("button", name="Fit").click()
    stage = page.locator(".kt-stage")
    assert stage.evaluate("stage => stage.scrollWidth <= stage.clientWidth")


def test_dragging_pans_and_opens_no_card(open_view):
    page = open_view(twin_view(twin(networks.inception())))
    for _ in range(3):  # until there is something to pan to
        page.get_by_role("button", name="Zoom in").click()
    page.mouse.move(700, 300)
    page.mouse.down()
    page.mouse.move(500, 250, steps=4)
    page.mouse.up()
    assert page.locator(".kt-stage").evaluate("stage => stage.scrollLeft") > 100
    assert page.get_by_role("dialog").count() == 0


@pytest.mark.parametrize(("form", "begins"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("dot", b"digraph")])
def test_saving_downloads_a_file(open_view, form, begins):
    page = open_view(twin_view(twin(networks.tickets())))
    with page.expect_download() as waiting:
        page.get_by_label("Form of the file").select_option(form)
        page.get_by_role("button", name="Save the drawing").click()
    assert waiting.value.suggested_filename == f"tickets.{form}"
    assert Path(waiting.value.path()).read_bytes().startswith(begins)


def test_hovering_answers_within_50_ms_on_resnet50(open_view):
    """All of ResNet50 open, 177 boxes: the slowest of hovering every box, until the browser has drawn it."""
    net = networks.Net("resnet50")
    x = net.input("x", (None, 8, 8, 4))
    for block in range(25):
        y = x
        for step in range(3):
            y = net.call("Conv2D", f"c{block}_{step}", [y], (None, 8, 8, 4), filters=4, kernel_size=[3, 3])
            y = net.call("BatchNormalization", f"b{block}_{step}", [y], (None, 8, 8, 4))
        x = net.call("Add", f"add{block}", [x, y], (None, 8, 8, 4))
    topology = net.topology(x)
    assert len(topology.calls) >= 176
    page = open_view(twin_view(twin(topology, [])))
    slowest = page.evaluate(
        """async () => {
          let slowest = 0;
          for (const item of document.querySelectorAll('[data-side="1"] [data-key]')) {
            const start = performance.now();
            item.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
            getComputedStyle(item.firstElementChild).stroke;
            item.getBoundingClientRect();
            slowest = Math.max(slowest, performance.now() - start);
          }
          return slowest;
        }"""
    )
    print(f"slowest hover: {slowest:.1f} ms")
    assert slowest < 50


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("what", ["twin", "card", "beside", "words"])
def test_axe_finds_nothing(open_view, axe, what, dark):
    if what == "beside":
        view = beside_view(beside([networks.digits(), networks.residual()]))
    else:
        view = twin_view(twin(networks.siamese() if what == "twin" else networks.digits()), [CODE])
    page = open_view(view, dark=dark)
    if what == "card":
        box(page, "hidden", 1).click()
    if what == "words":
        page.get_by_text("The same in words").click()
    page.evaluate(axe)
    found = page.evaluate(
        """async () => (await axe.run(document, { rules: { "page-has-heading-one": { enabled: false } } })).violations
          .map(each => [each.id, each.nodes.slice(0, 3).map(node => node.html + " " + node.failureSummary)])"""
    )
    assert found == [], json.dumps(found, indent=1)


def test_hostile_names_stay_text(open_view):
    name = "<img src=x onerror=window.bad=1>\"'&"
    net = networks.Net(name)
    x = net.input(name, (None, 4))
    topology = net.topology(net.call("Dense", name + "2", [x], (None, 1), units=1, weights=((4, 1),)))
    page = open_view(twin_view(twin(Topology.from_json(topology.to_json())), [Listing(name, ((name, (name,)),))]))
    page.locator("[data-key]").last.click(force=True)
    page.locator('[data-side="1"] [data-key]').nth(1).click()
    assert page.locator("img").count() == 0
    assert page.evaluate("window.bad") is None
    assert page.problems == []

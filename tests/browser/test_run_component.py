"""The live view alone, in Chromium without a kernel: words, buttons, curves and tables from one state."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from kerastutor.training.progress import RunProgress
from kerastutor.widgets.assets import module, style
from kerastutor.widgets.run_page import race_page, run_page

ARTIFACTS = Path(__file__).parent.parent.parent / "artifacts"
DARK = {
    "--jp-layout-color0": "#111111",
    "--jp-layout-color1": "#212121",
    "--jp-layout-color2": "#424242",
    "--jp-border-color1": "#616161",
    "--jp-border-color2": "#424242",
    "--jp-ui-font-color1": "#dddddd",
    "--jp-content-font-color1": "#ffffff",
}
PAGE = """
<!doctype html><meta charset="utf-8"><style>{css}</style>
<body data-jp-theme-light="{light}" style="margin:0;{variables}">
<div id="here"></div></body>
"""
RENDER = """async ([source, state]) => {
  const url = URL.createObjectURL(new Blob([source], {type: "text/javascript"}));
  const { default: widget } = await import(url);
  const traits = { state, address: "a" }, heard = [];
  window.sent = [];
  const model = {
    get: name => traits[name], on: (_, act) => heard.push(act), off: () => {}, send: content => sent.push(content),
  };
  window.show = state => { traits.state = state; heard.forEach(act => act()); };
  const here = document.getElementById("here");
  window.again = () => { here.replaceChildren(); widget.render({ model, el: here }); };
  again();
}"""
WISHES = frozenset({"stop", "pause", "resume", "more"})
ROWS = tuple(
    {"accuracy": 1 - 0.7 / epoch, "loss": 2.2 / epoch, "val_accuracy": 0.95 - 0.6 / epoch, "val_loss": 2 / epoch + 0.1}
    for epoch in range(1, 7)
)


def moment(**changes):
    given = {
        "name": "digits",
        "status": "training",
        "epoch": 6,
        "epochs": 10,
        "step": 20,
        "steps": 45,
        "seconds": 2.0,
        "seconds_left": 1.4,
        "rate": 48_000.0,
        "now": {"loss": 0.33, "accuracy": 0.9},
        "rows": ROWS,
        "device": "CPU",
        "how": "compiled loop: many steps in one call, data on the device",
    }
    return RunProgress(**(given | changes))


@pytest.fixture
def page(browser):
    """`page(state, dark=..., width=...)` shows the view with a state of it."""
    opened = []

    def show(state, *, dark=False, width=900):
        made = browser.new_page(viewport={"width": width, "height": 900})
        opened.append(made)
        variables = "background:#111;" + "".join(f"{name}:{value};" for name, value in DARK.items()) if dark else ""
        css = style("run")
        light = "false" if dark else "true"
        made.set_content(
            PAGE.replace("{light}", light).replace("{variables}", variables).replace("{css}", css), wait_until="load"
        )
        made.evaluate(RENDER, [module("run"), json.loads(json.dumps(state))])
        return made

    yield show
    for one in opened:
        one.close()


def shot(page, name):
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=str(ARTIFACTS / f"{name}.png"), full_page=True)


def test_a_running_training(page):
    made = page(run_page(moment(), WISHES))
    expect(made.get_by_role("status")).to_have_text("Training, epoch 7 of 10")
    bar = made.get_by_role("progressbar", name="Progress of the training")
    assert float(bar.get_attribute("value")) == pytest.approx(moment().fraction)
    assert made.get_by_role("button").all_inner_texts() == ["Pause", "Stop"]
    assert made.get_by_role("img").count() == 2
    expect(made.locator(".kt-run-timing")).to_have_text("1 s left")
    made.get_by_role("button", name="Stop").click()
    made.get_by_role("button", name="Pause").click()
    sent = made.evaluate("sent")
    assert [click["do"] for click in sent] == ["stop", "pause"]
    assert sent[0]["click"] < sent[1]["click"]


def test_a_finished_training_tells_everything_in_words_and_numbers_too(page):
    made = page(run_page(moment(status="finished", now={}, step=0, epoch=6, epochs=6), WISHES))
    expect(made.get_by_text("still falling")).to_be_visible()
    assert made.get_by_role("button").all_inner_texts() == ["Train more"]
    made.get_by_text("All epochs as a table").click()
    table = made.get_by_role("table", name="Metrics of every epoch")
    assert table.get_by_role("row").count() == 7
    expect(table.get_by_role("columnheader", name="val_loss")).to_be_visible()
    shot(made, "run-component-light")


def test_keyboard_focus_survives_that_a_button_disappears(page):
    made = page(run_page(moment(), WISHES))
    made.get_by_role("button", name="Pause").focus()
    made.evaluate("state => show(state)", json.loads(json.dumps(run_page(moment(status="paused"), WISHES))))
    expect(made.get_by_role("button", name="Continue")).to_be_focused()


def test_keyboard_focus_stays_in_the_view_while_there_is_no_button(page):
    made = page(run_page(moment(), WISHES))
    made.get_by_role("button", name="Stop").focus()
    for status, focused in (("stopping", ".kt-run"), ("stopped", "[data-wish=more]")):
        made.evaluate("state => show(state)", json.loads(json.dumps(run_page(moment(status=status), WISHES))))
        expect(made.locator(focused)).to_be_focused()


@pytest.mark.parametrize("held", ["button:visible", "summary:text('Device')"])
def test_a_view_that_jupyter_shows_anew_keeps_the_focus_and_what_is_open(page, held):
    made = page(run_page(moment(status="finished", now={}), WISHES))
    made.get_by_text("All epochs as a table").click()
    made.locator(held).focus()
    made.evaluate("again()")
    expect(made.locator(held)).to_be_focused()
    expect(made.get_by_role("table", name="Metrics of every epoch")).to_be_visible()


def test_the_status_is_spoken_only_when_it_changes(page):
    made = page(run_page(moment(), WISHES))
    made.evaluate(
        """() => { window.changes = 0;
        new MutationObserver(list => changes += list.length)
          .observe(document.querySelector("[role=status]"), {childList: true, characterData: true, subtree: true}); }"""
    )
    for step in range(20, 40):
        made.evaluate("state => show(state)", json.loads(json.dumps(run_page(moment(step=step), WISHES))))
    assert made.evaluate("changes") == 0


@pytest.mark.parametrize(("name", "options"), [("dark", {"dark": True}), ("narrow", {"width": 340})])
def test_it_fits_the_page(page, name, options):
    made = page(run_page(moment(), WISHES), **options)
    shot(made, f"run-component-{name}")
    assert made.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_race_tells_its_curves_apart_without_colour(page):
    runs = tuple(moment(name=name, status="finished", now={}, epochs=6) for name in ("plain", "residual", "wide"))
    made = page(race_page(runs))
    dashes = {line.get_attribute("stroke-dasharray") for line in made.locator("polyline").all()}
    assert len(dashes) == 3
    shot(made, "run-component-race")


CONTRAST = """() => {
  const linear = v => v / 255 <= .03928 ? v / 255 / 12.92 : ((v / 255 + .055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => .2126 * linear(r) + .7152 * linear(g) + .0722 * linear(b);
  const rgb = text => text.match(/[0-9.]+/g).slice(0, 3).map(Number);
  const ground = light(rgb(getComputedStyle(document.querySelector('.kt-run')).backgroundColor));
  const ratio = c => { const l = light(rgb(c)); return (Math.max(l, ground) + .05) / (Math.min(l, ground) + .05); };
  const parts = ".kt-run-headline, .kt-run-timing, .kt-run-curve, .kt-run-details dd, .kt-run summary";
  return [...document.querySelectorAll(parts)].map(e => ratio(getComputedStyle(e).color));
}"""


@pytest.mark.parametrize("dark", [False, True])
def test_words_and_curves_stand_out(page, dark):
    made = page(run_page(moment(status="finished"), WISHES), dark=dark)
    assert min(made.evaluate(CONTRAST)) >= 4.5

"""The pages of a grading run in a real browser: they fit a phone, run nothing, and follow the reader's colours."""

from dataclasses import replace
from pathlib import Path

import pytest
from classroom import graded, lost, mistakes, records, specs

from kerastutor.grading import feedback, report
from kerastutor.grading.records import Verdict

ARTIFACTS = Path(__file__).parent.parent.parent / "artifacts"
SPECS = specs()
HOSTILE = '<img src=x onerror="document.title=1">' + "x" * 300


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("grades")
    stack = SPECS["01-stack"]
    network = next(mistakes(stack))
    named = replace(network, layers=tuple(replace(layer, name=HOSTILE) for layer in network.layers))
    bad = [graded(HOSTILE, stack, named), lost(HOSTILE, SPECS["05-siamese"], Verdict.CRASHED, HOSTILE)]
    everyone = [*records(10), *bad]
    before = [replace(record, exercise_version="old", points=2) for record in everyone]
    shown = {path.name: path for path in feedback.write_pages(everyone, SPECS, folder)}
    hostile, common = shown[feedback.page_name(HOSTILE)], shown[feedback.page_name("student 004")]
    return {"report": report.write(everyone, SPECS, folder, before=before), "feedback": common, "hostile": hostile}


@pytest.mark.parametrize("name", ["report", "feedback", "hostile"])
@pytest.mark.parametrize(("scheme", "width"), [("light", 1100), ("dark", 1100), ("light", 390)])
def test_a_page_fits_and_does_nothing(pages, browser, name, scheme, width):
    ARTIFACTS.mkdir(exist_ok=True)
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    try:
        page.goto(pages[name].as_uri())
        page.screenshot(path=ARTIFACTS / f"grading-{name}-{scheme}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.title() != "1"
        assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 28)"
        assert dark == (scheme == "dark")
    finally:
        context.close()
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []

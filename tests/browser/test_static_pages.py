"""Every page without a kernel in a real browser: it fits a phone, runs nothing, and follows the reader's colours."""

import json
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from classroom import graded, lost, mistakes, records, reference, specs

from kerastutor.drawing import draw_twin
from kerastutor.exercises.catalog import find
from kerastutor.exercises.sealing import sealed_text
from kerastutor.teaching.authoring import preview
from kerastutor.teaching.grading import feedback, report
from kerastutor.teaching.grading.classes import answer_classes
from kerastutor.teaching.grading.records import Verdict
from kerastutor.teaching.publishing import course, lesson
from kerastutor.training.curves import Chart, Series
from kerastutor.training.picture import picture

ARTIFACTS = Path(__file__).parent.parent.parent / "artifacts"
SPECS = specs()
HOSTILE = '<img src=x onerror="document.title=1">' + "x" * 300
NAMES = ["report", "feedback", "hostile", "preview", "lesson", "index", "summary"]
WIDE = "<pre style='white-space:pre;overflow-x:auto'>" + "┃ a table of Keras " * 9 + "</pre>"
DARK = "rgb(20, 23, 28)"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    return {**of_a_class(folder), "preview": previewed(folder), **of_the_course(folder)}


def of_a_class(folder):
    stack = SPECS["01-stack"]
    network = next(mistakes(stack))
    named = replace(network, layers=tuple(replace(layer, name=HOSTILE) for layer in network.layers))
    bad = [graded(HOSTILE, stack, named), lost(HOSTILE, SPECS["05-siamese"], Verdict.CRASHED, HOSTILE)]
    everyone = [*records(10), *bad]
    before = [replace(record, exercise_version="old", points=2) for record in everyone]
    said = {(one.exercise, one.key): "Look *again*, `here`." for one in answer_classes(everyone, SPECS)}
    shown = {path.name: path for path in feedback.write_pages(everyone, SPECS, folder, said)}
    hostile, common = shown[feedback.page_name(HOSTILE)], shown[feedback.page_name("student 004")]
    return {"report": report.write(everyone, SPECS, folder, said, before), "feedback": common, "hostile": hostile}


def previewed(folder):
    (folder / "homework.json").write_text(sealed_text([SPECS["01-stack"], find("10-inception")]))
    return preview(folder / "homework.json")


def of_the_course(folder):
    told = course.Page(
        "01_one", "1. One", "Why?", "20 minutes", "| | |\n|---|---|\n| a **stack** | `keras.Sequential` |"
    )
    words = "# 1. One\n\nA [lesson](02_two.ipynb) with `code`.\n\n## Summary\n\n| | |\n|---|---|\n| a | b |"
    curve = b64encode(picture([Chart("loss", (Series("training", ((1, 0.5), (2, 0.25))),), 2)]).encode()).decode()
    image = f'<img alt="a curve" src="data:image/svg+xml;base64,{curve}">'
    outputs = [
        nbformat.v4.new_output("stream", text="a line of output\n"),
        *shown(draw_twin(reference(SPECS["05-siamese"])).html(), image, WIDE),
    ]
    code = nbformat.v4.new_code_cell("x = 1  # why\nprint('text', x)", outputs=outputs)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(words), code])
    made = {"lesson": lesson.page(told, notebook, told, told), "index": course.index([told, told])}
    made["summary"] = course.summary([told, told])
    for name, html in made.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in made}


def shown(*html):
    return [nbformat.v4.new_output("display_data", data={"text/html": each}) for each in html]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("scheme", "width"), [("light", 1100), ("dark", 1100), ("light", 390)])
def test_a_page_fits_and_does_nothing(pages, browser, axe, name, scheme, width):
    ARTIFACTS.mkdir(exist_ok=True)
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    try:
        page.goto(pages[name].as_uri())
        page.screenshot(path=ARTIFACTS / f"page-{name}-{scheme}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.title() != "1"
        assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (ground == DARK) == (scheme == "dark")
        assert said == []
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        page.evaluate(axe)
        found = page.evaluate(
            "async () => (await axe.run()).violations.map(each => [each.id, each.nodes.map(node => node.html)])"
        )
        assert found == [], json.dumps(found, indent=1)[:3000]
    finally:
        context.close()


def test_a_drawing_is_dark_on_a_dark_page(pages, browser):
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(pages["lesson"].as_uri())
    corners = page.evaluate(
        """() => [...document.images].map(image => {
          const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
          pen.drawImage(image, 0, 0);
          return "rgb(" + [...pen.getImageData(2, 2, 1, 1).data].slice(0, 3).join(", ") + ")";
        })"""
    )
    context.close()
    assert corners == [DARK] * 3  # both sides of the twin view, and the curve


def test_a_report_is_gone_through_with_the_keyboard(pages, browser):
    page = browser.new_page()
    page.goto(pages["report"].as_uri())
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("document.activeElement.tagName + getComputedStyle(document.activeElement).outlineStyle")
        )
    page.close()
    assert {"Asolid", "SUMMARYsolid", "DIVsolid"} <= set(reached)  # links, what opens, what scrolls: each is seen

"""The summary of the course, as a browser prints it."""

import re
from pathlib import Path

import nbformat

from kerastutor.teaching.publishing.course import page_of, summary

LESSONS = Path(__file__).parents[2] / "lessons"


def test_the_course_prints_on_one_page(browser, tmp_path):
    pages = []
    for path in sorted(LESSONS.glob("[01]*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        pages.append(page_of(path.stem, [cell.source for cell in cells if cell.cell_type == "markdown"]))
    (tmp_path / "summary.html").write_text(summary(pages), "utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "summary.html").as_uri())
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    page.close()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1

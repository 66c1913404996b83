"""`kerastutor publish`: executed lessons as pages that fetch nothing."""

import re
from base64 import b64decode, b64encode
from html import unescape

import nbformat
import pytest
from typer.testing import CliRunner

from kerastutor.command import cli
from kerastutor.drawing import theme
from kerastutor.teaching import publishing
from kerastutor.teaching.publishing import PublishingError, publish
from kerastutor.teaching.publishing.course import Page, index, page_of
from kerastutor.teaching.publishing.lesson import WIDGET, executed, page

WIDGET_AND_PICTURE = f"""
from IPython.display import display
display({{"{WIDGET}": {{"model_id": "x", "version_major": 2, "version_minor": 0}},
          "text/html": "<img alt='the still picture'>"}}, raw=True)
"""


def notebook(folder, name, cells, words="# 1. One\n\n**The question.** Why? About 20 minutes."):
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(words)])
    made.cells += [nbformat.v4.new_code_cell(source) for source in cells]
    made.cells.append(
        nbformat.v4.new_markdown_cell("## Summary\n\n| a | b |\n|---|---|\n| **x** | y |\n\n**Next:** lesson 2.")
    )
    nbformat.write(made, folder / f"{name}.ipynb")


@pytest.mark.slow
def test_pages_are_executed_and_fetch_nothing(tmp_path):
    notebook(tmp_path, "01_one", ["print(6 * 7)", WIDGET_AND_PICTURE], "# 1. One\n\n[Two](02_two.ipynb)")
    names = [path.name for path in publish(tmp_path, tmp_path / "site")]
    assert names == ["01_one.html", "index.html", "summary.html"]
    html = (tmp_path / "site" / "01_one.html").read_text()
    assert "42" in html
    assert 'href="02_two.html"' in html
    assert "the still picture" in html
    assert f'type="{WIDGET}"' not in html
    assert 'href="01_one.html"' in (tmp_path / "site" / "index.html").read_text()
    summary = (tmp_path / "site" / "summary.html").read_text()
    assert "<strong>x</strong>" in summary
    assert "lesson 2" not in summary
    for name in names:
        written = unescape((tmp_path / "site" / name).read_text())
        assert "default-src 'none'; img-src data:; style-src" in written
        assert "<script" not in written
        assert "<link" not in written
        assert "<th></th>" not in written


@pytest.mark.slow
def test_pages_show_nobodys_progress_and_leave_no_file(tmp_path, monkeypatch):
    mine = tmp_path / "mine.sqlite3"
    monkeypatch.setenv("KERASTUTOR_PROGRESS", str(mine))
    monkeypatch.chdir(tmp_path)
    written = "import os; print('kept in', os.environ['KERASTUTOR_PROGRESS']); open('here.txt', 'w').close()"
    notebook(tmp_path, "01_one", [written])
    publish(tmp_path, tmp_path / "site")
    html = (tmp_path / "site" / "01_one.html").read_text()
    assert "kept in /" in html
    assert str(mine) not in html
    assert sorted(path.name for path in tmp_path.iterdir()) == ["01_one.ipynb", "site"]


@pytest.mark.slow
def test_what_a_check_says_of_no_answer_is_left_out(tmp_path):
    notebook(tmp_path, "01_one", ["print('seen')", "print('nothing to check')"])
    made = nbformat.read(tmp_path / "01_one.ipynb", as_version=4)
    made.cells[2].metadata["tags"] = ["exercise"]
    nbformat.write(made, tmp_path / "01_one.ipynb")
    found = executed(tmp_path / "01_one.ipynb")
    assert [bool(cell.outputs) for cell in found.cells if cell.cell_type == "code"] == [True, False]


def test_a_page_leads_to_the_lessons_before_and_after():
    one, two, three = (Page(name, name.title(), "Why?", "20 minutes", "") for name in ("one", "two", "three"))
    html = page(two, nbformat.v4.new_notebook(), one, three)
    assert html.count('<a href="one.html" rel="prev">← One</a>') == 2
    assert html.count('<a href="three.html" rel="next">Three →</a>') == 2
    assert html.count('<a href="index.html">') == 2
    assert 'rel="prev"' not in page(one, nbformat.v4.new_notebook(), None, two)
    assert "<title>Two · kerastutor</title>" in html


def test_pictures_follow_the_readers_colours():
    picture = f"<svg class='kt'><style>{theme.style('light')}</style></svg>"
    image = f'<img alt="a" src="data:image/svg+xml;base64,{b64encode(picture.encode()).decode()}">'
    cell = nbformat.v4.new_code_cell("x", outputs=[nbformat.v4.new_output("display_data", data={"text/html": image})])
    html = page(Page("one", "One", "", "", ""), nbformat.v4.new_notebook(cells=[cell]))
    (found,) = re.findall(r"svg\+xml;base64,([\w+/=]+)", html)
    assert b64decode(found).decode() == picture.replace(theme.style("light"), theme.style("reader's"))


def test_a_warning_does_not_tell_where_the_packages_lie():
    said = nbformat.v4.new_output("stream", name="stderr", text="/home/ada/env/lib/site-packages/keras/a.py:1: Do not.")
    cell = nbformat.v4.new_code_cell("x", outputs=[said])
    html = page(Page("one", "One", "", "", ""), nbformat.v4.new_notebook(cells=[cell]))
    assert "site-packages/keras/a.py:1: Do not." in html
    assert "ada" not in html


def test_the_index_says_what_each_page_is_about():
    practice = page_of("practice", ["# Practice\n\nNew exercises, as many as you like. Each is new."])
    assert practice.question == "New exercises, as many as you like."
    assert practice.question in index([practice])


@pytest.mark.slow
def test_a_failing_cell_ends_it(tmp_path):
    notebook(tmp_path, "01_one", ["1 / 0"])
    with pytest.raises(PublishingError, match=r"01_one\.ipynb .* ZeroDivisionError"):
        publish(tmp_path, tmp_path / "site")


def test_every_lesson_tells_its_question_and_time(repository):
    for path in sorted((repository / "lessons").glob("[01]*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        page = page_of(path.stem, [cell.source for cell in cells if cell.cell_type == "markdown"])
        assert page.question.endswith("?")
        assert re.fullmatch(r"\w+ minutes", page.minutes), path.stem
        assert page.summary


def test_the_command_says_where_the_pages_are(tmp_path, monkeypatch):
    def publish(source, target, told):
        told("01_stack")
        return (target / "index.html",)

    monkeypatch.setattr(publishing, "publish", publish)
    result = CliRunner().invoke(cli.app, ["publish", str(tmp_path / "site")])
    assert result.exit_code == 0
    assert result.output.splitlines()[0] == "Running 01_stack …"
    assert str(tmp_path / "site" / "index.html") in result.output.replace("\n", "")

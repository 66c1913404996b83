"""`kerastutor publish`: executed lessons as pages that fetch nothing."""

import re

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from typer.testing import CliRunner

from kerastutor import cli, publishing
from kerastutor.publishing import WIDGET, page_of, publish

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
    assert "<script" not in html
    assert "<link" not in html
    assert 'href="01_one.html"' in (tmp_path / "site" / "index.html").read_text()
    summary = (tmp_path / "site" / "summary.html").read_text()
    assert "<strong>x</strong>" in summary
    assert "lesson 2" not in summary


@pytest.mark.slow
def test_a_failing_cell_ends_it(tmp_path):
    notebook(tmp_path, "01_one", ["1 / 0"])
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        publish(tmp_path, tmp_path / "site")


def test_every_lesson_tells_its_question_and_time(repository):
    for path in sorted((repository / "lessons").glob("[01]*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        page = page_of(path.stem, [cell.source for cell in cells if cell.cell_type == "markdown"])
        assert page.question.endswith("?")
        assert re.fullmatch(r"\w+ minutes", page.minutes), path.stem
        assert page.summary


def test_the_command_says_where_the_pages_are(tmp_path, monkeypatch):
    monkeypatch.setattr(publishing, "publish", lambda source, target: (target / "index.html",))
    result = CliRunner().invoke(cli.app, ["publish", str(tmp_path / "site")])
    assert result.exit_code == 0
    assert str(tmp_path / "site" / "index.html") in result.output.replace("\n", "")

"""One lesson as a page: executed from top to bottom, with pictures where the notebook has widgets."""

from __future__ import annotations

import os
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from markupsafe import Markup

from kerastutor.teaching.pages import render
from kerastutor.teaching.pages.rendering import in_readers_colours
from kerastutor.teaching.publishing.course import Page, headed

WIDGET = "application/vnd.jupyter.widget-view+json"
_PATIENCE = 600  # seconds for one cell, on a slow machine
_TEMPLATE = Path(__file__).parent / "templates" / "lesson.html"
_SCRIPT = re.compile(r"<script\b.*?</script>", re.S)
_NOTEBOOK = re.compile(r'href="([\w-]+)\.ipynb"')  # a link from lesson to lesson
_MACHINE = re.compile(r"(?:/[^\s\"'<>/]+)+/(?=site-packages/)")  # where the packages lie on this machine
_OUTPUT = re.compile(r'(<div class="[^"]*jp-OutputArea-output[^"]*"[^>]*>\s*)<pre')


def executed(path: Path) -> Any:
    """The notebook after a run from top to bottom, as someone sees it who never did an exercise.

    The live widgets are left out: their pictures stay. So is what a check says of an answer that nobody gave.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell failed that was not meant to.
    """
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    with TemporaryDirectory() as folder:
        resources = {"metadata": {"path": folder}}
        client = NotebookClient(notebook, timeout=_PATIENCE, kernel_name="python3", resources=resources)
        client.extra_arguments = ["--log-level=ERROR"]  # else each kernel warns of other users of this machine
        client.execute(env={**os.environ, "KERASTUTOR_PROGRESS": str(Path(folder, "progress.sqlite3"))})
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if "exercise" in cell.metadata.get("tags", ()):
            cell.outputs = []
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET, None)
    return notebook


def words(notebook: Any) -> list[str]:
    """Its Markdown cells."""
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def page(told: Page, notebook: Any, before: Page | None = None, after: Page | None = None) -> str:
    """The page of an executed notebook, with ways to the lessons before and after it."""
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(template_file="base.html.j2", exclude_input_prompt=True, exclude_output_prompt=True)
    html, _ = exporter.from_notebook_node(notebook)
    html = _NOTEBOOK.sub(r'href="\1.html"', _SCRIPT.sub("", _MACHINE.sub("", headed(html))))
    html = _OUTPUT.sub(r'\1<pre tabindex="0"', html)  # wide ones are scrolled, also with keys
    return render(_TEMPLATE, page=told, cells=Markup(in_readers_colours(html)), before=before, after=after)

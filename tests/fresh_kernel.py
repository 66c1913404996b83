"""Notebooks as people run them: a new kernel, nothing loaded before, all cells one after the other."""

import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import nbclient
from nbformat.v4 import new_code_cell, new_notebook

SECONDS = 120


def run_all(*cells: str) -> list[list[Any]]:
    """The outputs of each cell; where one raises, the rest is not run and has none."""
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    with suppress(nbclient.exceptions.CellExecutionError):  # it stands among the outputs
        nbclient.NotebookClient(notebook, timeout=SECONDS, kernel_name="python3").execute()
    return [cell.outputs for cell in notebook.cells]


def words(outputs: Iterable[Any]) -> str:
    """What a reader sees of outputs, as plain text: streams, texts, and errors with their tracebacks."""
    texts = []
    for output in outputs:
        if output.output_type == "error":
            texts.append("\n".join(output.traceback))
        else:
            texts.append(output.get("text") or output.get("data", {}).get("text/plain", ""))
    return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(texts))


def errors(cells: Iterable[Iterable[Any]]) -> list[str]:
    """The errors among the outputs of cells: their kind and message."""
    return [f"{out.ename}: {out.evalue}" for cell in cells for out in cell if out.output_type == "error"]

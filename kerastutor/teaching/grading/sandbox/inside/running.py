"""Running a notebook or script that was handed in, and remembering what it answers.

Imported by the server before it forks: what is imported here is loaded once for all submissions.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from types import ModuleType
from typing import IO, Any, NamedTuple

import keras
import nbformat
from IPython.core.inputtransformer2 import TransformerManager

from kerastutor.models.leftovers import with_leftovers
from kerastutor.models.reading import read
from kerastutor.system.own_failures import log_failure
from kerastutor.teaching.grading.sandbox.inside import stand_ins
from kerastutor.teaching.grading.sandbox.inside.naming import as_name
from kerastutor.teaching.grading.sandbox.inside.reporting import ReportStream
from kerastutor.topology.graph import Topology, Unreadable

with suppress(ImportError):
    import_module("sklearn.datasets")  # what `kt.data.digits` loads, and a second each time


def work(job: Mapping[str, Any], content: bytes, stream: IO[bytes]) -> None:
    """Run the cells one after the other and report every answer as it is given, then what the variables hold."""
    report = ReportStream(stream, job["limits"]["report"], len(job["exercises"]))
    try:
        cells = list(_cells(job["name"], content))
    except Exception as problem:
        report.problem("refused", f"{job['name']} is not a notebook that can be read ({type(problem).__name__}).")
        return
    main = ModuleType("__main__")
    sys.modules["__main__"] = main
    answered: set[str] = set()

    def answer(exercise: str, given: Any, exam: bool = False) -> None:
        if exercise in job["exercises"]:
            answered.add(exercise)
            _report(report, exercise, given, vars(main), exam)

    stand_ins.install()
    stand_ins.answers_go_to(answer)
    vars(main).update(display=_shown_nowhere, get_ipython=stand_ins.shell(vars(main), _run))
    for number, cell in enumerate(cells, start=1):
        try:
            _run(cell.source, vars(main))
        except BaseException as problem:  # one broken cell does not stop the next, as in Jupyter
            if not (isinstance(problem, SystemExit) or cell.may_raise):
                report.problem(*_verdict_on(problem, number, len(cells)))
    for exercise, model in _models_in(vars(main), job["exercises"]):
        if exercise not in answered:
            answer(exercise, model)
    report.end()


class _Cell(NamedTuple):
    """The Python of a cell, and whether its notebook expects an error, as a lesson does that explains one."""

    source: str
    may_raise: bool = False


def _cells(name: str, content: bytes) -> Iterator[_Cell]:
    """The code cells, with what only IPython understands put into Python; a script is one cell."""
    text = content.decode("utf-8-sig")
    if name.lower().endswith(".py"):
        yield _Cell(text)
        return
    notebook = nbformat.reads(text, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            expected = "raises-exception" in cell.metadata.get("tags", ())
            yield _Cell(TransformerManager().transform_cell(cell.source), expected)


def _run(source: str, names: dict[str, Any]) -> None:
    code = compile(source, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    result = eval(code, names)
    if inspect.iscoroutine(result):
        asyncio.run(result)


def _report(report: ReportStream, exercise: str, given: Any, names: Mapping[str, Any], exam: bool) -> None:
    if isinstance(given, Topology):
        report.answer(exercise, topology=given, exam=exam)
    elif not isinstance(given, (keras.Layer, keras.KerasTensor)):
        report.answer(exercise, value=given, exam=exam)
    else:
        try:
            topology = read(given)
        except Unreadable as problem:
            report.answer(exercise, value=str(problem), exam=exam)
            return
        except Exception as problem:
            log_failure(f"Reading the answer to {exercise}")
            failed = f"The answer to {exercise} could not be read ({type(problem).__name__}), which is our fault."
            report.problem("crashed", failed)
            return
        report.answer(exercise, topology=topology, leftovers=_beside(given, names), exam=exam)


def _beside(model: keras.Model, names: Mapping[str, Any]) -> Topology | None:
    """What lies beside the model sharpens the feedback; that it cannot be found must not cost the answer."""
    try:
        return with_leftovers(model, names)
    except Exception:
        log_failure("Finding what lies beside the model")
        return None


def _models_in(names: Mapping[str, Any], exercises: list[str]) -> Iterator[tuple[str, keras.Model]]:
    """The models that are held under the name of an exercise, or as `model` where just one is graded."""
    for exercise in exercises:
        wanted = [as_name(exercise), *(["model"] if len(exercises) == 1 else [])]
        found = (names.get(name) for name in wanted)
        model = next((value for value in found if isinstance(value, keras.Model)), None)
        if model is not None:
            yield exercise, model


def _verdict_on(problem: BaseException, number: int, cells: int) -> tuple[str, str]:
    where = f"Cell {number} stopped" if cells > 1 else "The program stopped"
    said = str(problem).strip().splitlines()
    cause = f"{where} with {type(problem).__name__}{': ' + said[0] if said else ''}"
    return ("out_of_memory" if isinstance(problem, MemoryError) else "crashed"), cause.rstrip(".") + "."


def _shown_nowhere(*values: Any, **options: Any) -> None:
    """IPython's `display`, where nobody looks."""

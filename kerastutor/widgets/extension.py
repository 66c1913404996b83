"""`%load_ext kerastutor`: models shown as drawings, mistakes explained, and `%%steps` to run a cell line by line.

Nothing is loaded ahead: Keras comes in when a cell needs it, in the thread of that cell. A thread that loads it beside
a cell ends in a deadlock as soon as the cell imports TensorFlow, and takes the kernel with it; and a learner may still
choose the backend.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import ExitStack
from functools import partial
from typing import Any

from kerastutor.system.on_import import around_import
from kerastutor.widgets import waiting
from kerastutor.widgets.coach import CellCoach

MODELS = (
    ("keras.src.models.model", "Model"),
    ("keras.src.models.sequential", "Sequential"),
    ("keras.src.models.functional", "Functional"),
)
"""Where Keras defines its models; named, not imported, so that loading the extension does not wait for Keras."""

FOR_BACKENDS = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
}
"""What a backend reads when it is loaded: no notes about CUDA, and no more GPU memory than it needs, so that several
notebooks share one."""

EXTENSION = "kerastutor"
_LOADS_IT = re.compile(rf"^\s*(%\s*|get_ipython\(\)\.run_line_magic\(\W)?load_ext\W+{EXTENSION}\b", re.MULTILINE)
_LOADED: dict[int, ExitStack] = {}
"""By the id of a shell, what ends what was done to it."""


def load_ipython_extension(shell: Any) -> None:
    """What `%load_ext kerastutor` runs: models are drawn and mistakes explained in this shell, from this very cell on.

    Loading it again changes nothing.
    """
    if id(shell) in _LOADED:
        return
    for name, value in FOR_BACKENDS.items():
        os.environ.setdefault(name, value)
    ends = _LOADED[id(shell)] = ExitStack()
    formatter = shell.display_formatter.mimebundle_formatter
    for module, name in MODELS:
        formatter.for_type_by_name(module, name, _shown)
        ends.callback(_show_as_ever, formatter, module, name)
    coach = CellCoach(shell)
    coach.attach()
    ends.callback(coach.detach)
    shell.register_magic_function(partial(_steps, shell), "cell", "steps")
    shell.register_magic_function(coach.switch, "line", "coach")
    for package in waiting.SLOW:
        ends.callback(around_import(package, partial(waiting.for_package, package)))
    for event, heard in (
        ("pre_run_cell", partial(_before_cell, shell)),
        ("post_run_cell", partial(_after_cell, shell)),
    ):
        shell.events.register(event, heard)
        ends.callback(shell.events.unregister, event, heard)


def unload_ipython_extension(shell: Any) -> None:
    """What `%unload_ext kerastutor` runs: models are shown as Keras does again, and errors are left to Python."""
    _LOADED.pop(id(shell), ExitStack()).close()


def _before_cell(shell: Any, info: Any) -> None:
    """Let a cell that loads the extension be run again: IPython prints a remark on what it knows to be loaded."""
    if _LOADS_IT.search(info.raw_cell or ""):
        shell.extension_manager.loaded.discard(EXTENSION)


def _after_cell(shell: Any, _result: Any) -> None:
    if id(shell) in _LOADED:
        shell.extension_manager.loaded.add(EXTENSION)


def _steps(shell: Any, _line: str, cell: str) -> None:
    """`%%steps`: run the cell line by line, in the learner's own names, and show what each line added."""
    from kerastutor.widgets.stepper import run_cell

    run_cell(shell, cell)


def _shown(model: Any, include: Any = None, exclude: Any = None) -> Any:
    """The drawing of a model; a model that cannot be read yet is left to Keras' own words."""
    from kerastutor.networks import draw

    try:
        return draw(model)._repr_mimebundle_()
    except (TypeError, ValueError) as problem:
        return {"text/plain": f"{model!r}\n{problem}"}


def _show_as_ever(formatter: Any, module: str, name: str) -> None:
    """Forget how a class is shown, under its name and, once it was loaded and shown, under itself."""
    formatter.pop((module, name), None)
    loaded = getattr(sys.modules.get(module), name, None)
    if loaded is not None:
        formatter.pop(loaded, None)

"""`%load_ext kerastutor`: models shown as drawings, mistakes explained, and `%%steps` to run a cell line by line."""

from __future__ import annotations

import os
import sys
import threading
from functools import partial
from importlib import import_module
from typing import Any

from kerastutor.quiet import hushed
from kerastutor.widgets.coach import CellCoach

MODELS = (
    ("keras.src.models.model", "Model"),
    ("keras.src.models.sequential", "Sequential"),
    ("keras.src.models.functional", "Functional"),
)
"""Where Keras defines its models; named, not imported, so that loading the extension does not wait for Keras."""

SHARE_THE_GPU = {"TF_FORCE_GPU_ALLOW_GROWTH": "true", "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
"""So that a backend takes GPU memory as it needs it, and several notebooks share one; read when the backend loads."""

_COACHES: dict[int, CellCoach] = {}


def load(shell: Any) -> None:
    """Draw models and explain mistakes in this shell, and begin to load Keras while the learner reads on."""
    formatter = shell.display_formatter.mimebundle_formatter
    for module, name in MODELS:
        formatter.for_type_by_name(module, name, _shown)
    shell.register_magic_function(partial(_steps, shell), "cell", "steps")
    _COACHES[id(shell)] = CellCoach(shell)
    _COACHES[id(shell)].attach()
    shell.register_magic_function(_COACHES[id(shell)].switch, "line", "coach")
    for name, value in SHARE_THE_GPU.items():
        os.environ.setdefault(name, value)
    threading.Thread(target=_load_keras, name="kerastutor-load-keras", daemon=True).start()


def unload(shell: Any) -> None:
    """Show models as Keras does again, and leave errors to Python."""
    coach = _COACHES.pop(id(shell), None)
    if coach is not None:
        coach.detach()
    formatter = shell.display_formatter.mimebundle_formatter
    for module, name in MODELS:
        formatter.pop((module, name), None)
        loaded = _loaded_class(module, name)
        if loaded is not None:
            formatter.pop(loaded, None)


def _steps(shell: Any, _line: str, cell: str) -> None:
    """`%%steps`: run the cell line by line, in the learner's own names, and show what each line added."""
    from kerastutor.widgets.stepper import run_cell

    run_cell(shell, cell)


def _shown(model: Any, include: Any = None, exclude: Any = None) -> Any:
    """The drawing of a model; a model that cannot be read yet is left to Keras' own words."""
    from kerastutor.verbs import draw

    try:
        return draw(model)._repr_mimebundle_()
    except (TypeError, ValueError) as problem:
        return {"text/plain": f"{model!r}\n{problem}"}


def _load_keras() -> None:
    try:
        with hushed():
            import_module("keras").distribution.list_devices()  # which is when TensorFlow looks for a GPU, and says so
    except Exception:  # the learner's own import will say it where it can be read
        return


def _loaded_class(module: str, name: str) -> Any:
    return getattr(sys.modules.get(module), name, None)

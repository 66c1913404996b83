"""Whether somebody sits in front of the page."""

from __future__ import annotations

import sys

from kerastutor.widgets.registry import current_cell


def is_live() -> bool:
    """Whether the cell that runs now was started by a front end that shows widgets.

    JupyterLab, Notebook 7 and VS Code name the cell in each request to run it; nbclient (and so nbconvert, nbval and
    papermill), a console and a plain script do not. Colab is known by its package.
    """
    return current_cell() is not None or ("google.colab" in sys.modules and in_a_kernel())


def in_a_kernel() -> bool:
    """Whether the code runs in a notebook's kernel, somebody sitting in front of it or not."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "kernel", None) is not None

"""Re-running a cell replaces its widgets: the old ones are closed and their jobs ended.

Without this every run of a cell leaves its widgets behind for good: neither `del` nor the garbage collector frees
them, and closing a parent leaves its children.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from ipywidgets import Widget


class Registry:
    """Which widgets belong to which cell.

    >>> registry = Registry()
    >>> registry.keep("cell 1", lambda: print("closed"))
    >>> registry.clear("cell 2"); registry.clear("cell 1"); registry.clear("cell 1")
    closed
    """

    def __init__(self) -> None:
        self._closers: dict[str, list[Callable[[], None]]] = {}

    def keep(self, cell: str, close: Callable[[], None]) -> None:
        """Call `close` when `cell` is run again."""
        self._closers.setdefault(cell, []).append(close)

    def clear(self, cell: str) -> None:
        """`cell` is run again: close what its last run has left."""
        for close in self._closers.pop(cell, []):
            close()


_REGISTRY = Registry()
_WATCHED: set[int] = set()


def replace(widget: Widget, stop: Callable[[], None] | None = None) -> None:
    """Make `widget` the property of the cell that runs now: when that cell is run again, it is closed.

    Call it from the cell's own thread, once for the outermost widget of a tree. Where cells have no identity
    (a script, a notebook run by nbclient) nothing happens.

    Args:
        widget: the root; its children, layouts and styles are closed with it.
        stop: ends the job behind the widget; called first, and must return at once.
    """
    shell = _shell()
    cell = current_cell()
    if shell is None or cell is None:
        return
    if id(shell) not in _WATCHED:
        _WATCHED.add(id(shell))
        shell.events.register("pre_run_cell", _cell_begins)

    def close() -> None:
        if stop is not None:
            stop()
        close_tree(widget)

    _REGISTRY.keep(cell, close)


def close_tree(widget: Widget) -> None:
    """Close a widget and everything it is made of."""
    for part in _parts(widget):
        close_tree(part)
    widget.close()


def current_cell() -> str | None:
    """The id of the cell that runs now, as JupyterLab, Notebook 7 and VS Code tell it; None elsewhere."""
    shell = _shell()
    parent = shell.get_parent() if hasattr(shell, "get_parent") else None
    cell: str | None = (parent or {}).get("metadata", {}).get("cellId")
    return cell


def _parts(widget: Widget) -> list[Widget]:
    """The widgets that `widget` refers to: children, layout, style."""
    found: list[Widget] = []
    for name in ("children", "layout", "style"):
        value: Any = getattr(widget, name, None)
        candidates = value if isinstance(value, (tuple, list)) else (value,)
        found.extend(one for one in candidates if isinstance(one, Widget))
    return found


def _cell_begins(info: Any) -> None:
    cell = current_cell()
    if cell is not None:
        _REGISTRY.clear(cell)


def _shell() -> Any:
    """The running IPython, or None; IPython is not imported for the question."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None

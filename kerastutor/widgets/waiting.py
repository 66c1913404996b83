"""A line on the page while Keras is still being loaded, so that the first cell that needs it is not a blank one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from kerastutor.widgets.front_end import in_a_kernel

SENTENCE = "Keras is being loaded; this takes a few seconds, once."
_NOTE = (
    '<div role="status" style="padding:8px 12px;border-radius:6px;'
    'background:var(--jp-layout-color2,#f3f4f6);color:var(--jp-content-font-color1,#1f2328)">{}</div>'
)


@contextmanager
def for_keras() -> Iterator[None]:
    """Say on the page that Keras is being loaded while the block runs, if it is; outside a kernel say nothing."""
    if _is_loaded() or not in_a_kernel():
        yield
        return
    from IPython.display import display

    note = display({"text/html": _NOTE.format(SENTENCE), "text/plain": SENTENCE}, raw=True, display_id=True)
    try:
        yield
    finally:
        note.update({"text/html": "", "text/plain": ""}, raw=True)


def _is_loaded() -> bool:
    """Whether all of Keras is there; a module that another thread is still loading says so in its spec."""
    module = sys.modules.get("keras")
    return module is not None and not getattr(module.__spec__, "_initializing", False)

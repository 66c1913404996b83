"""A line on the page while Keras or TensorFlow is loaded, so that the cell that waits for it is not a blank one."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from kerastutor.system.quiet import hushed
from kerastutor.widgets.front_end import in_a_kernel

SLOW = {"keras": "Keras", "tensorflow": "TensorFlow"}
"""The packages that take seconds to load, and what people call them."""

SENTENCE = "Loading {}. This takes a few seconds, once."
_NOTE = (
    '<div role="status" style="padding:8px 12px;border-radius:6px;'
    'background:var(--jp-layout-color2,#f3f4f6);color:var(--jp-content-font-color1,#1f2328)">{}</div>'
)
_waiting = threading.Lock()


@contextmanager
def for_keras() -> Iterator[None]:
    """Say on the page that Keras is being loaded while the block runs, if it is."""
    if "keras" in sys.modules:
        yield
        return
    with for_package("keras"):
        yield


@contextmanager
def for_package(package: str) -> Iterator[None]:
    """Say on the page that a package is being loaded while the block loads it, and keep its start-up notes away.

    What one package loads of another is part of the same wait. Where the learner loads it in a thread of their own,
    nothing is done: the page and stderr belong to everybody.
    """
    if threading.current_thread() is not threading.main_thread() or not _waiting.acquire(blocking=False):
        yield
        return
    try:
        with hushed(), _note(SENTENCE.format(SLOW[package])):
            yield
    finally:
        _waiting.release()


@contextmanager
def _note(sentence: str) -> Iterator[None]:
    """A line on the page while the block runs; outside a kernel there is no page."""
    if not in_a_kernel():
        yield
        return
    from IPython.display import display

    note = display({"text/html": _NOTE.format(sentence), "text/plain": sentence}, raw=True, display_id=True)
    try:
        yield
    finally:
        note.update({"text/html": "", "text/plain": ""}, raw=True)

"""The live view of a training."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any, Protocol
from uuid import uuid4

import anywidget
import traitlets
from IPython.core.getipython import get_ipython
from IPython.display import display

from kerastutor.drawing.still import image
from kerastutor.training import Live, Race, Run, RunProgress
from kerastutor.training.curves import panels, race_panels
from kerastutor.training.picture import picture
from kerastutor.training.race_summary import race_in_words, race_results
from kerastutor.training.summary import in_words, results
from kerastutor.widgets import express, front_end, registry
from kerastutor.widgets.assets import module, style
from kerastutor.widgets.run_page import html_table, race_page, run_page

_GROUND = (
    "background:var(--jp-layout-color0,#fff);color:var(--jp-content-font-color1,#222);"
    "padding:8px;max-width:100%;display:inline-block"
)

Moment = RunProgress | tuple[RunProgress, ...]
"""Where a run is, or where all runs of a race are."""


class Watched(Protocol):
    """What the view can show: it tells its progress, and takes wishes (`stop`, `pause`, `resume`, perhaps `more`)."""

    @property
    def progress(self) -> Any:
        """Where it is now: a `Moment`."""

    def stop(self) -> None:
        """End the training; returns at once."""

    def listen(self, listener: Callable[[Any], None]) -> Callable[[], None]:
        """Call `listener` with each told moment, and at once with the present one; returns how to end that."""


class RunView(anywidget.AnyWidget):
    """Curves, progress bar, buttons and tables of a run or a race.

    `state` is all that the page needs, as plain data; it is written at most ten times a second, on the thread that
    trains. Clicks come back as messages and become calls of the run's methods.
    """

    _esm = module("run")
    _css = style("run")
    state = traitlets.Dict().tag(sync=True)
    address = traitlets.Unicode().tag(sync=True)

    def __init__(self, watched: Watched) -> None:
        super().__init__(address=uuid4().hex)
        self._watched = watched
        self._handle: Any = None
        self._told_end = False
        clicks = express.Clicks(self._wish)
        self.on_msg(lambda _widget, content, _buffers: clicks.take(content))
        self._deafen = express.listen(self.address, clicks.take)
        self._unlisten = watched.listen(self._show)

    def close(self) -> None:
        """Take no more notice of the run, and disappear from the page."""
        self._unlisten()
        self._deafen()
        super().close()

    def display(self) -> None:
        """Show it under the cell that runs now; running that cell again closes it and ends the run."""
        registry.replace(self, stop=self._watched.stop)
        self._handle = display(self, display_id=True)

    def _show(self, moment: Moment) -> None:
        self.state = race_page(moment) if isinstance(moment, tuple) else run_page(moment, _can(self._watched))
        ended = all(one.ended for one in moment) if isinstance(moment, tuple) else moment.ended
        if ended and not self._told_end and self._handle is not None:
            self._handle.update(self)
        self._told_end = ended

    def _wish(self, wish: str) -> None:
        if wish in _can(self._watched):
            getattr(self._watched, wish)()

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The live view, and its twins for pages on which nothing runs."""
        data, metadata = super()._repr_mimebundle_(**options) or ({}, {})
        return {**data, **still(self._watched.progress)}, metadata


def _can(watched: Watched) -> frozenset[str]:
    return frozenset(wish for wish in ("stop", "pause", "resume", "more") if hasattr(watched, wish))


def still(moment: Moment) -> dict[str, str]:
    """A run or race as a picture with words and as text: nothing in it differs from run to run but the metrics."""
    if isinstance(moment, tuple):
        words, drawn, table = race_in_words(moment), race_panels(moment), race_results(moment, times=False)
    else:
        words, drawn, table = in_words(moment), panels(moment), results(moment)
    html = f'<div style="{_GROUND}">{image(picture(drawn), words)}{html_table(table)}<p>{escape(words)}</p></div>'
    return {"text/html": html, "text/plain": words}


def show(started: Run | Race) -> bool:
    """Show a training that has begun under the cell that runs now; whether somebody can watch it there."""
    live = front_end.is_live()
    if live:
        RunView(started).display()
    _hide_as_last_value(type(started))
    return live


def leave_picture(started: Watched) -> None:
    """Leave what has become of a training as a picture with words, for a page on which nothing runs."""
    if front_end.in_a_kernel():
        display(still(started.progress), raw=True)


def live() -> Live:
    """A callback for your own `model.fit` that shows the live view under the cell that calls it."""

    def begin(callback: Live) -> None:
        if front_end.is_live():
            RunView(callback).display()
            _when_the_cell_ends(callback.broke_off)

    def end(callback: Live) -> None:
        if not front_end.is_live():
            leave_picture(callback)

    return Live(begin, end)


def _hide_as_last_value(kind: type) -> None:
    """A run that is the value of its cell is on the page already: a line of text below it would say nothing new."""
    shell: Any = get_ipython()
    if shell is not None and front_end.in_a_kernel():
        shell.display_formatter.ipython_display_formatter.for_type(kind, lambda started: None)


def _when_the_cell_ends(act: Callable[[], None]) -> None:
    shell: Any = get_ipython()

    def once(*_: Any) -> None:
        shell.events.unregister("post_run_cell", once)
        act()

    shell.events.register("post_run_cell", once)

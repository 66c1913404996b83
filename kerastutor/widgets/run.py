"""The live view of a training, and the verbs that show it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import asdict
from html import escape
from importlib.resources import files
from typing import Any, Protocol

import anywidget
import traitlets
from IPython.display import display

from kerastutor.training import summary
from kerastutor.training.curves import panels
from kerastutor.training.picture import picture
from kerastutor.training.progress import Progress
from kerastutor.training.run import Run
from kerastutor.training.start import train as start_training
from kerastutor.training.verdict import verdict_of
from kerastutor.widgets import front_end, registry

_STATIC = files("kerastutor.widgets") / "static"


class Watched(Protocol):
    """What the view can show: it tells its progress, and takes wishes."""

    @property
    def progress(self) -> Progress:
        """Where it is now."""

    def listen(self, listener: Callable[[Progress], None]) -> Callable[[], None]:
        """Call `listener` with the progress; returns how to end that."""


class RunView(anywidget.AnyWidget):
    """Curves, progress bar, buttons and tables of one run.

    `state` is all that the page needs, as plain data; it is written at most ten times a second, on the thread that
    trains. Clicks come back as messages and become calls of the run's methods.
    """

    _esm = (_STATIC / "run.js").read_text()
    _css = (_STATIC / "run.css").read_text()
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, run: Watched, **traits: Any) -> None:
        super().__init__(**traits)
        self._run = run
        self.on_msg(self._clicked)
        self._unlisten = run.listen(self._show)

    def close(self) -> None:
        """Take no more notice of the run, and disappear from the page."""
        self._unlisten()
        super().close()

    def _show(self, progress: Progress) -> None:
        self.state = page(progress)

    def _clicked(self, _widget: Any, content: Mapping[str, Any], _buffers: Any) -> None:
        wish = content.get("do")
        if wish in ("stop", "pause", "resume", "more"):
            getattr(self._run, wish)()

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The live view, and its twins for pages on which nothing runs."""
        data, metadata = super()._repr_mimebundle_(**options) or ({}, {})
        return {**data, **still(self._run.progress)}, metadata


def page(progress: Progress) -> dict[str, Any]:
    """What the page shows of a moment, in words and numbers ready to be put down."""
    return {
        "name": progress.name,
        "status": progress.status,
        "headline": summary.headline(progress),
        "timing": summary.timing(progress),
        "fraction": progress.fraction,
        "message": progress.message,
        "panels": [asdict(panel) for panel in panels(progress)],
        "verdict": verdict_of(progress).sentence if progress.ended and progress.rows else "",
        "results": asdict(summary.results(progress)),
        "epochs": asdict(summary.epochs(progress)) if progress.ended or progress.status == "paused" else None,
        "details": summary.details(progress),
        "words": summary.in_words(progress) if progress.ended else "",
        "wishes": _wishes(progress),
    }


def _wishes(progress: Progress) -> list[str]:
    """The buttons that make sense now."""
    if progress.ended:
        return ["more"] if progress.status != "failed" else []
    if progress.status in ("paused", "pausing"):
        return ["resume", "stop"]
    return [] if progress.status == "stopping" else ["pause", "stop"]


def still(progress: Progress) -> dict[str, str]:
    """The run as a picture with words and as text, without anything that differs from run to run but the metrics."""
    words = summary.in_words(progress)
    source = b64encode(picture(panels(progress)).encode()).decode()
    html = (
        '<div style="background:#fff;color:#222;padding:8px;max-width:100%;display:inline-block">'
        f'<img alt="{escape(words, quote=True)}" style="max-width:100%" src="data:image/svg+xml;base64,{source}">'
        f"{_html_table(summary.results(progress))}<p>{escape(words)}</p></div>"
    )
    return {"text/html": html, "text/plain": words}


def _html_table(table: summary.Table) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in table.header)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows)
    return f"<table><caption>{escape(table.caption)}</caption><tr>{head}</tr>{body}</table>" if table.rows else ""


def train(model: Any, x: Any, y: Any = None, *, wait: bool | None = None, **options: Any) -> Run:
    """Train in the background and show the live view; see `kerastutor.training.train` for the options.

    Args:
        wait: False: return at once; True: wait for the end; None: return at once where somebody can watch (JupyterLab,
            Notebook 7, VS Code, Colab), else wait.
    """
    run = start_training(model, x, y, **options)
    live = front_end.is_live()
    if live:
        show(run)
    if wait or (wait is None and not live):
        run.wait()
    if not live and front_end.in_a_kernel():
        display(still(run.progress), raw=True)
    return run


def show(run: Run) -> None:
    """Show the view of a run under the cell that runs now; running that cell again closes it and stops the run."""
    view = RunView(run)
    registry.replace(view, stop=run.stop)
    display(view)

"""The stepper on the page: the code, the line that was run, and the graph it had made by then."""

from __future__ import annotations

import html
from typing import Any

import anywidget
import traitlets
from IPython.display import display

from kerastutor.building.stepping import stepper
from kerastutor.building.stepping.stepper import Steps, as_code
from kerastutor.building.stepping.tracing import trace_cell
from kerastutor.coaching import voice
from kerastutor.drawing import draw
from kerastutor.drawing.page import on_page
from kerastutor.drawing.twin import twin
from kerastutor.topology.graph import Topology
from kerastutor.widgets import front_end, registry
from kerastutor.widgets.assets import module, style_with_drawings


class StepperView(anywidget.AnyWidget):
    """The steps of one piece of code. The page says which step it shows, and is given the drawing for it."""

    _esm = module("stepper")
    _css = style_with_drawings("stepper")
    code: traitlets.List[Any] = traitlets.List().tag(sync=True)
    steps: traitlets.List[Any] = traitlets.List().tag(sync=True)
    remarks: traitlets.List[Any] = traitlets.List().tag(sync=True)
    position = traitlets.Int(0).tag(sync=True)
    picture = traitlets.Dict().tag(sync=True)

    def __init__(self, steps: Steps, **traits: Any) -> None:
        self.told = steps
        super().__init__(
            code=steps.source.splitlines(),
            steps=[
                {"line": s.line, "inside": s.function, "new": list(s.new), "sentence": s.sentence, "failed": s.failed}
                for s in steps.steps
            ],
            remarks=list(steps.remarks),
            position=max(len(steps.steps) - 1, 0),
            **traits,
        )
        self._draw()

    @traitlets.observe("position")
    def _draw(self, change: object = None) -> None:
        if not self.told.steps:
            return
        at = max(0, min(self.position, len(self.told.steps) - 1))
        self.picture = {"at": at, "svg": _picture(self.told.steps[at].graph)}

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The live view, and its twin for pages on which nothing runs: the lines, and the last drawing."""
        data, metadata = super()._repr_mimebundle_(**options) or ({}, {})
        return {**data, **still(self.told)}, metadata


def steps(source: str) -> Steps:
    """Run a piece of Keras code line by line, and show what each line added to the graph.

    It may be pasted as it is found: prompts, the fences of a text, and an indent that all lines have do no harm.
    """
    told = stepper.run(as_code(source))
    show(told)
    if told.error is not None and not isinstance(told.error, Exception):
        raise told.error  # whoever interrupts means all of the cell
    return told


def run_cell(shell: Any, cell: str) -> None:
    """Run a cell as the shell would, its last value shown, its names kept, its error raised; then show its steps."""
    traced = trace_cell(shell, cell)
    display_steps(stepper.told(traced))
    if traced.error is not None:
        raise traced.error


def display_steps(told: Steps) -> None:
    """Put the steps of a run on the page."""
    view = StepperView(told)
    registry.replace(view)
    display(view)


def show(told: Steps) -> None:
    """Show the steps of a run, and the coach's words where it failed."""
    if front_end.in_a_kernel():
        display_steps(told)
    if told.explanation is not None:
        voice.say(told.explanation)


def still(told: Steps) -> dict[str, str]:
    """The steps as text, and the last drawing as an image."""
    graph = told.steps[-1].graph if told.steps else None
    picture = draw(graph).html() if graph is not None and graph.calls else ""
    return {"text/plain": told.text, "text/html": f"<pre>{html.escape(told.text)}</pre>{picture}"}


def _picture(graph: Topology) -> str:
    """The graph as SVG that takes its colours from the page."""
    if not graph.calls:
        return ""
    return on_page(twin(graph).panels[1].picture, "The graph after this line")

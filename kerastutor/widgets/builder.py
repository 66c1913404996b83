"""The builder on the page: palette, forms, both drawings and the code of both APIs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import anywidget
import traitlets
from IPython.display import display

from kerastutor.building.arguments import arguments_for
from kerastutor.building.builder import Builder
from kerastutor.building.draft import Alternative, Impossible
from kerastutor.building.edits import (
    AddInput,
    CallAgain,
    Configure,
    Delete,
    Edit,
    Outputs,
    Rename,
    Rewire,
    moves,
)
from kerastutor.building.forms import config_of, shape_of
from kerastutor.building.log import BuildLog, LogError
from kerastutor.building.screen import form_page, page, palette, tensors
from kerastutor.drawing import draw_twin
from kerastutor.drawing.page import on_page
from kerastutor.drawing.twin import twin
from kerastutor.exercises.exercise import Exercise
from kerastutor.topology.graph import Ref, Topology
from kerastutor.widgets import front_end, registry
from kerastutor.widgets.assets import module, style_with_drawings

EMPTY = "Nothing is built yet. Begin with an input: its shape is the shape of one sample."


class BuilderView(anywidget.AnyWidget):
    """One builder on the page. The page sends wishes, `builder` fulfils them, and the page is told what came of it."""

    _esm = module("builder")
    _css = style_with_drawings("builder")
    palette: traitlets.List[Any] = traitlets.List().tag(sync=True)
    panels: traitlets.List[Any] = traitlets.List().tag(sync=True)
    page = traitlets.Dict().tag(sync=True)

    def __init__(self, builder: Builder, **traits: Any) -> None:
        super().__init__(palette=palette(), **traits)
        self.builder = builder
        self._selected: list[Ref] = []
        self._alternatives: tuple[Alternative, ...] = ()
        self._drawn: Topology | None = None
        self._lock = threading.RLock()  # some kernels handle messages beside the running cell
        self.on_msg(self._asked)
        self._unwatch = builder.watch(self._show)
        self._show()

    def close(self) -> None:
        """Take no more notice of the builder, and disappear from the page."""
        self._unwatch()
        super().close()

    def _asked(self, _widget: Any, wish: Mapping[str, Any], _buffers: Any) -> None:
        with self._lock:
            try:
                _WISHES[wish["do"]](self, wish)
            except Impossible as refused:
                self._alternatives = refused.alternatives
                self._say(refused.sentence, [alternative.label for alternative in refused.alternatives])
            except (LogError, ValueError) as problem:
                self._say(str(problem))

    def _show(self, message: dict[str, Any] | None = None) -> None:
        topology = self.builder.topology
        known = tensors(topology)
        self._selected = [ref for ref in self._selected if ref in known]
        with self.hold_sync():
            if topology is not self._drawn:
                self.panels, self._drawn = _panels(topology), topology
            self.page = page(self.builder, self._selected, message)

    def _say(self, text: str, alternatives: Sequence[str] = ()) -> None:
        self._show({"text": text, "alternatives": list(alternatives)})

    def _take(self, *edits: Edit) -> None:
        """Take steps, and choose the tensor that came of them, for the next layer is most often put on it."""
        before = set(self.builder.topology.call)
        self._alternatives = ()
        self.builder.take(*edits)
        new = [name for name in self.builder.topology.call if name not in before]
        if new:
            self._selected = [Ref(new[-1])]
        self._show()

    def _chosen(self, wish: Mapping[str, Any]) -> list[Ref]:
        return [Ref(*ref) for ref in wish.get("tensors", ())]

    def _add(self, wish: Mapping[str, Any]) -> None:
        kind, config = wish["kind"], config_of(wish["kind"], wish["fields"])
        self._take(self.builder.log.adding(kind, self._chosen(wish), config, wish.get("name")))

    def _input(self, wish: Mapping[str, Any]) -> None:
        name = wish.get("name") or self.builder.log.now.draft.fresh_name("Input")
        self._take(AddInput(name, shape_of(wish["shape"]), wish["dtype"]))

    def _again(self, wish: Mapping[str, Any]) -> None:
        layer = self.builder.topology.layer[wish["layer"]]
        self._take(CallAgain(layer.id, arguments_for(layer.kind, self._chosen(wish))))

    def _rewire(self, wish: Mapping[str, Any]) -> None:
        layer = self.builder.topology.layer_of(wish["call"])
        self._take(Rewire(wish["call"], arguments_for(layer.kind, self._chosen(wish))))

    def _configure(self, wish: Mapping[str, Any]) -> None:
        layer = self.builder.topology.layer[wish["layer"]]
        self._take(Configure(layer.id, config_of(layer.kind, wish["fields"], layer.config)))

    def _outputs(self, wish: Mapping[str, Any]) -> None:
        self._take(Outputs(tuple(self._chosen(wish))))

    def _move(self, wish: Mapping[str, Any]) -> None:
        ways = moves(self.builder.log.now.draft, wish["call"])
        if wish["way"] in ways:  # a second, quick press may find it at its place
            self._take(ways[wish["way"]])

    def _select(self, wish: Mapping[str, Any]) -> None:
        self._selected = self._chosen(wish)
        self._show()

    def _form(self, wish: Mapping[str, Any]) -> None:
        layer = self.builder.log.now.draft.topology.layer.get(wish.get("layer", ""))
        kind = layer.kind if layer else wish["kind"]
        self.send({"form": form_page(kind, dict(layer.config) if layer else None), "layer": layer.id if layer else ""})

    def _alternative(self, wish: Mapping[str, Any]) -> None:
        self._take(*self._alternatives[wish["number"]].edits)

    def _save(self, wish: Mapping[str, Any]) -> None:
        self.send({"save": self.builder.to_json(), "file": "network.json"})

    def _load(self, wish: Mapping[str, Any]) -> None:
        self.builder.restore(wish["text"])

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The live view, and its twin for pages on which nothing runs."""
        data, metadata = super()._repr_mimebundle_(**options) or ({}, {})
        return {**data, **_still(self.builder.topology)}, metadata


_Wish = Callable[[BuilderView, Mapping[str, Any]], None]
_WISHES: Mapping[str, _Wish] = {
    "add": BuilderView._add,
    "input": BuilderView._input,
    "again": BuilderView._again,
    "rewire": BuilderView._rewire,
    "configure": BuilderView._configure,
    "outputs": BuilderView._outputs,
    "select": BuilderView._select,
    "form": BuilderView._form,
    "alternative": BuilderView._alternative,
    "save": BuilderView._save,
    "load": BuilderView._load,
    "rename": lambda view, wish: view._take(Rename(wish["layer"], wish["name"])),
    "delete": lambda view, wish: view._take(Delete(wish["call"])),
    "move": BuilderView._move,
    "undo": lambda view, wish: view.builder.undo(),
    "redo": lambda view, wish: view.builder.redo(),
    "go": lambda view, wish: view.builder.go_to(int(wish["position"])),
}


def build(start: Any = None) -> Builder:
    """Show a builder in the cell that runs, and return it.

    Args:
        start: a Keras model, a `Topology`, a build log, an exercise (its starter), or None for an empty page.
    """
    builder = Builder(_begin(start))
    if front_end.in_a_kernel():
        view = BuilderView(builder)
        registry.replace(view)
        display(view)
    return builder


def _begin(start: Any) -> BuildLog:
    if start is None:
        return BuildLog()
    if isinstance(start, BuildLog):
        return start
    if isinstance(start, Exercise):
        starter = getattr(start.spec.answer, "untouched", None)  # a choice or a value has none
        return BuildLog() if starter is None else BuildLog.begin(starter)
    if isinstance(start, Topology):
        return BuildLog.begin(start)
    from kerastutor.building.start import from_model

    return from_model(start)


def _panels(topology: Topology) -> list[dict[str, str]]:
    """Both drawings as SVG that takes its colours from the page, each under its heading."""
    if not topology.calls:
        return []
    return [
        {"heading": panel.heading, "caption": panel.caption, "svg": on_page(panel.picture, panel.heading)}
        for panel in twin(topology).panels
    ]


def _still(topology: Topology) -> dict[str, str]:
    if not topology.calls:
        return {"text/plain": EMPTY, "text/html": f"<p>The builder stands here when the notebook runs. {EMPTY}</p>"}
    drawing = draw_twin(topology)
    return {"text/plain": drawing.text, "text/html": drawing.html()}

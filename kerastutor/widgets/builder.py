"""The builder on the page: palette, forms, both drawings and the code of both APIs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import anywidget
import traitlets
from IPython.display import display

from kerastutor.building.builder import Builder
from kerastutor.building.draft import Alternative, Impossible
from kerastutor.building.edits import Edit
from kerastutor.building.log import LogError
from kerastutor.building.screen import form_page, page, palette, tensors
from kerastutor.building.wishes import DONE_BY_STEPS, Wish, chosen, edits_for
from kerastutor.drawing import draw_twin
from kerastutor.drawing.page import on_page
from kerastutor.drawing.twin import twin
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

    def _asked(self, _widget: Any, wish: Wish, _buffers: Any) -> None:
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

    def _steps(self, wish: Wish) -> None:
        edits = edits_for(self.builder.log, wish)
        if edits:
            self._take(*edits)

    def _select(self, wish: Wish) -> None:
        self._selected = chosen(wish)
        self._show()

    def _form(self, wish: Wish) -> None:
        layer = self.builder.log.now.draft.topology.layer.get(wish.get("layer", ""))
        kind = layer.kind if layer else wish["kind"]
        self.send({"form": form_page(kind, dict(layer.config) if layer else None), "layer": layer.id if layer else ""})

    def _alternative(self, wish: Wish) -> None:
        self._take(*self._alternatives[wish["number"]].edits)

    def _save(self, wish: Wish) -> None:
        self.send({"save": self.builder.to_json(), "file": "network.json"})

    def _load(self, wish: Wish) -> None:
        self.builder.restore(wish["text"])

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The live view, and its twin for pages on which nothing runs."""
        data, metadata = super()._repr_mimebundle_(**options) or ({}, {})
        return {**data, **_still(self.builder.topology)}, metadata


_WISHES: Mapping[str, Callable[[BuilderView, Wish], None]] = {
    **dict.fromkeys(DONE_BY_STEPS, BuilderView._steps),
    "select": BuilderView._select,
    "form": BuilderView._form,
    "alternative": BuilderView._alternative,
    "save": BuilderView._save,
    "load": BuilderView._load,
    "undo": lambda view, wish: view.builder.undo(),
    "redo": lambda view, wish: view.builder.redo(),
    "go": lambda view, wish: view.builder.go_to(int(wish["position"])),
}


def show(builder: Builder) -> None:
    """Put a builder on the page of the cell that runs; elsewhere there is no page."""
    if front_end.in_a_kernel():
        view = BuilderView(builder)
        registry.replace(view)
        display(view)


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

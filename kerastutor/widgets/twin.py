"""The twin view as a widget: both drawings of a topology, lit together, with cards, zoom, groups and export."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import anywidget
import traitlets

from kerastutor.drawing import draw_twin
from kerastutor.drawing.grouping import at_first, groups_of
from kerastutor.drawing.twin import twin
from kerastutor.drawing.view import Listing, view
from kerastutor.topology.graph import Topology

_STATIC = files("kerastutor.widgets") / "static"


class TwinView(anywidget.AnyWidget):
    """Both drawings of one topology.

    Set `topology` to draw another one in its place; boxes that are in both move to where they belong.

    Args:
        topology: what to draw.
        listings: code to show below, whose lines light up with the boxes they made.
    """

    _esm = (_STATIC / "twin.js").read_text(encoding="utf-8")
    _css = (_STATIC / "twin.css").read_text(encoding="utf-8")

    view = traitlets.Dict().tag(sync=True)
    topology = traitlets.Instance(Topology)

    def __init__(self, topology: Topology, listings: Sequence[Listing] = ()) -> None:
        self._listings = tuple(listings)
        self._closed = at_first(topology, groups_of(topology))
        super().__init__(topology=topology)
        self.on_msg(self._on_message)

    def show(self, topology: Topology, listings: Sequence[Listing] = ()) -> None:
        """Draw another topology in the place of this one; groups the reader opened stay open."""
        self._listings = tuple(listings)
        self.topology = topology

    @traitlets.observe("topology")
    def _redraw(self, change: object = None) -> None:
        self.view = view(twin(self.topology, self._closed), self._listings)

    def _on_message(self, widget: object, content: Any, buffers: object) -> None:
        """The front end asks for a group to be opened or closed."""
        key = content.get("toggle") if isinstance(content, dict) else None
        if key in {group.key for group in groups_of(self.topology)}:
            self._closed = self._closed ^ {key}
            self._redraw()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**(data or {}), **draw_twin(self.topology)._repr_mimebundle_()}, metadata

    def __repr__(self) -> str:
        return f"TwinView({self.topology!r})"


def show(*topologies: Topology, labels: Sequence[str] | None = None) -> TwinView:
    """The twin view of one topology."""
    return TwinView(topologies[0])

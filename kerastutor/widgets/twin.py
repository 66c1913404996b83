"""Drawings as widgets: lit together, with cards, zoom, groups that open, and export."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import anywidget
import traitlets
from IPython.display import display

from kerastutor.drawing import Drawing, draw_beside, draw_twin
from kerastutor.drawing.beside import beside
from kerastutor.drawing.grouping import at_first, groups_of
from kerastutor.drawing.listings import Listing, listings_of
from kerastutor.drawing.twin import twin
from kerastutor.drawing.view import beside_view, twin_view
from kerastutor.topology.graph import Topology
from kerastutor.widgets import registry
from kerastutor.widgets.assets import module, style


class DrawingView(anywidget.AnyWidget):
    """What the views share: the front end, and the still picture for pages on which nothing runs."""

    _esm = module("twin")
    _css = style("twin")

    view = traitlets.Dict().tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.on_msg(self._on_message)

    def still(self) -> Drawing:
        """The same as a picture that needs no kernel."""
        raise NotImplementedError

    def _toggle(self, number: int, key: str) -> None:
        """Open or close the group `key` of the drawing with this number."""
        raise NotImplementedError

    def _on_message(self, widget: object, content: Any, buffers: object) -> None:
        if isinstance(content, dict) and isinstance(content.get("toggle"), str):
            self._toggle(content.get("set", 0), content["toggle"])

    def _ipython_display_(self) -> None:
        """Show the still picture and then the live view, which hides the picture where it runs.

        They are two outputs because nbconvert keeps one form of each: of a notebook whose widgets were saved it keeps
        the live form, which shows nothing without a network.
        """
        still = self.still()
        display({"text/html": f'<div class="kt-still">{still.html()}</div>', "text/plain": still.text}, raw=True)
        bundle = self._repr_mimebundle_()
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        display({**(data or {}), "text/html": "<span></span>", "text/plain": repr(self)}, metadata=metadata, raw=True)


class TwinView(DrawingView):
    """Both drawings of one topology: the stack it may be beside the graph it is.

    Args:
        topology: what to draw.
        listings: code to show below, whose lines light up with the boxes they made; by default the learner's own
            where it was recorded, and that of both APIs.
    """

    def __init__(self, topology: Topology, listings: Sequence[Listing] | None = None) -> None:
        super().__init__()
        self._closed = at_first(topology, groups_of(topology))
        self.show(topology, listings)

    def show(self, topology: Topology, listings: Sequence[Listing] | None = None) -> None:
        """Draw another topology in the place of this one: boxes that are in both move to where they belong."""
        self.topology = topology
        self.listings = listings_of(topology) if listings is None else tuple(listings)
        self._redraw()

    def still(self) -> Drawing:
        """Both drawings as a picture."""
        return draw_twin(self.topology)

    def _redraw(self) -> None:
        self.view = twin_view(twin(self.topology, self._closed), self.listings)

    def _toggle(self, number: int, key: str) -> None:
        self._closed = self._closed ^ {key}
        self._redraw()

    def __repr__(self) -> str:
        return f"TwinView({self.topology!r})"


class BesideView(DrawingView):
    """Several topologies as graphs side by side.

    Args:
        topologies: what to draw, two or more.
        labels: a heading for each; by default their names.
    """

    def __init__(self, topologies: Sequence[Topology], labels: Sequence[str] | None = None) -> None:
        super().__init__()
        self.topologies = tuple(topologies)
        self.labels = None if labels is None else tuple(labels)
        self._closed = [at_first(topology, groups_of(topology)) for topology in topologies]
        self._redraw()

    def still(self) -> Drawing:
        """All drawings as a picture."""
        return draw_beside(self.topologies, self.labels)

    def _redraw(self) -> None:
        self._sides = beside(self.topologies, self.labels, self._closed)
        self.view = beside_view(self._sides)

    def _toggle(self, number: int, key: str) -> None:
        if number in range(len(self._sides)):
            self._closed[number] = self._closed[number] ^ {self._sides[number].names.get(key, key)}
            self._redraw()

    def __repr__(self) -> str:
        return f"BesideView({list(self.topologies)!r})"


def show(*topologies: Topology, labels: Sequence[str] | None = None) -> DrawingView:
    """One topology in both APIs side by side, or several topologies aligned."""
    view = TwinView(topologies[0]) if len(topologies) == 1 else BesideView(topologies, labels)
    registry.replace(view)
    return view

"""A finished drawing, and the verbs that make one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from kerastutor.drawing import describing, dot, graph, metrics, svg, theme, words
from kerastutor.drawing.beside import beside
from kerastutor.drawing.graph import Picture
from kerastutor.drawing.layout import LayoutTrouble, arrange, png
from kerastutor.drawing.marking import marked, marked_at
from kerastutor.drawing.page import page
from kerastutor.drawing.scene import Scene
from kerastutor.drawing.still import OWN_KEYS, image, width
from kerastutor.drawing.theme import Colours
from kerastutor.drawing.twin import twin
from kerastutor.topology.differences.difference import Diff, diff
from kerastutor.topology.graph import Topology

SUFFIXES = (".svg", ".png", ".dot", ".txt")
_ROW = "display:flex;flex-wrap:wrap;align-items:flex-start"
_LEAST_READABLE = 0.6
_NARROWEST_PAGE = 240


class CannotSave(ValueError):
    """A drawing cannot be saved in the form or at the place that was asked for; the message says what to do."""


@dataclass(frozen=True)
class Drawing:
    """A drawing of one topology, or of several side by side.

    Attributes:
        svg: the whole picture, which stands alone: its own colours, an opaque background, no links, no scripts.
        pieces: the sides of the picture as images of their own, for pages too narrow to hold both.
        remarks: what is to be said besides what is drawn, a sentence each.
    """

    svg: str
    pieces: tuple[str, ...] = field(repr=False)
    remarks: tuple[str, ...]
    _drawn: tuple[tuple[Topology, Scene], ...] = field(repr=False, compare=False)

    @cached_property
    def alt(self) -> str:
        """One or two sentences for the whole."""
        return " ".join((*(describing.summary(topology) for topology, _ in self._drawn), *self.remarks))

    @cached_property
    def description(self) -> str:
        """The same in sentences, one per line, for those who cannot see it."""
        whole = [describing.description(topology) for topology, _ in self._drawn]
        if len(self._drawn) == 1:
            whole.append(describing.verdict(self._drawn[0][0]))
        return "\n".join((*whole, *self.remarks))

    @cached_property
    def text(self) -> str:
        """The same as a table, for where no picture can be shown."""
        return "\n\n".join((*(describing.table(topology) for topology, _ in self._drawn), *self.remarks))

    @cached_property
    def dot(self) -> str:
        """DOT text of the graph, for Graphviz; where there are several drawings, a graph each."""
        return "\n".join(dot.labelled(scene) for _, scene in self._drawn)

    def save(self, path: str | Path) -> Path:
        """Write the drawing to a file and return its path; the suffix says how: .svg, .png, .dot or .txt."""
        target = Path(path)
        form = target.suffix.lower()
        if form not in SUFFIXES:
            raise CannotSave(f"A drawing is saved as {', '.join(SUFFIXES)}; {target.name!r} ends in none of them.")
        try:
            target.write_bytes(self._bytes(form))
        except OSError as problem:
            raise CannotSave(f"The drawing cannot be written to {target}: {problem.strerror}.") from None
        return target

    def _bytes(self, form: str) -> bytes:
        if form == ".png":
            try:
                return png(self.dot)
            except LayoutTrouble as trouble:
                raise CannotSave(f"{trouble} Save it as .svg instead: browsers and documents show that too.") from None
        return {".svg": self.svg, ".dot": self.dot, ".txt": self.text}[form].encode()

    def html(self) -> str:
        """The drawing as HTML that needs nothing else: images with their words, dark on Jupyter's dark page."""
        images = "".join(image(piece, self.alt, least=_LEAST_READABLE) for piece in self.pieces)
        scrolls = any(width(piece) * _LEAST_READABLE > _NARROWEST_PAGE for piece in self.pieces)
        scrolled_by_keys = f' role="group" aria-label="Drawing" tabindex="0" {OWN_KEYS}'
        frame = f'style="{_ROW};overflow-x:auto"{scrolled_by_keys}' if scrolls else f'style="{_ROW}"'
        return f"<div {frame}>{images}</div>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.html(), "text/plain": self.text}

    def __repr__(self) -> str:
        return self.text


def draw(topology: Topology, *, closed: Collection[str] | None = None, colours: Colours = "light") -> Drawing:
    """Draw a topology as the graph it is; the same picture whatever API it was written in.

    Args:
        topology: what to draw.
        closed: the keys of the groups that are shown as one box (`groups_of` lists them); when it is not given, a
            small network is shown whole and a large one with its repeated blocks closed.
        colours: "light", "dark", or "reader's": whichever of the two the reader's system asks for.
    """
    view = twin(topology, closed)
    picture = _framed(graph.paint(view.scene, view.layout), view.layout.note)
    whole = _svg(picture, colours, describing.summary(topology))
    return Drawing(whole, (whole,), (), ((topology, view.scene),))


def draw_twin(topology: Topology, *, closed: Collection[str] | None = None, colours: Colours = "light") -> Drawing:
    """Draw a topology twice: the Sequential stack it may be, beside the graph it is, on common rows."""
    view = twin(topology, closed)
    label, note = describing.summary(topology), view.layout.note
    panels = view.panels
    pieces = tuple(_svg(page([panel], note), colours, f"{panel.heading}. {label}") for panel in panels)
    return Drawing(_svg(page(panels, note), colours, label), pieces, (), ((topology, view.scene),))


def draw_beside(
    topologies: Sequence[Topology], labels: Sequence[str] | None = None, *, colours: Colours = "light"
) -> Drawing:
    """Draw several topologies as graphs side by side; two of them so that what they have in common is on one height."""
    sides = beside(topologies, labels)
    label = " ".join(f"{side.label}: {describing.summary(side.topology)}" for side in sides)
    note = " ".join(dict.fromkeys(side.layout.note for side in sides if side.layout.note))
    panels = [side.panel for side in sides]
    pieces = tuple(_svg(page([panel], note), colours, panel.heading) for panel in panels)
    drawn = tuple((side.topology, side.scene) for side in sides)
    return Drawing(_svg(page(panels, note), colours, label), pieces, (), drawn)


def draw_difference(
    learner: Topology, expected: Topology, difference: Diff | None = None, *, colours: Colours = "light"
) -> Drawing:
    """Draw the learner's graph with every difference from the expected one in its place, and the sentences below.

    What is missing is ghosted in with dashes and a plus, what is too much carries a cross, what differs an exclamation
    mark, each with its word.

    Args:
        learner: the graph that is drawn.
        expected: the graph it is compared with.
        difference: their `diff`, where the caller has it already.
    """
    found = diff(learner, expected) if difference is None else difference
    scene = marked(learner, expected, found)
    remarks = tuple(words.quoted(item.sentence) for item in found.items) or ("No difference.",)
    return _remarked(learner, scene, remarks, colours)


def draw_place(topology: Topology, calls: Sequence[str], sentence: str, *, colours: Colours = "light") -> Drawing:
    """Draw a topology with a mark on one place, the first of `calls` (none: no mark), and a sentence about it below."""
    if not calls:
        return draw(topology, colours=colours)
    return _remarked(topology, marked_at(topology, calls[0]), (words.quoted(sentence),), colours)


def draw_failing(topology: Topology, call: str, *, colours: Colours = "light") -> Drawing:
    """Draw a graph as far as it got, the call that failed marked in words, shape and colour; `""`: no mark."""
    view = twin(topology)
    boxes = tuple(replace(box, mark="failing") if call in box.calls else box for box in view.scene.boxes)
    picture = _framed(graph.paint(replace(view.scene, boxes=boxes), view.layout), view.layout.note)
    remarks = (f"The call that failed is {call}.",) if call else ()
    whole = _svg(picture, colours, " ".join((describing.summary(topology), *remarks)))
    return Drawing(whole, (whole,), remarks, ((topology, view.scene),))


def _remarked(topology: Topology, scene: Scene, remarks: tuple[str, ...], colours: Colours) -> Drawing:
    """The scene of a topology with sentences below it."""
    layout = arrange(scene)
    picture = _with_remarks(graph.paint(scene, layout), remarks)
    whole = _svg(_framed(picture, layout.note), colours, f"{describing.summary(topology)} {' '.join(remarks)}")
    return Drawing(whole, (whole,), remarks, ((topology, scene),))


def _with_remarks(picture: Picture, remarks: Sequence[str]) -> Picture:
    """The picture with sentences below it, broken to its width."""
    wide = max(picture.width, 380.0)
    parts, y = [picture.body], picture.height + 20
    for number, remark in enumerate(remarks, start=1):
        parts.append(svg.text(0, y + 16, "f", f"{number}." if len(remarks) > 1 else ""))
        for line in metrics.wrap(remark, wide - 24, 11.5):
            y += 16
            parts.append(svg.text(20 if len(remarks) > 1 else 0, y, "f", line))
        y += 6
    return Picture("".join(parts), wide, y)


def _framed(picture: Picture, note: str) -> Picture:
    """The picture with a margin, and the layout's note below."""
    tall = picture.height + 48 + (20 if note else 0)
    body = svg.group("panel", picture.body, x=24, y=24) + svg.text(24, tall - 14, "h2", note)
    return Picture(body, picture.width + 48, tall)


def _svg(picture: Picture, colours: Colours, label: str) -> str:
    return svg.image(picture.body, picture.width, picture.height, style=theme.style(colours), label=label)

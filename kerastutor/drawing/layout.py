"""Where every box goes: Graphviz in this process, the `dot` program, or rows of our own when there is neither.

Graphviz is given nodes of fixed size and no text, so that its answer does not depend on fonts. It is asked for its
"plain" form: one line per node and edge, the same in every version.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kerastutor.drawing import dot
from kerastutor.drawing.rows import in_rows
from kerastutor.drawing.scene import Scene

Point = tuple[float, float]

IN_PROCESS = 300
"""Boxes up to which Graphviz runs in this process; an assertion in it would take the process along."""

SECONDS = 20.0
"""How long Graphviz may take."""

_REMEMBERED = 256
"""Answers of Graphviz; one of a hundred boxes has some twenty kilobytes."""

_CHILD = """
import sys, pygraphviz
graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode())
sys.stdout.buffer.write(graph.draw(format="plain", prog="dot"))
"""


class LayoutTrouble(Exception):
    """Graphviz gave no layout; the message says why."""


@dataclass(frozen=True)
class Layout:
    """Coordinates in pixels, y downwards.

    Attributes:
        centres: of each box, by key.
        routes: the corners of each arrow, in the order of `Scene.arrows`, from tail to head.
        width, height: of what was laid out.
        note: what the reader should know about this layout; most often empty.
    """

    centres: Mapping[str, Point]
    routes: tuple[tuple[Point, ...], ...]
    width: float
    height: float
    note: str = ""


def arrange(scene: Scene) -> Layout:
    """Coordinates for all of a scene. It never fails: rows of our own stand in for Graphviz, with a note."""
    try:
        return _parse(_plain(dot.skeleton(scene), len(scene.boxes)), scene)
    except (LayoutTrouble, OSError, ValueError, LookupError) as trouble:
        centres, routes, width, height = in_rows(scene, dot.ROW_GAP, dot.BOX_GAP)
        return Layout(centres, routes, width, height, f"Drawn with a simple layout: {trouble}")


def png(source: str) -> bytes:
    """DOT text as a PNG image, drawn by Graphviz in a process of its own."""
    found = engine()
    if found is None:
        raise LayoutTrouble("Graphviz was not found, and it is what draws PNG images.")
    command = ["dot", "-Tpng"] if found == "dot" else [sys.executable, "-c", _CHILD.replace("plain", "png")]
    return _in_child(command, source)


def engine() -> str | None:
    """The Graphviz that is used: `"pygraphviz"` where it can be loaded, `"dot"`, or None where there is neither."""
    try:
        import pygraphviz  # noqa: F401 - a compiled extension: loaded when first drawn, and replaceable by the program
    except ImportError:
        return "dot" if shutil.which("dot") else None
    return "pygraphviz"


def _plain(source: str, size: int) -> str:
    found = engine()
    if found is None:
        raise LayoutTrouble("Graphviz was not found; `kerastutor doctor` says what to do.")
    if found == "dot":
        return _in_child(["dot", "-Tplain"], source).decode()
    if size > IN_PROCESS:
        return _in_child([sys.executable, "-c", _CHILD], source).decode()
    return in_process(source)


@lru_cache(maxsize=_REMEMBERED)
def in_process(source: str) -> str:
    """Graphviz' answer; the same boxes come again: at a slider, an undo, in a class whose networks differ in names."""
    import pygraphviz

    graph = pygraphviz.AGraph(string=source)
    try:
        return str(graph.draw(format="plain", prog="dot").decode())
    finally:
        graph.close()


def _in_child(command: Sequence[str], source: str) -> bytes:
    try:
        done = subprocess.run(command, input=source.encode(), capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise LayoutTrouble(f"Graphviz took more than {SECONDS:.0f} seconds.") from None
    if done.returncode:
        raise LayoutTrouble(f"Graphviz ended with code {done.returncode}.")
    return done.stdout


def _parse(plain: str, scene: Scene) -> Layout:
    """Read Graphviz' plain form: inches, y upwards; edges come grouped by tail, in any order."""
    centres: dict[str, Point] = {}
    found: dict[tuple[str, str], list[tuple[Point, ...]]] = {}
    width = height = 0.0
    for line in plain.splitlines():
        fields = line.split()
        match fields[:1]:
            case ["graph"]:
                width, height = float(fields[2]) * dot.POINTS, float(fields[3]) * dot.POINTS
            case ["node"]:
                box = scene.boxes[int(fields[1][1:])]
                centres[box.key] = _point(fields[2], fields[3], height)
            case ["edge"]:
                count = int(fields[3])
                corners = [_point(fields[place], fields[place + 1], height) for place in range(4, 4 + 2 * count, 6)]
                found.setdefault((fields[1], fields[2]), []).append(tuple(corners))
    if len(centres) != len(scene.boxes):
        raise LayoutTrouble("Graphviz left out boxes.")
    names = {box.key: dot.node(number) for number, box in enumerate(scene.boxes)}
    routes = tuple(found[names[arrow.tail], names[arrow.head]].pop(0) for arrow in scene.arrows)
    return Layout(centres, routes, width, height)


def _point(x: str, y: str, height: float) -> Point:
    return round(float(x) * dot.POINTS, 1), round(height - float(y) * dot.POINTS, 1)

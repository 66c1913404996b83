"""A simple layered layout of our own, for when Graphviz is missing or fails.

Each box stands one row below the lowest box it takes a tensor from; within a row boxes are ordered by where their
neighbours stand (the barycentre rule of Sugiyama's method).
"""

from __future__ import annotations

from kerastutor.drawing.scene import Scene

Point = tuple[float, float]

_SWEEPS = 4


def in_rows(
    scene: Scene, row_gap: float, box_gap: float
) -> tuple[dict[str, Point], tuple[tuple[Point, ...], ...], float, float]:
    """Centres by key, the corners of each arrow, and the width and height of the whole, in pixels."""
    rows = _ordered(scene, _rows(scene))
    wide = max((sum(scene.box[key].width + box_gap for key in row) - box_gap for row in rows), default=0.0)
    centres: dict[str, Point] = {}
    top = 0.0
    for row in rows:
        tall = max(scene.box[key].height for key in row)
        left = (wide - sum(scene.box[key].width + box_gap for key in row) + box_gap) / 2
        for key in row:
            centres[key] = (round(left + scene.box[key].width / 2, 1), round(top + tall / 2, 1))
            left += scene.box[key].width + box_gap
        top += tall + row_gap
    routes = tuple((centres[arrow.tail], centres[arrow.head]) for arrow in scene.arrows)
    return centres, routes, wide, max(top - row_gap, 0.0)


def _rows(scene: Scene) -> list[list[str]]:
    depth = dict.fromkeys(scene.box, 0)
    # Boxes come in computing order but for closed groups, whose late members may feed earlier boxes: a second
    # pass settles those, and the number of passes is bounded whatever the graph.
    for _ in range(2):
        for box in scene.boxes:
            above = [depth[arrow.tail] + 1 for arrow in scene.arriving[box.key]]
            depth[box.key] = max(above, default=0)
    rows: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for key, row in depth.items():
        rows[row].append(key)
    return [row for row in rows if row]


def _ordered(scene: Scene, rows: list[list[str]]) -> list[list[str]]:
    neighbours: dict[str, list[str]] = {key: [] for key in scene.box}
    for arrow in scene.arrows:
        neighbours[arrow.tail].append(arrow.head)
        neighbours[arrow.head].append(arrow.tail)
    place = {key: (number + 0.5) / len(row) for row in rows for number, key in enumerate(row)}
    for _ in range(_SWEEPS):
        for row in rows:
            centre = {
                key: sum(place[other] for other in neighbours[key]) / len(neighbours[key])
                if neighbours[key]
                else place[key]
                for key in row
            }
            row.sort(key=centre.__getitem__)
            place.update({key: (number + 0.5) / len(row) for number, key in enumerate(row)})
    return rows

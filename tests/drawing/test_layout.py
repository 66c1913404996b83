"""Graphviz in this process, as a program, in trouble, and not there at all."""

import shutil
import sys
from itertools import combinations

import drawn_networks as networks
import pytest

from kerastutor.drawing import draw, draw_twin, layout
from kerastutor.drawing.grouping import groups_of
from kerastutor.drawing.routing import Row, paths, rows_of
from kerastutor.drawing.scene import compose

MODELS = [networks.digits, networks.tickets, networks.residual, networks.siamese, networks.inception]


def scene_of(make):
    topology = make()
    return compose(topology, groups_of(topology))


def overlaps(scene, arranged):
    for first, second in combinations(scene.boxes, 2):
        (x0, y0), (x1, y1) = arranged.centres[first.key], arranged.centres[second.key]
        if abs(x0 - x1) < (first.width + second.width) / 2 and abs(y0 - y1) < (first.height + second.height) / 2:
            yield first.key, second.key


@pytest.fixture
def no_pygraphviz(monkeypatch):
    monkeypatch.setitem(sys.modules, "pygraphviz", None)


@pytest.fixture
def no_graphviz(no_pygraphviz, monkeypatch):
    monkeypatch.setattr(layout.shutil, "which", lambda name: None)


@pytest.mark.parametrize("make", MODELS)
def test_boxes_never_overlap(make):
    scene = scene_of(make)
    assert not list(overlaps(scene, layout.arrange(scene)))


@pytest.mark.parametrize("make", MODELS)
def test_arrows_run_downwards(make):
    scene = scene_of(make)
    arranged = layout.arrange(scene)
    for arrow in scene.arrows:
        assert arranged.centres[arrow.tail][1] < arranged.centres[arrow.head][1]


@pytest.mark.parametrize("make", MODELS)
def test_an_arrow_keeps_away_from_the_boxes_it_passes(make):
    scene = scene_of(make)
    arranged = layout.arrange(scene)
    for path in paths(scene, arranged):
        for x, top, bottom in path.lanes:
            for box in scene.boxes:
                centre, middle = arranged.centres[box.key]
                assert not top < middle < bottom or abs(x - centre) >= box.width / 2 + 12, box.key


def test_an_arrow_that_would_meet_a_box_passes_beside_it():
    row = Row(middle=50, top=30, bottom=70, taken=((0, 100), (110, 200)))
    assert row.nearest_free(40) == -12
    assert row.nearest_free(105) == 212  # between the two there is no room
    assert row.nearest_free(-5) == -12
    assert row.nearest_free(230) == 230


@pytest.mark.skipif(shutil.which("dot") is None, reason="the dot program is not installed")
@pytest.mark.parametrize("make", MODELS)
def test_the_program_puts_boxes_in_the_same_rows_and_order(make, monkeypatch):
    scene = scene_of(make)
    ours = layout.arrange(scene)
    monkeypatch.setattr(layout, "engine", lambda: "dot")
    theirs = layout.arrange(scene)
    assert not theirs.note
    assert _rows(scene, ours) == _rows(scene, theirs)


def _rows(scene, arranged):
    return [
        sorted(
            (key for key, (_, y) in arranged.centres.items() if abs(y - row.middle) < 1),
            key=lambda key: arranged.centres[key][0],
        )
        for row in rows_of(scene, arranged)
    ]


@pytest.mark.parametrize("make", MODELS)
def test_without_graphviz_rows_of_our_own_stand_in_and_say_so(make, no_graphviz):
    scene = scene_of(make)
    arranged = layout.arrange(scene)
    assert "Graphviz was not found" in arranged.note
    assert not list(overlaps(scene, arranged))
    drawing = draw_twin(make())
    assert "kerastutor doctor" in drawing.svg
    assert all(layer.name in drawing.text for layer in make().layers)


def test_a_pygraphviz_that_cannot_be_loaded_is_as_good_as_none(no_graphviz, tmp_path, monkeypatch):
    """So it is where the system lacks a library that its wheel expects, as a small container does."""
    broken = "raise ImportError('libgobject-2.0.so.0: cannot open shared object file')"
    (tmp_path / "pygraphviz.py").write_text(broken)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "pygraphviz")
    assert layout.engine() is None
    assert "Graphviz was not found" in draw(networks.tickets()).svg


def test_a_layout_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(layout, "IN_PROCESS", 0)
    monkeypatch.setattr(layout, "SECONDS", 0.001)
    assert "Graphviz took more than" in draw(networks.digits()).svg


def test_a_crash_of_the_layout_is_survived(monkeypatch):
    monkeypatch.setattr(layout, "IN_PROCESS", 0)
    monkeypatch.setattr(layout, "_CHILD", "import os; os.abort()")
    assert "Graphviz ended with code" in draw(networks.digits()).svg


def test_more_boxes_than_fit_this_process_are_laid_out_in_another(monkeypatch):
    here = layout.arrange(scene_of(networks.inception))
    monkeypatch.setattr(layout, "IN_PROCESS", 0)
    assert layout.arrange(scene_of(networks.inception)) == here


def test_ortho_is_never_asked_for():
    source = draw(networks.inception()).dot
    assert "ortho" not in source

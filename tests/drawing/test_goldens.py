"""The drawings of the gallery, as they were when somebody last looked at them.

After a change that is meant: `KT_GOLDENS=write pytest tests/drawing/test_goldens.py`, then look at the SVG files.
"""

import os
from pathlib import Path

import pytest
from drawn_networks import GALLERY

from kerastutor.drawing import draw, draw_twin, layout

GOLDENS = Path(__file__).parent / "goldens"


def test_no_golden_is_left_of_a_network_that_is_gone():
    assert {golden.stem for golden in GOLDENS.iterdir()} == set(GALLERY)


@pytest.mark.skipif(layout.engine() != "pygraphviz", reason="coordinates are those of pygraphviz' Graphviz")
@pytest.mark.parametrize("name", GALLERY)
def test_the_drawing_is_as_it_was(name):
    topology = GALLERY[name]()
    for suffix, now in ((".svg", draw_twin(topology).svg), (".dot", draw(topology).dot)):
        golden = GOLDENS / f"{name}{suffix}"
        if os.environ.get("KT_GOLDENS") == "write":
            golden.parent.mkdir(exist_ok=True)
            golden.write_text(now + "\n", encoding="utf-8")
        assert now + "\n" == golden.read_text(encoding="utf-8")

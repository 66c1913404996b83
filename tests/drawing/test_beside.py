"""Small multiples: what two networks have in common stands on one height and is lit together."""

import drawn_networks as networks
import pytest

from kerastutor.drawing import draw_beside
from kerastutor.drawing.beside import beside
from kerastutor.drawing.graph import frame_extents
from kerastutor.topology.graph import Scope


def heights(side):
    return {side.names[key]: y for key, (_, y) in side.layout.centres.items()}


def test_a_network_beside_itself_is_the_same_twice():
    first, second = beside([networks.residual(), networks.residual()])
    assert first.layout.centres == second.layout.centres
    assert first.scene == second.scene


def test_partners_share_a_row_and_a_key():
    plain, residual = beside([networks.digits(), networks.tickets()])
    shared = set(plain.scene.box) & set(residual.scene.box)
    assert shared
    for key in shared:
        assert plain.scene.box[key].title.split()[0] == residual.scene.box[key].title.split()[0]


def test_only_partners_share_a_key():
    """Two networks with the same names, of which the layer and its block are no partners."""
    made = []
    for kind in ("Dense", "Flatten"):
        net = networks.Net("net")
        x = net.input("x", (None, 4))
        net.inside = ("block",)
        net.scopes.append(Scope("block", "block", "Functional", "block"))
        made.append(net.topology(net.call(kind, "same", [x], (None, 4))))
    first, second = beside(made, closed=[(), ()])
    assert list(first.names) == ["x", "same", "output:0", "block"]
    assert list(second.names) == ["x", "1:same", "output:0", "1:block"]


def test_rows_stay_in_order_and_apart():
    for side in beside([networks.digits(), networks.residual()]):
        for arrow in side.scene.arrows:
            tail, head = side.scene.box[arrow.tail], side.scene.box[arrow.head]
            gap = side.layout.centres[arrow.head][1] - side.layout.centres[arrow.tail][1]
            assert gap >= (tail.height + head.height) / 2 + 50


def test_frames_are_kept():
    _, second = beside([networks.digits(), networks.siamese()])
    assert len(frame_extents(second.scene, second.layout)) == 2
    assert set(second.names) >= {frame.key for frame in second.scene.frames}


def test_labels_stand_above_and_must_be_as_many():
    drawing = draw_beside([networks.digits(), networks.residual(), networks.tickets()], ["a", "b", "c"])
    assert len(drawing.pieces) == 3
    assert drawing.dot.count("digraph") == 3
    with pytest.raises(ValueError, match="2 models and 1 labels"):
        draw_beside([networks.digits(), networks.residual()], ["a"])

"""The Sequential side: bricks touch, stand beside their boxes, and end where a stack must end."""

from itertools import pairwise

import drawn_networks as networks
import pytest
from drawn_networks import GALLERY, Net, Scope

from kerastutor.drawing import stack
from kerastutor.drawing.stack import stack_of
from kerastutor.drawing.twin import twin


def bricks_of(topology, closed=None):
    view = twin(topology, closed)
    return view, stack.bricks_of(topology, view.stack, view.scene, view.layout, view.groups)


@pytest.mark.parametrize("name", GALLERY)
def test_bricks_touch_and_hold_the_middle_of_their_boxes(name):
    view, bricks = bricks_of(GALLERY[name]())
    for upper, lower in pairwise(bricks):
        assert upper.bottom == lower.top
    for brick in bricks:
        assert brick.top < brick.middle < brick.bottom
        if brick.box.key in view.layout.centres:
            assert brick.middle == pytest.approx(view.layout.centres[brick.box.key][1], abs=0.2)


def test_a_long_stack_that_is_folded_has_a_brick_for_each_box():
    net = Net("long")
    x = net.input("x", (None, 4))
    for number in range(60):
        x = net.call("Dense", f"dense_{number}", [x], (None, 4), units=4, activation="relu" if number % 2 else "tanh")
    view, bricks = bricks_of(net.topology(x))
    assert view.stack.complete
    boxes = [box.key for box in view.scene.boxes if box.look != "output"]
    assert [brick.box.key for brick in bricks] == boxes
    assert len(boxes) < 10
    _, unfolded = bricks_of(net.topology(x), closed=())
    assert len(unfolded) == 61


def test_a_nested_model_is_one_brick_that_passes_on_its_last_tensor():
    net = Net("nested")
    x = net.input("x", (None, 4))
    net.inside = ("inner",)
    net.scopes.append(Scope("inner", "inner", "Functional", "inner"))
    a = net.call("Dense", "inner/a", [x], (None, 3), units=3)
    b = net.call("Dense", "inner/b", [x], (None, 3), units=3)
    x = net.call("Concatenate", "inner/both", [a, b], (None, 6))
    net.inside = ()
    topology = net.topology(net.call("Dense", "out", [x], (None, 1), units=1))
    for closed in ((), ("inner",)):
        view, bricks = bricks_of(topology, closed)
        assert view.stack.complete
        assert [brick.box.key for brick in bricks] == ["x", "inner", "out"]
        assert [brick.tensor for brick in bricks] == ["batch × 4", "batch × 6", "batch × 1"]


@pytest.mark.parametrize(
    ("make", "steps"),
    [
        (networks.digits, ["image", "hidden", "dropout", "digit"]),
        (networks.residual, ["image", "stem"]),
        (networks.tickets, []),
        (networks.inception, ["features"]),
        (networks.loop, ["x"]),
        (networks.square, ["x", "double"]),
        (networks.unfinished, ["x", "so_far"]),
    ],
)
def test_the_stack_ends_where_it_must(make, steps):
    found = stack_of(make())
    assert [calls[0] for calls in found.steps] == steps
    assert found.complete == (make in (networks.digits, networks.unfinished))

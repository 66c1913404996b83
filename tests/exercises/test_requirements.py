"""What is asked for beyond the graph."""

import pytest

from kerastutor.exercises import inputs, outputs, parameters, residual, shares, trains_to
from kerastutor.exercises.requirements import from_plain, to_plain
from kerastutor.topology.graph import Argument, Call, Layer, Port, Ref, Topology, Weight

DENSE = Layer("dense", "Dense", config={"units": 4}, owns="weights", weights=(Weight("kernel", (4, 4)),))
OTHER = Layer("other", "Dense", config={"units": 4}, owns="weights", weights=(Weight("kernel", (4, 4)),))
IMAGE = Layer("image", "Input", config={"shape": [None, 4]}, weights=())
ADD = Layer("add", "Add", weights=())


def residual_block(*merged: str, twice: bool = False) -> Topology:
    """image, dense, (dense again or other), and an addition of the named tensors."""
    second = Call("dense#2", "dense", (Argument("inputs", Ref("dense")),))
    third = Call("other", "other", (Argument("inputs", Ref("dense")),))
    calls = (
        Call("image", "image"),
        Call("dense", "dense", (Argument("inputs", Ref("image")),)),
        second if twice else third,
        Call("add", "add", tuple(Argument(f"inputs.{i}", Ref(name)) for i, name in enumerate(merged))),
    )
    layers = (IMAGE, DENSE, ADD) if twice else (IMAGE, DENSE, OTHER, ADD)
    return Topology(layers, calls, (Port(Ref("image")),), (Port(Ref("add")),))


@pytest.mark.parametrize(
    ("requirement", "topology", "met"),
    [
        (shares("dense", times=2), residual_block("dense", "dense#2", twice=True), True),
        (shares("Dense", times=2), residual_block("dense", "dense#2", twice=True), True),
        (shares("dense", times=2), residual_block("dense", "other"), False),
        (residual(over=2), residual_block("image", "other"), True),
        (residual(over=2), residual_block("dense", "other"), False),
        (residual(over=1), residual_block("other", "dense"), True),
        (residual(over=1), residual_block("other", "other"), False),
        (inputs("image"), residual_block("image", "other"), True),
        (inputs("picture"), residual_block("image", "other"), False),
        (outputs("add"), residual_block("image", "other"), True),
        (outputs("add", "dense"), residual_block("image", "other"), False),
        (parameters(max=32), residual_block("image", "other"), True),
        (parameters(max=31), residual_block("image", "other"), False),
        (parameters(min=33), residual_block("image", "other"), False),
    ],
)
def test_requirement(requirement, topology, met):
    sentence = requirement.unmet(topology, {})
    assert (sentence is None) == met
    assert met or sentence.endswith(".")


def test_training_is_judged_by_what_was_measured():
    topology = residual_block("image", "other")
    assert "Train the model with validation data" in trains_to(0.9).unmet(topology, {})
    assert "85.0%" in trains_to(0.9).unmet(topology, {"accuracy": 0.85})
    assert trains_to(0.9).unmet(topology, {"accuracy": 0.9}) is None


@pytest.mark.parametrize(
    "requirement",
    [shares("encoder", times=3), residual(2), inputs("a", "b"), outputs("a"), parameters(max=5), trains_to(0.9)],
)
def test_a_requirement_survives_sealing(requirement):
    assert from_plain(to_plain(requirement)) == requirement

"""What an author mistypes is the author's to mend, when the exercise is declared or sealed, and never a learner's."""

import pytest

from kerastutor.exercises import between, declare, free, one_of, parameters, residual
from kerastutor.exercises.sealing import seal_topology
from kerastutor.exercises.spec import ExerciseError, Spec
from kerastutor.topology.graph import Argument, Call, Layer, Port, Ref, Topology

LAYERS = (
    Layer("image", "Input", config={"shape": [None, 8]}),
    Layer("hidden", "Dense", config={"units": 16, "activation": "relu"}, owns="weights"),
)
CALLS = (Call("image", "image"), Call("hidden", "hidden", (Argument("inputs", Ref("image")),)))
NETWORK = Topology(LAYERS, CALLS, (Port(Ref("image")),), (Port(Ref("hidden")),))


def sealed(**settings) -> Spec:
    return seal_topology(NETWORK, "09-made", title="Made", task="Make it.", **settings)


@pytest.mark.parametrize(
    ("freedom", "said"),
    [
        (free("hidden_1", units=between(1, 99)), "'hidden'"),
        (free("hidden", unit=between(1, 99)), "'units'"),
        (free("hidden", units=between(32, 512)), "16"),
        (free("hidden", activation=one_of("tanh", "gelu")), "'relu'"),
    ],
)
def test_a_freedom_has_to_be_for_a_setting_of_the_reference(freedom, said):
    with pytest.raises(ExerciseError, match=said):
        sealed(freedoms=[freedom])


def test_any_network_is_taken_with_a_requirement_alone():
    declare("09-made", title="Made", any_network=True, requirements=[residual()])
    with pytest.raises(ExerciseError, match="add a requirement"):
        declare("09-made", title="Made", any_network=True)


def test_freedoms_that_fit_are_taken():
    sealed(freedoms=[free("hidden", units=between(8, 99), activation=one_of("relu", "gelu"))])
    sealed(freedoms=[free("hidden", use_bias=one_of(True, False))])


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"points": 0}, "points"),
        ({"points": -1}, "points"),
        ({"points": 1.5}, "points"),
        ({"points": True}, "points"),
        ({"hints": "Think"}, "list"),
        ({"hints": ["Think.", 2]}, "hint"),
        ({"hints": ["a.", "b.", "c.", "d.", "e."]}, "four"),
        ({"freedoms": free("hidden", units=between(1, 99))}, "list"),
        ({"freedoms": ["hidden"]}, "free"),
        ({"requirements": residual()}, "list"),
        ({"requirements": ["residual"]}, "requirement"),
    ],
)
def test_what_is_no_setting_is_refused_with_a_sentence(settings, said):
    given = {"title": "Made", "task": "Make it.", **settings}
    with pytest.raises(ExerciseError, match=said):
        seal_topology(NETWORK, "09-made", **given)
    given.pop("task")
    with pytest.raises(ExerciseError, match=said):
        declare("09-made", **given)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"rules_off": ["fused_activations"]}, "'fused_activation'"),
        ({"rules_off": "fused_activation"}, "list"),
        ({"starter": None}, "starter"),
        ({"solution": "always"}, "solution"),
    ],
)
def test_what_only_a_declaration_has_is_held_too(settings, said):
    with pytest.raises(ExerciseError, match=said):
        declare("09-made", title="Made", **settings)


def test_what_fits_is_declared():
    declare(
        "09-made", title="M", points=2, hints=["Think."], rules_off=["fused_activation"], requirements=[parameters()]
    )

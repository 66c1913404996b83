"""What is said about one box when it is opened."""

import drawn_networks as models

from kerastutor.drawing.cards import cards
from kerastutor.drawing.twin import twin


def takes(topology, kind):
    found = cards(topology, twin(topology).scene, {})
    call = next(call.id for call in topology.calls if topology.layer_of(call.id).kind == kind)
    return [place for place, _ in found[call]["takes"]]


def test_the_tensors_of_a_list_are_counted_as_people_count():
    assert takes(models.inception(), "Concatenate")[:2] == ["input 1", "input 2"]


def test_a_tensor_that_is_alone_goes_in_under_its_name():
    assert takes(models.digits(), "Dense") == ["inputs"]


def test_it_says_what_comes_in_by_name_and_shape_or_by_value():
    net = models.Net("net")
    hidden = net.call("Dense", "hidden", [net.input("x", (None, 4))], (None, 8), units=8)
    topology = net.topology(net.call("Dropout", "drop", {"inputs": hidden, "training": True}, (None, 8), rate=0.5))
    assert cards(topology, twin(topology).scene, {})["drop"]["takes"] == [
        ["inputs", "hidden: batch × 8"],
        ["training", "True"],
    ]

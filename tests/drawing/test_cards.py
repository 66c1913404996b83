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

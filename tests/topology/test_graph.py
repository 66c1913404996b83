"""The data itself: what is checked when it is made, and its JSON form."""

import copy
import json
import pickle
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerastutor.topology.graph import Argument, Call, Layer, Port, Ref, Topology, TopologyError
from kerastutor.topology.inventing.sampling import sample
from kerastutor.topology.sameness.canonical import fingerprint

DENSE = Layer("dense", "Dense", config={"units": 2}, owns="weights")
IMAGE = Layer("image", "Input")


def topology(**changes) -> Topology:
    parts = {
        "layers": (IMAGE, DENSE),
        "calls": (Call("image", "image"), Call("dense", "dense", (Argument("inputs", Ref("image")),))),
        "inputs": (Port(Ref("image")),),
        "outputs": (Port(Ref("dense")),),
    }
    return Topology(**{**parts, **changes})


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"layers": (IMAGE, DENSE, DENSE)}, "Two layers have the same id 'dense'"),
        ({"layers": (IMAGE,)}, "the layer 'dense', which is not in the topology"),
        ({"outputs": (Port(Ref("nobody")),)}, "No call before it returns the tensor 'nobody'"),
        ({"outputs": (Port(Ref("dense", 1)),)}, r"'dense'\[1\]"),
        ({"api": "magic"}, "none of sequential, functional, subclassed"),
        (
            {"calls": (Call("dense", "dense", (Argument("inputs", Ref("image")),)), Call("image", "image"))},
            "No call before it",
        ),
    ],
)
def test_what_cannot_be_a_network_is_refused(changes, sentence):
    with pytest.raises(TopologyError, match=sentence):
        topology(**changes)


@given(st.integers(1, 5), st.integers(0, 10**6))
def test_json_round_trip(level, seed):
    network = sample(level, seed)
    text = network.to_json()
    assert Topology.from_json(text) == network
    assert Topology.from_json(text).to_json() == text


@pytest.mark.parametrize("again", [copy.deepcopy, lambda network: pickle.loads(pickle.dumps(network))])
def test_a_topology_that_was_used_can_be_copied_and_sent_to_another_process(again):
    network = topology()
    fingerprint(network)
    used = (network.layer, network.call, network.calls_of, network.consumers, network.reaching)
    copied = again(network)
    assert copied == network
    assert (copied.layer, copied.call, copied.calls_of, copied.consumers, copied.reaching) == used
    assert fingerprint(copied) == fingerprint(network)


def test_a_configuration_cannot_be_changed():
    with pytest.raises(TypeError):
        DENSE.config["units"] = 3


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_other_json_is_refused_in_one_sentence(value):
    with pytest.raises(TopologyError):
        Topology.from_plain(value)


@given(st.data())
def test_damaged_json_is_refused_or_read(data):
    """Any part replaced by anything: a valid topology, or one kind of exception."""
    plain = json.loads(sample(3, 5).to_json())
    place, key = plain, data.draw(st.sampled_from(sorted(plain)))
    while data.draw(st.booleans()) and isinstance(place[key], (dict, list)) and place[key]:
        place = place[key]
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
    place[key] = data.draw(JSON)
    with suppress(TopologyError):
        Topology.from_plain(plain)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"format": "other"}', '{"format": "kerastutor.topology"}'])
def test_other_text_is_refused(text):
    with pytest.raises(TopologyError):
        Topology.from_json(text)


def test_a_newer_version_is_named():
    with pytest.raises(TopologyError, match="version 9 and this kerastutor reads version 1; update"):
        Topology.from_json('{"format": "kerastutor.topology", "version": 9}')

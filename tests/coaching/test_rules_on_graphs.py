"""The rules on graphs judge a topology wherever it comes from: written by hand here, with no Keras object about."""

from kerastutor.coaching.silent import Network, graph, notice_in
from kerastutor.topology.graph import Argument, Call, Layer, Port, Ref, Tensor, Topology

X = Call("x", "x", outputs=(Tensor((None, 8), "float32"),))


def called(layer: str, *tensors: str, shape=(None, 8), number=1) -> Call:
    id_ = layer if number == 1 else f"{layer}#{number}"
    slots = [f"inputs.{place}" for place in range(len(tensors))] if len(tensors) > 1 else ["inputs"]
    return Call(id_, layer, tuple(map(Argument, slots, map(Ref, tensors))), (Tensor(shape, "float32"),))


def network(layers: dict[str, tuple], *calls: Call, output="", **more) -> Network:
    made = [Layer(id_, kind, config=config, owns="weights") for id_, (kind, config) in layers.items()]
    outputs = (Port(Ref(output)),) if output else ()
    api = more.pop("api", "functional")
    topology = Topology((Layer("x", "Input"), *made), (X, *calls), (Port(Ref("x")),), outputs, "net", api)
    return Network(topology, **more)


def sums(first: tuple, second: tuple) -> Network:
    layers = {"a": ("Dense", {}), "b": ("Dense", {}), "sum": ("Add", {})}
    return network(layers, called("a", "x", shape=first), called("b", "x", shape=second), called("sum", "a", "b"))


def test_what_is_found_says_where():
    (found,) = notice_in(sums((None, 8), (None, 1)))
    assert (found.mistake, found.calls, found.about) == ("add_broadcasts", ("sum",), None)
    assert found.sentence.startswith("sum adds a (batch, 8) and b (batch, 1)")


def test_equal_shapes_and_one_number_for_each_channel_are_meant():
    assert notice_in(sums((None, 8), (None, 8))) == []
    assert notice_in(sums((None, 4, 4, 8), (None, 1, 1, 8))) == []
    assert notice_in(sums((None, 4, 4, 8), (None, 4, 1, 8))) != []


def test_the_authors_variables_are_said():
    net = network({"sum": ("Add", {})}, called("sum", "x", "x"), variables={Ref("x"): "shortcut", "sum": "merge"})
    assert [found.sentence for found in notice_in(net)] == ["merge takes shortcut twice."]


def rules_find(net: Network) -> list[str]:
    return [found.sentence for rule in graph.OF_CODE for found in rule(net)]


DEAD = {"kept": ("Dense", {}), "lost": ("Dense", {})}


def test_a_call_that_reaches_no_output_is_said_unless_something_may_come_of_it():
    calls = called("kept", "x"), called("lost", "kept")
    said = ["The result of lost reaches no output of net."]
    assert rules_find(network(DEAD, *calls)) == []  # no model was made yet
    assert rules_find(network(DEAD, *calls, output="kept")) == said
    assert rules_find(network(DEAD, *calls, output="kept", spared=frozenset({"lost"}))) == []
    assert rules_find(network(DEAD, *calls, output="kept", variables={Ref("lost"): "head"})) == []


def test_of_a_dead_branch_its_end_is_said():
    layers = {**DEAD, "last": ("Dense", {})}
    net = network(layers, called("kept", "x"), called("lost", "kept"), called("last", "lost"), output="kept")
    assert rules_find(net) == ["The result of last reaches no output of net."]


def test_a_head_beside_an_output_may_be_used_until_the_model_is_trained():
    calls = called("kept", "x"), called("lost", "x")
    held = {"output": "kept", "variables": {Ref("lost"): "side"}}
    assert rules_find(network(DEAD, *calls, **held)) == []
    assert rules_find(network(DEAD, *calls, **held, labels=(2,))) == ["The tensor side reaches no output of net."]


def test_a_layer_without_a_call_is_unused_where_there_is_a_model():
    assert rules_find(network(DEAD, called("kept", "x"))) == []
    assert rules_find(network(DEAD, called("kept", "x"), output="kept")) == [
        "The layer lost was made and never called."
    ]


def test_one_layer_in_a_row_is_shared_and_one_on_two_tensors_is_meant():
    layers = {"dense": ("Dense", {}), "drop": ("Dropout", {}), "flat": ("Flatten", {})}
    row = called("dense", "x"), called("drop", "dense"), called("dense", "drop", number=2)
    said = "dense is one layer used 2 times in a row, with one set of weights."
    assert rules_find(network(layers, *row)) == [said]
    assert rules_find(network(layers, called("dense", "x"), called("dense", "x", number=2))) == []
    apart = called("dense", "x"), called("flat", "dense"), called("dense", "flat", number=2)
    assert rules_find(network(layers, *apart)) == []
    assert rules_find(network(layers, *apart, api="sequential")) == [said]

"""Reading live models: what is found, what is left behind, and what is said of what cannot be read."""

import gc

import keras
import numpy as np
import pytest
from keras import layers as L
from keras import ops
from packaging.version import Version

from kerastutor.models.reader import graph_of
from kerastutor.models.reading import NotReadable, closed, everything, nested, read, read_with_layers
from kerastutor.topology.graph import Source
from kerastutor.topology.sameness.canonical import equal


def kinds(topology):
    return [topology.layer_of(call.id).kind for call in topology.calls]


def test_a_shared_layer_is_one_layer_and_several_calls():
    x = keras.Input((4,), name="x")
    cell = L.Dense(4, name="cell")
    topology = read(keras.Model(x, cell(cell(cell(x)))))
    assert [call.id for call in topology.calls] == ["x", "cell", "cell#2", "cell#3"]
    assert [layer.id for layer in topology.layers] == ["x", "cell"]
    assert topology.parameters == 20


def test_operators_are_calls_and_constants_are_kept():
    x = keras.Input((4,), name="x")
    topology = read(keras.Model(x, 2 * x + 1))
    assert kinds(topology) == ["Input", "ops.Multiply", "ops.Add"]
    assert topology.calls[1].constants[0].value == 2


def test_a_tensor_taken_twice_is_two_arguments():
    x = keras.Input((4,), name="x")
    assert [ref.call for ref in read(keras.Model(x, x * x)).calls[1].tensors] == ["x", "x"]


def test_keyword_tensors_and_several_outputs():
    source, target = keras.Input((5, 3), name="source"), keras.Input((6, 3), name="target")
    _, h, c = L.LSTM(4, return_state=True, name="encoder")(source)
    decoded = L.LSTM(4, name="decoder")(target, initial_state=[h, c])
    decoder = read(keras.Model([source, target], decoded)).call["decoder"]
    assert [(slot, tuple(ref)) for slot, ref in decoder.arguments] == [
        ("sequences", ("target", 0)),
        ("initial_state.0", ("encoder", 1)),
        ("initial_state.1", ("encoder", 2)),
    ]


def test_nested_models_are_opened_unless_told_otherwise():
    encoder = keras.Sequential([L.Dense(4, name="first"), L.Dense(3, name="second")], name="encoder")
    a, b = keras.Input((6,), name="a"), keras.Input((6,), name="b")
    model = keras.Model([a, b], L.Concatenate(name="both")([encoder(a), encoder(b)]))
    topology = read(model)
    assert [call.id for call in topology.calls][2:4] == ["encoder/first", "encoder/second"]
    assert topology.call["encoder/first#2"].scope == ("encoder#2",)
    assert [(scope.id, scope.kind) for scope in topology.scopes] == [
        ("encoder", "Sequential"),
        ("encoder#2", "Sequential"),
    ]
    assert kinds(read(model, opens=closed)) == ["Input", "Input", "Sequential", "Sequential", "Concatenate"]


def test_wrappers_are_opened_on_request():
    x = keras.Input((6, 8), name="x")
    y = L.TimeDistributed(L.Dense(3, name="dense"), name="each")(x)
    model = keras.Model(x, L.Bidirectional(L.LSTM(4), name="both")(y))
    assert kinds(read(model)) == ["Input", "TimeDistributed", "Bidirectional"]
    topology = read(model, opens=everything)
    assert kinds(topology) == ["Input", "Dense", "LSTM", "LSTM", "Concatenate"]
    assert [call.scope for call in topology.calls[1:]] == [("each",), ("both",), ("both",), ("both",)]
    assert topology.parameters == read(model).parameters == model.count_params()


class Residual(L.Layer):
    def __init__(self, units, **options):
        super().__init__(**options)
        self.dense = L.Dense(units, name="dense")

    def call(self, x):
        return x + self.dense(x)


def test_a_composite_layer_is_opened_with_the_line_of_each_call():
    x = keras.Input((4,), name="x")
    model = keras.Model(x, Residual(4, name="block")(x))
    topology = read(model)
    inside = topology.call["block/dense"]
    assert inside.scope == ("block",)
    assert inside.source == Source("test_reading.py", Residual.call.__code__.co_firstlineno + 1)
    assert kinds(read(model, opens=nested)) == ["Input", f"{Residual.__module__.partition('.')[0]}>Residual"]


def test_reading_leaves_nothing_behind():
    x = keras.Input((4,))
    block = Residual(4)
    model = keras.Model(x, block(x))
    before = model.get_weights()
    nodes = (len(block._inbound_nodes), len(block.dense._inbound_nodes), len(block.dense._outbound_nodes))
    for _ in range(3):
        read(model)
    assert (len(block._inbound_nodes), len(block.dense._inbound_nodes), len(block.dense._outbound_nodes)) == nodes
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


class Choosing(keras.Model):
    """Takes a path that depends on the numbers."""

    def __init__(self):
        super().__init__(name="choosing")
        self.first, self.second = L.Dense(4, name="first"), L.Dense(4, name="second")

    def call(self, x):
        x = self.first(x)
        if float(ops.convert_to_numpy(ops.sum(x))) > 0:
            x = self.second(x)
        return x


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_path_that_depends_on_the_data_gives_the_part_before_it_and_a_reason():
    model = Choosing()
    model(np.ones((2, 3), "float32"))
    topology = read(model)
    assert "first" in topology.call
    assert topology.partial.startswith("Only a part of 'choosing' could be followed")
    assert "\n" not in topology.partial


def test_a_sequential_without_input_is_a_chain_without_shapes():
    topology = read(keras.Sequential([L.Dense(4), keras.Sequential([L.Dense(3, name="inner")], name="nest")]))
    assert kinds(topology) == ["Input", "Dense", "Dense"]
    assert topology.calls[-1].scope == ("nest",)
    assert topology.calls[-1].outputs[0].shape is None
    assert topology.parameters is None


def test_dict_inputs_and_outputs_have_keys():
    a = keras.Input((3,), name="a")
    topology = read(keras.Model({"a": a}, {"scores": L.Dense(2, name="scores")(a)}))
    assert [port.key for port in topology.inputs] == ["a"]
    assert [port.key for port in topology.outputs] == ["scores"]


@pytest.mark.skipif(
    Version(keras.__version__) < Version("3.13"), reason="Keras before 3.13 refuses to build such a model"
)
def test_an_input_nobody_uses_is_still_an_input():
    x, y = keras.Input((4,), name="x"), keras.Input((4,), name="y")
    model = keras.Model([x, y], L.Dense(2)(x))
    assert [port.tensor.call for port in read(model).inputs] == ["x", "y"]
    assert not equal(read(model), read(keras.Model(x, L.Dense(2)(x))))


def test_the_living_layers_can_be_had_too():
    stack = keras.Sequential([keras.Input((4,)), L.Dense(2, name="scores")])
    topology, living = read_with_layers(stack)
    assert living["scores"] is stack.layers[0]
    assert set(living) <= set(topology.layer)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: [L.Dense(2)], "This is a list, not a model; if it lists layers, pass keras.Sequential"),
        (lambda: L.Dense, "Dense is a class; make one with Dense"),
        (lambda: L.Dense(2, name="scores"), "'scores' is a single layer, not a model"),
        (lambda: keras.Input((3,)), "This is a tensor of a graph, not a model"),
        (lambda: None, "This is None, not a model"),
        (lambda: 3, "This is of type int, not a Keras model"),
        (lambda: keras.Model, "Model is a class; make one"),
        (Choosing, "The model 'choosing' was never called, so nothing is known of its inputs"),
    ],
)
def test_what_is_no_model_is_said_in_one_sentence(make, sentence):
    with pytest.raises(NotReadable, match=sentence) as caught:
        read(make())
    assert "\n" not in str(caught.value)


def test_a_graph_read_again_is_byte_for_byte_the_same():
    x = keras.Input((4,))
    model = keras.Model(x, L.Add()([L.Dense(4)(x), x]))
    first = read(model).to_json()
    gc.collect()
    assert read(model).to_json() == first


def test_private_keras_that_reading_rests_on():
    """If one of these moves, a new Keras moved it: mend `models/reader.py` and nothing else."""
    stack = keras.Sequential([keras.Input((4,)), L.Dense(2)])
    graph = graph_of(stack)
    node = graph.outputs[0]._keras_history.operation._inbound_nodes[graph.outputs[0]._keras_history.node_index]
    assert node.operation is stack.layers[-1]
    assert node.arguments.keras_tensors == node.input_tensors
    assert keras.tree.flatten(graph._inputs_struct) == graph.inputs
    assert keras.tree.flatten(graph._outputs_struct) == graph.outputs


APPLICATIONS = sorted(
    name for name in dir(keras.applications) if name[0].isupper() and callable(getattr(keras.applications, name))
)


@pytest.mark.soak
@pytest.mark.parametrize("name", APPLICATIONS)
def test_every_application_reads(name):
    model = getattr(keras.applications, name)(weights=None)
    topology = read(model)
    assert topology.parameters == model.count_params()
    assert topology.partial is None

"""The interception of layer calls: it sees everything, leaves nothing, and goes away on any exit."""

import threading

import keras
import numpy as np
import pytest
from keras import layers, ops
from keras.src.ops.operation import Operation

from kerastutor.models.interception import without_our_frames
from kerastutor.models.recording import composite, recording, watching


class Residual(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.first = layers.Dense(units, activation="relu", name="first")
        self.second = layers.Dense(units, name="second")
        self.add = layers.Add(name="add")

    def call(self, x):
        return self.add([x, self.second(self.first(x))])


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.blocks = [Residual(4, name=f"block{number}") for number in range(2)]
        self.out = layers.Dense(1, name="out")

    def call(self, x, training=False):
        for block in self.blocks:
            x = block(x)
        return ops.sigmoid(self.out(x))


class Siamese(keras.Model):
    def __init__(self):
        super().__init__()
        self.encoder = keras.Sequential([layers.Dense(4, name="e1"), layers.Dense(3, name="e2")], name="encoder")
        self.out = layers.Dense(1, name="out")

    def call(self, inputs):
        left, right = inputs
        return self.out(ops.abs(self.encoder(left) - self.encoder(right)))


class OwnWeights(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(2, name="dense")

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], 4), name="w")
        self.built = True

    def call(self, x):
        return self.dense(ops.matmul(x, self.w))


class Masked(keras.Model):
    def __init__(self):
        super().__init__()
        self.embedding = layers.Embedding(10, 4, mask_zero=True, name="embedding")
        self.lstm = layers.LSTM(3, name="lstm")

    def call(self, x):
        return self.lstm(self.embedding(x))


def names(record):
    return [call.operation.name.partition("_")[0] for call in record.calls]


def nodes_of(model):
    found = [model, *model._flatten_layers()]
    return [(len(layer._inbound_nodes), len(layer._outbound_nodes)) for layer in found]


def test_a_subclassed_model_is_opened_down_to_its_calls():
    with recording(composite) as record:
        out = Net()(keras.Input((4,)))
    assert names(record) == ["first", "second", "add"] * 2 + ["out", "sigmoid"]
    assert [scope.layer.name for scope in record.calls[3].scope][1:] == ["block1"]
    assert record.calls[-1].outputs is out
    produced = {id(call.outputs) for call in record.calls}
    assert sum(id(t) in produced for call in record.calls for t in keras.tree.flatten(call.args)) == 8


def test_each_call_knows_the_line_that_made_it():
    with recording(composite) as record:
        Net()(keras.Input((4,)))
    assert all(call.source.file == __file__ for call in record.calls)
    first, second, add = [call.source.line for call in record.calls[:3]]
    assert first == second == add == Residual.call.__code__.co_firstlineno + 1


@pytest.mark.parametrize(("model", "inputs"), [(Net, 1), (Siamese, 2), (OwnWeights, 1)])
def test_no_node_stays_and_no_weight_changes(model, inputs):
    network = model()
    tensors = [keras.Input((4,)) for _ in range(inputs)]
    given = tensors[0] if inputs == 1 else tensors
    with recording(composite):
        network(given)
    after_first = nodes_of(network)
    weights = network.get_weights()
    with recording(composite):
        network(given)
    assert nodes_of(network) == after_first
    assert all(np.array_equal(a, b) for a, b in zip(weights, network.get_weights(), strict=True))
    assert all(not tensor._keras_history.operation._outbound_nodes for tensor in tensors)
    if model is Net:
        assert set(after_first) == {(0, 0)}


def test_a_shared_sequential_gives_one_scope_per_call_and_no_phantom_calls():
    model = Siamese()
    for _ in range(2):  # unbuilt, then built
        with recording(composite) as record:
            model([keras.Input((4,)), keras.Input((4,))])
        assert names(record) == ["e1", "e2", "e1", "e2", "subtract", "absolute", "out"]
        assert len({id(call.scope[-1]) for call in record.calls[:4]}) == 2


def test_masks_that_keras_adds_are_not_recorded_and_leave_nothing():
    model, tokens = Masked(), keras.Input((5,), dtype="int32")
    with recording(composite) as record:
        model(tokens)
    assert names(record) == ["embedding", "lstm"]
    assert tokens._keras_history.operation._outbound_nodes == []
    assert "mask" not in record.calls[1].kwargs


def test_names_are_not_used_up_by_an_xray():
    model = Net()
    model(keras.Input((4,)))
    before = layers.Dense(1).name
    with recording(composite):
        model(keras.Input((4,)))
    number = int(before.rpartition("_")[2] or 0) if "_" in before else 0
    assert layers.Dense(1).name == f"dense_{number + 1}"


def test_a_nested_functional_model_is_opened_like_any_other():
    x = keras.Input((4,))
    inner = keras.Model(x, layers.Dense(4, name="inside")(x) + 1, name="inner")

    class Outer(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = inner

        def call(self, x):
            return self.inner(x) * 2

    with recording(composite) as record:
        Outer()(keras.Input((4,)))
    assert names(record) == ["inside", "add", "multiply"]
    assert len(inner.get_layer("inside")._inbound_nodes) == 1


def test_a_failing_call_is_named_and_everything_is_restored():
    before = (keras.Layer.__call__, Operation.symbolic_call, Operation.__init__, keras.Sequential.build)
    x = keras.Input((4,))
    with pytest.raises(ValueError), watching() as record:
        layers.Add(name="bad")([layers.Dense(3)(x), x])
    assert record.failed.operation.name == "bad"
    assert [tuple(t.shape) for t in record.failed.args[0]] == [(None, 3), (None, 4)]
    assert (keras.Layer.__call__, Operation.symbolic_call, Operation.__init__, keras.Sequential.build) == before


def test_an_interrupt_restores_too():
    before = keras.Layer.__call__
    with pytest.raises(KeyboardInterrupt), watching():
        raise KeyboardInterrupt
    assert keras.Layer.__call__ is before


def test_watching_changes_nothing_and_sees_the_layers_of_a_sequential():
    with watching() as record:
        model = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(2)])
        y = layers.Dense(1)(model.outputs[0])
    assert [call.stack is model for call in record.calls] == [True, True, False]
    assert [type(created.layer).__name__ for created in record.created if created.layer in model.layers] == [
        "Dense"
    ] * 2
    assert keras.Model(model.inputs, y).output_shape == (None, 1)


def test_a_sequential_without_an_input_is_built_by_its_data_while_it_is_watched():
    with watching():
        model = keras.Sequential([layers.Flatten(), layers.Dense(3)])
        assert model(np.zeros((2, 4, 4))).shape == (2, 3)


def test_an_xray_inside_a_watch_is_not_the_learners_doing():
    x = keras.Input((4,))
    with watching() as outer:
        layers.Dense(2)(x)
        with recording(composite) as inner:
            layers.Dense(3)(x)
        with watching() as second:
            layers.Dense(4)(x)
    assert [len(record.calls) for record in (outer, inner, second)] == [2, 1, 1]


def test_other_threads_are_not_recorded():
    x = keras.Input((4,))
    with watching() as record:
        thread = threading.Thread(target=lambda: layers.Dense(2)(x))
        thread.start()
        thread.join()
    assert record.calls == []


def test_inner_calls_of_a_closed_layer_are_its_own_affair():
    with watching() as record:
        layers.Bidirectional(layers.LSTM(3))(keras.Input((5, 4)))
        Net()(keras.Input((4,)))
    assert len(record.calls) == 2


def test_a_call_on_what_is_no_tensor_is_named_when_it_fails():
    with pytest.raises(ValueError), watching() as record:
        layers.Dense(3, name="outer")(layers.Dense(2, name="inner"))
    assert record.failed.operation.name == "outer"
    assert record.failed.args[0].name == "inner"


def test_models_that_are_given_data_are_noted_and_fit_is_itself_again():
    own = "fit" in keras.Model.__dict__
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    with watching() as record:
        model.fit(np.zeros((4, 2)), np.zeros((4, 1)), verbose=0)
    assert [(one.model is model, one.method) for one in record.trained] == [(True, "fit")]
    assert ("fit" in keras.Model.__dict__) == own


def test_the_steps_that_look_on_can_be_taken_out_of_a_traceback():
    with pytest.raises(ValueError) as caught, watching():
        layers.Add()([keras.Input((3,)), keras.Input((4,))])
    error = without_our_frames(caught.value)
    files = []
    step = error.__traceback__
    while step is not None:
        files.append(step.tb_frame.f_code.co_filename)
        step = step.tb_next
    assert files
    assert not any("kerastutor/models" in file for file in files)

"""The build log: steps taken by Keras, undone and redone by a pointer, saved and taken again."""

import keras
import pytest

from kerastutor.building.draft import Impossible
from kerastutor.building.edits import (
    AddInput,
    AddLayer,
    CallAgain,
    Configure,
    Delete,
    InputOrder,
    MoveLater,
    Outputs,
    Rename,
    moves,
)
from kerastutor.building.log import BuildLog, LogError
from kerastutor.models.reading import read
from kerastutor.topology.graph import Argument, Ref
from kerastutor.topology.sameness.canonical import fingerprint


def on(*names):
    if len(names) == 1:
        return (Argument("inputs", Ref(names[0])),)
    return tuple(Argument(f"inputs.{number}", Ref(name)) for number, name in enumerate(names))


@pytest.fixture
def residual():
    return BuildLog().take_all(
        [
            AddInput("image", (None, 8)),
            AddLayer("hidden", "Dense", {"units": 8, "activation": "relu"}, on("image")),
            AddLayer("sum", "Add", {}, on("hidden", "image")),
            AddLayer("scores", "Dense", {"units": 3}, on("sum")),
        ]
    )


def test_the_topology_is_what_reading_the_model_gives(residual):
    model = residual.now.model
    assert isinstance(model, keras.Model)
    assert model.output_shape == (None, 3)
    assert fingerprint(residual.now.topology) == fingerprint(read(model))
    read_layers = read(model).layer
    assert all(
        layer.weights == read_layers[layer.id].weights for layer in residual.now.topology.layers if layer.weights
    )


def test_undo_and_redo_move_the_pointer_and_keep_the_tensors(residual):
    back = residual.undo().undo()
    assert [call.id for call in back.now.topology.calls] == ["image", "hidden"]
    assert back.redo().redo().now is residual.now
    assert back.now.tensors["hidden"] is residual.states[2].tensors["hidden"]
    assert residual.at(0).undo().position == 0
    assert residual.redo().position == 4


def test_a_new_step_after_undo_forgets_what_was_undone(residual):
    other = residual.undo().take(AddLayer("other", "Dense", {"units": 2}, on("sum")))
    assert [type(edit).__name__ for edit in other.edits] == ["AddInput", "AddLayer", "AddLayer", "AddLayer"]
    assert "scores" not in other.now.topology.call


def test_a_layer_keeps_its_weights_until_something_before_it_changes(residual):
    renamed = residual.take(Rename("scores", "digits"))
    assert renamed.now.layers["hidden"] is residual.now.layers["hidden"]
    assert renamed.now.topology.layer["scores"].name == "digits"
    assert renamed.now.model.layers[-1].name == "digits"
    wider = residual.take(Configure("hidden", {"units": 8}))
    assert wider.now.layers["hidden"] is not residual.now.layers["hidden"]
    assert wider.now.layers["scores"] is not residual.now.layers["scores"]


def test_calling_a_layer_again_shares_it(residual):
    shared = residual.take(CallAgain("hidden", on("hidden")))
    assert shared.now.topology.calls_of["hidden"] == ("hidden", "hidden#2")
    assert shared.now.layers["hidden"] is residual.now.layers["hidden"]
    assert shared.now.topology.parameters == residual.now.topology.parameters


def test_deleting_heals_the_arrows(residual):
    without = residual.take(Delete("hidden"))
    assert without.now.topology.call["sum"].tensors == (Ref("image"), Ref("image"))
    assert "hidden" not in without.now.topology.layer


def test_deleting_a_merge_offers_to_delete_what_follows(residual):
    with pytest.raises(Impossible) as refused:
        residual.take(Delete("sum"))
    fixed = residual.take_all(refused.value.alternatives[0].edits)
    assert [call.id for call in fixed.now.topology.calls] == ["image", "hidden"]


def test_neighbours_in_a_plain_stretch_can_be_exchanged(residual):
    log = residual.take(AddLayer("drop", "Dropout", {"rate": 0.5}, on("scores")))
    moved = log.take(MoveLater("scores"))
    assert moved.now.topology.call["drop"].tensors == (Ref("sum"),)
    assert moved.now.topology.outputs[0].tensor == Ref("scores")
    with pytest.raises(Impossible, match="plain stretch"):
        residual.take(MoveLater("hidden"))


def test_inputs_are_brought_into_another_order():
    log = BuildLog().take_all(
        [
            AddInput("a", (None, 4)),
            AddLayer("hidden", "Dense", {"units": 3}, on("a")),
            AddInput("b", (None, 5)),
            AddInput("c", (None, 6)),
        ]
    )
    assert {way: edit.inputs for way, edit in moves(log.now.draft, "b").items()} == {
        "earlier": ("b", "a", "c"),
        "later": ("a", "c", "b"),
    }
    assert [*moves(log.now.draft, "a")] == ["later"]
    assert [*moves(log.now.draft, "c")] == ["earlier"]
    log = log.take(moves(log.now.draft, "a")["later"]).take(InputOrder(("b", "c", "a")))
    assert [port.tensor.call for port in log.now.topology.inputs] == ["b", "c", "a"]
    assert [tensor.name for tensor in log.now.model.inputs] == ["b", "c", "a"]
    assert [call.id for call in log.now.topology.calls] == ["b", "c", "a", "hidden"]
    assert log.now.layers["hidden"] is log.at(2).now.layers["hidden"]
    assert [port.tensor.call for port in log.undo().undo().now.topology.inputs] == ["a", "b", "c"]
    assert fingerprint(BuildLog.from_json(log.to_json()).now.topology) == fingerprint(log.now.topology)


def test_an_order_that_leaves_an_input_out_is_refused(residual):
    with pytest.raises(Impossible, match="each of the inputs once: image"):
        residual.take(InputOrder(()))


def test_outputs_can_be_chosen(residual):
    log = residual.take(Outputs((Ref("scores"), Ref("hidden"))))
    assert [port.tensor.call for port in log.now.topology.outputs] == ["scores", "hidden"]
    assert len(log.now.model.outputs) == 2
    assert log.take(Outputs()).now.topology.outputs == residual.now.topology.outputs


def test_a_log_is_saved_with_its_pointer_and_taken_again(residual):
    again = BuildLog.from_json(residual.undo().to_json())
    assert again.position == 3
    assert fingerprint(again.redo().now.topology) == fingerprint(residual.now.topology)
    assert again.to_json() == residual.undo().to_json()


def test_a_log_starts_from_a_model(residual):
    begun = BuildLog.begin(read(residual.now.model))
    assert fingerprint(begun.now.topology) == fingerprint(residual.now.topology)
    more = begun.take(AddLayer("more", "Dense", {"units": 2}, on("scores")))
    assert more.now.model.output_shape == (None, 3)  # the outputs of the start are chosen outputs
    assert BuildLog.from_json(more.to_json()).now.topology.layer == more.now.topology.layer


@pytest.mark.parametrize("text", ["", "[]", '{"format": "x"}', '{"format": "kerastutor.log", "version": 9}'])
def test_another_text_is_refused_with_one_sentence(text):
    with pytest.raises(LogError):
        BuildLog.from_json(text)


def test_unequal_shapes_say_which_axis_and_offer_a_projection():
    log = BuildLog().take_all(
        [
            AddInput("image", (None, 32, 32, 3)),
            AddLayer("conv", "Conv2D", {"filters": 32, "kernel_size": 3, "padding": "same"}, on("image")),
        ]
    )
    with pytest.raises(Impossible, match="differ in channels") as refused:
        log.take(AddLayer("sum", "Add", {}, on("conv", "image")))
    labels = [alternative.label for alternative in refused.value.alternatives]
    assert labels[0] == "Put a 1x1 convolution of 32 filters on image first"
    for alternative in refused.value.alternatives:
        log.take_all(alternative.edits)

"""What the builder's page is told, and what its wishes do."""

import json

import keras
import pytest

from kerastutor.building.builder import Builder
from kerastutor.building.forms import config_of
from kerastutor.building.screen import form_page, left_sequential, page, palette
from kerastutor.building.start import from_model
from kerastutor.topology.graph import Ref
from kerastutor.widgets.builder import BuilderView


@pytest.fixture
def builder():
    builder = Builder()
    image = builder.input("image", 8)
    builder.add("Dense", image, units=8, name="hidden")
    return builder


def test_a_page_is_plain_json(builder):
    told = json.loads(json.dumps(page(builder, [])))
    assert told["steps"] == ["add the input image", "add hidden, a Dense"]
    assert told["lit"] == ["hidden"]
    assert told["summary"] == "1 layer, 72 parameters"
    assert [tensor["label"] for tensor in told["tensors"]] == ["image", "hidden"]
    assert any("hidden" in told["code"]["functional"].splitlines()[line] for line in told["code"]["lit_functional"])


def test_the_step_that_leaves_sequential_territory_is_named(builder):
    assert left_sequential(builder.log) is None
    builder.add("Add", Ref("hidden"), Ref("image"))
    assert left_sequential(builder.log) == 3
    assert page(builder, [])["code"]["left"].startswith("Step 3 (add add, a Add)")


def test_the_palette_offers_each_layer_once():
    kinds = [entry["kind"] for entry in palette()]
    assert len(kinds) == len(set(kinds)) > 100


def test_a_form_filled_with_a_layer_gives_its_parameters_again():
    config = {"filters": 8, "kernel_size": [3, 5], "padding": "same", "activation": "relu"}
    form = form_page("Conv2D", config)
    assert config_of("Conv2D", {field["name"]: field["value"] for field in form["fields"]}) == config
    wrapped = {"layer": {"kind": "LSTM", "config": {"units": 4}}}
    form = form_page("Bidirectional", wrapped)
    assert config_of("Bidirectional", {field["name"]: field["value"] for field in form["fields"]}) == wrapped


def test_wishes_of_the_page_become_steps():
    view = BuilderView(Builder())
    for wish in (
        {"do": "input", "name": "x", "shape": "4", "dtype": "float32"},
        {"do": "add", "kind": "Dense", "name": "h", "fields": {"units": "3"}, "tensors": [["x", 0]]},
        {"do": "add", "kind": "Add", "name": "", "fields": {}, "tensors": [["x", 0], ["h", 0]]},
    ):
        view._asked(view, wish, None)
    assert view.page["message"]["kind"] == "refused"
    view._asked(view, {"do": "alternative", "number": 0}, None)
    assert [layer["kind"] for layer in view.page["layers"]] == ["Input", "Dense", "Dense", "Add"]
    view._asked(view, {"do": "undo"}, None)
    assert view.page["position"] == 3
    view._asked(view, {"do": "load", "text": "nonsense"}, None)
    assert "JSON" in view.page["message"]["text"]
    view.close()


def test_a_builder_goes_on_from_a_model_with_a_class_of_the_learners():
    class Twice(keras.layers.Layer):
        def call(self, x):
            return 2 * x

    x = keras.Input((4,))
    model = keras.Model(x, keras.layers.Dense(2)(Twice()(x)))
    log = from_model(model)
    assert [type(layer).__name__ for layer in log.now.layers.values()] == ["Twice", "Dense"]
    assert log.now.model().output_shape == (None, 2)

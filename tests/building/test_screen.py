"""What the builder's page is told, and what its wishes do."""

import json
import sys

import keras
import pytest

import kerastutor
from kerastutor.building.builder import Builder
from kerastutor.building.draft import Impossible
from kerastutor.building.forms import config_of
from kerastutor.building.log import BuildLog
from kerastutor.building.screen import form_page, left_sequential, page, palette, remarks
from kerastutor.building.start import from_model
from kerastutor.topology.graph import Ref
from kerastutor.topology.sameness.canonical import equal
from kerastutor.widgets.builder import BuilderView


@pytest.fixture
def builder():
    builder = Builder()
    image = builder.input("image", 8)
    builder.add("Dense", image, units=8, name="hidden")
    return builder


def test_a_page_is_plain_json(builder):
    told = json.loads(json.dumps(page(builder, [])))
    assert told["steps"] == ["add image, an Input", "add hidden, a Dense"]
    assert told["lit"] == ["hidden"]
    assert told["summary"] == "1 layer, 72 parameters"
    assert [tensor["label"] for tensor in told["tensors"]] == ["image", "hidden"]
    assert any("hidden" in told["code"]["functional"].splitlines()[line] for line in told["code"]["lit_functional"])


def test_the_step_that_leaves_sequential_territory_is_named(builder):
    assert left_sequential(builder.log) is None
    builder.add("Add", Ref("hidden"), Ref("image"))
    assert left_sequential(builder.log) == 3
    assert page(builder, [])["code"]["left"].startswith("Step 3 (add add, an Add)")


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
    assert "differ in features" in view.page["message"]["text"]
    view._asked(view, {"do": "alternative", "number": 0}, None)
    assert [layer["kind"] for layer in view.page["layers"]] == ["Input", "Dense", "Dense", "Add"]
    view._asked(view, {"do": "undo"}, None)
    assert view.page["position"] == 3
    view._asked(view, {"do": "load", "text": "nonsense"}, None)
    assert "JSON" in view.page["message"]["text"]
    view.close()


def test_an_input_is_moved_and_code_and_drawing_follow():
    builder = Builder()
    builder.input("a", 4), builder.input("b", 4)
    view = BuilderView(builder)
    view._asked(view, {"do": "select", "tensors": [["b", 0]]}, None)
    assert (view.page["inputs"], view.page["moves"]) == (["a", "b"], ["earlier"])
    move = {"do": "move", "call": "b", "way": "earlier"}
    view._asked(view, move, None)
    assert (view.page["inputs"], view.page["moves"]) == (["b", "a"], ["later"])
    assert view.page["steps"][-1] == "order the inputs: b, a"
    assert "keras.Model([b, a]" in view.page["code"]["functional"]
    drawn = view.panels[1]["svg"]
    assert drawn.index('data-key="b"') < drawn.index('data-key="a"')
    view._asked(view, move, None)  # pressed twice
    assert view.page["position"] == 3
    view._asked(view, {"do": "undo"}, None)
    assert view.page["inputs"] == ["a", "b"]
    view.close()


def test_a_builder_goes_on_from_a_model_with_a_class_of_the_learners():
    class Twice(keras.layers.Layer):
        def call(self, x):
            return 2 * x

    x = keras.Input((4,))
    model = keras.Model(x, keras.layers.Dense(2)(Twice()(x)))
    log = from_model(model)
    assert [type(layer).__name__ for layer in log.now.layers.values()] == ["Twice", "Dense"]
    assert log.now.model.output_shape == (None, 2)


SILENT_STEPS = {
    "add_broadcasts": [{"do": "add", "kind": "Add", "tensors": [["x", 0], ["one", 0]]}],
    "concatenate_batch": [
        {"do": "add", "kind": "Concatenate", "fields": {"axis": "0"}, "tensors": [["x", 0], ["again", 0]]}
    ],
    "softmax_one_unit": [
        {"do": "add", "kind": "Dense", "fields": {"units": "1", "activation": "softmax"}, "tensors": [["x", 0]]}
    ],
    "self_merge": [
        {"do": "add", "kind": "Add", "name": "sum", "tensors": [["x", 0], ["again", 0]]},
        {"do": "delete", "call": "again"},
    ],
    "embedding_on_floats": [
        {"do": "add", "kind": "Embedding", "fields": {"input_dim": "9", "output_dim": "2"}, "tensors": [["x", 0]]}
    ],
}


@pytest.mark.parametrize("mistake", SILENT_STEPS)
def test_a_step_that_is_taken_and_seldom_meant_is_remarked_on_once(mistake):
    builder = Builder()
    x = builder.input("x", 8)
    builder.add("Dense", x, units=1, name="one")
    builder.add("Dense", x, units=8, name="again")
    view = BuilderView(builder)
    for wish in SILENT_STEPS[mistake]:
        assert view.page["hints"] == []
        view._asked(view, {"name": "", "fields": {}, **wish}, None)
        assert view.page["message"] == {}
    assert [finding.mistake for finding in remarks(builder.log)] == [mistake]
    assert view.page["hints"][0]["text"] == remarks(builder.log)[0].sentence
    builder.add("Dense", x, units=8, name="another")
    assert view.page["hints"] == []
    view.close()


def test_a_softmax_for_every_place_of_a_picture_is_remarked_on():
    builder = Builder()
    picture = builder.input("picture", 8, 8)
    builder.add("Dense", picture, units=3, activation="softmax")
    assert [finding.mistake for finding in remarks(builder.log)] == ["answer_for_every_place"]


@pytest.fixture
def own_class(monkeypatch):
    class Scaled(keras.layers.Layer):
        """Multiplies by a number."""

        def __init__(self, factor=2.0, **kwargs):
            super().__init__(**kwargs)
            self.factor = factor

        def call(self, x):
            return self.factor * x

        def get_config(self):
            return {**super().get_config(), "factor": self.factor}

    Scaled.__module__ = "__main__"
    monkeypatch.setattr(sys.modules["__main__"], "Scaled", Scaled, raising=False)
    return Scaled


def test_a_class_of_the_notebook_is_in_the_palette_and_can_be_added(own_class):
    entry = next(entry for entry in palette() if entry["name"] == "Scaled")
    assert (entry["family"], entry["sentence"]) == ("Your own", "Multiplies by a number.")
    builder = Builder()
    view = BuilderView(builder)
    x = builder.input("x", 4)
    wish = {"do": "add", "kind": entry["kind"], "name": "", "fields": {"factor": "3.0"}, "tensors": [list(x)]}
    view._asked(view, wish, None)
    assert view.page["message"] == {}
    assert view.page["steps"][-1] == "add scaled, a Scaled"
    assert type(builder.model.layers[-1]) is own_class
    assert builder.model.layers[-1].factor == 3.0
    assert BuildLog.from_json(builder.to_json()).now.topology == builder.topology
    assert "Scaled(" in builder.code.functional
    view.close()


def test_a_class_of_two_arguments_takes_two_tensors(monkeypatch):
    class Gated(keras.layers.Layer):
        def call(self, value, gate):
            return value * gate

    Gated.__module__ = "__main__"
    monkeypatch.setattr(sys.modules["__main__"], "Gated", Gated, raising=False)
    builder = Builder()
    builder.add("__main__>Gated", builder.input("a", 4), builder.input("b", 4))
    assert [slot for slot, _ in builder.topology.call["gated"].arguments] == ["value", "gate"]
    assert len(builder.model.outputs) == 1


def test_steps_with_a_class_that_is_not_there_say_which(own_class, monkeypatch):
    builder = Builder()
    builder.add("__main__>Scaled", builder.input("x", 4))
    text = builder.to_json()
    monkeypatch.delattr(sys.modules["__main__"], "Scaled")
    with pytest.raises(Impossible, match="run the cell that defines Scaled"):
        BuildLog.from_json(text)


def test_a_builder_goes_on_from_the_starter_of_an_exercise():
    exercise = kerastutor.exercise("02-wrong-arrow")
    assert equal(kerastutor.build(exercise).topology, exercise.spec.answer.untouched)
    assert kerastutor.build(kerastutor.exercise("01-stack")).topology.calls == ()

"""Every layer of Keras can be added through its form, or is listed with the reason why not."""

import importlib.util
import inspect
import json

import keras
import pytest
from many_cases import for_each

from kerastutor.building.builder import Builder
from kerastutor.building.forms import config_of, form, offered, shape_of, value_of
from kerastutor.building.screen import form_page
from kerastutor.knowledge import facts, parameter
from kerastutor.models.describing import class_kind

# What a learner would type where Keras has no default, or where the default does not fit the tensor at hand.
TYPED = {
    "units": "4",
    "filters": "4",
    "kernel_size": "2",
    "pool_size": "2",
    "output_size": "2",
    "rate": "0.5",
    "stddev": "0.1",
    "input_dim": "10",
    "output_dim": "4",
    "n": "3",
    "num_heads": "2",
    "key_dim": "4",
    "head_dim": "4",
    "num_query_heads": "4",
    "num_key_value_heads": "2",
    "height": "4",
    "width": "4",
    "factor": "0.2",
    "height_factor": "0.2",
    "width_factor": "0.2",
    "scale": "2.0",
    "axes": "1",
    "activation": "relu",
    "num_bins": "4",
    "layer": "Dense(4)",
    "cell": "LSTMCell(4)",
    "layers": "[Rescaling(2.0)]",
}
TYPED_FOR = {
    "EinsumDense": {"equation": "abc,cd->abd", "output_shape": "8, 4", "bias_axes": "d"},
    "Reshape": {"target_shape": "4, 8"},
    "Permute": {"dims": "2, 1"},
    "Bidirectional": {"layer": "LSTM(4)"},
    "CategoryEncoding": {"num_tokens": "4"},
    "Discretization": {"bin_boundaries": "0.0, 1.0"},
    "Normalization": {"mean": "0.0", "variance": "1.0"},
    "IntegerLookup": {"vocabulary": "1, 2, 3"},
    "StringLookup": {"vocabulary": "['a', 'b']"},
    "TextVectorization": {"vocabulary": "['a', 'b']"},
    "GroupNormalization": {"groups": "2"},
    "STFTSpectrogram": {"frame_length": "16", "frame_step": "8", "fft_length": "16"},
    "RandomPosterization": {"factor": "4"},
    "MelSpectrogram": {"fft_length": "64", "sequence_stride": "16", "num_mel_bins": "8"},
    "UnitNormalization": {},
    "TimeDistributed": {"layer": "Dense(4)"},
}
SHAPES = {3: "8, 4", 4: "8, 8, 3", 5: "8, 8, 8, 3", 6: "4, 8, 8, 8, 3", 2: "16"}
TEXT_LAYERS = ("StringLookup", "TextVectorization")  # strings are tensors of TensorFlow alone
BY_TENSORFLOW = ("IntegerLookup", "Hashing", "HashedCrossing")  # Keras computes them with it on every backend
TENSORFLOW = importlib.util.find_spec("tensorflow") is not None


def axes_for(kind):
    if kind.startswith("ConvLSTM"):
        return 3 + int(kind[-2])
    for axes, suffix in ((3, "1D"), (4, "2D"), (5, "3D")):
        if suffix in kind:
            return axes
    if kind in ("RepeatVector", "STFTSpectrogram", "MelSpectrogram", "CategoryEncoding"):
        return 2
    module = getattr(keras.layers, kind).__module__
    if "image_preprocessing" in module or kind in ("Rescaling",):
        return 4
    return 3


def dtype_for(kind):
    if kind in ("Embedding", "ReversibleEmbedding", "CategoryEncoding", "IntegerLookup", "Hashing", "HashedCrossing"):
        return "int32"
    return "string" if kind in TEXT_LAYERS else "float32"


def tensors_for(builder, kind):
    shape = shape_of(SHAPES[axes_for(kind)])[1:]
    if kind in ("HashedCrossing",):
        return [builder.input(name, dtype="int32") for name in ("a", "b")]
    if kind in ("MelSpectrogram", "STFTSpectrogram"):
        return [builder.input("a", 256, *([1] if kind == "STFTSpectrogram" else []))]
    count = 2 if kind in MERGES else 1
    return [builder.input(name, *shape, dtype=dtype_for(kind)) for name in ("a", "b")[:count]]


MERGES = ("Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract", "Attention")


def typed_for(kind):
    written = {field.name: TYPED[field.name] for field in form(kind) if field.required and field.name in TYPED}
    return written | TYPED_FOR.get(kind, {})


def computed_here():
    absent = () if TENSORFLOW else BY_TENSORFLOW
    absent += () if keras.backend.backend() == "tensorflow" else TEXT_LAYERS
    return [kind for kind in offered() if kind not in absent]


@for_each(computed_here)
def test_every_offered_layer_is_added_through_its_form(kind):
    builder = Builder()
    builder.add(kind, *tensors_for(builder, kind), **config_of(kind, typed_for(kind)))
    assert builder.topology.outputs
    assert type(builder.log.now.layers[builder.topology.calls[-1].layer]).__name__ == kind


def test_every_layer_of_keras_is_offered_or_listed_with_the_reason():
    for cls in vars(keras.layers).values():
        if inspect.isclass(cls) and issubclass(cls, keras.Layer) and hasattr(keras.layers, cls.__name__):
            assert bool(facts(class_kind(cls)).not_offered) != (cls.__name__ in offered()), cls


def test_a_filled_form_keeps_only_what_differs_from_the_defaults():
    assert config_of("Dense", {"units": "4", "activation": "relu", "use_bias": True}) == {
        "units": 4,
        "activation": "relu",
    }
    assert config_of("Conv2D", {"filters": 8, "kernel_size": "3, 3", "strides": "(1, 1)"}) == {
        "filters": 8,
        "kernel_size": [3, 3],
    }


@pytest.mark.parametrize(
    ("kind", "name", "typed", "words"),
    [
        ("Dense", "units", "", "missing"),
        ("Dense", "units", "x", "whole number"),
        ("Dense", "units", "0", "at least 1"),
        ("Dropout", "rate", "1.5", "at most 1"),
        ("Dense", "activation", "rellu", "one of"),
        ("Bidirectional", "layer", "LSTM(", "such as LSTM"),
        ("Reshape", "target_shape", "4; 5", "commas"),
    ],
)
def test_a_wrong_entry_is_named_in_one_sentence(kind, name, typed, words):
    field = next(field for field in form(kind) if field.name == name)
    with pytest.raises(ValueError, match=words) as error:
        value_of(field, typed)
    assert str(error.value).startswith(name)


@pytest.mark.parametrize("typed", ["28,, x", "-1", "0", "1.5"])
def test_a_shape_that_is_none_is_refused(typed):
    with pytest.raises(ValueError, match="A shape is whole numbers"):
        shape_of(typed)


@pytest.mark.parametrize("ending", ["_initializer", "_regularizer", "_constraint"])
def test_keras_knows_every_word_that_is_offered(ending):
    known = getattr(keras, ending.strip("_") + "s")
    for word in parameter(ending).choices:
        assert word is None or known.get(word) is not None


def test_what_a_layer_is_set_to_survives_a_change_of_something_else():
    config = {"units": 3, "activation": "mish", "kernel_regularizer": {"kind": "L2", "config": {"l2": 0.03}}}
    shown = {field["name"]: field for field in form_page("Dense", config)["fields"]}
    assert shown["kernel_regularizer"]["labels"][-1] == "L2(l2=0.03)"
    filled = json.loads(json.dumps({name: field["value"] for name, field in shown.items()})) | {"units": "5"}
    assert config_of("Dense", filled, config) == config | {"units": 5}
    with pytest.raises(ValueError, match="activation is one of"):
        config_of("Dense", filled)

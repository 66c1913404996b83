"""One configuration for one layer, however it is spelled and wherever it is read."""

import base64
import inspect
import marshal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerastutor.knowledge.lambda_code import digest_of_function, digest_of_text
from kerastutor.knowledge.normal_config import bind_arguments, kind_of, layer_config, owns
from kerastutor.knowledge.values import number, plain


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("Conv2D", {"kernel_size": 3}, {"kernel_size": (3, 3)}),
        ("Conv1D", {"kernel_size": 3}, {"kernel_size": [3]}),
        ("Conv2DTranspose", {"strides": 2}, {"strides": [2, 2]}),
        ("ZeroPadding2D", {"padding": 2}, {"padding": ((2, 2), (2, 2))}),
        ("Cropping2D", {"cropping": (1, 2)}, {"cropping": [[1, 1], [2, 2]]}),
        ("ZeroPadding1D", {"padding": 3}, {"padding": (3, 3)}),
        ("MaxPooling2D", {"pool_size": 3, "strides": 3}, {"pool_size": (3, 3), "strides": None}),
        ("LayerNormalization", {"axis": [1]}, {"axis": 1}),
        ("Dense", {"activation": None}, {"activation": "linear"}),
        ("Dense", {"activation": "swish"}, {"activation": "silu"}),
        ("Dense", {"activation": "softmax_v2"}, {"activation": "softmax"}),
        ("Dot", {"axes": (1, 1)}, {"axes": 1}),
        ("Dense", {"kernel_regularizer": "l2"}, {"kernel_regularizer": {"class_name": "L2", "config": {"l2": 0.01}}}),
        (
            "Dense",
            {"kernel_regularizer": {"class_name": "L1L2", "config": {"l1": 0.0, "l2": 0.5}}},
            {"kernel_regularizer": {"class_name": "L2", "config": {"l2": 0.5}}},
        ),
        ("Dense", {"kernel_regularizer": {"class_name": "L1", "config": {"l1": 0.0}}}, {}),
        (
            "Dense",
            {"activity_regularizer": {"class_name": "L1", "config": {"l1": 0.009999999776482582}}},
            {"activity_regularizer": {"class_name": "L1", "config": {"l1": 0.01}}},
        ),
        ("Dense", {"name": "a", "kernel_initializer": "zeros", "dtype": "float32", "lora_rank": 3}, {}),
        ("Dense", {"dtype": {"class_name": "DTypePolicy", "config": {"name": "float32"}}}, {"dtype": "float32"}),
        ("Dropout", {"rate": 0, "seed": 3}, {"rate": 0.0}),
        ("MultiHeadAttention", {"key_dim": 4, "value_dim": 4}, {"key_dim": 4}),
        ("ops.Sum", {"axis": [1]}, {"axis": 1}),
        ("ops.MaxPool", {"data_format": "channels_last"}, {}),
        ("Input", {"batch_shape": (None, 3), "sparse": False, "optional": False}, {"shape": (3,), "batch_size": None}),
    ],
)
def test_spellings_of_one_configuration(kind, one, other):
    assert layer_config(kind, one) == layer_config(kind, other)


def test_what_changes_the_function_stays():
    raw = {"units": 4, "activation": "relu", "use_bias": False, "dtype": "mixed_float16", "bias_constraint": None}
    assert layer_config("Dense", raw) == {
        "units": 4,
        "activation": "relu",
        "use_bias": False,
        "dtype": "mixed_float16",
    }


def saved(kind, **config):
    return {"module": "keras.layers", "class_name": kind, "config": {"name": "any", **config}, "registered_name": None}


def test_wrappers_hold_the_layer_inside_in_the_same_form():
    forward = saved("LSTM", units=4, return_sequences=False, activation="tanh")
    backward = saved("LSTM", units=4, go_backwards=True)
    expected = {"layer": {"kind": "LSTM", "config": {"units": 4}}}
    assert layer_config("Bidirectional", {"layer": forward, "backward_layer": backward}) == expected
    other = layer_config("Bidirectional", {"layer": forward, "backward_layer": saved("GRU", units=4)})
    assert other["backward_layer"] == {"kind": "GRU", "config": {"units": 4}}
    frozen = layer_config("TimeDistributed", {"layer": saved("Dense", units=2, trainable=False)})
    assert frozen == {"layer": {"kind": "Dense", "config": {"units": 2}, "trainable": False}}


def test_an_unknown_class_keeps_all_it_says():
    raw = {
        "name": "w",
        "trainable": True,
        "dtype": "float32",
        "rate": (1, 2.0),
        "kernel_initializer": "zeros",
        "x": None,
    }
    assert layer_config("lab>Whiten", raw) == {"rate": [1, 2.0]}


@pytest.mark.parametrize(
    ("kind", "config", "expected"),
    [
        ("Dense", {}, "weights"),
        ("Dropout", {"rate": 0.5}, "randomness"),
        ("Flatten", {}, "nothing"),
        ("lab>Whiten", {}, "weights"),
        ("ops.Add", {}, "nothing"),
        ("TimeDistributed", {"layer": {"kind": "Dropout", "config": {}}}, "randomness"),
        ("Bidirectional", {"layer": {"kind": "LSTM", "config": {}}}, "weights"),
        ("LayerNormalization", {"center": False, "scale": False}, "nothing"),
        ("TimeDistributed", {"layer": 3}, "weights"),
    ],
)
def test_what_a_layer_owns(kind, config, expected):
    assert owns(kind, config) == expected


@pytest.mark.parametrize(
    ("kind", "args", "kwargs", "expected"),
    [
        ("Dropout", ["x"], {"training": False}, [("inputs", "x")]),
        ("Dropout", ["x"], {"training": True}, [("inputs", "x"), ("training", True)]),
        ("RandomFlip", ["x"], {"training": True}, [("data", "x")]),
        ("BatchNormalization", ["x"], {"training": False, "mask": None}, [("inputs", "x"), ("training", False)]),
        ("MultiHeadAttention", ["q"], {"value": "v"}, [("query", "q"), ("value", "v")]),
        ("MultiHeadAttention", ["q", "v"], {"use_causal_mask": False}, [("query", "q"), ("value", "v")]),
        ("ops.Multiply", [2, "x"], {}, [("x1", 2), ("x2", "x")]),
        ("lab>Whiten", ["x", "y"], {"z": 1}, [("inputs", "x"), ("arg2", "y"), ("z", 1)]),
    ],
)
def test_arguments_are_named_and_what_keras_adds_is_left_out(kind, args, kwargs, expected):
    assert bind_arguments(kind, args, kwargs) == expected


def test_kinds():
    assert kind_of("keras.src.layers.core.input_layer", "InputLayer") == "Input"
    assert kind_of("keras.src.activations.activations", "ReLU", "ReLU") == "ops.ReLU"
    assert kind_of("keras.src.layers.attention", "GroupedQueryAttention") == "GroupQueryAttention"
    assert kind_of(None, "Net") == "__main__>Net"
    assert kind_of("keras_hub.src.layers", "Cache", "keras_hub>Cache") == "keras_hub>Cache"


def saved_code(function):
    return base64.encodebytes(marshal.dumps(function.__code__)).decode()


def test_a_lambda_is_known_by_what_it_computes():
    twice = lambda x: (x * 2, [x, "a", 1.5, 10**30, None])  # noqa: E731
    double = lambda x: (x * 2, [x, "a", 1.5, 10**30, None])  # noqa: E731
    other = lambda x: (x * 3, [x, "a", 1.5, 10**30, None])  # noqa: E731
    nested = lambda x: (lambda y: {y: x, 1: (2, 3)})(x)  # noqa: E731
    assert digest_of_function(twice.__code__) == digest_of_function(double.__code__)
    assert digest_of_function(twice.__code__) != digest_of_function(other.__code__)
    for function in (twice, nested):
        assert digest_of_text(saved_code(function)) == digest_of_function(function.__code__)
    live = layer_config("Lambda", {"function": twice})
    code = {"class_name": "__lambda__", "config": {"code": saved_code(double), "defaults": None, "closure": None}}
    assert live == layer_config("Lambda", {"function": code})


def test_most_code_of_the_standard_library_is_understood():
    functions = [value for value in vars(inspect).values() if inspect.isfunction(value)]
    assert len({digest_of_function(function.__code__) for function in functions}) == len(functions)


@given(st.binary(max_size=80))
def test_no_bytes_break_the_reading_of_code(raw):
    assert len(digest_of_text(base64.b64encode(raw).decode())) == 16


@given(st.integers(0, 200), st.binary(min_size=1, max_size=3))
def test_no_change_breaks_the_reading_of_code(at, change):
    raw = bytearray(marshal.dumps((lambda x, y=3: [x, y, "text", 2.5, (1, x)]).__code__))
    raw[at % len(raw) : at % len(raw) + len(change)] = change
    assert len(digest_of_text(base64.b64encode(bytes(raw)).decode())) == 16


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_numbers_that_went_through_32_bits(value):
    assert number(number(value)) == number(value)
    assert number(value) == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize("value", [0.1, 0.01, 1e-3, 1e-7, 0.3, 0.2, 0.99, 1 / 255, 1e300, 5e-324])
def test_numbers_as_people_write_them_stay(value):
    assert number(value) == value


def test_live_and_saved_values_are_one():
    numpy = pytest.importorskip("numpy")
    array = {"class_name": "__numpy__", "config": {"value": [1.0, 2.0], "dtype": "float32"}}
    assert plain(numpy.array([1, 2], "float32")) == plain(array) == {"array": [1.0, 2.0], "dtype": "float32"}
    assert plain(numpy.float32(0.1)) == 0.1
    assert plain(numpy.array(3.0)) == plain({"class_name": "__tensor__", "config": {"value": 3.0, "dtype": "float32"}})
    assert plain(...) == plain({"class_name": "__ellipsis__", "config": {}})
    assert plain(list(range(2000)))["length"] == 2000
    assert plain(object()) == {"object": "object"}

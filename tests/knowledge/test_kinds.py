"""The rows of the kinds against Keras itself: which row moved, and whether what is written by hand is so."""

import re
import warnings
from functools import cache

import pytest

from kerastutor.knowledge import LAYERS, OPERATIONS, REQUIRED, facts, parameter
from kerastutor.knowledge.normal_config import layer_config, owns
from kerastutor.topology.sameness.tensors import carries_mask, rank

keras = pytest.importorskip("keras")

from tools.kinds import TABLE, classes, json, moved, told, written  # noqa: E402  # it imports Keras

GIVEN = {
    "units": 4,
    "filters": 4,
    "kernel_size": 2,
    "pool_size": 2,
    "output_size": 2,
    "rate": 0.5,
    "stddev": 0.1,
    "input_dim": 10,
    "output_dim": 4,
    "n": 3,
    "num_heads": 2,
    "key_dim": 4,
    "head_dim": 4,
    "num_query_heads": 4,
    "num_key_value_heads": 2,
    "height": 4,
    "width": 4,
    "activation": "relu",
    "num_bins": 4,
    "axes": 1,
}
"""What a layer is given where Keras has no default; 0.2 for the rest."""
GIVEN_TO = {
    "EinsumDense": {"equation": "abc,cd->abd", "output_shape": (8, 4)},
    "Reshape": {"target_shape": (-1, 2, 2)},
    "Permute": {"dims": (2, 1)},
    "CategoryEncoding": {"num_tokens": 4},
    "Discretization": {"bin_boundaries": [0.0, 1.0]},
    "GroupNormalization": {"groups": 2},
    "RandomPosterization": {"factor": 4},
    "RepeatVector": {"n": 3},
    "UpSampling3D": {"size": 2},
}
UNSEEN = {
    **dict.fromkeys(("Input", "Layer", "Wrapper"), "no layer by itself"),
    **dict.fromkeys(("TFSMLayer", "JaxLayer", "FlaxLayer", "TorchModuleWrapper", "Lambda"), "wraps what is not here"),
    **dict.fromkeys(("LSTMCell", "GRUCell", "SimpleRNNCell", "StackedRNNCells"), "works inside RNN"),
    **dict.fromkeys(("TextVectorization", "StringLookup", "IntegerLookup"), "wants words and TensorFlow"),
    **dict.fromkeys(("Hashing", "HashedCrossing"), "computed with TensorFlow"),
    "MaxNumBoundingBoxes": "takes a dict of boxes",
    "Pipeline": "returns what its last layer returns",
}
SHAPES = ((None, 8), (None, 8, 4), (None, 8, 8, 4), (None, 8, 8, 8, 4), (None, 3, 8, 8, 8, 4))


def made(kind, **more):
    """A layer of this kind, nothing given that Keras has a default for."""
    inner = {"layer": keras.layers.LSTM(4, **more) if kind == "Bidirectional" else keras.layers.Dense(5)}
    inner |= {"cell": keras.layers.LSTMCell(4)}
    needed = [name for name, default in facts(kind).parameters.items() if default is REQUIRED]
    given = {name: inner.get(name, GIVEN.get(name, 0.2)) for name in needed} | GIVEN_TO.get(kind, {})
    return classes()[kind](**given, **({} if kind == "Bidirectional" else more))


def called(kind, layer, shape, masks=(False,)):
    """What the layer returns of symbolic tensors of this shape, the first of them; None where it refuses them."""
    tensors = [keras.KerasTensor(shape, "float32") for _ in masks]
    for tensor, masked in zip(tensors, masks, strict=True):
        if masked:
            keras.src.backend.set_keras_mask(tensor, keras.KerasTensor(shape[:2], "bool"))
    by_slot = [slot for slot in facts(kind).tensors if "." not in slot]
    given = tensors * 2 if by_slot else [tensors * (2 if len(tensors) == 1 else 1) if listed(kind) else tensors[0]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras says so where a mask ends
        try:
            return keras.tree.flatten(layer(*given))[0]
        except Exception:  # each layer refuses in a way of its own
            return None


@cache
def returned(kind):
    """The shape of what a layer of this kind returns, by that of what it takes; None where it refuses it."""
    tensors = {shape: called(kind, made(kind), shape) for shape in SHAPES}
    return {shape: None if tensor is None else tuple(tensor.shape) for shape, tensor in tensors.items()}


def fitting(kind):
    """A shape that it takes, with steps where it can be."""
    return next((shape for shape in SHAPES[1:] if returned(kind)[shape] is not None), SHAPES[0])


def listed(kind):
    return facts(kind).takes_list or facts(kind).tensors[:1] == ("inputs.0",)


def seen():
    return [kind for kind in LAYERS if kind not in UNSEEN and kind in classes()]


def test_no_row_moved_in_this_keras():
    """Where this fails, `python -m tools.kinds --write` brings the rows in step; then look at what it changed."""
    table = json.loads(TABLE.read_text("utf-8"))["kinds"]
    assert [told(kind, *change) for kind, change in moved(table).items()] == []


def test_a_row_that_moved_is_named_and_what_was_written_by_hand_stays():
    table = json.loads(TABLE.read_text("utf-8"))["kinds"]
    dense = table["Dense"]
    before = dense["keras"] | {"optional": {"activation": "relu", "gone": 3}}
    changes = moved({**table, "Dense": {**dense, "keras": before}})
    assert list(changes) == ["Dense"]
    assert re.search(r"Keras [\d.]+ moved Dense: optional .*relu.*linear", told("Dense", *changes["Dense"]))
    now = changes["Dense"][1]
    assert now["optional"] == {"activation": "linear", "gone": 3, "use_bias": True}
    assert next(iter(now["lacks"].values())) == ["gone"]
    assert dense == facts_as_written("Dense")


def facts_as_written(kind):
    return json.loads(TABLE.read_text("utf-8"))["kinds"][kind]


def test_the_table_is_written_as_the_script_writes_it():
    text = TABLE.read_text("utf-8")
    assert written(json.loads(text)["kinds"]) == text


def test_defaults_are_those_of_keras_in_a_configuration_too():
    """What a layer says of itself with nothing given is nothing but what it had to be given."""
    said = {}
    for kind in seen():
        config = layer_config(kind, made(kind).get_config())
        needed = {name for name, default in facts(kind).parameters.items() if default is REQUIRED}
        extra = set(config) - needed - set(GIVEN_TO.get(kind, {}))
        if extra:
            said[kind] = {name: config[name] for name in extra}
    assert said == {}


def test_what_a_kind_returns_is_so():
    wrong = {}
    for kind in seen():
        config = layer_config(kind, made(kind).get_config())
        for shape, after in returned(kind).items():
            if after is None or facts(kind).takes_axes not in (None, len(shape)):
                continue
            if rank(kind, config, [len(shape)]) not in (None, len(after)) or (
                facts(kind).keeps_shape and after != shape
            ):
                wrong[kind] = (shape, after)
    assert wrong == {}


def test_every_step_or_the_last_is_known_of_recurrent_layers():
    for kind in (kind for kind in seen() if facts(kind).returns == "last step"):
        layer = made(kind, return_sequences=True)
        after = called(kind, layer, fitting(kind))
        assert rank(kind, layer_config(kind, layer.get_config()), [None]) == len(after.shape) == facts(kind).takes_axes


def test_every_layer_that_keeps_the_shape_is_known_to():
    """A kind that returns what it takes, whatever that is, and whose row does not say so."""
    lacking = []
    for kind in seen():
        kept = [shape == after for shape, after in returned(kind).items() if after is not None]
        if kept and all(kept) and not (facts(kind).keeps_shape or facts(kind).merges):
            lacking.append(kind)
    assert lacking == [
        "Cropping2D",  # crops nothing by default
        *("MultiHeadAttention", "GroupQueryAttention", "Attention", "AdditiveAttention"),  # as the query
    ]


def test_a_kind_that_takes_so_many_axes_takes_no_others():
    refused = {}
    for kind in (kind for kind in seen() if kind != "Permute"):  # as many as it is told
        taken = [len(shape) for shape, after in returned(kind).items() if after is not None]
        wanted = facts(kind).takes_axes
        if (wanted and wanted not in taken) or (not wanted and len(taken) == 1):
            refused[kind] = taken
    assert refused == {}


def test_masks_go_where_the_rows_say():
    wrong = {}
    for kind in (kind for kind in seen() if kind != "Equalization"):  # Keras returns the very tensor it was given
        several = listed(kind) and facts(kind).takes_list
        for masks in ((True, True), (True, False), (False, True)) if several else ((True,), (False,)):
            for more in ({}, {"return_sequences": True}) if facts(kind).masks in ("last step", "inside") else ({},):
                layer = made(kind, **more)
                tensor = called(kind, layer, fitting(kind), masks)
                if tensor is None:
                    continue
                config = layer_config(kind, layer.get_config())
                has = keras.src.backend.get_keras_mask(tensor) is not None
                if has != carries_mask(kind, config, list(masks)):
                    wrong[kind] = (masks, more, has)
    assert wrong == {}


def test_what_a_kind_owns_is_so():
    wrong = {}
    for kind in seen():
        layer = made(kind)
        called(kind, layer, fitting(kind))
        said = owns(kind, layer_config(kind, layer.get_config()))
        draws = any(isinstance(value, keras.random.SeedGenerator) for value in vars(layer).values())
        if bool(layer.weights) > (said == "weights") or (draws and said == "nothing"):
            wrong[kind] = (said, len(layer.weights), draws)
    assert wrong == {}


def test_merges_commute_and_associate_as_the_rows_say():
    one, two, three = ([[1.0, 2.0]], [[3.0, 5.0]], [[7.0, 11.0]])
    for kind in (kind for kind in LAYERS if facts(kind).merges and facts(kind).merges != "dot"):
        merge = made(kind)
        arrays = [keras.ops.convert_to_tensor(numbers) for numbers in (one, two, three)]
        first, second, third = arrays
        assert facts(kind).commutes == same(merge([first, second]), merge([second, first])), kind
        if kind not in ("Subtract", "Concatenate"):  # two at a time; in its own order
            nested = merge([merge([first, second]), third])
            assert facts(kind).associates == same(nested, merge(arrays)), kind


def same(one, other):
    return one.shape == other.shape and bool(keras.ops.all(one == other))


def test_the_function_of_an_operation_exists():
    for kind in (kind for kind in OPERATIONS if kind in classes()):
        known = facts(kind)
        place = keras if known.function.startswith("activations.") else keras.ops
        for name in known.function.split("."):
            place = getattr(place, name)
        assert callable(place), kind
        assert not known.layer or known.layer in LAYERS, kind


def test_operations_return_what_the_rows_say():
    wrong = {}
    for kind in (kind for kind in OPERATIONS if facts(kind).returns and kind in classes()):
        known = facts(kind)
        for shape in SHAPES[:3]:
            tensors = [keras.KerasTensor(shape, "float32") for _ in known.call_arguments]
            try:
                tensor = classes()[kind]()(*([tensors * 2] if known.call_arguments == ("xs",) else tensors))
            except Exception:
                continue
            if rank(kind, {}, [len(shape)] * 2) != len(tensor.shape) or (
                known.keeps_shape and tuple(tensor.shape) != shape
            ):
                wrong[kind] = (shape, tensor.shape)
    assert wrong == {}


@pytest.mark.parametrize("kind", ["", "Dense", "ops.", "ops.Unheard", "a>b", "🙂", "Input"])
def test_facts_never_fail(kind):
    known = facts(kind)
    assert known.kind == kind
    assert known.family
    assert known.sentence
    assert known.link.startswith("https://keras.io/")


def test_every_row_is_complete():
    for kind in LAYERS:
        row = facts(kind)
        assert set(row.highlights) <= set(row.parameters), kind
        assert len(row.highlights) <= 3, kind
        assert row.call_arguments or kind == "Input", kind
        assert row.sentence.endswith(".") and 20 < len(row.sentence) < 260, kind
        assert re.fullmatch(r"https://keras\.io/api/layers/[a-z0-9_]+/([a-z0-9_]+/)*", row.link), kind
        needed = [name for name, default in row.parameters.items() if default is REQUIRED]
        assert row.not_offered or all(parameter(name).words for name in needed), kind

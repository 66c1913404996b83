"""The tables against Keras itself: which layer, parameter or argument moved when they differ."""

import importlib
import inspect
import pkgutil
import re

import pytest
from kerastutor.knowledge.operations import OPERATIONS

from kerastutor.knowledge import LAYERS, REQUIRED, facts
from kerastutor.knowledge.normal_config import kind_of, layer_config

keras = pytest.importorskip("keras")

NEWEST = (3, 15)
VERSION = tuple(int(part) for part in keras.__version__.split(".")[:2])

NO_PARAMETER = {
    *("name", "dtype", "seed", "trainable", "weights", "input_tensor", "batch_shape"),
    *("lora_rank", "lora_alpha", "gptq_unpacked_column_size", "quantization_config"),
    *("use_cudnn", "flash_attention", "vocabulary_size", "native_serialization_platforms"),
}
"""Constructor arguments that do not change the function, or that another parameter says."""

SAID_BY_CONFIG_ONLY = {
    *("unroll", "zero_output_for_mask", "data_format", "oov_method", "rms_scaling"),
    *("activity_regularizer", "sparse", "ragged", "shape", "dtype"),
}
"""Parameters in the tables that are no named argument of every constructor: they come by `**kwargs`."""


def layer_classes():
    found = {value for value in vars(keras.layers).values() if inspect.isclass(value)}
    return sorted((c for c in found if issubclass(c, keras.Layer)), key=lambda c: c.__name__)


def operation_classes():
    package = importlib.import_module("keras.src.ops")
    operation = importlib.import_module("keras.src.ops.operation").Operation
    for module in pkgutil.iter_modules(package.__path__):
        if not module.name.endswith("_test"):
            loaded = importlib.import_module(f"keras.src.ops.{module.name}")
            for value in vars(loaded).values():
                if inspect.isclass(value) and issubclass(value, operation) and value.__module__ == loaded.__name__:
                    yield value


def named_parameters(function):
    parameters = list(inspect.signature(function).parameters.values())[1:]
    return {p.name: p.default for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD}


def own_kind(layer_class):
    return kind_of(layer_class.__module__, layer_class.__name__)


def constructor_of(layer_class):
    return {
        name: default
        for name, default in named_parameters(layer_class.__init__).items()
        if name not in NO_PARAMETER and not name.endswith("_initializer")
    }


@pytest.mark.parametrize("layer_class", layer_classes(), ids=lambda c: c.__name__)
def test_every_layer_of_keras_is_in_the_table_with_every_parameter(layer_class):
    kind = own_kind(layer_class)
    assert kind in LAYERS, f"Keras {keras.__version__} has a layer {kind} that the tables lack"
    unknown = set(constructor_of(layer_class)) - set(LAYERS[kind].parameters)
    assert not unknown, f"{kind} has parameters in Keras {keras.__version__} that its row lacks: {sorted(unknown)}"


@pytest.mark.parametrize("layer_class", layer_classes(), ids=lambda c: c.__name__)
def test_defaults_are_those_of_keras(layer_class):
    kind = own_kind(layer_class)
    for name, default in constructor_of(layer_class).items():
        if default is inspect.Parameter.empty:
            assert LAYERS[kind].parameters[name] is REQUIRED, f"{kind}({name}=) has no default in Keras"
        elif kind != "Input" and not looks_like_a_factor(name, default, LAYERS[kind].parameters[name]):
            changed = layer_config(kind, {name: default})
            assert not changed, f"{kind}({name}={default!r}) is Keras' default and the table says otherwise"


def looks_like_a_factor(name, default, listed):
    """Random layers turn a factor of 0.5 into the range from 0 to 0.5."""
    return isinstance(listed, list) and not isinstance(default, (list, tuple)) and listed[-1] == default


@pytest.mark.parametrize("layer_class", layer_classes(), ids=lambda c: c.__name__)
def test_call_arguments_are_those_of_keras(layer_class):
    kind = own_kind(layer_class)
    if kind in ("Input", "Layer", "Wrapper", "TorchModuleWrapper"):
        return
    names = [name for name in named_parameters(layer_class.call) if name != "kwargs"]
    listed = list(LAYERS[kind].call_arguments)
    if VERSION >= NEWEST:
        assert names == listed, f"the call of {kind} moved in Keras {keras.__version__}"
    assert [name for name in listed if name in names] == names


@pytest.mark.skipif(VERSION < NEWEST, reason="the tables are the union over versions; an older Keras lacks some")
def test_no_row_is_left_over():
    kinds = {own_kind(c) for c in layer_classes()}
    assert set(LAYERS) - kinds == set(), "rows of layers that Keras no longer has"
    for layer_class in layer_classes():
        kind = own_kind(layer_class)
        extra = set(LAYERS[kind].parameters) - set(constructor_of(layer_class)) - SAID_BY_CONFIG_ONLY
        assert not extra, f"{kind} lost parameters in Keras {keras.__version__}: {sorted(extra)}"


def test_every_operation_of_keras_is_in_the_table():
    listed = {row.kind: row for row in OPERATIONS}
    for operation in operation_classes():
        kind = f"ops.{operation.__name__}"
        if kind in ("ops.Operation", "ops.Function", "ops.SegmentReduction"):
            continue
        assert kind in listed, f"Keras {keras.__version__} has an operation {kind} that the tables lack"
        unknown = set(named_parameters(operation.__init__)) - {"name"} - set(listed[kind].parameters)
        assert not unknown, f"{kind} has new parameters: {sorted(unknown)}"
        for name, default in named_parameters(operation.__init__).items():
            if name != "name" and default is not inspect.Parameter.empty:
                assert not layer_config(kind, {name: default}), f"{kind}({name}={default!r}) is Keras' default"


@pytest.mark.skipif(VERSION < NEWEST, reason="an older Keras lacks some operations")
@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.kind)
def test_the_function_of_an_operation_exists(row):
    place = keras if row.function.startswith("activations.") else keras.ops
    for name in row.function.split("."):
        place = getattr(place, name)
    assert callable(place)


@pytest.mark.parametrize("kind", ["", "Dense", "ops.", "ops.Unheard", "a>b", "🙂", "Input"])
def test_facts_never_fail(kind):
    known = facts(kind)
    assert known.kind == kind
    assert known.family
    assert known.sentence
    assert known.link.startswith("https://keras.io/")


@pytest.mark.parametrize("row", LAYERS.values(), ids=lambda row: row.kind)
def test_every_row_is_complete(row):
    assert set(row.highlights) <= set(row.parameters)
    assert len(row.highlights) <= 3
    assert row.call_arguments or row.kind == "Input"
    assert row.sentence.endswith(".")
    assert 20 < len(row.sentence) < 260
    assert re.fullmatch(r"https://keras\.io/api/layers/[a-z0-9_]+/([a-z0-9_]+/)*", row.link)

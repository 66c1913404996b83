"""Source that is run builds the same network."""

import warnings

import pytest

keras = pytest.importorskip("keras")

from kerastutor.formats.keras_file import read_text  # noqa: E402
from kerastutor.formats.source import NotSequential, NotWritable, functional, sequential, written  # noqa: E402
from kerastutor.models import reading  # noqa: E402
from kerastutor.topology.sameness.canonical import fingerprint  # noqa: E402
from kerastutor.topology.sequential import why_not_sequential  # noqa: E402

from . import zoo  # noqa: E402

pytestmark = pytest.mark.slow

WITHOUT_CODE = {zoo.lambdas, zoo.graph_in_a_wrapper}
WITHOUT_SHAPE = {zoo.deferred, zoo.deferred_with_a_graph}


def run(source):
    keras.utils.clear_session(free_memory=False)
    names = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(source, "written", "exec"), names)
    return names["model"]


def shapes(model):
    return keras.tree.map_structure(lambda tensor: tuple(tensor.shape), (model.inputs, model.outputs))


@pytest.mark.parametrize(
    "make", [m for m in zoo.ZOO if m not in WITHOUT_CODE | WITHOUT_SHAPE], ids=lambda m: m.__name__
)
def test_functional_source_builds_the_same_network(make):
    model = zoo.made(make)
    topology = reading.read(model)
    again = run(functional(topology))
    assert fingerprint(reading.read(again)) == fingerprint(topology)
    assert again.count_params() == model.count_params()
    assert shapes(again) == shapes(model)


@pytest.mark.parametrize("make", [m for m in zoo.ZOO if m not in WITHOUT_CODE], ids=lambda m: m.__name__)
def test_sequential_source_builds_the_same_network_or_says_why_not(make):
    model = zoo.made(make)
    topology = reading.read(model)
    reasons = why_not_sequential(topology)
    if reasons:
        with pytest.raises(NotSequential) as refused:
            sequential(topology)
        assert refused.value.reasons == reasons
        return
    if make is zoo.deferred_with_a_graph:
        with pytest.raises(NotWritable, match="not known yet"):
            sequential(topology)
        return
    again = run(sequential(topology))
    assert isinstance(again, keras.Sequential)
    assert fingerprint(reading.read(again)) == fingerprint(topology)


@pytest.mark.parametrize(
    "make", [m for m in zoo.ZOO if m not in WITHOUT_CODE | WITHOUT_SHAPE], ids=lambda m: m.__name__
)
def test_source_of_a_saved_model(make):
    model = zoo.made(make)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        topology = read_text(model.to_json())
    again = run(functional(topology))
    assert fingerprint(reading.read(again)) == fingerprint(topology)
    assert again.count_params() == model.count_params()


@pytest.mark.parametrize(
    "make", [m for m in zoo.ZOO if m not in WITHOUT_CODE | WITHOUT_SHAPE], ids=lambda m: m.__name__
)
def test_every_call_has_its_line(make):
    topology = reading.read(zoo.made(make))
    source = written(topology)
    lines = source.text.splitlines()
    for call in topology.calls:
        if call.id in topology.reaching:
            layer = topology.layer[call.layer]
            line = lines[source.line_of[call.id] - 1]
            if not layer.kind.startswith("ops.") and len(topology.calls_of[layer.id]) == 1:
                assert {"Input": "keras.Input"}.get(layer.kind, layer.kind) in line


def test_input_without_shape_is_said():
    with pytest.raises(NotWritable, match="shape of the input"):
        functional(reading.read(zoo.made(zoo.deferred)))


def test_a_model_inside_a_wrapper_is_said():
    with pytest.raises(NotWritable, match="inside a wrapper"):
        functional(reading.read(zoo.made(zoo.graph_in_a_wrapper)))


def test_a_lambda_is_left_to_the_learner():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        source = functional(reading.read(zoo.made(zoo.lambdas)))
    assert "# function_of_lambda stands for a lambda" in source
    compile(source, "written", "exec")

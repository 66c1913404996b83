"""One model, read live and from its files, is one topology."""

import warnings

import pytest

keras = pytest.importorskip("keras")

from kerastutor.formats.keras_file import read, read_text  # noqa: E402
from kerastutor.models import reading  # noqa: E402
from kerastutor.topology.graph import Topology  # noqa: E402
from kerastutor.topology.sameness.canonical import fingerprint  # noqa: E402

from .zoo import LOST_BY_KERAS, ZOO, made  # noqa: E402


@pytest.fixture(params=ZOO, ids=lambda make: make.__name__)
def model(request):
    return made(request.param)


def assert_same(live: Topology, saved: Topology) -> None:
    assert fingerprint(live) == fingerprint(saved)
    assert [call.id for call in live.calls] == [call.id for call in saved.calls]
    assert [call.arguments for call in live.calls] == [call.arguments for call in saved.calls]
    assert [len(call.outputs) for call in live.calls] == [len(call.outputs) for call in saved.calls]
    assert [(layer.id, layer.kind, dict(layer.config), layer.owns) for layer in live.layers] == [
        (layer.id, layer.kind, dict(layer.config), layer.owns) for layer in saved.layers
    ]
    assert (live.inputs, live.outputs, live.scopes, live.api) == (saved.inputs, saved.outputs, saved.scopes, saved.api)
    for ours, theirs in zip(live.calls, saved.calls, strict=True):
        for ref, tensor in zip(ours.outputs, theirs.outputs, strict=True):
            assert tensor.shape in (None, ref.shape)
            assert tensor.dtype in (None, ref.dtype)


@pytest.mark.filterwarnings("ignore:The object being serialized includes a `lambda`")
def test_json(model):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = model.to_json()
    assert_same(reading.read(model), read_text(text))


@pytest.mark.filterwarnings("ignore:The object being serialized includes a `lambda`")
def test_archive(model, tmp_path):
    path = tmp_path / "model.keras"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(path)
    assert_same(reading.read(model), read(path))


@pytest.mark.parametrize("make", LOST_BY_KERAS, ids=lambda make: make.__name__)
def test_what_keras_loses_is_read_as_keras_saved_it(make, tmp_path):
    model = made(make)
    model.save(tmp_path / "model.keras")
    assert read(tmp_path / "model.keras").calls

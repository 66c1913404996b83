"""Everything that can be read can be drawn: in process, by the program, and with no Graphviz at all."""

import shutil
from xml.etree import ElementTree

import pytest

from kerastutor.drawing import draw, draw_beside, draw_difference, draw_twin, layout

ENGINES = ["pygraphviz", "dot", None]

# Each architecture once by every engine; all sizes are drawn in process below.
ARCHITECTURES = (
    *("ConvNeXtTiny", "DenseNet121", "EfficientNetB0", "EfficientNetV2B0", "InceptionResNetV2", "InceptionV3"),
    *("MobileNet", "MobileNetV2", "MobileNetV3Small", "NASNetMobile", "ResNet50", "ResNet50V2", "VGG16", "Xception"),
)


@pytest.fixture(params=ENGINES, ids=str)
def engine(request, monkeypatch):
    if request.param == "dot" and shutil.which("dot") is None:
        pytest.skip("the dot program is not installed")
    monkeypatch.setattr(layout, "engine", lambda: request.param)
    return request.param


def check(topology, engine):
    drawing = draw_twin(topology)
    ElementTree.fromstring(drawing.svg)
    assert ("simple layout" in drawing.svg) == (engine is None)
    assert len(drawing.description.splitlines()) > len(topology.calls)
    assert drawing.text


def check_pair(pair, monkeypatch):
    """Both models by every engine, beside each other, and as a difference."""
    first, second = map(pytest.importorskip("kerastutor.models.reading").read, pair.make())
    for engine in ENGINES if shutil.which("dot") else ENGINES[::2]:
        with monkeypatch.context() as context:
            context.setattr(layout, "engine", lambda chosen=engine: chosen)
            check(first, engine)
            check(second, engine)
    ElementTree.fromstring(draw_beside([first, second]).svg)
    difference = draw_difference(first, second)
    ElementTree.fromstring(difference.svg)
    assert (difference.remarks == ("No difference.",)) is pair.same


@pytest.mark.filterwarnings("ignore::UserWarning:keras")
def test_models_of_the_corpus_draw(monkeypatch):
    for pair in pytest.importorskip("corpus").PAIRS[::12]:
        check_pair(pair, monkeypatch)


@pytest.mark.soak
@pytest.mark.filterwarnings("ignore::UserWarning:keras")
def test_every_model_of_the_corpus_draws(monkeypatch):
    for pair in pytest.importorskip("corpus").PAIRS:
        check_pair(pair, monkeypatch)


@pytest.mark.soak
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_application_draws(name, engine):
    applications = pytest.importorskip("keras").applications
    reading = pytest.importorskip("kerastutor.models.reading")
    topology = reading.read(getattr(applications, name)(weights=None))
    check(topology, engine)
    ElementTree.fromstring(draw(topology, closed=()).svg)


@pytest.mark.soak
def test_every_constructor_of_applications_draws():
    applications = pytest.importorskip("keras").applications
    reading = pytest.importorskip("kerastutor.models.reading")
    names = [name for name in dir(applications) if name[0].isupper()]
    assert len(names) >= 35
    for name in names:
        topology = reading.read(getattr(applications, name)(weights=None))
        drawing = draw(topology)
        ElementTree.fromstring(drawing.svg)
        assert not drawing.svg.count("simple layout"), name

"""Everything that can be read can be drawn: in process, by the program, and with no Graphviz at all."""

import shutil
from xml.etree import ElementTree

import pytest

from kerastutor.drawing import draw, draw_beside, draw_difference, draw_twin, layout

ENGINES = ["pygraphviz", "dot", None]


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
def test_every_constructor_of_applications_draws(monkeypatch):
    """Folded by every engine, and with everything open in process, which is up to 1,000 boxes."""
    applications = pytest.importorskip("keras").applications
    reading = pytest.importorskip("kerastutor.models.reading")
    names = [name for name in dir(applications) if name[0].isupper()]
    for name in names:
        topology = reading.read(getattr(applications, name)(weights=None))
        for engine in ENGINES if shutil.which("dot") else ENGINES[::2]:
            with monkeypatch.context() as context:
                context.setattr(layout, "engine", lambda chosen=engine: chosen)
                check(topology, engine)
        everything = draw(topology, closed=())
        assert "simple layout" not in everything.svg, name
        print(name, len(topology.calls), "calls", flush=True)

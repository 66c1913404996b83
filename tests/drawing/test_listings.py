"""The code beside a drawing knows which line made which box."""

import linecache
import sysconfig
from dataclasses import replace

import drawn_networks as networks
import pytest

from kerastutor.drawing.listings import listings_of
from kerastutor.topology.graph import Source


def line_of(listing, call):
    return next(text for text, calls in listing.lines if call in calls)


def test_a_chain_has_both_programs_and_every_call_its_line():
    topology = networks.digits()
    stack, graph = listings_of(topology)
    assert [stack.title, graph.title] == ["Sequential", "Functional"]
    for listing in (stack, graph):
        assert {call.id for call in topology.calls} == {call for _, calls in listing.lines for call in calls}
        assert "Dense(128" in line_of(listing, "hidden")


def test_what_is_no_stack_has_the_functional_program_alone():
    assert [listing.title for listing in listings_of(networks.residual())] == ["Functional"]


def test_the_learner_s_own_lines_come_first():
    lines = ["import keras\n", "x = keras.Input((784,))\n", "y = Dense(128)(x)\n", "print(1)\n"]
    linecache.cache["/tmp/somewhere/cell_7.py"] = (sum(map(len, lines)), None, lines, "/tmp/somewhere/cell_7.py")
    plain = networks.digits()
    calls = tuple(
        replace(call, source=Source("cell_7.py", number)) if number < 4 else call
        for number, call in enumerate(plain.calls, start=2)
    )
    own, *_ = listings_of(replace(plain, calls=calls))
    assert own.title == "Your code"
    assert own.lines == (("x = keras.Input((784,))", ("image",)), ("y = Dense(128)(x)", ("hidden",)))


KERAS = sysconfig.get_path("purelib") + "/keras/src/models/model.py"


@pytest.mark.parametrize("others", [(KERAS,), ("/tmp/one/model.py", "/tmp/two/model.py")])
def test_code_of_an_unknown_file_is_not_taken_for_the_learner_s(monkeypatch, others):
    for other in others:
        monkeypatch.setitem(linecache.cache, other, (9, None, ["theirs()\n"] * 9, other))
    plain = networks.digits()
    calls = tuple(replace(call, source=Source("model.py", 2)) for call in plain.calls)
    assert "Your code" not in [listing.title for listing in listings_of(replace(plain, calls=calls))]


def test_a_network_that_cannot_be_written_has_no_listing():
    assert listings_of(networks.unfinished()) == ()
    assert all(listing.lines for listing in listings_of(networks.unknown()))

"""The twin view without a browser: what it sends, what it answers, and what its files may not hold."""

import json
import re

import drawn_networks as networks
import pytest

from kerastutor.widgets.twin import BesideView, TwinView, show


def test_one_network_is_a_twin_and_several_stand_side_by_side():
    assert isinstance(show(networks.digits()), TwinView)
    beside = show(networks.digits(), networks.residual(), labels=["mine", "yours"])
    assert isinstance(beside, BesideView)
    assert [panel["heading"] for panel in beside.view["panels"]] == ["mine", "yours"]


def test_what_is_sent_is_json_and_small():
    for make in networks.GALLERY.values():
        sent = json.dumps(TwinView(make()).view, allow_nan=False)
        assert len(sent) < 250_000


def test_a_group_closes_and_opens_again():
    view = TwinView(networks.siamese())
    before = view.view
    view._on_message(view, {"toggle": "encoder#2", "set": 0}, [])
    assert view.view["sets"][0]["cards"]["encoder#2"]["label"].endswith("Closed.")
    view._on_message(view, {"toggle": "encoder#2", "set": 0}, [])
    assert view.view == before


def test_a_group_of_the_second_network_closes_there():
    view = BesideView([networks.digits(), networks.siamese()])
    key = next(key for key, own in view._sides[1].names.items() if own == "encoder")
    view._on_message(view, {"toggle": key, "set": 1}, [])
    closed = [card for card in view.view["sets"][1]["cards"].values() if card["label"].endswith("Closed.")]
    assert len(closed) == 1


@pytest.mark.parametrize("content", [{}, None, {"toggle": 3}, {"toggle": "no such group", "set": 9}, {"toggle": "x"}])
def test_a_message_that_makes_no_sense_changes_nothing(content):
    for view in (TwinView(networks.digits()), BesideView([networks.digits(), networks.digits()])):
        before = view.view
        view._on_message(view, content, [])
        assert view.view == before


def test_another_network_takes_the_place_of_the_first():
    view = TwinView(networks.digits())
    view.show(networks.residual())
    assert view.view["name"] == "residual"
    assert repr(view) == "TwinView(Topology('residual': 9 layers, 9 calls))"


def test_the_still_picture_says_the_same():
    view = TwinView(networks.digits())
    assert "base64," in view.still().html()
    assert "hidden" in view.still().text


def test_the_front_end_needs_nothing_from_outside():
    """One plain ES module and one stylesheet: no imports, no addresses, a background of its own."""
    assert not re.search(r"^\s*import\b|\bimport\(|require\(", TwinView._esm, re.MULTILINE)
    addresses = re.findall(r"(?:https?:)?//[\w.]+\.\w+[^\s\"'`]*", TwinView._esm + TwinView._css)
    assert set(addresses) <= {"http://www.w3.org/2000/svg"}
    assert "innerHTML" not in TwinView._esm
    assert "eval(" not in TwinView._esm
    assert "background: var(--kt-paper)" in TwinView._css
    assert "url(" not in TwinView._css

"""The difference view: every difference is in the picture, by colour, by sign and in words."""

import itertools
from contextlib import suppress
from functools import cache
from typing import NamedTuple
from xml.etree import ElementTree

import drawn_networks as networks
from many_cases import for_each

from kerastutor.drawing import draw_difference, draw_place
from kerastutor.drawing.boxes import draw_box, pill_width
from kerastutor.drawing.marking import marked, marked_at
from kerastutor.topology.differences.difference import Diff, diff
from kerastutor.topology.graph import Topology
from kerastutor.topology.inventing.sampling import KINDS, mutate, sample

SVG = "{http://www.w3.org/2000/svg}"
WORDS = {"missing", "not expected", "differs"}


class Mutant(NamedTuple):
    kind: str
    seed: int
    learner: Topology
    expected: Topology
    found: Diff


@cache
def mutants():
    found = []
    for kind, seed in itertools.product(KINDS, range(30)):
        expected = sample(2 + seed % 3, seed)
        with suppress(LookupError):  # this network has no place for this mistake
            learner = mutate(expected, kind, seed).topology
            found.append(Mutant(kind, seed, learner, expected, diff(learner, expected)))
    return found


def test_there_are_mistakes_of_every_kind():
    assert {mutant.kind for mutant in mutants()} == set(KINDS)


@for_each(mutants, name=lambda mutant: f"{mutant.kind} {mutant.seed}")
def test_each_mistake_is_marked_and_said(mutant):
    drawing = draw_difference(mutant.learner, mutant.expected, mutant.found)
    texts = {"".join(element.itertext()) for element in ElementTree.fromstring(drawing.svg).iter(f"{SVG}text")}
    assert texts & WORDS
    assert len(drawing.remarks) == len(mutant.found.items)
    assert all(remark in drawing.description and remark in drawing.text for remark in drawing.remarks)


@for_each(mutants, name=lambda mutant: f"{mutant.kind} {mutant.seed}")
def test_each_difference_is_where_its_calls_are(mutant):
    scene = marked(mutant.learner, mutant.expected, mutant.found)
    marks = {box.key for box in scene.boxes if box.mark in ("extra", "wrong", "missing")}
    marks |= {end for arrow in scene.arrows if arrow.mark for end in (arrow.tail, arrow.head)}
    for item in mutant.found.items:
        assert marks & {*item.calls, *(f"missing:{call}" for call in item.expected_calls)}, item.sentence


def test_a_missing_layer_is_a_ghost_between_what_it_joins():
    expected = networks.digits()
    learner = networks.Net("digits")
    x = learner.input("image", (None, 784))
    x = learner.call("Dense", "hidden", [x], (None, 128), weights=((784, 128), (128,)), units=128, activation="relu")
    x = learner.call("Dense", "digit", [x], (None, 10), weights=((128, 10), (10,)), units=10, activation="softmax")
    learner = learner.topology(x)
    scene = marked(learner, expected, diff(learner, expected))
    ghost = scene.box["missing:dropout"]
    assert (ghost.title, ghost.mark) == ("Dropout", "missing")
    wires = {(arrow.tail, arrow.head, arrow.mark) for arrow in scene.arrows if arrow.mark}
    assert wires == {
        ("hidden", "digit", "wrong"),
        ("hidden", "missing:dropout", "missing"),
        ("missing:dropout", "digit", "missing"),
    }


def test_two_missing_layers_in_a_row_are_joined():
    expected = networks.digits()
    learner = networks.Net("digits")
    x = learner.input("image", (None, 784))
    x = learner.call("Dense", "digit", [x], (None, 10), weights=((784, 10), (10,)), units=10, activation="softmax")
    scene = marked(learner.topology(x), expected, diff(learner.topology(x), expected))
    ghosts = [box.key for box in scene.boxes if box.mark == "missing"]
    wires = {(arrow.tail, arrow.head) for arrow in scene.arrows if arrow.mark == "missing"}
    assert len(ghosts) == 2
    assert wires == {("image", "missing:hidden"), ("missing:hidden", "missing:dropout"), ("missing:dropout", "digit")}


def test_a_place_is_marked_and_its_sentence_stands_below():
    sentence = "`dropout` is at the wrong place."
    scene = marked_at(networks.digits(), "dropout")
    assert [box.key for box in scene.boxes if box.mark] == ["dropout"]
    drawing = draw_place(networks.digits(), ["dropout", "digit"], sentence)
    assert drawing.remarks == ("“dropout” is at the wrong place.",)
    assert "mark-wrong" in drawing.svg.split("</style>")[1]


def test_no_difference_is_said_too():
    drawing = draw_difference(networks.tickets(), networks.tickets())
    assert drawing.remarks == ("No difference.",)
    assert "mark-" not in drawing.svg.split("</style>")[1]


def test_a_mark_leaves_the_left_of_its_box_to_the_name_of_a_group():
    topology = networks.siamese()
    box = next(one for one in marked_at(topology, topology.calls[2].id).boxes if one.mark)
    pill = ElementTree.fromstring(draw_box(box, box.width / 2, box.height / 2)).find(".//g[@class='pill mark-wrong']")
    left = float(pill.get("transform").removeprefix("translate(").split()[0])
    assert box.width / 2 < left < box.width - pill_width("wrong")

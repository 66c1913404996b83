"""Whatever a learner calls things: DOT, SVG and HTML stay what they are, and the text stays text."""

import os
from xml.etree import ElementTree

import pytest
from drawn_networks import Net
from hypothesis import given, settings
from hypothesis import strategies as st
from many_cases import for_each

from kerastutor.drawing import draw_twin
from kerastutor.drawing.grouping import groups_of
from kerastutor.drawing.layout import png
from kerastutor.drawing.listings import Listing
from kerastutor.drawing.scene import compose
from kerastutor.drawing.twin import twin
from kerastutor.drawing.view import twin_view
from kerastutor.topology.graph import Scope

SVG = "{http://www.w3.org/2000/svg}"
TAGS = {f"{SVG}{name}" for name in ("svg", "style", "rect", "g", "path", "text", "tspan", "circle")}
ATTRIBUTES = {
    *("class", "transform", "data-key", "data-from", "data-to", "x", "y", "dx", "width", "height", "rx", "r", "d"),
    *("fill", "viewBox", "role", "aria-label"),
}
HOSTILE = [
    "\N{SUPERSCRIPT ONE}",  # a digit that is no number
    'a<b&c"\\n',
    "]]><script>alert(1)</script>",
    '"/><image href="x" onload="alert(1)"/>',
    "\\",
    "\\\\",
    '\\"',
    "a\\",
    '"];n0->n1;x[label="',
    "<b>bold</b>",
    "<<TABLE></TABLE>>",
    "name:port",
    "%s{0}$",
    "\x00\x01\x1f\x7f",
    "\ud800",
    "﷐￾￿",
    "\u202e\u2066direction",
    "e\u0301\u0301\u0301",
    "日本語の層",
    "👩‍👩‍👧‍👦",
    "x" * 10_000,
    "line\nbreak\r\t",
    "--&#60;&lt;",
    "javascript:alert(1)",
    " ",
]
NAMES = st.one_of(
    st.text(min_size=1, max_size=60), st.sampled_from(HOSTILE), st.text("<>&\"'\\{}[]|;:\n", min_size=1, max_size=20)
)


def network(first, second, kind):
    net = Net(first)
    x = net.input(first, (None, 4))
    net.inside = (second,)
    net.scopes.append(Scope(second, first, "Functional", second))
    x = net.call("Dense", f"{second}/{first}", [x], (None, 3), weights=((4, 3),), units=3, activation=first)
    net.inside = ()
    x = net.call(kind, f"{first}+{second}", {"a": x, f"b.{first}": x}, (None, 3), mode=second)
    return net.topology(x)


def check(first, second):
    topology = network(first, second, f"{first}>{second}")
    drawing = draw_twin(topology)
    for picture in (drawing.svg, *drawing.pieces):
        for element in ElementTree.fromstring(picture).iter():
            assert element.tag in TAGS
            assert set(element.attrib) <= ATTRIBUTES
    page = drawing.html()
    assert page.count("<") == 2 + 3 * len(drawing.pieces)  # a division; for each piece its image and a rule of style
    page.encode()
    drawing.dot.encode()
    drawing.description.encode()
    view = twin_view(twin(topology), [Listing(first, ((second, (first,)),))])
    assert [panel["width"] > 0 for panel in view["panels"]] == [True, True]
    scene = compose(topology, groups_of(topology))
    assert all(box.width <= 296 for box in scene.boxes)


@for_each(HOSTILE, name=repr)
def test_hostile_names(name):
    check(name, "layer")
    check("layer", name)


@for_each(HOSTILE, name=repr)
def test_graphviz_reads_the_dot_we_keep(name):
    pygraphviz = pytest.importorskip("pygraphviz")
    dot = draw_twin(network(name, name + "2", "Dense")).dot
    assert pygraphviz.AGraph(string=dot).nodes() == ["n0", "n1", "n2", "n3"]


def test_graphviz_draws_them_all():
    net = Net("hostile")
    x = net.input("x", (None, 4))
    for name in HOSTILE:
        x = net.call("Dense", name, [x], (None, 4), weights=((4, 4),), units=4, activation=name)
    assert png(draw_twin(net.topology(x)).dot).startswith(b"\x89PNG")


@given(NAMES, NAMES)
@settings(max_examples=40)
def test_fuzzed_names(first, second):
    check(first, second + "_")


@pytest.mark.soak
@given(NAMES, NAMES)
@settings(max_examples=int(os.environ.get("KT_NAMES", "5000")))
def test_ten_thousand_fuzzed_names(first, second):
    """Two names in each of 5,000 networks."""
    check(first, second + "_")

"""What a drawing shows, and that nothing a learner names can break it."""

import base64
import re
from xml.etree import ElementTree

import drawn_networks as models
import pytest
from drawn_networks import Net

from kerastutor.drawing import CannotSave, draw, draw_twin, metrics
from kerastutor.drawing.graph import _shapes as shapes
from kerastutor.drawing.graph import _struck as struck
from kerastutor.drawing.routing import paths
from kerastutor.drawing.scene import FACT, GAP, ICON, PAD, TITLE, compose
from kerastutor.drawing.theme import COLOURS, style
from kerastutor.drawing.twin import twin
from kerastutor.exercises.catalog import find
from kerastutor.topology.graph import Topology

SVG = "{http://www.w3.org/2000/svg}"
MODELS = [models.digits, models.tickets, models.residual, models.siamese, models.inception]


def texts(svg: str) -> list[str]:
    return ["".join(element.itertext()) for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def keys(svg: str) -> list[str]:
    return [key for element in ElementTree.fromstring(svg).iter() if (key := element.get("data-key"))]


@pytest.mark.parametrize("make", MODELS)
def test_each_call_is_one_box(make):
    topology = make()
    drawn = keys(draw(topology).svg)
    assert len(drawn) == len(set(drawn))
    assert {call.id for call in topology.calls} <= set(drawn)


@pytest.mark.parametrize("make", MODELS)
def test_drawing_twice_gives_the_same_picture(make):
    assert draw_twin(make()) == draw_twin(make())


def test_a_chain_has_all_its_layers_in_the_stack():
    drawn = keys(draw_twin(models.digits()).svg)
    assert drawn[:4] == ["image", "hidden", "dropout", "digit"]
    assert drawn[4:8] == drawn[:4]


def test_what_cannot_be_a_stack_says_why_in_its_place():
    said = " ".join(texts(draw_twin(models.residual()).svg))
    assert "The stack ends here" in said
    assert "“stem” goes to “conv_a” and “add”" in said


def test_two_inputs_are_no_stack_at_all():
    said = " ".join(texts(draw_twin(models.tickets()).svg))
    assert "This cannot be a stack" in said
    assert "2 inputs" in said


def test_a_shared_layer_wears_its_letter_on_every_call():
    said = texts(draw(models.siamese()).svg)
    assert said.count("A") == 9  # three layers and the model around them, twice, and the legend


def test_shapes_and_parameters_are_said_in_words():
    said = texts(draw(models.tickets()).svg)
    assert {"batch × time × 64", "640,000 parameters", "32 units", "sigmoid"} <= set(said)


def test_ports_are_numbered_where_order_counts_only():
    assert [text for text in texts(draw(models.inception()).svg) if text in "1234"] == list("1234")
    assert not [text for text in texts(draw(models.residual()).svg) if text in "12"]


@pytest.mark.parametrize(("kind", "numbered"), [("ops.LogicalXor", False), ("ops.Average", True), ("ops.Add", False)])
def test_the_tensors_of_an_operation_are_numbered_unless_they_may_be_swapped(kind, numbered):
    net = Net("two")
    x, y = (net.input(name, (None, 4)) for name in ("x", "y"))
    topology = net.topology(net.call(kind, "joined", [x, y], (None, 4)))
    assert ({"1", "2"} <= set(texts(draw(topology).svg))) is numbered


def test_the_tensor_that_is_used_twice_has_two_arrows():
    net = Net("square")
    x = net.input("x", (None, 4))
    drawn = draw(net.topology(net.call("ops.Multiply", "square", {"x1": x, "x2": x}, (None, 4)))).svg
    assert drawn.count('data-from="x" data-to="square"') == 2


def test_a_call_that_reaches_no_output_says_so():
    net = Net("loose")
    x = net.input("x", (None, 4))
    out = net.call("Dense", "used", [x], (None, 1), units=1)
    net.call("Dense", "forgotten", [x], (None, 1), units=1)
    drawing = draw(net.topology(out))
    assert "reaches no output" in texts(drawing.svg)
    assert "It reaches no output." in drawing.description


def test_names_never_become_markup():
    name = "a<b&c\"\\n'</text><script>alert(1)</script>"
    net = Net(name)
    x = net.input(name, (None, 4))
    drawing = draw_twin(net.topology(net.call("Dense", name + "2", [x], (None, 1), units=1)))
    tags = {element.tag.removeprefix(SVG) for element in ElementTree.fromstring(drawing.svg).iter()}
    assert tags <= {"svg", "style", "rect", "g", "path", "text", "tspan", "circle"}
    assert "<script" not in drawing.html()


def test_a_layer_without_shape_or_weights_draws():
    net = Net("unknown")
    x = net.input("x", None)
    drawing = draw(net.topology(net.call("my_package>Whiten", "whiten", [x], None)))
    assert "Whiten" in texts(drawing.svg)


def test_an_empty_topology_draws():
    assert draw_twin(Topology((), (), (), ())).svg.startswith("<svg")


def test_the_page_gets_images_with_words_and_the_terminal_a_table():
    bundle = draw_twin(models.digits())._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    alts = re.findall(r'<img alt="([^"]+)"', bundle["text/html"])
    assert len(alts) == 2
    assert all("3 layers and 101,770 parameters" in alt for alt in alts)
    for data in re.findall(r"base64,([^\")]+)", bundle["text/html"]):
        ElementTree.fromstring(base64.b64decode(data))
    assert "hidden" in bundle["text/plain"]
    assert " at 0x" not in bundle["text/plain"] + repr(draw(models.digits()))


def test_a_wide_drawing_shrinks_no_further_than_it_can_be_read():
    drawing = draw(models.inception())
    width = float(re.search(r'width="([\d.]+)"', drawing.svg)[1])
    least = int(re.search(r"max-width:max\(100%,(\d+)px\)", drawing.html())[1])
    assert 0.5 * width < least < width
    assert 'tabindex="0"' in drawing.html()
    assert "tabindex" not in draw(models.digits()).html()  # it fits everywhere


def test_on_a_dark_page_the_same_image_takes_dark_colours():
    page = draw(models.digits()).html()
    light, dark = (base64.b64decode(data).decode() for data in re.findall(r"base64,([^\")]+)", page)[::-1])
    assert page.count("<img") == 1
    assert f"--kt-paper:{COLOURS['dark']['paper']}" in dark
    assert dark.replace(style("dark"), style("light")) == light
    assert "<style>" not in draw(models.digits(), colours="dark").html()


@pytest.mark.parametrize("name", ["model.svg", "model.dot", "model.txt", "model.png"])
def test_a_drawing_is_saved_by_its_suffix(tmp_path, name):
    saved = draw(models.digits()).save(tmp_path / name)
    begins = {"svg": b"<svg", "dot": b"digraph", "txt": b"The Seq", "png": b"\x89PNG"}
    assert saved.read_bytes().startswith(begins[saved.suffix[1:]])


def test_saving_says_what_to_do(tmp_path):
    with pytest.raises(CannotSave, match=r"\.svg, \.png, \.dot, \.txt"):
        draw(models.digits()).save("model.jpeg")
    with pytest.raises(CannotSave, match="cannot be written"):
        draw(models.digits()).save(tmp_path / "missing" / "model.svg")


def test_the_description_tells_the_whole_network():
    lines = draw(models.tickets()).description.splitlines()
    assert lines[0].startswith("The functional model “tickets” has 2 inputs, 2 outputs, 6 layers")
    assert "takes 3 (reader) and 5 (facts)" in lines[6]
    assert lines[-1].startswith("It cannot be a Sequential.")


@pytest.mark.parametrize("length", range(1, 21))
def test_the_longest_name_is_not_cut_while_there_is_room(length):
    net = Net("room")
    x = net.input("x", (None, 4))
    name = "abcdefghijklmnopqrstuvwxy"[:length]
    drawing = draw(net.topology(net.call("Dense", name, [x], (None, 64), weights=((65, 64),), units=64)))
    assert name in texts(drawing.svg)
    assert not any("…" in text for text in texts(drawing.svg))


def test_title_and_parameters_of_a_box_keep_apart_however_long_they_are():
    """Parameters of growing length, so that some box is exactly as wide as it may be."""
    for length in range(1, 60):
        net = Net("net")
        topology = net.topology(net.call("Embedding", "words", [net.input("x", (None, 4))], output_dim=10**length))
        box = compose(topology, ()).boxes[1]
        texts = metrics.width(box.title, TITLE, bold=True) + GAP + metrics.width(box.fact, FACT)
        assert ICON + texts + PAD <= box.width + 0.1, box


@pytest.mark.parametrize("id", ["06-residual-block", "06-projection", "08-class-to-graph", "10-unet"])
def test_no_shortcut_runs_through_the_shape_of_a_tensor(id):
    view = twin(find(id).answer.references[0])
    ways = paths(view.scene, view.layout)
    assert any(way.lanes for way in ways)
    assert not any(struck(shape, ways) for shape in shapes(view.scene, view.layout, ways))

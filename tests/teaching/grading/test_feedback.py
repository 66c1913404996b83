"""Feedback pages: each student has one, it says the one thing first, and nothing a student wrote can break it."""

import base64
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from classroom import graded, lost, mistakes, reference, specs
from drawn_networks import Net

from kerastutor.exercises.policies import NEVER, after_date
from kerastutor.teaching.grading.classes import Keys
from kerastutor.teaching.grading.feedback import page, page_name, write_pages
from kerastutor.teaching.grading.judging import failed
from kerastutor.teaching.grading.pictures import may_show_answer, of_difference
from kerastutor.teaching.grading.records import GradedAnswer, Verdict
from kerastutor.topology.graph import Layer, Topology

SPECS = specs()
STACK = SPECS["01-stack"]
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; alert(1) //",
    "{{ 7 * 7 }}",
    "[click](javascript:alert(1))",
    "`[click](https://evil.example/)",
    "</style><script>alert(1)</script>",
    "\u202egnp.exe",
    "\x00\x1b[2J\n\r",
    "\ud800",
    "x" * 5000,
    "../../etc/passwd",
    "CON",
]


class Elements(HTMLParser):
    """What a browser would make of a page: its elements with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def renamed(network: Topology, name: str) -> Topology:
    """The network with every layer called so, as far as a topology takes it."""
    return replace(network, name=name, layers=tuple(replace(layer, name=name) for layer in network.layers))


def wrong(student: str = "ada") -> GradedAnswer:
    return graded(student, STACK, next(mistakes(STACK)))


def test_what_did_not_run_to_its_end_is_said_beside_the_verdict():
    record = wrong()
    assert "did not run to its end" not in page("ada", (record,), SPECS)
    assert "Cell 3 stopped with NameError." in page(
        "ada", (replace(record, cause="Cell 3 stopped with NameError."),), SPECS
    )


def pictures_in(html: str) -> list[str]:
    return [base64.b64decode(data).decode() for data in re.findall(r"svg\+xml;base64,([^\"]+)", html)]


def test_every_student_has_a_page_with_every_exercise(tmp_path):
    records = [wrong("ada"), graded("ada", SPECS["05-siamese"], reference(SPECS["05-siamese"])), wrong("bob")]
    written = write_pages(records, SPECS, tmp_path / "feedback")
    assert [path.name for path in written] == [page_name("ada"), page_name("bob")]
    html = written[0].read_text()
    assert STACK.title in html
    assert SPECS["05-siamese"].title in html
    assert "of 2 points" in html


def test_a_page_says_what_it_is_on():
    html = page("ada", [wrong("ada")], SPECS, name="Homework <1>")
    assert "Feedback on <bdi>Homework &lt;1&gt;</bdi>" in html
    assert "<title>Feedback on Homework &lt;1&gt;, ada</title>" in html


def test_the_message_comes_before_the_drawing_and_the_rest_is_folded():
    record = graded("ada", STACK, next(mistakes(SPECS["05-siamese"])))
    html = page("ada", [record], SPECS)
    rest = re.search(r"<details><summary>\d+ more things? to mend", html)
    assert len(record.findings) > 1
    assert html.index('class="first"') < html.index("data:image/svg+xml") < rest.start()


def test_a_submission_that_was_not_judged_says_why():
    html = page("ada", [lost("ada", STACK, Verdict.TIMED_OUT, "It ran for more than 60 seconds.")], SPECS)
    assert "Ran out of time" in html
    assert "It ran for more than 60 seconds." in html


def test_the_comment_of_a_class_reaches_its_members_alone():
    record, other = wrong(), graded("bob", STACK, reference(SPECS["06-residual-block"]))
    comments = {("01-stack", Keys(SPECS).of(record)): "Mind **the gap**."}
    assert "Mind <strong>the gap</strong>." in page("ada", [record], SPECS, comments)
    assert "the gap" not in page("bob", [other], SPECS, comments)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_a_student_wrote_becomes_markup(tmp_path, text):
    network = renamed(next(mistakes(STACK)), text)
    records = [graded(text, STACK, network), lost(text, SPECS["05-siamese"], Verdict.CRASHED, f"It stopped: {text}")]
    (written,) = write_pages(records, SPECS, tmp_path)
    html = written.read_text(encoding="utf-8")
    assert written.parent == tmp_path
    assert len(html) < 100_000
    honest = page(
        "ada",
        [graded("ada", STACK, next(mistakes(STACK))), lost("ada", SPECS["05-siamese"], Verdict.CRASHED, "")],
        SPECS,
    )
    allowed = {tag for tag, _ in Elements(honest).found}
    for tag, attributes in Elements(html).found:
        assert tag in allowed
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        assert not (attributes.get("href") or "#").startswith(("javascript:", "https://evil"))
    for picture in pictures_in(html):
        assert "<script" not in picture
        assert "<img" not in picture


def test_a_page_may_neither_run_nor_fetch_anything():
    html = page("ada", [wrong()], SPECS)
    (policy,) = (a["content"] for tag, a in Elements(html).found if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    assert "<script" not in html


def test_file_names_are_safe_and_never_meet():
    names = [*HOSTILE, "ada", "Ada", "ada ", "a/da", "a-da", ""]
    made = [page_name(name).casefold() for name in names]
    assert len(set(made)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9_][a-z0-9_-]{0,80}\.html", name) for name in made)


@pytest.mark.slow
def test_a_network_of_hundreds_of_layers_is_drawn_folded_or_told():
    net = Net("deep")
    tensor = net.input("x", (None, 784))
    for number in range(500):
        tensor = net.call("Dense", f"layer_{number}", [tensor], (None, 8), units=8 + number % 7)
    html = page("ada", [graded("ada", STACK, net.topology(tensor))], SPECS)
    assert len(html) < 400_000
    for number in range(500, 2000):
        tensor = net.call("Dense", f"layer_{number}", [tensor], (None, 8), units=8)
    assert "too large to be drawn" in of_difference(net.topology(tensor), STACK).words


def test_the_answer_stays_closed_where_its_author_keeps_it_closed():
    record = wrong()
    closed = {"01-stack": replace(STACK, solution=NEVER)}
    open_words, closed_words = (pictures_in(page("ada", [record], some))[0] for some in (SPECS, closed))
    assert "expected" in open_words
    assert "expected" not in closed_words
    assert not may_show_answer(replace(STACK, solution=after_date(date(2030, 1, 2))), date(2030, 1, 1))
    assert may_show_answer(replace(STACK, solution=after_date(date(2030, 1, 2))), date(2030, 1, 2))


def test_an_exercise_that_is_not_known_any_more_is_still_on_the_page():
    assert "01-stack" in page("ada", [wrong()], {})


def test_a_layer_that_is_opaque_is_said_to_be_taken_on_trust():
    network = reference(STACK)
    odd = tuple(replace(one, opaque=True) if one.id == "hidden" else one for one in network.layers)
    assert isinstance(odd[0], Layer)
    assert "taken on trust" in page("ada", [graded("ada", STACK, replace(network, layers=odd))], SPECS)


def test_a_network_of_hundreds_of_layers_can_be_judged_against_another_task():
    net = Net("deep")
    tensor = net.input("x", (None, 784))
    for number in range(500):
        tensor = net.call("Dense", f"layer_{number}", [tensor], (None, 8), units=8 + number % 7)
    assert graded("ada", SPECS["05-siamese"], net.topology(tensor)).outcome == "not_yet"


def test_a_network_where_all_takes_from_all_is_not_drawn():
    net = Net("dense")
    tensors = [net.input("x", (None, 784))]
    for number in range(40):
        tensors.append(net.call("Add", f"add_{number}", [*tensors, tensors[0]], (None, 784)))
    assert "too large to be drawn" in of_difference(net.topology(tensors[-1]), STACK).words


def test_what_we_could_not_check_is_no_zero_on_the_page():
    shown = page("ada", [failed("ada", STACK, ValueError("boom"))], SPECS)
    assert "not graded yet" in shown
    assert "0 of 1" not in shown
    assert "0 / 1" not in shown
    assert "kernel" not in shown

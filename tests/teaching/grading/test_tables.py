"""The tables: as their systems read them, harmless in a spreadsheet, and the same bytes every time."""

import csv
import io
import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerastutor.exercises.spec import Spec, ValueAnswer
from kerastutor.teaching.grading.judging import waiting
from kerastutor.teaching.grading.layouts import Student
from kerastutor.teaching.grading.records import GradedAnswer, Verdict
from kerastutor.teaching.grading.tables import canvas, gradebook, gradescope, moodle
from kerastutor.teaching.grading.tables.cells import csv_text

GOLDEN = Path(__file__).parent / "golden"
SPECS = {
    "hw-sum": Spec("hw-sum", "A sum", "", ValueAnswer(6, ""), points=3),
    "=cmd|'/C calc'!A0": Spec("=cmd|'/C calc'!A0", "<b>Bold</b> & =1+1", "", ValueAnswer(6, "")),
}
STUDENTS = (
    Student("Ada Lovelace_12345", "Ada Lovelace", "moodle", "12345"),
    Student("turingalan_77", "turingalan", "canvas", "77"),
    Student('=HYPERLINK("http://evil")', '=HYPERLINK("http://evil")'),
    Student("grace", "grace"),
)


def result(outcome: str, message: str, earned: int = 0, misconceptions: tuple[str, ...] = ()) -> dict[str, object]:
    findings = [{"misconception": name, "kind": "layer", "sentence": message} for name in misconceptions]
    return {"outcome": outcome, "message": message, "score": {"parts": 3, "earned": earned}, "findings": findings}


def record(student: str, spec: Spec, verdict: Verdict = Verdict.GRADED, cause: str = "", **given) -> GradedAnswer:
    plain = result(**given) if given else None
    return GradedAnswer(student, spec.id, "0123456789ab", spec.points, verdict, cause, plain)


def records() -> list[GradedAnswer]:
    total, bold = SPECS.values()
    hostile = 'The layer `=1+1",<script>alert(1)</script>` is not the one.\nIt is another.'
    return [
        record(STUDENTS[0].id, total, outcome="passed", message="This is it.", earned=3),
        record(STUDENTS[0].id, bold, outcome="not_yet", message=hostile, earned=1, misconceptions=("a", "b")),
        record(STUDENTS[1].id, total, outcome="not_yet", message="Nearly.", earned=2),
        record(STUDENTS[1].id, bold, Verdict.CRASHED, "-1 is where cell 3 stopped."),
        record(STUDENTS[2].id, total, Verdict.REFUSED, "\tThis is no notebook."),
        record(STUDENTS[2].id, bold, Verdict.TIMED_OUT, "@midnight it still ran."),
        record(STUDENTS[3].id, total, Verdict.NOT_ATTEMPTED, "No answer."),
        record(STUDENTS[3].id, bold, outcome="could_not_check", message="That is our fault."),
    ]


def tables(own: list[GradedAnswer]) -> dict[str, str]:
    ada = gradebook.by_student(own)[STUDENTS[0].id]
    rows = canvas.enrolled(STUDENTS).rows
    return {
        "grades.csv": gradebook.grades(own, SPECS),
        "details.csv": gradebook.details(own, SPECS),
        "canvas.csv": canvas.gradebook(own, SPECS, rows, "Homework 1"),
        "moodle.csv": moodle.worksheet(own, SPECS, STUDENTS),
        "gradescope.json": gradescope.results(ada, SPECS),
    }


@pytest.mark.parametrize("name", ["grades.csv", "details.csv", "canvas.csv", "moodle.csv", "gradescope.json"])
def test_each_table_is_as_it_was(name):
    assert tables(records())[name].encode() == (GOLDEN / name).read_bytes()


def test_the_order_of_the_work_does_not_show():
    shuffled = records()
    random.Random(7).shuffle(shuffled)
    assert tables(shuffled) == tables(records())


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8")), min_size=2, max_size=2)))
def test_what_is_written_is_read_back_and_no_cell_begins_a_formula(rows):
    text = csv_text(["a", "b"], rows)
    back = list(csv.reader(io.StringIO(text, newline="")))
    assert len(back) == len(rows) + 1
    for row, cells in zip(rows, back[1:], strict=True):
        for before, after in zip(row, cells, strict=True):
            assert after in (before, f"'{before}")
            assert not after.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


def test_moodle_gets_what_a_student_wrote_as_text_and_not_as_html():
    rows = list(csv.DictReader(io.StringIO(tables(records())["moodle.csv"])))
    assert "<script>" not in rows[0]["Feedback comments"]
    assert "&lt;script&gt;" in rows[0]["Feedback comments"]
    assert [row["Identifier"] for row in rows] == ["Participant 12345", "", "", ""]


def test_gradescope_adds_up():
    plain = json.loads(tables(records())["gradescope.json"])
    assert plain["score"] == pytest.approx(sum(test["score"] for test in plain["tests"]))
    assert [test["status"] for test in plain["tests"]] == ["passed", "failed"]


ROSTER = """Student,ID,SIS User ID,SIS Login ID,Section,Homework 0 (5)
    Points Possible,,,,,10
"Turing, Alan",77,s77,alan@uni,A,3
"Hopper, Grace",78,s78,GRACE,B,
"Lovelace, Ada",79,s79,ada@uni,A,
"Twin, Same",80,s80,one@uni,A,
"Twin, Same",81,s81,two@uni,A,
"""


def roster(tmp_path: Path, text: str = ROSTER) -> tuple[canvas.Enrolment, ...]:
    (tmp_path / "roster.csv").write_text(text, encoding="utf-8-sig")
    return canvas.read_roster(tmp_path / "roster.csv")


def test_a_roster_says_who_is_who_by_number_login_or_name(tmp_path):
    found = canvas.enrolled(STUDENTS, roster(tmp_path))
    ids = {student: row["ID"] for student, row in found.rows.items()}
    assert ids == {"Ada Lovelace_12345": "79", "turingalan_77": "77", STUDENTS[2].id: "", "grace": "78"}
    assert found.rows["grace"]["SIS User ID"] == "s78"
    assert found.unknown == (STUDENTS[2],)


def test_of_two_who_may_be_meant_nobody_is(tmp_path):
    twin = Student("same twin", "Same Twin")
    assert canvas.enrolled([twin], roster(tmp_path)).unknown == (twin,)
    both = (Student("grace", "grace"), Student("GRACE", "GRACE"))
    assert canvas.enrolled(both, roster(tmp_path)).unknown == both


@pytest.mark.parametrize("text", ["", "Name,Mark\nAda,1\n"])
def test_what_is_no_roster_is_one_sentence(tmp_path, text):
    with pytest.raises(canvas.RosterError, match=r"roster\.csv"):
        roster(tmp_path, text)


def test_without_a_roster_only_a_canvas_download_names_numbers():
    rows = canvas.enrolled(STUDENTS).rows
    assert [row["ID"] for row in rows.values()] == ["", "77", "", ""]


def test_what_we_could_not_check_is_no_zero_in_gradescope():
    grace = gradebook.by_student(records())[STUDENTS[3].id]
    total, bold = json.loads(gradescope.results(grace, SPECS))["tests"]
    assert (total["score"], total["status"]) == (0, "failed")
    assert bold.keys().isdisjoint({"score", "status"})
    assert "not graded yet" in bold["output"]


def test_gradescope_says_once_that_work_waits():
    (spec, *_) = SPECS.values()
    plain = json.loads(gradescope.results({spec.id: waiting("ada", spec)}, {spec.id: spec}))
    assert plain["tests"][0]["output"] == "What was handed in is not graded yet."

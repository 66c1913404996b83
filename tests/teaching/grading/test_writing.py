"""The folder of results: everything in it, the same bytes each time, and nothing of the instructor's lost."""

from dataclasses import replace
from pathlib import Path

import classroom
import pytest

from kerastutor.teaching.grading.layouts import Student
from kerastutor.teaching.grading.run import Results
from kerastutor.teaching.grading.writing import FolderError, claim, write


def results(students: int = 10) -> Results:
    records = classroom.records(students)
    names = sorted({record.student for record in records})
    return Results(tuple(Student(name, name) for name in names), records, 0)


def specs():
    return tuple(classroom.specs().values())


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_everything_is_there_and_written_twice_is_the_same_bytes(tmp_path):
    write(results(), specs(), tmp_path, "hw")
    first = contents(tmp_path)
    tables = {"results.json", "grades.csv", "details.csv", "canvas.csv", "moodle.csv", "report.html", "comments.toml"}
    assert tables <= first.keys()
    assert "<title>Report on hw</title>" in first["report.html"].decode()
    assert sum(name.startswith("feedback/") for name in first) == 10
    assert sum(name.startswith("gradescope/") for name in first) == 10
    write(results(), specs(), tmp_path, "hw")
    assert contents(tmp_path) == first


def test_who_is_no_longer_there_has_no_page_left_and_other_files_stay(tmp_path):
    write(results(10), specs(), tmp_path, "hw")
    (tmp_path / "feedback" / "notes.html").write_text("mine")
    write(results(4), specs(), tmp_path, "hw")
    found = contents(tmp_path)
    assert sum(name.startswith("feedback/") for name in found) == 5
    assert sum(name.startswith("gradescope/") for name in found) == 4
    assert found["feedback/notes.html"] == b"mine"


def test_a_changed_exercise_is_compared_with_what_was_before(tmp_path):
    assert write(results(), specs(), tmp_path, "hw").regraded == ""
    before = (tmp_path / "results.json").read_bytes()
    first, *others = specs()
    changed = replace(first, points=10)
    regraded = Results(
        results().students,
        tuple(
            replace(record, exercise_version=changed.version, points=10) if record.exercise == first.id else record
            for record in results().records
        ),
        0,
    )
    for _ in range(2):  # also when it is written again, as after a kill
        assert write(regraded, (changed, *others), tmp_path, "hw").regraded
        assert (tmp_path / "before.json").read_bytes() == before


def test_names_that_are_paths_stay_in_the_folder(tmp_path):
    own = results(2)
    names = {"student 000": "../../evil", "student 001": "/etc/passwd\n<script>"}
    students = tuple(Student(name, name) for name in names.values())
    records = tuple(replace(record, student=names[record.student]) for record in own.records)
    write(Results(students, records, 0), specs(), tmp_path / "out", "hw")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert sum(name.startswith("gradescope/") for name in contents(tmp_path / "out")) == 2


def test_a_folder_in_which_something_would_be_lost_is_refused(tmp_path):
    claim(tmp_path / "not there yet")
    (tmp_path / "comments.toml").touch()
    claim(tmp_path)
    (tmp_path / "grades.csv").write_text("mine")
    with pytest.raises(FolderError, match=r"grades\.csv is of no grading run"):
        claim(tmp_path)
    (tmp_path / "journal.sqlite").touch()
    claim(tmp_path)

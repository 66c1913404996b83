"""The pages of a large class, written by several processes: the same ones, whatever becomes of these processes."""

from pathlib import Path

import classroom
import pytest

from kerastutor.teaching.grading import feedback, page_process
from kerastutor.teaching.grading.records import GradedAnswer

pytestmark = pytest.mark.slow
STUDENTS = 8


@pytest.fixture
def several(monkeypatch):
    """As on a machine with two cores and a large class."""
    monkeypatch.setattr(page_process, "ALONE", STUDENTS // 2)
    monkeypatch.setattr("os.sched_getaffinity", lambda process: {0, 1})


def comments(records: tuple[GradedAnswer, ...]) -> dict[tuple[str, str], str]:
    keys = feedback.Keys(classroom.specs())
    return {(record.exercise, key): f"On {key}" for record in records if (key := keys.of(record))}


def contents(paths: tuple[Path, ...]) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in paths}


@pytest.mark.parametrize("program", [None, "false"], ids=["as usual", "killed"])
def test_several_processes_write_what_one_would(tmp_path, several, monkeypatch, program):
    records, specs = classroom.records(STUDENTS), classroom.specs()
    alone = contents(feedback.write_pages(records, specs, tmp_path / "alone", comments(records), "hw1"))
    assert any(b"On " in page for page in alone.values())
    here = []
    write = feedback.write_pages
    monkeypatch.setattr(feedback, "write_pages", lambda *given: here.append(given) or write(*given))
    if program:
        monkeypatch.setattr("sys.executable", program)
    paths = page_process.write_pages(records, specs, tmp_path / "together", comments(records), "hw1")
    assert contents(paths) == alone
    assert len(here) == (2 if program else 0)


def test_where_a_page_cannot_be_written_the_reason_is_the_system_s(tmp_path, several):
    (tmp_path / "feedback").write_text("a file")
    with pytest.raises(FileExistsError, match="feedback"):
        page_process.write_pages(classroom.records(STUDENTS), classroom.specs(), tmp_path / "feedback", {}, "hw1")

"""The journal: what is finished is kept, once, and goes on being kept."""

import sqlite3
import subprocess
import sys
from dataclasses import replace

import pytest

from kerastutor.exercises.catalog import find
from kerastutor.teaching.grading.journal import JournalError, content_of, key_of, open_journal
from kerastutor.teaching.grading.judging import unjudged
from kerastutor.teaching.grading.records import GradedAnswer, Verdict

STACK = find("01-stack")


def record(student: str = "ada", cause: str = "It crashed.") -> GradedAnswer:
    return unjudged(student, STACK, Verdict.CRASHED, cause)


def test_what_was_added_is_there_after_opening_again(tmp_path):
    with open_journal(tmp_path / "journal.sqlite") as journal:
        journal.add("key", "{}", [record()])
    with open_journal(tmp_path / "journal.sqlite") as journal:
        assert journal.extraction("key") == "{}"
        assert journal.records("key", "ada", [STACK]) == (record(),)
        assert journal.records("other", "ada", [STACK]) is None


def test_what_is_there_is_never_changed(tmp_path):
    with open_journal(tmp_path / "journal.sqlite") as journal:
        journal.add("key", "first", [record(cause="first")])
        journal.add("key", "second", [record(cause="second")])
        assert journal.extraction("key") == "first"
        assert journal.records("key", "ada", [STACK]) == (record(cause="first"),)


def test_a_changed_exercise_has_no_record_yet_but_its_extraction(tmp_path):
    with open_journal(tmp_path / "journal.sqlite") as journal:
        journal.add("key", "{}", [record()])
        assert journal.records("key", "ada", [replace(STACK, points=5)]) is None
        assert journal.extraction("key") == "{}"


def test_a_copy_has_the_record_under_its_own_name(tmp_path):
    with open_journal(tmp_path / "journal.sqlite") as journal:
        journal.add("key", "{}", [record("ada")])
        assert journal.records("key", "bob", [STACK]) == (record("bob"),)


def test_the_key_is_of_names_contents_and_terms(tmp_path):
    def key(name: str, content: str, terms: str = "") -> str:
        path = tmp_path / name
        path.write_text(content)
        return key_of(content_of([path]), terms)

    keys = [key("a.py", "1"), key("b.py", "1"), key("a.py", "2"), key("a.py", "1", "30 s")]
    assert len(set(keys)) == 4
    assert key("a.py", "1") == keys[0]


def test_two_runs_cannot_use_one_journal(tmp_path):
    with open_journal(tmp_path / "journal.sqlite"):
        with pytest.raises(JournalError, match="Another run is using"):
            with open_journal(tmp_path / "journal.sqlite"):
                pass


def test_shards_are_taken_over_once(tmp_path):
    for shard in "12":
        with open_journal(tmp_path / f"journal-{shard}.sqlite") as journal:
            journal.add(shard, "{}", [record()])
            journal.add("both", shard, [record(cause=shard)])
    with open_journal(tmp_path / "journal.sqlite") as journal:
        for _ in range(2):
            for shard in "12":
                journal.take_over(tmp_path / f"journal-{shard}.sqlite")
        assert journal.extraction("both") == "1"
        assert journal.records("2", "ada", [STACK]) == (record(),)
    assert sqlite3.connect(tmp_path / "journal.sqlite").execute("SELECT count(*) FROM records").fetchone() == (3,)


def test_a_journal_that_cannot_be_opened_is_one_sentence(tmp_path):
    with pytest.raises(JournalError, match="cannot be written"):
        with open_journal(tmp_path / "no such folder" / "journal.db"):
            """Never reached."""


def test_what_is_no_journal_is_one_sentence_and_stays_as_it_is(tmp_path):
    path = tmp_path / "journal.sqlite"
    path.write_text("my notes on the class " * 100)
    with pytest.raises(JournalError, match="is not a journal"):
        with open_journal(path):
            pass
    assert path.read_text().startswith("my notes")


KILLED = """
import os, signal, sys
from pathlib import Path
from kerastutor.exercises.catalog import find
from kerastutor.teaching.grading.journal import open_journal
from kerastutor.teaching.grading.judging import unjudged
from kerastutor.teaching.grading.records import Verdict
with open_journal(Path(sys.argv[1])) as journal:
    journal.add("kept", "{}", [unjudged("ada", find("01-stack"), Verdict.CRASHED, "")])
    journal._connection.execute("BEGIN")
    journal._connection.execute("INSERT INTO extractions VALUES ('half', 'half')")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_kill_keeps_what_was_added_and_nothing_of_what_was_half_added(tmp_path):
    path = tmp_path / "journal.sqlite"
    assert subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False).returncode == -9
    with open_journal(path) as journal:
        assert journal.extraction("kept") == "{}"
        assert journal.extraction("half") is None


FULL = """
import resource, signal, sys
from pathlib import Path
from kerastutor.teaching.grading.journal import JournalError, open_journal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
with open_journal(Path(sys.argv[1])) as journal:
    for number in range(1000):
        try:
            journal.add(str(number), "x" * 2_000, [])
        except JournalError as problem:
            print(number, problem)
            break
"""


def test_a_full_disk_is_one_sentence_and_what_was_added_before_is_kept(tmp_path):
    path = tmp_path / "journal.sqlite"
    told = subprocess.run([sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, check=True).stdout
    number, sentence = told.split(maxsplit=1)
    assert "make room, then run the same command again" in sentence
    with open_journal(path) as journal:
        assert all(journal.extraction(str(place)) for place in range(int(number)))
        assert journal.extraction(number) is None
        journal.add(number, "now it fits", [])
        assert journal.extraction(number)

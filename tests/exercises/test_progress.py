"""Progress outlives killed processes, full disks, damaged files and a second notebook."""

import json
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kerastutor.exercises import store
from kerastutor.exercises.catalog import catalog
from kerastutor.exercises.examining import exam
from kerastutor.exercises.exercise import Exercise
from kerastutor.exercises.handing_in import submission
from kerastutor.exercises.progress import Progress
from kerastutor.exercises.progress_file import TABLES, ProgressError
from kerastutor.exercises.results import NOTHING_EARNED, Outcome, Result, Score

WRITER = """
import sys
from pathlib import Path
from kerastutor.exercises.progress import Progress
from kerastutor.exercises.results import NOTHING_EARNED, Outcome, Result
progress = Progress.open(Path(sys.argv[1]))
assert not progress.notice, progress.notice
for number in range(int(sys.argv[3])):
    progress.record(Result(sys.argv[2], "v", Outcome.NOT_YET, "", NOTHING_EARNED), f"{sys.argv[2]}-{number}")
    print(number, flush=True)
"""


def result(exercise: str = "01-stack", outcome: Outcome = Outcome.NOT_YET, parts: int = 4) -> Result:
    score = Score(parts) if outcome is Outcome.PASSED else NOTHING_EARNED
    return Result(exercise, "v1", outcome, "", score)


@pytest.fixture
def progress(tmp_path: Path) -> Progress:
    return Progress.open(tmp_path / "progress.sqlite3")


def writer(path: Path, name: str, times: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), name, str(times)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_attempts_come_back_after_reopening(progress, tmp_path):
    progress.record(result(), "a")
    progress.record(result(outcome=Outcome.PASSED), "b")
    progress.close()
    again = Progress.open(tmp_path / "progress.sqlite3")
    assert [attempt.fingerprint for attempt in again.attempts("01-stack")] == ["a", "b"]
    assert again.standing("01-stack").passed
    assert again.standing("01-stack").best == 1.0
    assert not again.notice


def test_what_was_not_judged_is_no_attempt(progress):
    progress.record(result(outcome=Outcome.NOT_ATTEMPTED), "a")
    progress.record(result(outcome=Outcome.COULD_NOT_CHECK), "a")
    assert progress.attempts() == ()


def test_repeating_or_going_back_is_no_changed_attempt(progress):
    for handed_in in "aabab":
        progress.record(result(), handed_in)
    assert progress.standing("01-stack").changed_attempts == 2


def test_reset_one_and_undo(progress):
    progress.record(result("01-stack"), "a")
    progress.record(result("02-graph"), "b")
    progress.record_hint("01-stack", 2)
    progress.reset("01-stack")
    assert [attempt.exercise for attempt in progress.attempts()] == ["02-graph"]
    assert progress.standing("01-stack").hints == 0
    progress.reset()
    assert progress.attempts() == ()
    assert progress.undo_reset()
    assert [attempt.exercise for attempt in progress.attempts()] == ["02-graph"]
    assert progress.undo_reset()
    assert len(progress.attempts()) == 2
    assert progress.standing("01-stack").hints == 2
    assert not progress.undo_reset()


def test_export_and_import_carry_everything_once(progress, tmp_path):
    progress.record(result(), "a")
    progress.record_hint("01-stack", 1)
    text = progress.to_json()
    other = Progress.open(tmp_path / "other.sqlite3")
    other.record(result("02-graph"), "b")
    assert other.import_json(text) == 1
    assert other.import_json(text) == 0
    assert len(other.attempts()) == 2
    assert other.standing("01-stack").hints == 1
    assert json.loads(other.to_json())["format"] == "kerastutor.progress"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"format": "kerastutor.progress", "version": 99}',
        '{"format": "kerastutor.progress", "version": 1}',
        '{"format": "kerastutor.progress", "version": 1, "attempts": [{"uid": 1}], "hints": [], "resets": []}',
        "[" * 100_000,
    ],
)
def test_what_is_no_progress_file_changes_nothing(progress, text):
    progress.record(result(), "a")
    before = progress.to_json()
    with pytest.raises(ProgressError):
        progress.import_json(text)
    assert progress.to_json() == before


def whole_record() -> dict:
    """A progress file with a row in every table."""
    record = Progress.in_memory()
    exercise = Exercise(catalog()["01-stack"], record)
    exercise.check(right := catalog()["01-stack"].answer.references[0])
    record.record_hint("01-stack", 1)
    record.reset("01-stack2")
    sat = exam("ended", [exercise])
    sat.hand_in("01-stack", right)
    sat.end()
    exam("running", [Exercise(catalog()["02-wrong-arrow"], record)])
    return json.loads(record.to_json())


WHOLE = whole_record()
CELLS = [(name, place, column) for name in TABLES for place, row in enumerate(WHOLE[name]) for column in row]
ODD = st.sampled_from(["5", "[1]", "{}", "\ud800", 10**30])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | ODD,
    lambda parts: st.lists(parts, max_size=2) | st.dictionaries(st.text(max_size=3), parts, max_size=2),
    max_leaves=4,
)


@given(cell=st.sampled_from(CELLS), value=ANYTHING | ANYTHING.map(json.dumps))
@example(("exams", 0, "exercises"), "5")
@example(("exams", 0, "report"), '{"ended": "2026-01-01"}')
@example(("hints", 0, "rung"), 10**30)
@example(("attempts", 0, "exercise"), "\ud800")
@example(("answers", 0, "answer"), "[]")
@example(("exams", 0, "at"), "yesterday")
def test_a_damaged_row_is_refused_or_does_no_harm(cell, value):
    name, place, column = cell
    damaged = json.loads(json.dumps(WHOLE))
    damaged[name][place][column] = value
    record = Progress.in_memory()
    try:
        record.import_json(json.dumps(damaged))
    except ProgressError:
        assert record.attempts() == record.answers() == record.sittings() == ()
        return
    for id in ("01-stack", "02-wrong-arrow"):
        one = Exercise(catalog()[id], record)
        assert one.check(one.spec.answer.references[0]).outcome is not Outcome.COULD_NOT_CHECK
        one.hint()
    for name in ("ended", "running"):
        assert 0 <= float(exam(name, [Exercise(catalog()["01-stack"], record)]).end()) <= 1
    assert json.loads(record.to_json())["format"] == "kerastutor.progress"
    submission(record, "anna")


def test_depth_is_no_crash(progress):
    damaged = json.loads(json.dumps(WHOLE))
    damaged["answers"][0]["answer"] = "[" * 100_000
    with pytest.raises(ProgressError):
        progress.import_json(json.dumps(damaged))


def test_a_check_never_raises_whatever_the_record_does(progress):
    exercise = Exercise(catalog()["01-stack"], progress)
    progress.close()
    assert exercise.check(3).outcome is Outcome.COULD_NOT_CHECK


@pytest.mark.parametrize("damage", [b"", b"not a database at all, just text" * 40])
def test_a_damaged_file_is_set_aside_and_named(tmp_path, damage):
    path = tmp_path / "progress.sqlite3"
    path.write_bytes(damage)
    progress = Progress.open(path)
    progress.record(result(), "a")
    assert len(progress.attempts()) == 1
    kept = list(tmp_path.glob("*damaged*"))
    if damage:  # an empty file is simply a new one
        assert [file.read_bytes() for file in kept] == [damage]
        assert kept[0].name in progress.notice


def test_what_was_written_ahead_goes_aside_with_its_file(tmp_path):
    """As it lies there where another kernel has the file open: a new file must not begin with the log of the old."""
    path = tmp_path / "progress.sqlite3"
    parts = {"": b"all but the last rows", "-wal": b"the last rows", "-shm": b"where they are"}
    for suffix, content in parts.items():
        (tmp_path / f"{path.name}{suffix}").write_bytes(content)
    kept = store.set_aside(path, "damaged")
    assert {suffix: (tmp_path / f"{kept.name}{suffix}").read_bytes() for suffix in parts} == parts
    assert len(list(tmp_path.iterdir())) == len(parts)


def test_a_file_damaged_in_the_middle_is_kept_whole(tmp_path):
    path = tmp_path / "progress.sqlite3"
    first = Progress.open(path)
    for number in range(300):
        first.record(result(), str(number))
    first.close()
    content = bytearray(path.read_bytes())
    content[5000:9000] = bytes(4000)
    path.write_bytes(content)
    progress = Progress.open(path)
    progress.record(result(), "new")
    assert len(progress.attempts()) == 1
    assert any(file.read_bytes() == content for file in tmp_path.glob("*damaged*"))


def test_a_file_of_the_future_is_set_aside(tmp_path):
    path = tmp_path / "progress.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE attempts (whatever TEXT)")
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    progress = Progress.open(path)
    assert "newer" in progress.notice
    assert len(list(tmp_path.glob("progress.newer-*.sqlite3"))) == 1
    progress.record(result(), "a")
    assert len(progress.attempts()) == 1


def test_a_full_disk_is_said_and_survived(progress):
    progress.record(result(), "before")
    pages = progress._connection.execute("PRAGMA page_count").fetchone()[0]
    progress._connection.execute(f"PRAGMA max_page_count = {pages}")
    for number in range(200):
        progress.record(result(), f"{number}" * 50)
    assert "full" in progress.notice
    assert len(progress.attempts()) == 201


def test_a_folder_that_cannot_be_made_is_said_and_survived(tmp_path):
    (tmp_path / "file").write_text("in the way")
    progress = Progress.open(tmp_path / "file" / "progress.sqlite3")
    progress.record(result(), "a")
    assert "cannot be saved" in progress.notice
    assert len(progress.attempts()) == 1


def test_two_processes_lose_nothing(tmp_path):
    path = tmp_path / "progress.sqlite3"
    writers = [writer(path, name, 150) for name in ("one", "two")]
    for process in writers:
        process.communicate(timeout=120)
        assert process.returncode == 0
    progress = Progress.open(path)
    assert {name: len(progress.attempts(name)) for name in ("one", "two")} == {"one": 150, "two": 150}


def killed_at_random(tmp_path: Path, times: int) -> None:
    """Kill a writing process at random moments; what it reported as written must all be there."""
    path = tmp_path / "progress.sqlite3"
    reported = 0
    for number in range(times):
        process = writer(path, f"round-{number}", 10_000)
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(random.Random(number).randint(1, 100))]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.read().splitlines()
        process.wait()
        done = max(int(line) for line in lines if line.strip()) + 1
        progress = Progress.open(path)
        assert not progress.notice
        found = len(progress.attempts(f"round-{number}"))
        assert done <= found <= done + 1
        progress.close()
        reported += done
    assert reported > times


@pytest.mark.slow
def test_kill_9_loses_at_most_the_attempt_in_flight(tmp_path):
    killed_at_random(tmp_path, 8)


@pytest.mark.soak
def test_kill_9_at_200_random_moments(tmp_path):
    killed_at_random(tmp_path, 200)


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({}, ""),
        ({"JUPYTERHUB_USER": "anna"}, "user anna"),
        ({"BINDER_LAUNCH_HOST": "https://mybinder.org/", "JUPYTERHUB_USER": "lessons-x3k9"}, "binder"),
    ],
    ids=["own machine", "hub", "binder"],
)
def test_a_browser_keeps_a_copy_for_one_learner_alone(monkeypatch, variables, name):
    for variable in ("JUPYTERHUB_USER", "BINDER_LAUNCH_HOST"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    assert store.mirror() == name


def test_notebooks_that_open_a_new_file_at_once_all_keep_their_progress_in_it(tmp_path):
    together, noticed = threading.Barrier(6), []

    def open_at_once(path):
        together.wait()
        connection, notice = store.open_file(path)
        connection.close()
        noticed.append(notice)

    for turn in range(100):  # they get in each other's way in some turns only
        threads = [threading.Thread(target=open_at_once, args=(tmp_path / f"{turn}.sqlite3",)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert set(noticed) == {""}

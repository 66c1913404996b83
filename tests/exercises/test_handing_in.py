"""Handing in: the answers in one file, from a notebook or the button; nothing is lost and nothing overwritten."""

import json
import sqlite3

import pytest
from classroom import mistakes, reference, specs

from kerastutor.exercises import store
from kerastutor.exercises.exercise import Exercise
from kerastutor.exercises.handing_in import NAME, HandingInError, hand_in, submission
from kerastutor.exercises.progress import Progress
from kerastutor.exercises.spec import Spec, ValueAnswer
from kerastutor.topology.graph import Topology

STACK = specs()["01-stack"]
SUM = Spec("90-sum", "A sum", "How many?", ValueAnswer([None, 6], "2 x 3."))


@pytest.fixture
def progress():
    return Progress.in_memory()


def handed(progress: Progress) -> dict:
    return json.loads(submission(progress, "ada"))


def test_an_answer_to_each_exercise_is_handed_in(progress):
    stack = Exercise(STACK, progress)
    stack.check(next(mistakes(STACK)))
    stack.check(reference(STACK))
    stack.check()
    Exercise(SUM, progress).check((None, 6))
    file = handed(progress)
    assert (file["format"], file["version"], file["student"]) == ("kerastutor.submission", 1, "ada")
    assert sorted(file["answers"]) == ["01-stack", "90-sum"]
    answer = file["answers"]["01-stack"]
    assert Topology.from_plain(answer["topology"]) == reference(STACK)
    assert (answer["exercise_version"], answer["value"]) == (STACK.version, None)
    assert file["answers"]["90-sum"]["value"] == [None, 6]
    assert len(file["progress"]["attempts"]) == 3
    assert "answers" not in file["progress"]


def test_no_file_is_overwritten(progress, tmp_path):
    Exercise(STACK, progress).check(reference(STACK))
    (tmp_path / NAME).write_text("mine")
    assert hand_in(progress, "ada", tmp_path) == tmp_path / "kerastutor-submission-2.json"
    assert hand_in(progress, "ada", tmp_path / "kerastutor-submission.json").name == "kerastutor-submission-3.json"
    assert (tmp_path / NAME).read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "kerastutor-submission-2.json",
        "kerastutor-submission-3.json",
        NAME,
    ]


def test_what_cannot_be_handed_in_is_one_sentence(progress, tmp_path):
    with pytest.raises(HandingInError, match="nothing to hand in yet"):
        hand_in(progress, "ada", tmp_path)
    Exercise(STACK, progress).check(reference(STACK))
    with pytest.raises(HandingInError, match="cannot be written to"):
        hand_in(progress, "ada", tmp_path / "none" / "file.json")


def test_practice_is_not_handed_in(progress):
    practice = Spec("practice-predict-shape-1-3", "A shape", "Which?", ValueAnswer(3, ""))
    Exercise(practice, progress).check(3)
    with pytest.raises(HandingInError):
        handed(progress)


def test_answers_are_taken_away_and_come_back_and_follow_a_reset(progress):
    Exercise(STACK, progress).check(next(mistakes(STACK)))
    other = Progress.in_memory()
    Exercise(STACK, other).check(reference(STACK))
    progress.import_json(other.to_json())
    (last,) = progress.answers()
    assert Topology.from_plain(last.answer["topology"]) == reference(STACK)
    progress.reset()
    assert progress.answers() == ()
    progress.undo_reset()
    assert progress.answers() == (last,)


def test_a_file_of_version_1_keeps_what_is_in_it_and_gets_answers(tmp_path):
    path = tmp_path / "progress.sqlite3"
    old = sqlite3.connect(path)
    old.executescript(
        "CREATE TABLE attempts (uid TEXT PRIMARY KEY, at TEXT NOT NULL, exercise TEXT NOT NULL, version TEXT NOT NULL, "
        "outcome TEXT NOT NULL, earned INTEGER NOT NULL, parts INTEGER NOT NULL, fingerprint TEXT NOT NULL, "
        "misconception TEXT, reset TEXT);"
        "CREATE TABLE hints (uid TEXT PRIMARY KEY, at TEXT NOT NULL, exercise TEXT NOT NULL, rung INTEGER NOT NULL, "
        "reset TEXT);"
        "CREATE TABLE resets (uid TEXT PRIMARY KEY, at TEXT NOT NULL, exercise TEXT);"
        "INSERT INTO attempts VALUES ('u', '2026-01-01', '01-stack', 'v', 'passed', 4, 4, 'f', NULL, NULL);"
        "PRAGMA user_version=1;"
    )
    old.close()
    progress = Progress.open(path)
    assert progress.notice == ""
    assert progress.standing("01-stack").passed
    Exercise(STACK, progress).check(reference(STACK))
    assert len(progress.answers()) == 1
    assert sqlite3.connect(path).execute("PRAGMA user_version").fetchone() == (store.SCHEMA_VERSION,)
    assert [path.name for path in tmp_path.glob("*.sqlite3")] == ["progress.sqlite3"]


def test_an_exported_file_of_version_1_comes_in(progress):
    plain = {**Progress.in_memory().to_plain(), "version": 1}
    del plain["answers"]
    assert progress.import_json(json.dumps(plain)) == 0


def test_an_answer_that_is_no_json_costs_no_verdict(progress):
    result = Exercise(SUM, progress).check(object())
    assert result.outcome == "not_yet"
    assert "object" in handed(progress)["answers"]["90-sum"]["value"]

"""A run over a class, with a sandbox of paper: one record a student and exercise, kept through kills and changes."""

import json
import random
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper_sandbox import open_paper_sandbox, reference

from kerastutor.exercises.catalog import by_lesson
from kerastutor.grading.grader import Terms
from kerastutor.grading.journal import JournalError, open_journal
from kerastutor.grading.pool import local_pool
from kerastutor.grading.records import records_to_json
from kerastutor.grading.run import Results, grade
from kerastutor.grading.shards import Shard
from kerastutor.grading.writing import write

SPECS = by_lesson()["01"]


def hand_in(folder: Path, files: Mapping[str, object]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))
    return folder


def run(source: Path, out: Path, *, specs=SPECS, shard: Shard | None = None, conditions: str = "30 s") -> Results:
    terms = Terms(specs, partial(open_paper_sandbox, source.parent / "log"), conditions)
    return grade(source, out, terms, local_pool(terms, 2), shard=shard, progress=lambda done, all: None)


def looked_into(tmp_path: Path) -> list[str]:
    log = tmp_path / "log"
    return sorted(log.read_text().split()) if log.exists() else []


def outcomes(results: Results) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for record in results.records:
        found.setdefault(record.student, []).append(record.outcome)
    return found


CLASS = {
    "ada/01.ipynb": {"answers": {"01-stack": reference("01-stack"), "01-two-branches": reference("01-two-branches")}},
    "bob.ipynb": {"answers": {"01-stack": reference("01-two-branches")}},
    "eve.ipynb": "no notebook at all",
    "kim.ipynb": {"verdict": "crashed", "cause": "It stopped.", "answers": {"01-stack": reference("01-stack")}},
    "lou.ipynb": {"raise": "the sandbox is on fire"},
}


def test_there_is_one_record_for_each_student_and_exercise_whatever_was_handed_in(tmp_path):
    source = hand_in(tmp_path / "class", CLASS)
    (source / "max").mkdir()
    (source / "nan.ipynb").symlink_to("/etc/passwd")
    results = run(source, tmp_path / "out")
    assert outcomes(results) == {
        "ada": ["passed", "passed"],
        "bob": ["not_yet", "not_attempted"],
        "eve": ["refused", "refused"],
        "kim": ["passed", "crashed"],
        "lou": ["could_not_check", "could_not_check"],
        "max": ["not_attempted", "not_attempted"],
        "nan": ["refused", "refused"],
    }
    assert [student.id for student in results.students] == ["ada", "bob", "eve", "kim", "lou", "max", "nan"]
    assert results.failures == 1


def test_a_second_run_looks_again_only_at_what_we_failed_at(tmp_path):
    source = hand_in(tmp_path / "class", CLASS)
    first = run(source, tmp_path / "out")
    (tmp_path / "log").unlink()
    second = run(source, tmp_path / "out")
    assert set(looked_into(tmp_path)) == {"lou"}
    assert records_to_json(first.records) == records_to_json(second.records)


def test_a_changed_submission_is_run_again_and_no_other(tmp_path):
    source = hand_in(tmp_path / "class", {name: CLASS[name] for name in ("ada/01.ipynb", "bob.ipynb")})
    run(source, tmp_path / "out")
    (tmp_path / "log").unlink()
    hand_in(source, {"bob.ipynb": {"answers": {"01-stack": reference("01-stack")}}})
    assert outcomes(run(source, tmp_path / "out"))["bob"] == ["passed", "not_attempted"]
    assert looked_into(tmp_path) == ["bob"]


def test_a_changed_exercise_is_judged_again_without_running_anything(tmp_path):
    source = hand_in(tmp_path / "class", {name: CLASS[name] for name in ("ada/01.ipynb", "bob.ipynb")})
    run(source, tmp_path / "out")
    (tmp_path / "log").unlink()
    results = run(source, tmp_path / "out", specs=(replace(SPECS[0], points=5), SPECS[1]))
    assert [record.points for record in results.records] == [5, 1, 5, 1]
    assert looked_into(tmp_path) == []


def test_other_limits_run_everything_again(tmp_path):
    source = hand_in(tmp_path / "class", {"ada.ipynb": CLASS["ada/01.ipynb"]})
    run(source, tmp_path / "out")
    run(source, tmp_path / "out", conditions="60 s")
    assert looked_into(tmp_path) == ["ada", "ada"]


def test_what_a_journal_kept_of_the_last_answer_alone_is_run_again(tmp_path, monkeypatch):
    source = hand_in(tmp_path / "class", {"ada.ipynb": CLASS["ada/01.ipynb"]})
    monkeypatch.setattr("kerastutor.grading.grader._FORM", 1)
    run(source, tmp_path / "out")
    monkeypatch.undo()
    run(source, tmp_path / "out")
    assert looked_into(tmp_path) == ["ada", "ada"]


def test_results_that_lie_among_the_submissions_are_none(tmp_path):
    source = hand_in(tmp_path / "class", {"ada.ipynb": CLASS["bob.ipynb"]})
    for _ in range(2):
        results = run(source, source / "results")
        write(results, SPECS, source / "results", "hw")
    assert outcomes(results).keys() == {"ada"}


def test_copies_are_run_once_and_are_graded_alike(tmp_path):
    source = hand_in(tmp_path / "class", {f"{name}/01.ipynb": CLASS["bob.ipynb"] for name in ("ada", "bob", "eve")})
    results = run(source, tmp_path / "out")
    assert outcomes(results) == {name: ["not_yet", "not_attempted"] for name in ("ada", "bob", "eve")}
    assert len(looked_into(tmp_path)) == 1


def test_shards_together_are_the_whole_class_and_merging_grades_nothing_again(tmp_path):
    source = hand_in(tmp_path / "class", {f"student {number}.ipynb": CLASS["bob.ipynb"] for number in range(12)})
    whole = run(source, tmp_path / "whole")
    shares = [run(source, tmp_path / "out", shard=Shard(number, 3)) for number in (1, 2, 3)]
    assert sorted(record.student for share in shares for record in share.records) == sorted(
        record.student for record in whole.records
    )
    (tmp_path / "log").unlink()
    merged = run(source, tmp_path / "out")
    assert records_to_json(merged.records) == records_to_json(whole.records)
    assert looked_into(tmp_path) == []


def test_merging_while_a_shard_is_graded_says_so(tmp_path):
    source = hand_in(tmp_path / "class", {"ada.ipynb": CLASS["bob.ipynb"]})
    (tmp_path / "out").mkdir()
    with open_journal(tmp_path / "out" / "journal-1-of-2.sqlite"):
        with pytest.raises(JournalError, match="journal-1-of-2"):
            run(source, tmp_path / "out")


def test_a_clock_that_jumps_changes_nothing(tmp_path, monkeypatch):
    source = hand_in(tmp_path / "class", CLASS)
    steady = run(source, tmp_path / "steady")
    rng = random.Random(7)
    monkeypatch.setattr("time.time", lambda: rng.uniform(-1e9, 1e10))
    assert run(source, tmp_path / "jumping") == steady


def test_half_characters_in_names_of_layers_harm_nothing(tmp_path):
    network = reference("01-stack")
    network["layers"][1]["name"] = "\ud800"
    results = run(hand_in(tmp_path / "class", {"ada.ipynb": {"answers": {"01-stack": network}}}), tmp_path / "out")
    records_to_json(results.records).encode("utf-8")


def test_progress_counts_up_to_everyone(tmp_path):
    source = hand_in(tmp_path / "class", CLASS)
    terms = Terms(SPECS, open_paper_sandbox, "")
    told: list[tuple[int, int]] = []
    grade(source, tmp_path / "out", terms, local_pool(terms, 2), progress=lambda done, all: told.append((done, all)))
    assert told == [(done, 5) for done in range(6)]


@settings(max_examples=15, deadline=None)
@given(st.text(min_size=1), st.integers(1, 9))
def test_every_student_is_in_exactly_one_share(student, count):
    assert sum(Shard(number, count).holds(student) for number in range(1, count + 1)) == 1


@pytest.mark.parametrize("text", ["", "3/2", "0/2", "1/0", "-1/2", "1", "1/2/3", "a/b"])
def test_what_is_no_share_is_one_sentence(text):
    with pytest.raises(ValueError, match="is no share; write 2/8"):
        Shard.parse(text)

"""A run over a class, with a sandbox of paper: one record a student and exercise, kept through kills and changes."""

import json
import random
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper_sandbox import PaperJudge, open_paper_sandbox, reference

from kerastutor.exercises.catalog import by_lesson
from kerastutor.teaching.grading import grader
from kerastutor.teaching.grading.grader import Terms
from kerastutor.teaching.grading.journal import JournalError, open_journal
from kerastutor.teaching.grading.pool import local_pool
from kerastutor.teaching.grading.records import records_to_json
from kerastutor.teaching.grading.run import Results, grade
from kerastutor.teaching.grading.shards import Shard
from kerastutor.teaching.grading.writing import write

SPECS = by_lesson()["01"]


@pytest.fixture(autouse=True, scope="module")
def judge_of_paper():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grader, "Judge", PaperJudge)
        yield


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
    monkeypatch.setattr("kerastutor.teaching.grading.grader._FORM", 1)
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


def written(source: Path, out: Path, **how) -> Results:
    results = run(source, out, **how)
    write(results, how.get("specs", SPECS), out, "hw")
    return results


def contents(out: Path) -> dict[str, bytes]:
    files = (path for path in out.rglob("*") if path.is_file() and path.suffix != ".sqlite")
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


def test_grading_the_latecomers_adds_them_and_leaves_everyone_else_as_they_are(tmp_path):
    source = hand_in(tmp_path / "class", CLASS)
    (source / "max").mkdir()
    (source / "nan.ipynb").symlink_to("/etc/passwd")
    written(source, tmp_path / "out")
    before = contents(tmp_path / "out")
    (tmp_path / "log").unlink()
    late = hand_in(tmp_path / "late", {"zoe.ipynb": CLASS["bob.ipynb"], "pam.ipynb": "no notebook"})
    results = written(late, tmp_path / "out")
    after = contents(tmp_path / "out")
    assert len(results.kept) == 7
    assert looked_into(tmp_path) == ["pam", "zoe"]
    assert before.keys() < after.keys()
    everybody = {"ada", "bob", "eve", "kim", "lou", "max", "nan"}
    for name in ("grades.csv", "details.csv", "canvas.csv", "moodle.csv"):
        old, new = before[name].splitlines(), after[name].splitlines()
        assert [line for line in new if line in old or b"lou" in line] == [
            line for line in new if b"zoe" not in line and b"pam" not in line
        ]
    pages = [name for name in before if name.startswith(("feedback/", "gradescope/")) and "/lou-" not in name]
    assert len(pages) == 12
    assert [before[name] for name in pages] == [after[name] for name in pages]
    assert set(outcomes(results)) == everybody | {"pam", "zoe"}
    whole = written(hand_in(source, {"zoe.ipynb": CLASS["bob.ipynb"], "pam.ipynb": "no notebook"}), tmp_path / "whole")
    assert {id: found for id, found in outcomes(whole).items() if id != "lou"} == {
        id: found for id, found in outcomes(results).items() if id != "lou"
    }


def test_who_hands_in_again_is_graded_again_and_an_empty_folder_is_no_new_work(tmp_path):
    source = hand_in(tmp_path / "class", {name: CLASS[name] for name in ("ada/01.ipynb", "bob.ipynb")})
    run(source, tmp_path / "out")
    late = hand_in(tmp_path / "late", {"bob.ipynb": {"answers": {"01-stack": reference("01-stack")}}})
    (late / "ada").mkdir()
    results = run(late, tmp_path / "out")
    assert outcomes(results) == {"ada": ["passed", "passed"], "bob": ["passed", "not_attempted"]}
    assert results.kept == ("ada",)


def test_grading_the_first_folder_again_does_not_undo_what_was_handed_in_since(tmp_path):
    right, wrong = ({"answers": {"01-stack": reference(name)}} for name in ("01-stack", "01-two-branches"))
    source = hand_in(tmp_path / "class", {"ada.ipynb": right, "bob.ipynb": wrong})
    late = hand_in(tmp_path / "late", {"bob.ipynb": right})
    last = (replace(SPECS[0], counts="last"), SPECS[1])
    for specs in (SPECS, last):
        for conditions in ("30 s", "60 s"):
            for folder in (source, late, source):
                results = run(folder, tmp_path / str(specs is last), specs=specs, conditions=conditions)
            assert outcomes(results)["bob"] == ["passed", "not_attempted"]
    again = run(hand_in(tmp_path / "later", {"bob.ipynb": wrong | {"n": 1}}), tmp_path / "True", specs=last)
    assert outcomes(again)["bob"] == ["not_yet", "not_attempted"]


def test_a_broken_or_partial_new_work_costs_nothing_that_was_earned(tmp_path):
    run(hand_in(tmp_path / "class", {"ada.ipynb": CLASS["ada/01.ipynb"]}), tmp_path / "out")
    link = hand_in(tmp_path / "link", {})
    (link / "ada.ipynb").symlink_to("/etc/passwd")
    partial = hand_in(tmp_path / "partial", {"ada.ipynb": {"answers": {"01-two-branches": reference("01-stack")}}})
    broken = hand_in(tmp_path / "broken", {"ada.ipynb": "no notebook"})
    failed = hand_in(tmp_path / "failed", {"ada.ipynb": CLASS["lou.ipynb"]})
    for folder in (link, partial, broken, failed):
        results = run(folder, tmp_path / "out")
        assert outcomes(results) == {"ada": ["passed", "passed"]}
        assert results.records[0].counted == "It is from what was handed in earlier."
    assert results.failures == 1


def test_of_several_turns_the_best_answer_to_each_exercise_counts(tmp_path):
    one, two = ({"answers": {name: reference(name)}} for name in ("01-stack", "01-two-branches"))
    run(hand_in(tmp_path / "class", {"ada.ipynb": one}), tmp_path / "out")
    results = run(hand_in(tmp_path / "late", {"ada.ipynb": two}), tmp_path / "out")
    assert outcomes(results) == {"ada": ["passed", "passed"]}
    assert [bool(record.counted) for record in results.records] == [True, False]


def test_where_an_exercise_has_changed_since_everyone_is_judged_by_the_new_one(tmp_path):
    source = hand_in(tmp_path / "class", {name: CLASS[name] for name in ("ada/01.ipynb", "bob.ipynb")})
    written(source, tmp_path / "out")
    (tmp_path / "log").unlink()
    late = hand_in(tmp_path / "late", {"zoe.ipynb": {"answers": {"01-stack": reference("01-stack"), "x": 1}}})
    changed = (replace(SPECS[0], points=5), SPECS[1])
    results = written(late, tmp_path / "out", specs=changed)
    assert [record.points for record in results.records] == [5, 1] * 3
    assert looked_into(tmp_path) == ["zoe"]
    assert {record.exercise_version for record in results.records} == {spec.version for spec in changed}


def test_another_homework_is_not_mixed_in_and_nobody_loses_an_exercise(tmp_path):
    source = hand_in(tmp_path / "class", {name: CLASS[name] for name in ("ada/01.ipynb", "bob.ipynb")})
    written(source, tmp_path / "out")
    before = contents(tmp_path / "out")
    other = (by_lesson()["05"][0],)
    with pytest.raises(JournalError, match="holds results on `01-stack` and `01-two-branches`: choose another folder"):
        run(source, tmp_path / "out", specs=other)
    late = hand_in(tmp_path / "late", {"zoe.ipynb": CLASS["bob.ipynb"]})
    for specs in (SPECS[:1], (*SPECS, *other)):
        with pytest.raises(JournalError, match="the results of 2 more students"):
            run(late, tmp_path / "out", specs=specs)
    assert contents(tmp_path / "out") == before
    assert len(run(source, tmp_path / "out", specs=SPECS[:1]).records) == 2


def test_of_a_run_that_was_stopped_nobody_is_forgotten(tmp_path):
    source = hand_in(
        tmp_path / "class", {f"student {number}.ipynb": CLASS["bob.ipynb"] | {"n": number} for number in range(4)}
    )
    terms = Terms(SPECS, open_paper_sandbox, "30 s")

    def stop(done, all):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grade(source, tmp_path / "out", terms, local_pool(terms, 1), progress=stop)
    results = run(hand_in(tmp_path / "late", {"zoe.ipynb": CLASS["ada/01.ipynb"]}), tmp_path / "out")
    found = outcomes(results)
    assert len(found) == 5
    assert len(results.waiting) == 2
    assert all(found[student] == ["could_not_check", "could_not_check"] for student in results.waiting)
    assert outcomes(run(source, tmp_path / "out"))["zoe"] == ["passed", "passed"]


def test_a_new_submission_that_was_never_graded_does_not_cost_the_old_one(tmp_path):
    source = hand_in(tmp_path / "class", {"ada.ipynb": CLASS["ada/01.ipynb"]})
    run(source, tmp_path / "out")
    run(hand_in(source, {"ada.ipynb": CLASS["lou.ipynb"]}), tmp_path / "out")
    results = run(hand_in(tmp_path / "late", {"zoe.ipynb": CLASS["bob.ipynb"]}), tmp_path / "out")
    assert (outcomes(results)["ada"], results.waiting) == (["passed", "passed"], ("ada",))


def test_results_that_the_journal_does_not_know_are_not_dropped(tmp_path):
    source = hand_in(tmp_path / "class", {"ada.ipynb": CLASS["ada/01.ipynb"]})
    written(source, tmp_path / "out")
    (tmp_path / "out" / "journal.sqlite").unlink()
    late = hand_in(tmp_path / "late", {"zoe.ipynb": CLASS["bob.ipynb"]})
    with pytest.raises(JournalError, match="the results of 1 more student"):
        run(late, tmp_path / "out")
    assert run(source, tmp_path / "out").kept == ()


def test_latecomers_are_added_to_a_class_that_was_graded_in_shares(tmp_path):
    source = hand_in(tmp_path / "class", {f"student {number}.ipynb": CLASS["bob.ipynb"] for number in range(6)})
    for number in (1, 2):
        run(source, tmp_path / "out", shard=Shard(number, 2))
    late = hand_in(tmp_path / "late", {"student 3.ipynb": CLASS["ada/01.ipynb"]})
    for _ in range(2):
        found = outcomes(run(late, tmp_path / "out"))
        assert len(found) == 6
        assert found["student 3"] == ["passed", "passed"]
        assert found["student 4"] == ["not_yet", "not_attempted"]


def test_what_could_not_be_taken_is_told_beside_what_was(tmp_path):
    source = hand_in(tmp_path / "class", {"ada/01.ipynb": CLASS["bob.ipynb"], "bob.ipynb": CLASS["bob.ipynb"]})
    (source / "ada" / "notes.ipynb").symlink_to("/etc/passwd")
    results = run(source, tmp_path / "out")
    told = {(record.student, record.outcome): record.left_out for record in results.records}
    link = "We could not take this file: `notes.ipynb` is a link or a device; hand in the file itself."
    assert told["ada", "not_yet"] == told["ada", "not_attempted"] == link
    assert told["bob", "not_yet"] == told["bob", "not_attempted"] == ""
    assert results.incomplete == ("ada",)


def test_a_file_that_could_not_be_taken_is_told_to_its_owner_alone_and_changes_no_verdict(tmp_path):
    source = hand_in(tmp_path / "class", {f"{name}/01.ipynb": CLASS["ada/01.ipynb"] for name in ("ada", "bob")})
    (source / "ada" / "data.zip").symlink_to("/etc/passwd")
    written(source, tmp_path / "out")
    page, other = (next((tmp_path / "out" / "feedback").glob(f"{name}*.html")).read_text() for name in ("ada", "bob"))
    assert "We could not take this file:" in page
    assert "data.zip" in page
    assert "did not run to its end" not in page
    assert "data.zip" not in other
    assert "cut-short" not in (tmp_path / "out" / "report.html").read_text()
    rows = (tmp_path / "out" / "details.csv").read_text().splitlines()
    assert [("data.zip" in row, "graded" in row) for row in rows[1:]] == [(True, True)] * 2 + [(False, True)] * 2


def test_it_is_told_also_where_the_code_crashed(tmp_path):
    source = hand_in(tmp_path / "class", {"kim/01.ipynb": CLASS["kim.ipynb"]})
    (source / "kim" / "data.csv").symlink_to("/etc/passwd")
    for record in run(source, tmp_path / "out").records:
        assert record.cause == "It stopped."
        assert "`data.csv`" in record.left_out


def test_what_is_exchanged_while_the_class_is_graded_changes_nothing(tmp_path):
    source = hand_in(tmp_path / "class", {"ada.ipynb": CLASS["bob.ipynb"], "bob/01.ipynb": CLASS["bob.ipynb"]})
    solution = hand_in(tmp_path / "solution", {"01.ipynb": CLASS["ada/01.ipynb"]})

    @contextmanager
    def exchanging():
        with open_paper_sandbox() as extract:

            def exchange(submission):
                if not (source / "bob").is_symlink():
                    (source / "bob").rename(tmp_path / "moved")
                    (source / "bob").symlink_to(solution)
                return extract(submission)

            yield exchange

    terms = Terms(SPECS, exchanging, "")
    results = grade(source, tmp_path / "out", terms, local_pool(terms, 1), progress=lambda done, all: None)
    assert outcomes(results)["bob"] == ["not_yet", "not_attempted"]


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

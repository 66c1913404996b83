"""Passed, then tried wrong variants, then handed in: full marks, by each road that an answer takes to its grade."""

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import handed_in
import pytest
from classroom import mistakes, reference, specs
from typer.testing import CliRunner

from kerastutor.command.cli import app
from kerastutor.exercises import Exercise, Progress
from kerastutor.exercises.handing_in import hand_in
from kerastutor.exercises.sealing import sealed_text
from kerastutor.exercises.withholding import withheld

pytestmark = pytest.mark.slow

STACK = specs()["01-stack"]
RIGHT, WRONG = reference(STACK), tuple(mistakes(STACK))[:2]
PASSED = handed_in.STACK.format(units=64, activation="relu")
TRIED = tuple(handed_in.STACK.format(units=64, activation=activation) for activation in ("tanh", "sigmoid"))
OLD = Path(__file__).parents[2] / "exercises" / "written_by_0_1" / "submission.json"


def submitted(folder: Path, *, key: bool) -> None:
    """What a learner hands in with `kt.submit()` who passed and went on, on two machines, with or without the key."""
    here, there = Progress.in_memory(), Progress.in_memory()
    spec = STACK if key else withheld(STACK)
    for record, answers in ((here, (WRONG[0], RIGHT)), (there, WRONG)):
        for answer in answers:
            Exercise(spec, record).check(answer)
    here.import_json(there.to_json())
    folder.mkdir(parents=True)
    hand_in(here, folder.name, folder)


def forged(folder: Path) -> None:
    """A wrong answer that says of itself that it passed."""
    folder.mkdir(parents=True)
    answer = {"exercise_version": STACK.version, "topology": WRONG[0].to_plain(), "value": None, "score": 1.0}
    plain = {"format": "kerastutor.submission", "version": 1, "answers": {STACK.id: answer}, "tried": {STACK.id: []}}
    (folder / "kerastutor-submission.json").write_text(json.dumps(plain))


@pytest.fixture(scope="module")
def handed(tmp_path_factory):
    """A class in which everybody but the forger passed, and then went on."""
    source = tmp_path_factory.mktemp("handed") / "class"
    for student, cells in {
        "cells": (handed_in.BEGIN, PASSED, *TRIED),
        "one cell": (handed_in.BEGIN + PASSED + "".join(TRIED),),
        "several files": (handed_in.BEGIN, *TRIED),
    }.items():
        (source / student).mkdir(parents=True)
        (source / student / "homework.ipynb").write_text(handed_in.notebook(*cells))
    (source / "several files" / "draft.py").write_text(handed_in.BEGIN + PASSED)
    submitted(source / "file", key=True)
    submitted(source / "file without the key", key=False)
    (source / "file of 0.1").mkdir()
    shutil.copy(OLD, source / "file of 0.1")
    forged(source / "forged")
    return source


def graded(source: Path, out: Path, counts: str) -> dict[str, dict[str, str]]:
    sealed = out.parent / "homework.json"
    sealed.write_text(sealed_text([replace(STACK, counts=counts)]))
    done = CliRunner().invoke(app, ["grade", str(source), "-e", str(sealed), "-o", str(out), "--workers", "1"])
    assert done.exit_code == 0, done.output
    with (out / "details.csv").open(newline="") as stream:
        return {row["student"]: row for row in csv.DictReader(stream)}


def test_the_best_answer_is_graded_and_the_last_where_the_instructor_asks(handed, tmp_path):
    best = graded(handed, tmp_path / "out", "best")
    assert {student: row["marks"] for student, row in best.items() if student != "forged"} == {
        "cells": "1",
        "one cell": "1",
        "several files": "1",
        "file": "1",
        "file without the key": "1",
        "file of 0.1": "1",
    }
    assert best["forged"]["outcome"] == "not_yet"
    assert best["cells"]["counted"] == "You gave 3 different answers. The best one counts: your first."
    assert "You gave 3 different answers" in (tmp_path / "out" / "feedback").glob("cells-*").__next__().read_text()

    last = graded(handed, tmp_path / "out", "last")
    went_on = {"cells", "one cell", "several files", "file", "file without the key", "forged"}
    assert {student for student, row in last.items() if row["outcome"] == "not_yet"} == went_on
    assert last["file of 0.1"]["outcome"] == "passed"
    assert last["cells"]["counted"] == "You gave 3 different answers. The last one counts."

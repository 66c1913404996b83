"""Answers are safe: whatever is tried, taken away, brought back or handed in, the best answer is there and counts."""

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from classroom import mistakes, reference, specs
from drawn_networks import Net

from kerastutor.exercises import Exercise, Progress, exam, handing_in
from kerastutor.exercises.answers import MOST, identity
from kerastutor.exercises.catalog import catalog
from kerastutor.exercises.handing_in import hand_in_here, submission, which_count
from kerastutor.exercises.requirements import outputs, trains_to
from kerastutor.exercises.sealing import read_sealed
from kerastutor.exercises.settings import ExerciseSettings
from kerastutor.exercises.spec import ExerciseError, NetworkAnswer, Spec, ValueAnswer
from kerastutor.exercises.withholding import withheld
from kerastutor.topology.graph import Topology
from kerastutor.widgets import cards

STACK = specs()["01-stack"]
RIGHT = reference(STACK)
WRONG = tuple(mistakes(STACK))
SUM = Spec("90-sum", "A sum", "How many?", ValueAnswer(6, "2 x 3."))
OLD = Path(__file__).with_name("written_by_0_1")


@pytest.fixture
def progress():
    return Progress.in_memory()


def handed(progress: Progress, exercise: str = STACK.id) -> object:
    """What the file to hand in gives as the answer."""
    answer = json.loads(submission(progress, "ada"))["answers"][exercise]
    return answer["value"] if answer["topology"] is None else Topology.from_plain(answer["topology"])


def tried(progress: Progress, exercise: str = STACK.id) -> list[Topology]:
    """All networks that the file has, oldest first."""
    answers = json.loads(submission(progress, "ada"))["tried"].get(exercise, [])
    return [Topology.from_plain(answer["topology"]) for answer in answers]


def check(progress: Progress, *answers: object, spec: Spec = STACK) -> None:
    for answer in answers:
        Exercise(spec, progress).check(answer)


def stack(number: int, units: int = 64) -> Topology:
    """A network that Keras named: the numbers go on from cell to cell, and the first name has none."""
    mark = f"_{number}" if number else ""
    net = Net(f"sequential{mark}")
    image = net.input(f"input_layer{mark}", (None, 784))
    hidden = net.call("Dense", f"dense{mark}", [image], (None, units), units=units)
    active = net.call("ops.Relu", f"relu{mark}", [hidden], (None, units))
    digit = net.call("Dense", f"dense_{number + 1}", [active], (None, 10), units=10, activation="relu")
    return replace(net.topology(digit), api="sequential")


def test_passed_then_tried_wrong_then_handed_in_is_the_answer_that_passed(progress):
    check(progress, WRONG[0], RIGHT, *WRONG)
    assert handed(progress) == RIGHT
    check(progress, 5, 6, 7, spec=SUM)
    assert handed(progress, "90-sum") == 6


def test_of_wrong_answers_the_best_counts_and_among_equals_the_latest(progress):
    scores = {number: float(Exercise(STACK, Progress.in_memory()).check(one)) for number, one in enumerate(WRONG)}
    best = max(scores, key=lambda number: scores[number])
    equal = next(one for number, one in enumerate(WRONG) if number != best and scores[number] == scores[best])
    worse = reference(catalog()["06-residual-block"])
    assert float(Exercise(STACK, Progress.in_memory()).check(worse)) < scores[best]
    check(progress, WRONG[best], worse)
    assert handed(progress) == WRONG[best]
    check(progress, equal, worse)
    assert handed(progress) == equal


def test_an_answer_that_earned_nothing_is_taken_along_like_any_other(progress):
    check(progress, 5, spec=SUM)
    assert progress.tried(SUM.id)[0].score == 0
    elsewhere = Progress.in_memory()
    elsewhere.import_json(progress.to_json())
    assert handed(elsewhere, SUM.id) == 5


@pytest.mark.parametrize("passed_here", [True, False])
def test_the_best_survives_taking_progress_away_whichever_machine_it_is_on(passed_here):
    here, there = Progress.in_memory(), Progress.in_memory()
    check(here, *([RIGHT, WRONG[0]] if passed_here else [WRONG[0]]))
    check(there, *([WRONG[1]] if passed_here else [RIGHT, WRONG[1]]))
    text = here.to_json()
    here.import_json(there.to_json())
    there.import_json(text)
    check(here, WRONG[2])
    for record in (here, there):
        assert handed(record) == RIGHT
    assert sorted(answer.at for answer in there.tried()) == [answer.at for answer in there.tried()]


def test_a_reset_begins_anew_and_undoing_it_brings_the_best_back(progress):
    check(progress, RIGHT, WRONG[0])
    progress.reset(STACK.id)
    check(progress, WRONG[1])
    assert handed(progress) == WRONG[1]
    progress.undo_reset()
    assert handed(progress) == RIGHT


def test_an_answer_to_an_older_version_is_handed_in_too_and_the_grader_decides(progress):
    newer = replace(STACK, task="Build it, in other words.")
    check(progress, RIGHT)
    check(progress, *WRONG, spec=newer)
    assert RIGHT in tried(progress)
    assert {answer.version for answer in progress.tried()} == {STACK.version, newer.version}


def test_what_only_the_instructor_can_judge_is_all_handed_in(progress):
    """Also what a check here says is no answer: it may be worth more than the others."""
    others = []
    for width in (28, 56):
        net = Net("narrow")
        digit = net.call("Dense", "digit", [net.input("image", (None, width))], (None, 10), units=10)
        others.append(net.topology(digit))
    check(progress, *others, RIGHT, *WRONG[:2], spec=withheld(STACK))
    assert tried(progress) == [*others, RIGHT, *WRONG[:2]]
    assert handed(progress) == WRONG[1], "nobody knows better here than the learner"


def test_a_cell_that_is_run_again_and_again_is_one_answer(progress):
    check(progress, *(stack(number) for number in range(2 * MOST)), stack(1, units=65), spec=withheld(STACK))
    assert len(tried(progress)) == 2
    assert identity({"topology": stack(0).to_plain()}) == identity({"topology": stack(7).to_plain()})
    *layers, digit = stack(1).layers
    named, other = (replace(stack(1), layers=(*layers, replace(digit, name=name))) for name in ("one", "two"))
    assert identity({"topology": named.to_plain()}) != identity({"topology": other.to_plain()})


def test_there_is_a_bound_and_it_is_said(progress):
    check(progress, *(stack(0, units) for units in range(100, 101 + MOST)), spec=withheld(STACK))
    assert tried(progress) == [stack(0, units) for units in range(101, 101 + MOST)]
    assert which_count(progress).endswith(f" For 01-stack the file holds your latest {MOST} answers.")


def test_a_file_that_would_be_too_large_to_be_read_has_the_best_and_the_latest_and_says_so(progress, monkeypatch):
    other = replace(STACK, id="90-other")
    check(progress, RIGHT, *(stack(0, units) for units in range(100, 120)))
    check(progress, RIGHT, *(stack(0, units) for units in range(100, 120)), spec=withheld(other))
    monkeypatch.setattr(handing_in, "_ROOM", 8 * len(json.dumps(stack(0).to_plain())))
    assert tried(progress)[0] == handed(progress) == RIGHT
    few = tried(progress, other.id)
    assert few == [stack(0, units) for units in range(120 - len(few), 120)]
    assert few == tried(progress)[-len(few) :]
    assert 1 < len(few) <= len(tried(progress)) <= 5
    assert which_count(progress).endswith(f" counts. For 90-other the file holds your latest {len(few)} answers.")


def test_every_different_answer_is_handed_in_also_where_scores_are_known(progress):
    """The key may change after handing in, and then another one is the best."""
    check(progress, RIGHT, *(WRONG[:5] * 3))
    assert tried(progress) == [RIGHT, *WRONG[:5]]


def test_beyond_the_bound_the_best_stays_however_long_ago_it_was(progress):
    check(progress, RIGHT, *(stack(0, units) for units in range(100, 110 + MOST)))
    assert tried(progress) == [RIGHT, *(stack(0, units) for units in range(111, 110 + MOST))]
    assert handed(progress) == RIGHT


def test_beyond_the_bound_what_could_not_be_judged_stays_where_it_may_be_the_best(progress):
    seen = replace(stack(0, 99), partial="Only a part could be followed.")
    check(progress, seen, *(stack(0, units) for units in range(100, 101 + MOST)))
    assert seen in tried(progress)


def test_a_network_that_lacks_nothing_but_training_is_handed_in_too(progress):
    """The grader does not train, so it would pass this one."""
    asked = (outputs("digit"), trains_to(accuracy=0.9))
    exercise = Exercise(replace(STACK, answer=NetworkAnswer((), requirements=asked, any_network=True)), progress)
    named = replace(RIGHT, outputs=(RIGHT.outputs[0]._replace(key="digit"),))
    assert float(exercise.count(named, {"accuracy": 0.5})) == 0.5
    for units in (64, 65):
        assert float(exercise.count(stack(0, units), {"accuracy": 0.95})) == 0.5
    assert handed(progress) == stack(0, 65)
    assert named in tried(progress)


def test_what_training_reached_stays_with_the_best_answer(progress):
    assert STACK.answer.references
    spec = replace(STACK, answer=replace(STACK.answer, requirements=(trains_to(accuracy=0.9),)))
    exercise = Exercise(spec, progress)
    assert exercise.count(RIGHT, {"accuracy": 0.95}).passed
    assert not exercise.count(RIGHT, {}).passed
    (answer,) = progress.answers()
    assert answer.answer["measured"] == {"accuracy": 0.95}


def test_where_the_instructor_asks_for_the_last_it_is_the_last(progress):
    last = replace(STACK, counts="last")
    check(progress, RIGHT, WRONG[0], spec=last)
    assert handed(progress) == WRONG[0]
    assert which_count(progress) == "Your last answer counts."
    check(progress, RIGHT, WRONG[0], spec=replace(STACK, id="90-best"))
    assert which_count(progress) == "Your best answer to each exercise counts; for 01-stack your last one counts."
    assert handed(progress, "90-best") == RIGHT


def test_cards_and_the_button_say_which_answer_counts(progress, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    check(progress, RIGHT, WRONG[0])
    assert "✓ passed; your best answer counts" in cards.task_card(Exercise(STACK, progress))
    assert hand_in_here(progress)[0].endswith("Your best answer to each exercise counts.")
    assert "; your last answer counts" in cards.task_card(Exercise(replace(STACK, counts="last"), progress))
    for counts in ("best", "last"):
        theirs = Exercise(withheld(replace(STACK, counts=counts)), progress)
        assert f"kept for handing in; your {counts} answer counts" in cards.task_card(theirs)
        assert f"If you check several models, your {counts} one counts." in theirs.check(RIGHT).message


def test_within_an_exam_the_last_counts_and_what_was_practised_before_is_safe(progress):
    sat = exam("test", [Exercise(STACK, progress)])
    sat.hand_in(STACK.id, RIGHT)
    assert "score" not in progress.to_json(), "no verdict before the end, not even in a file"
    sat.hand_in(STACK.id, WRONG[0])
    assert handed(progress) == WRONG[0]
    assert float(sat.end()) < 1
    assert handed(progress) == WRONG[0], "the last answer counts, as the exam said"
    assert RIGHT not in tried(progress)

    practised = Progress.in_memory()
    check(practised, RIGHT)
    later = exam("test", [Exercise(STACK, practised)])
    later.hand_in(STACK.id, RIGHT)
    later.hand_in(STACK.id, WRONG[0])
    assert float(later.end()) < 1
    assert handed(practised) == RIGHT


def test_an_exam_takes_nothing_back_that_was_checked_elsewhere_while_it_ran(progress):
    sat = exam("test", [Exercise(STACK, progress)])
    elsewhere = Progress.in_memory()
    check(elsewhere, RIGHT)
    progress.import_json(elsewhere.to_json())
    sat.hand_in(STACK.id, WRONG[0])
    assert handed(progress) == RIGHT


@pytest.mark.parametrize("spec", [STACK, withheld(STACK)])
def test_what_was_checked_elsewhere_while_an_exam_ran_is_no_answer_of_the_exam(progress, spec):
    sat = exam("test", [Exercise(spec, progress)])
    elsewhere = Progress.in_memory()
    check(elsewhere, RIGHT, spec=spec)
    progress.import_json(elsewhere.to_json())
    assert sat.handed_in == ()
    sat.hand_in(spec.id, WRONG[0])
    sat.hand_in(spec.id, WRONG[1])
    assert tried(progress) == [RIGHT, WRONG[1]]
    assert float(sat.end()) < 1
    assert sat.handed_in == (spec.id,)
    assert tried(progress) == [RIGHT, WRONG[1]]


def test_an_exam_goes_on_where_its_answers_were_taken_to(progress):
    sat = exam("test", [Exercise(STACK, progress), Exercise(SUM, progress)])
    sat.hand_in(STACK.id, RIGHT)
    elsewhere = Progress.in_memory()
    elsewhere.import_json(progress.to_json())
    assert exam("test", [Exercise(STACK, elsewhere), Exercise(SUM, elsewhere)]).handed_in == (STACK.id,)


def test_practising_after_an_exam_gains_and_never_costs(progress):
    sat = exam("test", [Exercise(STACK, progress)])
    sat.hand_in(STACK.id, WRONG[0])
    sat.end()
    check(progress, RIGHT, WRONG[1])
    assert handed(progress) == RIGHT


def test_a_best_or_last_that_is_mistyped_is_told_when_declaring():
    with pytest.raises(ExerciseError, match='counts=\'first\'; give "best" or "last"'):
        ExerciseSettings("90-mine", "Mine", counts="first").checked()


def test_the_setting_is_sealed_and_withheld_and_changes_no_other_exercise():
    last = replace(STACK, counts="last")
    assert Spec.from_plain(last.to_plain()) == last
    assert Spec.from_plain(withheld(last).to_plain()).counts == "last"
    assert last.version != STACK.version
    with pytest.raises(ExerciseError, match="damaged"):
        Spec.from_plain({**STACK.to_plain(), "counts": "first"})


def test_files_of_0_1_are_read(tmp_path):
    """A progress file as export and as database, and a sealed file; `test_parsing` reads the submission."""
    (sealed,) = read_sealed(OLD / "sealed.json")
    assert (sealed.version, sealed.counts) == (STACK.version, "best")

    path = tmp_path / "progress.sqlite3"
    sqlite3.connect(path).executescript((OLD / "progress.sql").read_text()).connection.close()
    exported = Progress.in_memory()
    exported.import_json((OLD / "progress.json").read_text())
    for record in (Progress.open(path), exported):
        assert record.standing(STACK.id).passed
        check(record, WRONG[0])
        assert handed(record) == RIGHT

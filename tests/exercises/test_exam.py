"""An exam: nothing is told before its end, nothing is lost on the way, and the report says what to read again."""

from dataclasses import dataclass, replace

import pytest

from kerastutor.exercises import Exercise, ExerciseError, Progress, Surroundings, exam
from kerastutor.exercises.catalog import find
from kerastutor.exercises.requirements import trains_to
from kerastutor.exercises.results import Outcome
from kerastutor.topology.graph import Topology
from kerastutor.topology.inventing.mutation import mutate
from kerastutor.widgets.exercise import ExerciseView, present

IDS = ("05-siamese", "05-twins")


def exercises(progress):
    return [Exercise(find(id), progress, Surroundings(present=present)) for id in IDS]


def right(id):
    return find(id).answer.references[0]


def wrong(id, kind="twin_not_shared"):
    return mutate(right(id), kind, 0).topology


@pytest.fixture
def progress(tmp_path):
    return Progress.open(tmp_path / "progress.sqlite3")


@pytest.fixture
def sat(progress):
    return exam("test", exercises(progress))


def test_hints_solutions_and_verdicts_are_closed_while_it_runs(sat, progress):
    sat.hand_in("05-siamese", wrong("05-siamese"))
    for one in exercises(progress):
        assert "closed" in one.hint().text
        assert "closed" in one.solution().text
        result = one.check(right(one.spec.id))
        assert result.outcome is Outcome.NOT_ATTEMPTED
        assert 'hand_in("05-' in result.message
    assert progress.attempts() == ()
    other = Exercise(find("01-stack"), progress)
    assert other.check(find("01-stack").answer.references[0]).passed


def test_what_is_right_and_what_is_wrong_gets_the_same_receipt(sat):
    assert sat.hand_in("05-siamese", right("05-siamese")) == sat.hand_in("05-siamese", wrong("05-siamese"))
    assert sat.hand_in("05-siamese", right("05-siamese")).text.startswith("Kept: 1 of 2 is handed in.")


@pytest.mark.parametrize("nothing", [None, ..., "no model", 7])
def test_what_is_no_answer_is_not_handed_in_and_replaces_none(sat, nothing):
    sat.hand_in("05-siamese", right("05-siamese"))
    assert "Nothing was handed in" in sat.hand_in("05-siamese", nothing).text
    sat.hand_in("05-twins", right("05-twins"))
    assert float(sat.report()) == 1.0


def test_its_cards_offer_no_hint_and_an_empty_answer_is_told_where_to_go(sat):
    (card, _) = (ExerciseView(one) for one in sat.exercises)
    assert card.buttons == []
    assert "exam: no hints" in card.task
    assert "`None`" in sat.hand_in("05-twins").text


def test_the_report_waits_for_all_and_then_tells_scores_and_lessons(sat, progress):
    assert "0 of 2 are handed in" in sat.report().text
    sat.hand_in("05-siamese", wrong("05-siamese"))
    assert "missing: Two encoders" in sat.report().text
    sat.hand_in("05-twins", right("05-twins"))
    report = sat.report()
    assert [mark.outcome for mark in report.marks] == [Outcome.NOT_YET, Outcome.PASSED]
    assert 0.5 < float(report) < 1
    assert [one.lesson for one in report.misconceptions] == ["05"]
    assert "lesson 5, One layer, many calls" in repr(report)
    assert progress.standing("05-twins").passed
    assert exercises(progress)[0].hint().text != "Hints are closed while the exam runs."


def test_ending_early_gives_nothing_for_what_is_missing(sat):
    sat.hand_in("05-twins", right("05-twins"))
    report = sat.end()
    assert report.marks[0].message == "Nothing was handed in."
    assert float(report) == 0.5
    assert sat.end() == report


def test_it_goes_on_after_a_restart_and_the_report_stays(sat, progress, tmp_path):
    sat.hand_in("05-siamese", wrong("05-siamese"))
    progress.close()
    reopened = Progress.open(tmp_path / "progress.sqlite3")
    later = exam("test", exercises(reopened))
    assert later.handed_in == ("05-siamese",)
    later.hand_in("05-twins", right("05-twins"))
    report = later.report()
    exercises(reopened)[0].check(right("05-siamese"))  # practising afterwards changes no report
    assert exam("test", exercises(reopened)).report() == report
    assert "has ended" in later.hand_in("05-twins", right("05-twins")).text


def test_again_begins_with_nothing_handed_in(sat):
    sat.hand_in("05-twins", right("05-twins"))
    sat.end()
    sat.again()
    assert sat.handed_in == ()
    assert sat.sitting.running


def test_another_exercise_on_its_list_discards_no_answer(sat, progress):
    sat.hand_in("05-siamese", wrong("05-siamese"))
    longer = exam("test", [*exercises(progress), Exercise(find("01-stack"), progress)])
    assert longer.handed_in == ("05-siamese",)
    assert longer.sitting.at == sat.sitting.at
    longer.hand_in("01-stack", right("01-stack"))
    report = longer.end()
    assert [mark.outcome for mark in report.marks] == [Outcome.NOT_YET, Outcome.NOT_ATTEMPTED, Outcome.PASSED]
    assert len(progress.sittings()) == 1


def test_an_end_ends_one_sitting(sat, progress, tmp_path):
    elsewhere = Progress.open(tmp_path / "elsewhere.sqlite3")
    exam("test", exercises(elsewhere))
    progress.import_json(elsewhere.to_json())
    sat.hand_in("05-twins", right("05-twins"))
    sat.end()
    assert [sitting.running for sitting in progress.sittings()] == [True, False]
    assert exercises(progress)[0].exam == "", "a sitting that another one followed closes nothing"


@dataclass
class Trained:
    """A model that was trained in this process; its topology alone does not say so."""

    topology: Topology
    accuracy: float


def asking_for_training():
    spec = find("01-stack")
    asks = replace(spec, answer=replace(spec.answer, requirements=(trains_to(accuracy=0.9),)))
    around = Surroundings(
        read=lambda model: getattr(model, "topology", model),
        measure=lambda model: {"accuracy": model.accuracy} if isinstance(model, Trained) else {},
    )
    return Exercise(asks, Progress.in_memory(), around)


@pytest.mark.parametrize(("accuracy", "outcome"), [(0.95, Outcome.PASSED), (0.5, Outcome.NOT_YET)])
def test_what_training_reached_is_kept_with_the_answer(accuracy, outcome):
    exercise, model = asking_for_training(), Trained(right("01-stack"), accuracy)
    assert exercise.check(model).outcome is outcome
    sat = exam("trained", [exercise])
    sat.hand_in("01-stack", model)
    assert [mark.outcome for mark in sat.report().marks] == [outcome]


def test_it_travels_in_the_progress_file(sat, progress, tmp_path):
    sat.hand_in("05-twins", right("05-twins"))
    other = Progress.open(tmp_path / "other.sqlite3")
    other.import_json(progress.to_json())
    assert exam("test", exercises(other)).handed_in == ("05-twins",)


def test_a_reset_of_everything_forgets_it_and_undo_brings_it_back(sat, progress):
    progress.reset()
    assert exercises(progress)[0].exam == ""
    progress.undo_reset()
    assert exercises(progress)[0].exam == "test"


def test_an_unknown_exercise_and_an_empty_exam_are_said(sat):
    with pytest.raises(ExerciseError, match="05-siamese"):
        sat.hand_in("05-siamesse", None)
    with pytest.raises(ExerciseError, match="needs exercises"):
        exam("empty", [])


def test_everything_it_shows_stands_alone_and_tells_nothing_early(sat):
    shown = [sat, sat.hand_in("05-siamese", wrong("05-siamese")), sat.report()]
    for one in shown:
        html = one._repr_mimebundle_()["text/html"]
        assert "Not yet" not in html and "passed" not in html.partition("</style>")[2]
    report = sat.end()._repr_mimebundle_()["text/html"]
    assert 'href="05_one_layer_many_calls.ipynb"' in report
    assert "→ not yet" in report

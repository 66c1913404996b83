"""Of a student's answers the best is graded as the grader judges it, or the last where the exercise asks for it."""

from dataclasses import replace
from functools import partial

import pytest
from classroom import mistakes, reference, specs

from kerastutor.exercises.results import Outcome
from kerastutor.teaching.grading import choosing
from kerastutor.teaching.grading.choosing import graded
from kerastutor.teaching.grading.extraction import Extraction, SubmittedAnswer, in_a_row
from kerastutor.teaching.grading.feedback import page
from kerastutor.teaching.grading.judging import judge_answer, judged
from kerastutor.teaching.grading.records import GradedAnswer, Verdict
from kerastutor.teaching.grading.report import page as report_page
from kerastutor.teaching.grading.tables.gradebook import details

STACK = specs()["01-stack"]
LAST = replace(STACK, counts="last")
RIGHT = SubmittedAnswer(reference(STACK).to_plain())
WRONG = tuple(SubmittedAnswer(network.to_plain()) for network in mistakes(STACK))


def records(*answers, spec=STACK, left_out=False):
    answer = replace(in_a_row(answers), left_out=left_out)
    return judged("ada", Extraction(Verdict.GRADED, "", {spec.id: answer}), [spec], judge_answer)


@pytest.mark.parametrize(("place", "name"), enumerate(["first", "second", "last"]))
def test_passed_and_then_tried_wrong_is_full_marks_wherever_it_was(place, name):
    answers = [*WRONG[:2]]
    answers.insert(place, RIGHT)
    (record,) = records(*answers)
    assert (record.outcome, record.marks) == ("passed", 1.0)
    assert record.counted == f"You gave 3 different answers. The best one counts: your {name}."


def test_the_last_counts_where_the_exercise_asks_for_it():
    (record,) = records(RIGHT, WRONG[0], spec=LAST)
    assert (record.outcome, record.counted) == ("not_yet", "You gave 2 different answers. The last one counts.")
    (record,) = records(WRONG[0], RIGHT, spec=LAST)
    assert record.outcome == "passed"


def test_one_answer_needs_no_word_on_which_counts():
    for spec in (STACK, LAST):
        (record,) = records(RIGHT, RIGHT, spec=spec)
        assert record.counted == ""


def fixed(*outcomes):
    """Answers, and a judge that finds these of them."""
    table = {
        "passed": ("passed", 4),
        "half": ("not_yet", 2),
        "quarter": ("not_yet", 1),
        "zero": ("not_yet", 0),
        "unknown": ("could_not_check", 0),
    }

    def judge(asked, answer):
        asked.append(answer.value)
        name = outcomes[answer.value]
        blank = GradedAnswer("ada", "x", "v", 1, Verdict.GRADED)
        if name not in table:
            return replace(blank, verdict=Verdict(name), fingerprint=str(answer.value))
        outcome, earned = table[name]
        result = {"outcome": Outcome(outcome), "score": {"parts": 4, "earned": earned}}
        return replace(blank, result=result, fingerprint=str(answer.value))

    asked: list[int] = []
    return in_a_row(SubmittedAnswer(value=place) for place in range(len(outcomes))), partial(judge, asked), asked


@pytest.mark.parametrize(
    ("outcomes", "best"),
    [
        (("half", "quarter"), 0),
        (("half", "half"), 1),
        (("zero", "too_large"), 0),
        (("quarter", "not_attempted", "too_large"), 0),
        (("not_attempted", "refused"), 1),
        (("refused", "not_attempted"), 0),
        (("unknown", "half"), 0),
        (("passed", "unknown"), 0),
    ],
)
def test_the_best_has_most_marks_or_may_deserve_them_and_among_equals_is_the_latest(outcomes, best):
    answer, judge, _ = fixed(*outcomes)
    assert graded(answer, "best", judge).fingerprint == str(best)


def test_nothing_is_judged_beyond_one_that_passes_and_of_the_last_only_that():
    answer, judge, asked = fixed("half", "passed", "half")
    graded(answer, "best", judge)
    assert asked == [2, 1]
    asked.clear()
    graded(answer, "last", judge)
    assert asked == [2]


def test_judging_that_takes_too_long_ends_and_the_record_says_so(monkeypatch):
    monkeypatch.setattr(choosing, "PATIENCE", -1.0)
    answer, judge, asked = fixed("passed", "half", "quarter")
    record = graded(answer, "best", judge)
    assert (record.share, asked) == (0.25, [2])
    assert record.counted.endswith(" The best one counts: your last. Only 1 of them was looked at.")


def test_what_was_left_out_is_said_where_it_may_have_been_better():
    (record,) = records(WRONG[0], WRONG[1], left_out=True)
    assert record.counted.endswith("more than 2 different answers. The best one counts. Only 2 of them were looked at.")
    (record,) = records(RIGHT, WRONG[1], left_out=True)
    assert record.counted == "You gave more than 2 different answers. The best one counts."


def test_pages_and_tables_say_which_answer_counts():
    for spec, word in ((STACK, "best"), (LAST, "last")):
        made = records(WRONG[0], WRONG[1], spec=spec)
        by_id = {spec.id: spec}
        assert f"The {word} one counts" in page("ada", made, by_id)
        assert f"1 student gave several different answers; the {word} counts." in report_page(made, by_id)
        assert f"The {word} one counts" in details(made, by_id)


def test_a_record_of_an_earlier_version_is_read():
    (record,) = records(RIGHT)
    plain = record.to_plain()
    del plain["counted"]
    assert GradedAnswer.from_plain(plain) == record

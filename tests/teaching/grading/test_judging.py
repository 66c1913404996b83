"""From what was extracted to records, in this process and in one of its own."""

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from dataclasses import replace

from hard_network import hard_network
from paper_sandbox import reference

from kerastutor.exercises.catalog import find
from kerastutor.exercises.requirements import trains_to
from kerastutor.exercises.spec import NetworkAnswer, ValueAnswer
from kerastutor.teaching.grading.extraction import Extraction, SubmittedAnswer
from kerastutor.teaching.grading.judge_process import Judge
from kerastutor.teaching.grading.judging import NOT_TRAINED, judge_answer, judged
from kerastutor.teaching.grading.records import Verdict
from kerastutor.topology.graph import Topology

STACK = find("01-stack")
BRANCHES = find("01-two-branches")


def network(exercise: str) -> SubmittedAnswer:
    return SubmittedAnswer(reference(exercise), None, None)


def test_the_reference_passes_and_brings_its_network_along():
    record = judge_answer("ada", STACK, network("01-stack"))
    assert (record.verdict, record.outcome, record.marks) == (Verdict.GRADED, "passed", 1.0)
    assert record.network == Topology.from_plain(reference("01-stack"))
    assert record.fingerprint


def test_there_is_a_record_for_every_exercise_and_a_crash_takes_nothing_from_what_was_answered_before():
    extraction = Extraction(Verdict.CRASHED, "The cell stopped.", {"01-stack": network("01-stack")})
    first, second = judged("ada", extraction, [STACK, BRANCHES], judge_answer)
    assert (first.exercise, first.outcome) == ("01-stack", "passed")
    assert first.cause == "The cell stopped.", "a better answer may have come later"
    assert (second.exercise, second.verdict, second.cause) == ("01-two-branches", Verdict.CRASHED, "The cell stopped.")


def test_an_exercise_without_an_answer_was_not_attempted():
    (record,) = judged("ada", Extraction(Verdict.GRADED, "", {}), [STACK], judge_answer)
    assert (record.verdict, record.marks) == (Verdict.NOT_ATTEMPTED, 0.0)
    assert record.cause


def test_what_is_no_network_is_refused():
    record = judge_answer("ada", STACK, SubmittedAnswer({"format": "kerastutor.topology", "layers": 3}, None, None))
    assert record.verdict is Verdict.REFUSED
    assert record.marks == 0


def test_a_value_is_judged_as_a_value():
    spec = replace(STACK, answer=ValueAnswer(6, "2 x 3."))
    assert judge_answer("ada", spec, SubmittedAnswer(None, 6, None)).outcome == "passed"
    assert judge_answer("ada", spec, SubmittedAnswer(None, 7, None)).outcome == "not_yet"


def test_what_only_training_shows_is_set_aside_and_the_record_says_so():
    assert isinstance(STACK.answer, NetworkAnswer)
    spec = replace(STACK, answer=replace(STACK.answer, requirements=(trains_to(accuracy=0.9),)))
    record = judge_answer("ada", spec, network("01-stack"))
    assert record.outcome == "passed"
    assert record.result["rests_on"] == [NOT_TRAINED]
    assert record.message.endswith(NOT_TRAINED), "it is said in every table too"
    assert record.exercise_version == record.result["exercise_version"] == spec.version


def test_an_exercise_on_nothing_but_training_could_not_be_checked():
    assert isinstance(STACK.answer, NetworkAnswer)
    answer = replace(STACK.answer, requirements=(trains_to(accuracy=0.9),), any_network=True)
    record = judge_answer("ada", replace(STACK, answer=answer), network("01-stack"))
    assert (record.outcome, record.result["message"]) == ("could_not_check", NOT_TRAINED)


def test_leftovers_that_are_no_network_do_not_cost_the_verdict():
    answer = SubmittedAnswer(reference("01-two-branches"), None, {"format": "nonsense"})
    assert judge_answer("ada", STACK, answer).outcome == "not_yet"


def test_a_process_of_its_own_judges_the_same():
    wrong = network("01-two-branches")
    with closing(Judge([STACK])) as judge:
        assert judge("ada", STACK, network("01-stack")) == judge_answer("ada", STACK, network("01-stack"))
        assert judge("ada", STACK, wrong) == judge_answer("ada", STACK, wrong)


def test_a_judging_process_that_was_killed_is_replaced():
    with closing(Judge([STACK])) as judge:
        os.kill(judge._process.pid, signal.SIGKILL)
        assert judge("ada", STACK, network("01-stack")).outcome == "passed"


def test_a_network_that_takes_too_long_is_given_up_and_the_next_one_is_judged():
    with closing(Judge([STACK], seconds=0.3)) as judge:
        record = judge("ada", STACK, SubmittedAnswer(hard_network(), None, None))
        assert (record.verdict, record.marks) == (Verdict.TOO_LARGE, 0.0)
        assert judge("bob", STACK, network("01-stack")).outcome == "passed"


GRADE = """
import json, sys
from kerastutor.teaching.grading import assignment, feedback, grader, intake, journal
from kerastutor.teaching.grading import judge_process, judging, pool, report, run
from kerastutor.teaching.grading.extraction import SubmittedAnswer
record = judging.judge_answer("ada", assignment.find("01-stack"), SubmittedAnswer(json.load(sys.stdin), None, None))
print(record.outcome, *sorted({"keras", "tensorflow", "jax", "torch"} & set(sys.modules)))
"""


def test_nothing_that_grades_imports_keras():
    told = subprocess.run(
        [sys.executable, "-c", GRADE],
        input=json.dumps(reference("01-stack")),
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "passed\n"

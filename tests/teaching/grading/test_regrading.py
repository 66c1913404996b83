"""Regrading: who gains, who loses, and why."""

from dataclasses import replace

from classroom import graded, lost, mistakes, records, reference, specs

from kerastutor.teaching.grading.records import Verdict
from kerastutor.teaching.grading.regrading import changes, lines, summary

STACK = specs()["01-stack"]
WRONG, RIGHT = graded("ada", STACK, next(mistakes(STACK))), graded("ada", STACK, reference(STACK))


def test_a_run_changes_nothing_against_itself():
    made = records(10)
    assert changes(made, made) == ()
    assert summary(()) == "Nobody gains and nobody loses."


def test_who_gains_and_who_loses_adds_up_and_losses_come_first():
    before = [WRONG, replace(RIGHT, student="bob")]
    after = [replace(RIGHT, exercise_version="new"), replace(WRONG, student="bob", exercise_version="new")]
    found = changes(before, after)
    assert [(change.student, change.gain > 0) for change in found] == [("bob", False), ("ada", True)]
    assert round(sum(change.gain for change in found), 2) == 0
    assert summary(found) == "1 student gains and 1 student loses."
    assert found[1].why == "The exercise changed; another network counts."


def test_a_crash_that_is_mended_says_what_it_was():
    (change,) = changes([lost("ada", STACK, Verdict.CRASHED, "It stopped with NameError.")], [RIGHT])
    assert change.told == "crashed, 0 → passed, 1"
    assert change.why == "The first run said: It stopped with NameError."


def test_new_and_vanished_answers_are_told():
    assert changes([], [RIGHT])[0].why == "It was not graded before."
    assert changes([RIGHT], [])[0].gain == -1


def test_a_line_of_text_obeys_no_name():
    (line,) = lines(changes([], [replace(RIGHT, student="a\x1b[2J\nb")]))
    assert line == "+1  a?[2J?b  01-stack: nothing → passed, 1. It was not graded before."

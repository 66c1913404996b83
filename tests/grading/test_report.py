"""The report on a class: outcomes in words, the hardest first, wrong answers by kind, and what could not be judged."""

import re
from dataclasses import replace

from classroom import graded, lost, mistakes, records, reference, specs

from kerastutor.grading.classes import answer_classes
from kerastutor.grading.overview import overviews
from kerastutor.grading.records import Verdict
from kerastutor.grading.report import DRAWN, page, write

SPECS = specs()
STACK, SIAMESE = SPECS["01-stack"], SPECS["05-siamese"]
CLASS = records(20)


def test_the_same_records_give_the_same_bytes_in_any_order(tmp_path):
    one = write(CLASS, SPECS, tmp_path / "one").read_bytes()
    assert write(reversed(CLASS), SPECS, tmp_path / "other").read_bytes() == one


def test_the_hardest_exercise_comes_first():
    easy = [graded(f"student {n}", SIAMESE, reference(SIAMESE)) for n in range(3)]
    hard = [graded(f"student {n}", STACK, next(mistakes(STACK))) for n in range(3)]
    assert [one.exercise for one in overviews([*easy, *hard], SPECS)] == ["01-stack", "05-siamese"]


def test_every_outcome_is_told_in_words_and_numbers():
    (stack,) = (one for one in overviews(CLASS, SPECS) if one.exercise == "01-stack")
    assert sum(count for _, count in stack.outcomes) == 20
    html = page(CLASS, SPECS)
    for wording, count in stack.outcomes:
        assert f"{count} {wording.headline.lower()}" in html


def test_misconceptions_are_counted_once_a_student_and_named():
    (stack,) = (one for one in overviews(CLASS, SPECS) if one.exercise == "01-stack")
    counts = [frequency.count for frequency in stack.misconceptions]
    assert counts == sorted(counts, reverse=True)
    assert stack.misconceptions[0].misconception.name in page(CLASS, SPECS)


def test_each_kind_of_wrong_answer_is_drawn_once_and_the_tail_is_listed():
    network = reference(SIAMESE)
    made = []
    for number in range(DRAWN + 3):  # as many kinds as there are widths
        wide = (
            replace(one, config={**one.config, "units": 100 + number}) if one.kind == "Dense" else one
            for one in network.layers
        )
        made.append(graded(f"student {number}", SIAMESE, replace(network, layers=tuple(wide))))
    html = page(tuple(made), SPECS)
    assert len(answer_classes(made, SPECS)) == DRAWN + 3
    assert html.count("data:image/svg+xml") == DRAWN
    assert "3 more, by fewer students each" in html


def test_what_could_not_be_judged_is_one_line_a_cause():
    stopped = [lost("eve", spec, Verdict.CRASHED, "It ended with <b>boom</b>.") for spec in SPECS.values()]
    html = page(tuple(stopped), SPECS)
    assert html.count("It ended with &lt;b&gt;boom&lt;/b&gt;.") == 1
    assert ", ".join(sorted(SPECS)) in html


def test_a_regrading_is_told_where_there_was_a_run_before():
    before = tuple(replace(record, exercise_version="old", points=2) for record in CLASS)
    html = page(CLASS, SPECS, before=before)
    assert re.search(r"0 students gain and \d+ students lose", html)
    assert "Regrading" not in page(CLASS, SPECS)


def test_nobody_and_nothing_is_a_page_too():
    assert "0 students, 0 exercises" in page((), SPECS)

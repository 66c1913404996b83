"""The report on a class: outcomes in words, the hardest first, wrong answers by kind, and what could not be judged."""

import re
from dataclasses import replace

from classroom import graded, lost, mistakes, records, reference, specs

from kerastutor.teaching.grading.classes import answer_classes
from kerastutor.teaching.grading.overview import overviews, topics
from kerastutor.teaching.grading.records import Verdict
from kerastutor.teaching.grading.report import DRAWN, OPEN, page, write
from kerastutor.widgets.markdown import sentence

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
    assert sentence(stack.misconceptions[0].misconception.title) in page(CLASS, SPECS)


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
    assert "3 more, by fewer students each, without a drawing" in html


def test_what_could_not_be_judged_is_one_line_a_cause():
    stopped = [lost("eve", spec, Verdict.CRASHED, "It ended with <b>boom</b>.") for spec in SPECS.values()]
    html = page(tuple(stopped), SPECS)
    assert html.count("It ended with &lt;b&gt;boom&lt;/b&gt;.") == 1
    assert '<td class="words">all</td>' in html
    passed = graded("eve", STACK, reference(STACK))
    assert ", ".join(sorted(SPECS.keys() - {STACK.id})) in page((passed, *stopped[1:]), SPECS)
    assert next(iter(SPECS)) == STACK.id


def test_a_wrong_answer_before_a_crash_is_shown_with_what_stopped():
    crashed = "Cell 3 stopped with NameError."
    wrong, right = graded("eve", STACK, next(mistakes(STACK))), graded("ann", STACK, reference(STACK))
    html = page((replace(wrong, cause=crashed), replace(right, cause=crashed)), SPECS)
    assert html.count(crashed) == 1, "nothing was lost where the answer is right"
    assert "Could not be judged" not in html


def test_it_begins_with_what_most_students_misunderstand():
    twice = graded("ann", STACK, next(mistakes(STACK)))
    again = replace(twice, exercise=SIAMESE.id)
    topic = next(
        one for one in topics(overviews([twice, again], SPECS)) if one.misconception.id in twice.misconceptions
    )
    assert topic.students == 1  # ann is one student, wherever she shows it
    assert [count for _, count in topic.places] == [1, 1]
    first, *others = topics(overviews(CLASS, SPECS))
    assert all(first.students >= one.students for one in others)
    html = page(CLASS, SPECS)
    assert html.index(first.misconception.why) < html.index("The exercises, the hardest first")


def test_what_could_not_be_judged_is_one_part_of_the_bar():
    ended = [lost("ann", STACK, Verdict.CRASHED, "It ended."), lost("bob", STACK, Verdict.TIMED_OUT, "It ran on.")]
    (one,) = overviews([*ended, graded("eve", STACK, reference(STACK))], SPECS)
    assert one.tones == (("good", 1), ("bad", 2))


def test_kinds_beyond_the_first_wait_until_they_are_opened():
    kinds = list(mistakes(SIAMESE))[: OPEN + 2]
    html = page(tuple(graded(f"student {n}", SIAMESE, kind) for n, kind in enumerate(kinds)), SPECS)
    assert html.count('<article class="card open">') == len(kinds)
    assert "<summary>2 more, by 1 student each</summary>" in html


def test_a_regrading_is_told_where_there_was_a_run_before():
    before = tuple(replace(record, exercise_version="old", points=2) for record in CLASS)
    html = page(CLASS, SPECS, before=before)
    assert re.search(r"Nobody gains and \d+ students lose", html)
    assert "Regrading" not in page(CLASS, SPECS)


def test_nobody_and_nothing_is_a_page_too():
    assert "0 students, 0 exercises" in page((), SPECS)

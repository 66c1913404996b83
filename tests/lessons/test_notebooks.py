"""What holds for every lesson without running it: its parts, its exercises, and that no output is left in it."""

import re
from pathlib import Path

import nbformat
import pytest

from kerastutor.exercises.catalog import by_lesson, catalog
from kerastutor.knowledge.lessons import LESSONS as KNOWN
from kerastutor.teaching.publishing.course import page_of

LESSONS = sorted((Path(__file__).parents[2] / "lessons").glob("*.ipynb"))
COURSE = [path for path in LESSONS if path.stem[:2].isdigit()]
MARK = "nbval-check-output"

each_notebook = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
each_lesson = pytest.mark.parametrize("path", COURSE, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def code(path):
    return [cell.source for cell in read(path).cells if cell.cell_type == "code"]


def text(path):
    return [cell.source for cell in read(path).cells if cell.cell_type == "markdown"]


def test_there_are_eleven_lessons_and_practice():
    assert [path.stem[:2] for path in COURSE] == [f"{number:02}" for number in range(11)]
    assert "practice" in {path.stem for path in LESSONS}


@each_notebook
def test_it_is_valid_and_begins_by_loading_the_tutor(path):
    nbformat.validate(read(path))
    assert code(path)[0].startswith("%load_ext kerastutor\nimport kerastutor as kt")


@each_notebook
def test_only_cells_that_are_compared_keep_an_output(path):
    for cell in read(path).cells:
        if cell.cell_type == "code":
            compared = MARK in cell.metadata.get("tags", [])
            assert bool(cell.outputs) == compared, cell.source
            assert (cell.execution_count is not None) == compared, cell.source  # nbval compares only numbered cells


@each_lesson
def test_it_asks_a_question_and_for_a_prediction_and_ends_with_a_summary(path):
    words = text(path)
    assert words[0].startswith(f"# {int(path.stem[:2])}. ")
    assert "**The question.**" in words[0]
    assert words[-1].startswith("## Summary")
    if path.stem[:2] != "10":  # the capstone is an exam
        assert any("predict" in each.lower() for each in words)


@each_lesson
def test_its_exercises_are_those_of_the_catalog_and_all_of_them(path):
    named = re.findall(r'"(\d\d-[a-z0-9-]+)"', "\n".join(code(path)))
    assert sorted(set(named)) == sorted(spec.id for spec in by_lesson()[path.stem[:2]])


@each_notebook
def test_an_exercise_is_shown_before_its_check_and_the_check_is_not_attempted_when_unsolved(path):
    cells = read(path).cells
    for place, cell in enumerate(cells):
        if cell.cell_type == "code" and re.search(r"\.(check|hand_in)\(", cell.source):
            before = "\n".join(each.source for each in cells[:place])
            id = re.search(r'(?:exercise|hand_in)\("([^"]+)"(?:\)\.check|, model\))', cell.source)
            assert id is None or f'kt.exercise("{id[1]}")' in before
            assert "exercise" in cell.metadata.get("tags", [])


@each_notebook
def test_no_wall_of_text(path):
    for words in text(path):
        prose = [line for line in words.splitlines() if not line.startswith(("|", "-", "#", ">"))]
        assert len(" ".join(prose).split()) <= 130, words[:80]


@each_notebook
def test_it_names_the_lesson_that_follows(path):
    number = path.stem[:2]
    if number.isdigit() and int(number) < 10:
        assert f"**Next:** lesson {int(number) + 1}, " in text(path)[-1]


def test_the_index_links_every_notebook_with_its_title_question_and_time():
    index = text(LESSONS[0].parent / "index.ipynb")[0]
    for path in COURSE:
        page = page_of(path.stem, text(path))
        known = KNOWN[path.stem[:2]]
        number = {"five": "5"}.get(page.minutes.split()[0], page.minutes.split()[0])
        assert f"| [{page.title}]({path.name}) | {page.question} | {number}\u00a0min |" in index
        assert (page.title, number) == (f"{int(known.number)}. {known.title}", str(known.minutes))
    assert "(practice.ipynb)" in index


def test_every_exercise_of_the_catalog_belongs_to_a_lesson():
    assert {id[:2] for id in catalog()} == {path.stem[:2] for path in COURSE}

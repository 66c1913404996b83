"""Whose file is it: the layouts of Moodle, Canvas, nbgrader, and plain folders."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerastutor.teaching.grading.layouts import Student, by_student, root


def handed_in(*paths: str) -> dict[str, list[str]]:
    found = by_student(map(PurePosixPath, paths))
    return {student.id: [path.name for path in own] for student, own in found.items()}


@pytest.mark.parametrize(
    "path",
    [
        "Ada Lovelace_12345_assignsubmission_file_/03.ipynb",
        "Ada Lovelace_12345_assignsubmission_file/03.ipynb",
        "Ada Lovelace_12345_assignsubmission_file_/extra/helper.py",
        "Ada Lovelace_12345_assignsubmission_file_03.ipynb",
    ],
)
def test_moodle_names_the_student_and_their_number(path):
    assert list(by_student([PurePosixPath(path)])) == [Student("Ada Lovelace_12345", "Ada Lovelace", "moodle", "12345")]


@pytest.mark.parametrize(
    "path",
    [
        "lovelaceada_12345_67890_03.ipynb",
        "lovelaceada_LATE_12345_67890_03.ipynb",
        "lovelaceada_12345_67890_03_1_2_final.ipynb",
    ],
)
def test_canvas_names_the_student_and_their_number(path):
    assert list(by_student([PurePosixPath(path)])) == [Student("lovelaceada_12345", "lovelaceada", "canvas", "12345")]


def test_canvas_of_what_was_handed_in_again_the_newest_counts():
    found = handed_in(
        "lovelaceada_12345_70_03-1.ipynb",
        "lovelaceada_12345_60_03.ipynb",
        "lovelaceada_LATE_12345_80_03-2.ipynb",
        "turingalan_6_90_03.ipynb",
    )
    assert found == {
        "lovelaceada_12345": ["lovelaceada_LATE_12345_80_03-2.ipynb"],
        "turingalan_6": ["turingalan_6_90_03.ipynb"],
    }


def test_what_was_handed_in_again_with_kt_submit_comes_in_its_order():
    """`kt.submit` numbers a file that is there already; the last one counts."""
    names = ["kerastutor-submission.json", *(f"kerastutor-submission-{turn}.json" for turn in (2, 9, 10, 11))]
    assert handed_in(*(f"ada/{name}" for name in sorted(names)))["ada"] == names


def test_canvas_uploads_are_ordered_by_their_number_and_not_by_its_digits():
    found = handed_in("lovelaceada_1_1000_03.ipynb", "lovelaceada_1_999_03.ipynb")
    assert found == {"lovelaceada_1": ["lovelaceada_1_1000_03.ipynb"]}


def test_canvas_files_whose_names_end_in_numbers_are_no_second_attempts():
    found = handed_in("lovelaceada_1_70_part-1.ipynb", "lovelaceada_1_71_part-2.ipynb")
    assert found == {"lovelaceada_1": ["lovelaceada_1_70_part-1.ipynb", "lovelaceada_1_71_part-2.ipynb"]}


def test_canvas_without_names_tells_students_apart_by_their_mark():
    assert list(handed_in("anon_X4b2Q_70_03.ipynb", "anon_Y4b2Q_71_03.ipynb")) == ["anon_X4b2Q", "anon_Y4b2Q"]


def test_plain_files_and_folders_of_one_name_are_one_student():
    assert handed_in("ada.ipynb", "ada.keras", "ada/03.py", "bob/a/b/03.ipynb") == {
        "ada": ["03.py", "ada.ipynb", "ada.keras"],
        "bob": ["03.ipynb"],
    }


def test_names_with_numbers_in_plain_folders_are_no_numbers_of_a_system():
    (student,) = by_student([PurePosixPath("team_12/03.ipynb")])
    assert (student.system, student.number) == ("", "")


def test_what_no_student_handed_in_is_left_out():
    assert handed_in("__MACOSX/._ada.ipynb", "ada/.DS_Store", "ada/.ipynb_checkpoints/03.ipynb", "ada/03.ipynb") == {
        "ada": ["03.ipynb"]
    }


def test_an_empty_folder_is_a_student_still():
    assert by_student([], [PurePosixPath("ada")]) == {Student("ada", "ada"): ()}


def test_nbgrader_students_lie_in_submitted():
    assert root(map(PurePosixPath, ["submitted/ada/hw/03.ipynb", "source/hw/03.ipynb"])) == PurePosixPath("submitted")


def test_an_archive_may_hold_one_folder_of_its_own_name():
    inside = [PurePosixPath("class/ada.ipynb"), PurePosixPath("__MACOSX/class/._ada.ipynb")]
    assert root(inside, "class") == PurePosixPath("class")
    assert root(inside, "other") == PurePosixPath()


names = st.text(min_size=1, max_size=30).filter(lambda name: "/" not in name and name not in (".", ".."))


@given(st.lists(st.lists(names, min_size=1, max_size=3).map(lambda parts: PurePosixPath(*parts)), unique=True))
def test_no_path_is_anyones_twice_and_every_student_can_be_written_down(paths):
    found = by_student(paths)
    own = [path for files in found.values() for path in files]
    assert len(own) == len(set(own))
    assert len({student.id for student in found}) == len(found)
    for student in found:
        student.id.encode("utf-8")
        assert student.id.isprintable() or not any(c < " " for c in student.id)

"""Taking in what was handed in: from folders and archives, and what archives try."""

import os
import stat
import zipfile
from pathlib import Path

import pytest

from kerastutor.grading.intake import IntakeError, take_in
from kerastutor.grading.unpacking import Bounds, UnpackingError, contents, unpack


def taken(source: Path, tmp_path: Path) -> dict[str, list[str] | str]:
    received = take_in(source, tmp_path / "unpacked")
    return {one.student.id: one.refused or [path.name for path in one.files] for one in received}


def archive(path: Path, *entries: tuple[str | zipfile.ZipInfo, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries:
            made.writestr(name, content)
    return path


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


GOOD = ("bob/03.ipynb", "{}")


def test_a_folder_gives_a_submission_for_each_student(tmp_path):
    (tmp_path / "class" / "ada").mkdir(parents=True)
    (tmp_path / "class" / "ada" / "03.ipynb").write_text("{}")
    (tmp_path / "class" / "bob.docx").write_text("no notebook")
    (tmp_path / "class" / "eve").mkdir()
    assert taken(tmp_path / "class", tmp_path) == {"ada": ["03.ipynb"], "bob": ["bob.docx"], "eve": []}


def test_only_the_wanted_students_are_taken_in(tmp_path):
    source = archive(tmp_path / "class.zip", ("ada.ipynb", "{}"), ("bob.ipynb", "{}"))
    received = take_in(source, tmp_path / "unpacked", lambda student: student == "bob")
    assert [one.student.id for one in received] == ["bob"]
    assert [path.name for path in (tmp_path / "unpacked").rglob("*.ipynb")] == ["bob.ipynb"]


def test_one_file_is_one_student(tmp_path):
    (tmp_path / "ada.ipynb").write_text("{}")
    assert taken(tmp_path / "ada.ipynb", tmp_path) == {"ada": ["ada.ipynb"]}


def test_the_course_folder_of_nbgrader_gives_what_was_submitted(tmp_path):
    for name in ("source/hw/03.ipynb", "submitted/ada/hw/03.ipynb", "submitted/ada/hw/timestamp.txt"):
        (tmp_path / "course" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "course" / name).write_text("{}")
    assert taken(tmp_path / "course", tmp_path) == {"ada": ["03.ipynb"]}


@pytest.mark.parametrize("make", ["symlink", "folder", "fifo"])
def test_links_and_devices_in_a_folder_are_refused_and_not_followed(tmp_path, make):
    home = tmp_path / "class" / "ada"
    home.mkdir(parents=True)
    (tmp_path / "class" / "bob.ipynb").write_text("{}")
    match make:
        case "symlink":
            (home / "03.ipynb").symlink_to("/etc/passwd")
        case "folder":
            (home / "03").symlink_to("/etc")
        case "fifo":
            os.mkfifo(home / "03.ipynb")
    found = taken(tmp_path / "class", tmp_path)
    assert found["bob"] == ["bob.ipynb"]
    assert "is a link or a device" in found["ada"]


def test_an_archive_gives_the_files_under_their_names(tmp_path):
    source = archive(
        tmp_path / "class.zip",
        ("class/Ada Lovelace_1_assignsubmission_file_/03.ipynb", "ada's"),
        ("class/Bob_2_assignsubmission_file_/deep/03.ipynb", "bob's"),
        ("class/Eve_3_assignsubmission_file_/", ""),
    )
    received = take_in(source, tmp_path / "unpacked")
    assert [(one.student.id, [path.read_text() for path in one.files]) for one in received] == [
        ("Ada Lovelace_1", ["ada's"]),
        ("Bob_2", ["bob's"]),
        ("Eve_3", []),
    ]


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("ada/../../evil.ipynb", "is not a plain file name"),
        ("/ada.ipynb", "is not a plain file name"),
        ("ada/C:evil.ipynb", "is not a plain file name"),
        ("ada/..\\..\\evil.ipynb", "is not a plain file name"),
        ("ada/" + "x" * 300, "is not a plain file name"),
        ("ada/" + "d/" * 50 + "03.ipynb", "is not a plain file name"),
        (link("ada/03.ipynb"), "is a link or a device"),
        ("ada/more.zip", "is an archive within"),
        ("ada/more.TAR", "is an archive within"),
    ],
)
def test_a_bad_entry_costs_its_student_and_nobody_else(tmp_path, entry, sentence):
    source = archive(tmp_path / "class.zip", ("ada/ok.py", "1"), (entry, "/etc/passwd"), GOOD)
    found = taken(source, tmp_path)
    refused = [value for value in found.values() if isinstance(value, str)]
    assert found["bob"] == ["03.ipynb"]
    assert len(refused) == 1
    assert sentence in refused[0]
    assert not list(tmp_path.rglob("*evil*"))
    assert not any(path.is_symlink() for path in tmp_path.rglob("*"))


@pytest.mark.parametrize("packed", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_entry_costs_its_student(tmp_path, packed):
    source = tmp_path / "class.zip"
    with zipfile.ZipFile(source, "w", packed) as made:
        made.writestr("ada/03.ipynb", os.urandom(1000))
        made.writestr(*GOOD)
    data = bytearray(source.read_bytes())
    data[60:260] = bytes(200)
    source.write_bytes(data)
    found = taken(source, tmp_path)
    assert "is damaged" in found["ada"]
    assert found["bob"] == ["03.ipynb"]


def test_a_locked_entry_costs_its_student(tmp_path):
    source = archive(tmp_path / "class.zip", ("ada/03.ipynb", "x"), GOOD)
    data = bytearray(source.read_bytes())
    first = data.index(b"PK\x01\x02")
    data[first + 8] |= 1
    data[6] |= 1
    source.write_bytes(data)
    found = taken(source, tmp_path)
    assert "is locked with a password" in found["ada"]
    assert found["bob"] == ["03.ipynb"]


def test_two_files_of_one_name_are_refused(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        source = archive(tmp_path / "class.zip", ("ada/03.ipynb", "1"), ("ada/03.ipynb", "2"), GOOD)
    assert "two files named" in taken(source, tmp_path)["ada"]


def test_a_name_that_is_a_file_and_a_folder_is_refused(tmp_path):
    source = archive(tmp_path / "class.zip", ("ada/x", "1"), ("ada/x/y", "2"), GOOD)
    assert "file and of a folder" in taken(source, tmp_path)["ada"]


@pytest.mark.parametrize(
    ("entries", "bounds"),
    [
        ([("a", b"0" * 3_000_000)], Bounds(ratio=10)),
        ([("a", os.urandom(600)), ("b", os.urandom(600))], Bounds(student_bytes=1_000)),
    ],
)
def test_what_grows_without_end_is_stopped_while_it_is_unpacked(tmp_path, entries, bounds):
    source = archive(tmp_path / "class.zip", *entries)
    with zipfile.ZipFile(source) as opened:
        with pytest.raises(UnpackingError, match="grows to more than"):
            unpack(opened, contents(opened), tmp_path / "ada", bounds)


def test_too_many_files_are_refused_for_a_student_and_for_an_archive(tmp_path):
    source = archive(tmp_path / "class.zip", *((f"{place}.py", "1") for place in range(20)))
    with zipfile.ZipFile(source) as opened:
        with pytest.raises(UnpackingError, match="It holds 20 files"):
            unpack(opened, contents(opened), tmp_path / "ada", Bounds(student_files=10))
        with pytest.raises(UnpackingError, match="The archive holds 20 files"):
            contents(opened, Bounds(files=10))


@pytest.mark.parametrize("make", ["nothing", "empty", "no archive"])
def test_what_cannot_be_taken_in_at_all_is_one_sentence(tmp_path, make):
    source = tmp_path / ("class.zip" if make == "no archive" else "class")
    if make == "empty":
        source.mkdir()
    if make == "no archive":
        zipfile.ZipFile(source, "w").close()
    with pytest.raises(IntakeError):
        take_in(source, tmp_path / "unpacked")

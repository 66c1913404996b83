"""Taking in what was handed in: from folders and archives, what these try, and copies before anything runs."""

import errno
import io
import os
import stat
import zipfile
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import pytest

from kerastutor.teaching.grading import keeping
from kerastutor.teaching.grading.intake import IntakeError, Surprise, take_in
from kerastutor.teaching.grading.keeping import BOUNDS, Bounds, Held, keep
from kerastutor.teaching.grading.sandbox import Limits
from kerastutor.teaching.grading.unpacking import UnpackingError, contents


def taken(source: Path, tmp_path: Path) -> dict[str, list[str] | str]:
    received = take_in(source, tmp_path / "unpacked")
    return {one.student.id: [path.name for path in one.files] or "".join(one.left_out[:1]) or [] for one in received}


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


def test_a_bad_file_in_a_folder_costs_itself(tmp_path):
    home = tmp_path / "class" / "ada"
    home.mkdir(parents=True)
    (home / "ok.py").write_text("1")
    (home / "itself").symlink_to("itself")
    os.mkfifo(home / "pipe.py")
    os.mkfifo(home / "03.ipynb")
    (tmp_path / "class" / "bob").mkdir()
    (tmp_path / "class" / "bob" / "03.ipynb").write_text("{}")
    deep = home.joinpath(*"d" * 50)
    deep.mkdir(parents=True)
    files, left_out = said("ada", tmp_path / "class", tmp_path)
    assert files == ["ok.py"]
    assert left_out.count("is a link or a device") == 3
    assert "lies in more than 12 folders" in left_out


def test_everything_is_copied_and_what_is_exchanged_afterwards_changes_nothing(tmp_path):
    home = tmp_path / "class" / "ada"
    home.mkdir(parents=True)
    (home / "03.ipynb").write_text("mine")
    os.link(home / "03.ipynb", tmp_path / "elsewhere.ipynb")
    ((one),) = take_in(tmp_path / "class", tmp_path / "out" / "unpacked")
    (tmp_path / "elsewhere.ipynb").write_text("rewritten")
    home.rename(tmp_path / "moved")
    solution = tmp_path / "solution"
    solution.mkdir()
    (solution / "03.ipynb").write_text("the answer")
    home.symlink_to(solution)
    assert [path.read_text() for path in one.files] == ["mine"]
    assert (tmp_path / "out" / "unpacked").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("exchanged", ["folder", "file"])
def test_a_link_that_is_put_there_while_everything_is_copied_is_not_followed(tmp_path, monkeypatch, exchanged):
    solution = tmp_path / "solution"
    solution.mkdir()
    (solution / "03.ipynb").write_text("the answer")
    home = tmp_path / "class" / "ada"
    home.mkdir(parents=True)
    (home / "03.ipynb").write_text("mine")
    honest = keeping._copied

    def exchange(*given):
        """Between listing and copying."""
        if not home.is_symlink() and exchanged == "folder":
            home.rename(tmp_path / "moved")
            home.symlink_to(solution)
        elif exchanged == "file":
            (home / "03.ipynb").unlink()
            (home / "03.ipynb").symlink_to(solution / "03.ipynb")
        return honest(*given)

    monkeypatch.setattr(keeping, "_copied", exchange)
    (one,) = take_in(tmp_path / "class", tmp_path / "unpacked")
    assert one.files == ()
    assert "is a link" in one.left_out[0]


def test_what_nobody_handed_in_is_not_taken(tmp_path):
    home = tmp_path / "class" / "ada"
    for name in (".git/config", "env/pyvenv.cfg", "env/lib/python3/site.py", "._03.ipynb", "03.ipynb"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("{}")
    assert taken(tmp_path / "class", tmp_path) == {"ada": ["03.ipynb"]}


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


def said(name: str, source: Path, tmp_path: Path) -> tuple[list[str], str]:
    """What of a student's was taken, and what is said about the rest."""
    received = {one.student.id: one for one in take_in(source, tmp_path / "unpacked")}
    assert [path.name for path in received["bob"].files] == ["03.ipynb"]
    return [path.name for path in received[name].files], " ".join(received[name].left_out)


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("ada/../../evil.ipynb", "is not a plain file name"),
        ("/ada/evil.ipynb", "is not a plain file name"),
        ("ada/C:evil.ipynb", "is not a plain file name"),
        ("ada/..\\..\\evil.ipynb", "is not a plain file name"),
        ("ada/" + "9" * 5_000 + ".ipynb", "is not a plain file name"),
        ("ada/evil\ud800.ipynb".encode("utf-8", "surrogatepass"), "is damaged"),
        (b"ada/evil\xff.ipynb", "is damaged"),
        (b"ada/evil.ipynb\0.txt", "is not a plain file name"),
        ("ada/" + "d/" * 50 + "03.ipynb", "is not a plain file name"),
        (link("ada/03.ipynb"), "is a link or a device"),
        ("ada/more.zip", "is an archive within"),
        ("ada/more.TAR", "is an archive within"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_bad_entry_costs_itself_and_nothing_else(tmp_path, entry, sentence):
    placeholder = "ada/" + "x" * (len(entry) - 4) if isinstance(entry, bytes) else entry
    source = archive(tmp_path / "class.zip", ("ada/ok.py", "1"), (placeholder, "/etc/passwd"), GOOD)
    if isinstance(entry, bytes):
        rename(source, placeholder.encode(), entry)
    files, left_out = said("ada", source, tmp_path)
    assert files == ["ok.py"]
    assert sentence in left_out
    assert len(left_out) < 200
    assert left_out.isprintable()
    assert not list(tmp_path.rglob("*evil*"))
    assert not any(path.is_symlink() for path in tmp_path.rglob("*"))


def rename(source: Path, old: bytes, new: bytes) -> None:
    """Give an entry a name that Python would not write, and say that it is UTF-8."""
    data = bytearray(source.read_bytes().replace(old, new))
    place = -1
    while (place := data.find(new, place + 1)) >= 0:
        flags = place - 46 + 8 if data[place - 46 : place - 42] == b"PK\x01\x02" else place - 30 + 6
        data[flags + 1] |= 0x08
    source.write_bytes(data)


@pytest.mark.parametrize(
    "name",
    ["9" * 5_000 + ".ipynb", "ada_1_" + "9" * 5_000 + "_03.ipynb", "../evil.ipynb", "/", ".", "x" * 300 + "/03.py"],
)
def test_an_entry_that_is_nobodys_costs_no_student_anything_and_is_told(tmp_path, name):
    source = archive(tmp_path / "class.zip", ("ada/03.ipynb", "1"), (name, "evil"), GOOD)
    told: list[str] = []
    received = {one.student.id: one for one in take_in(source, tmp_path / "unpacked", nobodys=told.append)}
    assert all(received.pop(student).files for student in ("ada", "bob"))
    assert all(one.left_out and not one.files for one in received.values())
    assert len(received) + len(told) == (0 if name == "/" else 1)
    assert len(told) == (name in ("../evil.ipynb", "."))
    assert all(len(student) < 100 for student in received)


def test_an_entry_without_a_name_is_told(tmp_path):
    source = archive(tmp_path / "class.zip", ("ada/03.ipynb", "1"), ("x", "evil"), GOOD)
    data = bytearray(source.read_bytes())
    table = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    data[table + 46] = 0
    source.write_bytes(data)
    found = taken(source, tmp_path)
    assert found.pop("ada") == found.pop("bob") == ["03.ipynb"]
    assert "not a plain file name" in " ".join(map(str, found.values()))


@pytest.mark.parametrize(
    ("place", "value"),
    [(6, 99), (30, 3), (8 + 1, 0x20)],
    ids=["a version that is not there yet", "a field cut short", "encryption that nobody knows"],
)
def test_an_entry_on_which_zipfile_gives_up_costs_no_other_student(tmp_path, place, value):
    bad = zipfile.ZipInfo("eve/03.ipynb")
    bad.extra = b"\x01\x00\x00\x00"
    source = archive(tmp_path / "class.zip", ("ada/03.ipynb", "1"), (bad, "evil"), GOOD)
    data = bytearray(source.read_bytes())
    table = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    if place == 30:  # the field claims more than is there
        data[data.index(b"eve/03.ipynb", table) + 12 + 2] = 200
    else:
        data[table + place] = value
    source.write_bytes(data)
    found = taken(source, tmp_path)
    assert found.pop("ada") == found.pop("bob") == ["03.ipynb"]
    assert found.keys() == {"eve"}


@pytest.mark.parametrize("packed", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_entry_costs_itself(tmp_path, packed):
    source = tmp_path / "class.zip"
    with zipfile.ZipFile(source, "w", packed) as made:
        made.writestr("ada/03.ipynb", os.urandom(1000))
        made.writestr("ada/ok.py", "1")
        made.writestr(*GOOD)
    data = bytearray(source.read_bytes())
    data[60:260] = bytes(200)
    source.write_bytes(data)
    files, left_out = said("ada", source, tmp_path)
    assert files == ["ok.py"]
    assert "is damaged" in left_out


@pytest.mark.parametrize("wrong", ["sum", "offset"])
def test_an_entry_of_which_the_archive_says_what_is_wrong_costs_itself(tmp_path, wrong):
    source = archive(tmp_path / "class.zip", ("ada/03.ipynb", "x" * 100), ("ada/ok.py", "1"), GOOD)
    data = bytearray(source.read_bytes())
    place = data.index(b"PK\x01\x02") + {"sum": 16, "offset": 42}[wrong]
    data[place : place + 4] = b"\xf0\xff\xff\x7f"
    source.write_bytes(data)
    files, left_out = said("ada", source, tmp_path)
    assert files == ["ok.py"]
    assert "is damaged" in left_out or "grows to" in left_out


def test_a_locked_entry_costs_itself(tmp_path):
    source = archive(tmp_path / "class.zip", ("ada/03.ipynb", "x"), ("ada/ok.py", "1"), GOOD)
    data = bytearray(source.read_bytes())
    first = data.index(b"PK\x01\x02")
    data[first + 8] |= 1
    data[6] |= 1
    source.write_bytes(data)
    files, left_out = said("ada", source, tmp_path)
    assert files == ["ok.py"]
    assert "is locked with a password" in left_out


def test_of_two_files_with_one_name_the_last_counts_and_it_is_said(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        source = archive(tmp_path / "class.zip", ("ada/03.ipynb", "1"), ("ada/03.ipynb", "2"), GOOD)
    received = {one.student.id: one for one in take_in(source, tmp_path / "unpacked")}
    assert [path.read_text() for path in received["ada"].files] == ["2"]
    assert "two files named" in received["ada"].left_out[0]


def test_names_that_get_in_the_way_of_each_other_are_all_taken(tmp_path):
    names = ("ada/x", "ada/x/y", "ada/X", "Ada/x")
    source = archive(tmp_path / "class.zip", *((name, name) for name in names), GOOD)
    received = take_in(source, tmp_path / "unpacked")
    assert sorted(path.read_text() for one in received for path in one.files) == sorted((*names, "{}"))


def held(size: int, most: int = 1 << 30) -> Held:
    return Held(PurePosixPath("big.py"), lambda: io.BytesIO(b"x" * size), size, most)


def test_what_grows_without_end_is_stopped_while_it_is_copied_and_costs_no_small_file(tmp_path):
    small = Held(PurePosixPath("small.py"), lambda: io.BytesIO(b"1"), 1)
    whole = "`big.py` was left out: this submission is larger than 1 MiB."
    for bounds, big, said in (
        (Bounds(student_bytes=1 << 20), held(2 << 20), whole),
        (Bounds(), held(1_100, most=1_000), "`big.py` grows to more than"),
    ):
        kept = keep([big, small], tmp_path / str(big.most), bounds)
        assert [path.name for path in kept.files] == ["small.py"]
        assert said in kept.left_out[0]
    source = archive(tmp_path / "class.zip", ("a", b"0" * 3_000_000))
    with zipfile.ZipFile(source) as opened:
        (packed,), _ = contents(opened, Bounds(ratio=10))
        assert "grows to" in keep([packed], tmp_path / "packed").left_out[0]


def test_of_a_large_file_only_so_much_is_copied_that_the_sandbox_can_say_it_is_too_large(tmp_path):
    big = tmp_path / "class" / "ada.keras"
    big.parent.mkdir()
    with big.open("wb") as stream:
        stream.truncate(4 << 30)
    (one,) = take_in(tmp_path / "class", tmp_path / "unpacked")
    assert Limits().submission < one.files[0].stat().st_size <= BOUNDS.file_bytes + (1 << 20)


def test_of_too_many_files_of_a_student_those_that_may_hold_an_answer_are_taken(tmp_path):
    data = [Held(PurePosixPath("data", f"{place}.csv"), lambda: io.BytesIO(b"")) for place in range(20)]
    kept = keep([*data, held(1)], tmp_path / "ada", Bounds(student_files=10))
    assert len(kept.files) == 10
    assert kept.files[-1].name == "big.py"
    assert kept.left_out == ("Of 21 files, 10 were taken; no more are.",)


def test_what_vanishes_while_a_folder_is_read_costs_itself(tmp_path, monkeypatch):
    source = put(tmp_path / "class", ("ada.ipynb", "{}"), ("bob/03.ipynb", "{}"), ("bob/x.csv", "{}"))
    honest = os.scandir

    class Gone:
        def __init__(self, entry):
            self._entry = entry

        def __getattr__(self, name):
            return getattr(self._entry, name)

        def stat(self, **how):
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")

    @contextmanager
    def scandir(folder):
        with honest(folder) as entries:
            yield [Gone(one) if one.name in ("ada.ipynb", "x.csv") else one for one in entries]

    monkeypatch.setattr("kerastutor.teaching.grading.folders.os.scandir", scandir)
    ada, bob = take_in(source, tmp_path / "unpacked")
    assert ada.left_out[0].startswith("`ada.ipynb` cannot be read (No such file or directory)")
    assert [path.name for path in bob.files] == ["03.ipynb"]
    assert "`x.csv`" in bob.left_out[0]


def test_a_file_that_cannot_be_read_costs_itself_and_a_full_disk_ends_the_run(tmp_path):
    class Failing(io.BytesIO):
        def read(self, count=-1):
            raise OSError(errno.EIO, "Input/output error")

    bad = Held(PurePosixPath("bad.py"), Failing)
    assert keep([bad, held(1)], tmp_path / "ada").left_out == ("`bad.py` cannot be read (Input/output error).",)
    (tmp_path / "full").write_text("no folder")
    with pytest.raises(NotADirectoryError):
        keep([held(1)], tmp_path / "full")


def test_a_folder_that_cannot_be_read_is_still_its_owners(tmp_path, monkeypatch):
    source = put(tmp_path / "class", ("ada.lovelace/03.ipynb", "{}"), GOOD)
    honest = os.scandir

    def scandir(folder):
        if Path(folder).name == "ada.lovelace":
            raise PermissionError(errno.EACCES, "Permission denied")
        return honest(folder)

    monkeypatch.setattr("kerastutor.teaching.grading.folders.os.scandir", scandir)
    ada, bob = take_in(source, tmp_path / "unpacked")
    assert (ada.student.id, bob.student.id) == ("ada.lovelace", "bob")
    assert ada.left_out == ("`ada.lovelace` cannot be read (Permission denied); look at its permissions.",)


@pytest.mark.parametrize("problem", [UnicodeDecodeError("utf-8", b"", 0, 1, "bad"), NotImplementedError("version")])
def test_an_archive_that_cannot_be_put_right_is_one_sentence(tmp_path, monkeypatch, problem):
    source = archive(tmp_path / "class.zip", GOOD)

    def refuse(path):
        raise problem

    monkeypatch.setattr("kerastutor.teaching.grading.unpacking.zipfile.ZipFile", refuse)
    with pytest.raises(IntakeError, match=r"class\.zip cannot be unpacked"):
        take_in(source, tmp_path / "unpacked")


def test_too_many_files_of_an_archive_are_refused(tmp_path):
    source = archive(tmp_path / "class.zip", *((f"{place}.py", "1") for place in range(20)))
    with zipfile.ZipFile(source) as opened:
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


CLASS = tuple((f"{name}/03.ipynb", "{}") for name in ("ada", "bob", "eve"))


def put(folder: Path, *entries: tuple[str, str]) -> Path:
    for name, content in entries:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder


@pytest.mark.parametrize("around", ["hand-in", "hw1", "hand-in/hw1", "Kurs 7/hand-in/submissions", "course/submitted"])
@pytest.mark.parametrize("make", ["archive", "folder"])
def test_a_lone_folder_around_the_students_is_none_of_them(tmp_path, around, make):
    entries = [(f"{around}/{name}", content) for name, content in CLASS]
    noise = [(f"__MACOSX/{around}/ada/._03.ipynb", "x"), (f"{around}/.DS_Store", "x")]
    if make == "archive":
        source = archive(tmp_path / "download.zip", *entries, *noise)
    else:
        source = put(tmp_path / "download", *entries, *noise)
    assert list(taken(source, tmp_path)) == ["ada", "bob", "eve"]


def test_a_folder_of_the_homework_around_the_one_who_handed_it_in_is_no_student(tmp_path):
    assert list(taken(put(tmp_path / "a", ("hw1/ada/03.ipynb", "{}")), tmp_path)) == ["ada"]
    assert list(taken(put(tmp_path / "b", ("ada/hw1/03.ipynb", "{}")), tmp_path)) == ["ada"]


def test_a_lone_folder_around_a_download_is_none_of_the_students(tmp_path):
    one = [("hw1-4711/Ada_1_assignsubmission_file_/03.ipynb", "{}")]
    assert list(taken(archive(tmp_path / "a.zip", *one), tmp_path)) == ["Ada_1"]
    canvas = [(f"all/{name}_{number}_9_03.ipynb", "{}") for number, name in enumerate(("ada", "bob"))]
    assert list(taken(archive(tmp_path / "b.zip", *canvas), tmp_path)) == ["ada_0", "bob_1"]


@pytest.mark.parametrize(
    "entries",
    [
        ["ada/03.ipynb"],
        ["ada/hw/03.ipynb"],
        ["ada/hw1/03.ipynb", "ada/hw2/04.ipynb"],
        ["ada/03.ipynb", "ada/src/helper.py", "ada/data/x.csv"],
        ["ada/kerastutor-submission.json", "ada/kerastutor-submission-2.json"],
        ["ada/03-skip.keras", "ada/03-gate.keras"],
        ["ada/03.ipynb", "ada/helper.py", "ada/model.keras"],
        ["ada/notebooks/03.ipynb", "ada/src/helper.py"],
        ["Ada_1_assignsubmission_file_/a.py", "Ada_1_assignsubmission_file_/b.py"],
        ["submitted/ada/ps1/a.ipynb", "submitted/ada/ps2/b.ipynb"],
        ["ada/env/pyvenv.cfg", "ada/env/lib/x.py", "ada/03.ipynb"],
        ["ada.ipynb"],
        ["hw1.ipynb"],
        ["homework1.ipynb"],
        ["ada/homework1.ipynb", "ada/README.md"],
    ],
)
def test_a_single_student_is_graded_without_a_question(tmp_path, entries):
    source = put(tmp_path / "class", *((name, "{}") for name in entries))
    received = take_in(source, tmp_path / "unpacked", exercises=("03-skip", "03-gate"), handout="homework1")
    assert len(received) == 1


@pytest.mark.parametrize(
    "entries",
    [
        ["ada/hw1/a.ipynb", "ada/hw2/b.ipynb", "bob/hw1/c.ipynb", "bob/hw2/d.ipynb"],
        ["ada/one/x.py", "ada/two/x.py", "bob/one/x.py", "bob/two/x.py"],
        ["ada/a.py", "ada/b.py", "bob/c.py", "eve/d.py"],
        ["ada.ipynb", "bob.ipynb", "eve.keras"],
        ["student 1.ipynb", "student 2.ipynb"],
        ["01234567.ipynb", "01234568.ipynb"],
        ["team 1/03.ipynb", "team 2/03.ipynb"],
        ["ada/03.ipynb", "bob/try 1/03.ipynb", "bob/try 2/03.ipynb"],
        ["ada/homework1.ipynb", "bob/homework1.ipynb", "bob/data.zip"],
    ],
)
def test_usual_classes_are_graded_without_a_question(tmp_path, entries):
    source = put(tmp_path / "class", *((name, "{}") for name in entries))
    tops = {PurePosixPath(name).parts[0].partition(".")[0] for name in entries}
    received = take_in(source, tmp_path / "unpacked", exercises=("03-skip",), handout="homework1")
    assert {one.student.id for one in received} == tops


FLAT = [("homework1.ipynb", "{}"), ("homework1.json", "{}"), ("README.md", "")]
COURSE = [*FLAT, ("handout/homework1.ipynb", "{}")]
HOMEWORK = [("homework1.json", "{}"), ("homework1.ipynb", "{}"), ("handout/homework1.ipynb", "{}")]


@pytest.mark.parametrize(
    ("entries", "asked"),
    [
        ([*[(f"submissions/{name}", "{}") for name, _ in CLASS], *HOMEWORK], "the 3 folders inside `submissions/`"),
        ([(f"abgaben/{n}/03.ipynb", "{}") for n in range(100, 117)] + HOMEWORK, "the 17 folders inside `abgaben/`"),
        ([(f"hand-in/{name}", "{}") for name, _ in CLASS] + [("hand-in/names.csv", "")], "1 student, `hand-in`"),
        ([(f"hand-in/{name}.ipynb", "{}") for name in ("ada", "bob")], "the 2 files inside `hand-in/`"),
        ([(f"ada/{n}.ipynb", "{}") for n in "abcdefghijklmnopq"], "1 student, `ada`: did you mean the 17 files"),
        ([(f"ada/{n}", "{}") for n in ("a.py", "b.keras", "c.py", "d.py", "e.py")], "did you mean the 5 files"),
        ([(f"{g}/{g}{n}/03.py", "{}") for g in ("x", "y") for n in "ab"], "the 4 folders inside `x/` and `y/`"),
        (
            [(f"submissions/{name}.ipynb", "{}") for name in "abc"] + [("hw.ipynb", "{}")],
            "3 files inside `submissions/`",
        ),
        ([(f"submissions/{name}.ipynb", "{}") for name in "abcdef"] + FLAT, "the 6 files inside `submissions/`"),
        ([("submissions/ada.ipynb", "{}"), *FLAT], "the 1 file inside `submissions/`"),
        ([(f"abgaben/{name}/03.ipynb", "{}") for name in ("ada", "bob")] + COURSE, "inside `abgaben/`?"),
        ([("submissions.zip", "x"), ("homework1.json", "{}")], "did you mean what `submissions.zip` holds?"),
        ([("ada.7z", "x"), ("bob.ipynb", "{}")], "did you mean what `ada.7z` holds?"),
        ([(f"{day}/{day}{n}/{day}{n}.py", "{}") for day in ("mon", "tue") for n in "ab"], "4 folders inside `mon/`"),
        ([("ada.ipynb", "{}"), ("bob.ipynb", "{}"), ("homework1.json", "{}")], "is `homework1` a student?"),
        ([("ada.ipynb", "{}"), ("bob.ipynb", "{}"), ("homework1.ipynb", "{}")], "is `homework1` a student?"),
        ([("homework1.ipynb", "{}"), ("homework1.json", "{}")], "1 student, `homework1`: is `homework1` a student?"),
        ([("hw1.ipynb", "{}"), ("hw2.ipynb", "{}")], "2 students, `hw1`, `hw2`: are these students?"),
        ([("03-skip.keras", ""), ("03-gate.keras", "")], "are these students?"),
        ([("03.ipynb", "{}"), ("04.ipynb", "{}")], "are these students?"),
    ],
)
@pytest.mark.parametrize("make", ["archive", "folder"])
def test_what_is_hardly_a_class_is_asked_about_and_nothing_is_copied(tmp_path, entries, asked, make):
    source = put(tmp_path / "it", *entries) if make == "folder" else archive(tmp_path / "it.zip", *entries)
    with pytest.raises(Surprise) as told:
        take_in(source, tmp_path / "unpacked", exercises=("03-skip", "03-gate"), handout="homework1")
    assert asked in str(told.value)
    assert "--yes" in str(told.value)
    assert "\n" not in str(told.value)
    assert not list((tmp_path / "unpacked").iterdir())
    assert take_in(source, tmp_path / "unpacked", exercises=("03-skip", "03-gate"), sure=True)


def test_a_course_folder_that_is_an_environment_has_no_students_in_its_packages(tmp_path):
    course = put(tmp_path / "course", *((f"submissions/{name}", "{}") for name, _ in CLASS))
    put(course, ("pyvenv.cfg", ""), ("lib/python3/site.py", ""), ("bin/activate.py", ""), *HOMEWORK)
    with pytest.raises(Surprise, match="the 3 folders inside `submissions/`") as told:
        take_in(course, tmp_path / "unpacked")
    assert f"grade {course / 'submissions'};" in str(told.value)

"""`kerastutor grade` on real notebooks in the real sandbox, from the download to the folder of results."""

import csv
import subprocess
import sys
import zipfile
from pathlib import Path

import handed_in
import pytest
from typer.testing import CliRunner

from kerastutor.command.cli import app
from kerastutor.teaching.grading import command

RUN = """
import sys
from kerastutor.command.cli import app
try:
    app(sys.argv[1:])
finally:
    print("imported:", *sorted({"keras", "tensorflow", "jax", "torch"} & set(sys.modules)))
"""


def kerastutor(*arguments: object) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-P", "-c", RUN, *map(str, arguments)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def outcomes(folder: Path) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    with (folder / "details.csv").open(newline="") as stream:
        for row in csv.DictReader(stream):
            found[row["student"]] = (*found.get(row["student"], ()), row["outcome"])
    return found


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".sqlite")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.slow
def test_a_download_of_moodle_becomes_grades_and_a_second_run_the_same_bytes(tmp_path):
    source = handed_in.moodle(tmp_path / "class.zip")
    first = kerastutor("grade", source, "-e", "01", "-o", tmp_path / "out")
    assert first.returncode == 0, first.stderr
    assert "7 students, 2 exercises" in first.stdout
    assert "imported:\n" in first.stdout
    assert "7 of 7 submissions are graded." in first.stderr
    assert outcomes(tmp_path / "out") == handed_in.OUTCOMES
    written = contents(tmp_path / "out")
    assert '"Participant 1","Ada"' in written["moodle.csv"].decode()
    assert not (tmp_path / "out" / "unpacked").exists()

    again = kerastutor("grade", source, "-e", "01", "-o", tmp_path / "out", "--workers", 1)
    assert again.returncode == 0, again.stderr
    assert contents(tmp_path / "out") == written


@pytest.mark.slow
def test_exercises_may_be_declared_in_a_file_which_a_process_of_its_own_seals(tmp_path):
    (tmp_path / "hw.py").write_text(
        "from kerastutor.exercises import declare\n"
        '@declare("hw-one", title="One layer")\n'
        "def one(keras):\n"
        '    """One Dense layer of 3 units on 4 numbers."""\n'
        "    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])\n"
    )
    answer = "import keras\nmodel = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])\n"
    (tmp_path / "ada.py").write_text(answer)
    done = kerastutor("grade", tmp_path / "ada.py", "-e", tmp_path / "hw.py", "-o", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert outcomes(tmp_path / "out") == {"ada": ("passed",)}
    assert "imported:\n" in done.stdout
    assert not (tmp_path / "hw.json").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nowhere", "-e", "01"), "There is neither a file nor a folder"),
        ((".", "-e", "77"), "There is no exercise '77'"),
        ((".", "-e", "01", "--shard", "9/2"), "write 2/8 for the second of eight"),
        ((".", "-e", "01", "--canvas-roster", "none.csv"), "The roster none.csv cannot be read"),
    ],
)
def test_what_is_asked_wrongly_is_one_sentence(tmp_path, monkeypatch, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["grade", *arguments, "-o", "out"])
    assert done.exit_code == 1
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1


ASKED = "1 student, `hand-in`: did you mean the 2 folders inside `hand-in/`?"
PROMPT = (
    "I found 1 student, `hand-in`. Inside `hand-in/` lie 2 folders that look like students. "
    "Grade `hand-in` as one student all the same?"
)


def surprising(folder: Path) -> list[str]:
    for student in ("ada", "bob"):
        (folder / "class" / "hand-in" / student).mkdir(parents=True)
        (folder / "class" / "hand-in" / student / "01.ipynb").write_text(handed_in.notebook())
    (folder / "class" / "hand-in" / "names.csv").touch()
    return ["grade", str(folder / "class"), "-e", "01", "-o", str(folder / "out")]


def test_a_surprise_ends_without_a_terminal_in_one_sentence_that_says_how_to_go_on(tmp_path):
    done = CliRunner().invoke(app, surprising(tmp_path))
    assert done.exit_code == 1
    assert done.stderr == f"{ASKED} If so, grade {tmp_path / 'class' / 'hand-in'}; if not, add --yes.\n"
    assert not (tmp_path / "out" / "grades.csv").exists()


@pytest.mark.parametrize(("answer", "asked_again"), [("n\n", False), ("y\n", True)])
def test_a_surprise_is_asked_about_in_a_terminal(tmp_path, monkeypatch, answer, asked_again):
    sure = []
    honest = command.grade

    def grade(source, name, folder, settings):
        sure.append(settings.sure)
        return iter(["It was graded."]) if settings.sure else honest(source, name, folder, settings)

    monkeypatch.setattr(command, "grade", grade)
    monkeypatch.setattr("kerastutor.command.cli.in_terminal", lambda: True)
    done = CliRunner().invoke(app, surprising(tmp_path), input=answer)
    assert done.output.replace("\n", " ").count("?") == 1
    assert PROMPT in done.output
    assert (f"Nothing was graded. Grade {tmp_path / 'class' / 'hand-in'}." in done.output) != asked_again
    assert sure == ([False, True] if asked_again else [False])
    assert ("It was graded." in done.output) == asked_again
    assert done.exit_code == (0 if asked_again else 1)


def test_it_is_told_who_stays_and_whose_files_could_not_be_taken(tmp_path):
    for name in ("class/ada", "late/zoe"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "late" / "bob.ipynb").symlink_to("/etc/passwd")
    options = ["-e", "01", "-o", str(tmp_path / "out")]
    CliRunner().invoke(app, ["grade", str(tmp_path / "class"), *options])
    done = CliRunner().invoke(app, ["grade", str(tmp_path / "late"), *options])
    assert "3 students, 2 exercises" in done.stdout
    assert "Kept from earlier runs: ada; to leave them out, grade into a new folder." in done.stdout
    assert "Some files of bob could not be taken; details.csv says which and why." in done.stdout


def test_an_entry_of_an_archive_that_is_nobodys_is_told_and_has_no_row(tmp_path):
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as made:
        for name in ("ada/", "bob/", "../evil.ipynb", "."):
            made.writestr(name, "")
    options = ["-e", "01", "-o", str(tmp_path / "out")]
    done = CliRunner().invoke(app, ["grade", str(tmp_path / "class.zip"), *options])
    assert "Entries of the archive that could not be taken: `../evil.ipynb` is not a plain file name" in done.stdout
    assert outcomes(tmp_path / "out").keys() == {"ada", "bob"}


def test_a_class_that_handed_in_nothing_has_a_full_table_without_a_sandbox(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "kerastutor.teaching.grading.command.open_sandbox", lambda: pytest.fail("A sandbox was opened.")
    )
    for student in ("ada", "bob"):
        (tmp_path / "class" / student).mkdir(parents=True)
    done = CliRunner().invoke(app, ["grade", str(tmp_path / "class"), "-e", "01", "-o", str(tmp_path / "out")])
    assert done.exit_code == 0, done.stderr
    assert outcomes(tmp_path / "out") == dict.fromkeys(("ada", "bob"), ("not_attempted", "not_attempted"))
    share = CliRunner().invoke(
        app, ["grade", str(tmp_path / "class"), "-e", "01", "-o", str(tmp_path / "share"), "--shard", "1/64"]
    )
    assert share.exit_code == 0, share.stderr
    assert "Share 1-of-64 is graded, 0 students." in share.stdout

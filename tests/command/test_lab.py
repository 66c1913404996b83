"""`kerastutor lab`: lessons reach the learner, nothing there is ever overwritten, and faults are one sentence."""

import errno
import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from kerastutor.command import cli, lab

LESSONS = {"00_start.ipynb": b"start", "01_stack.ipynb": b"stack", "notes/teacher.md": b"notes"}


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file below `folder` but the manifest."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != lab.MANIFEST)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_fresh_folder_gets_every_lesson(tmp_path):
    copied = lab.copy_lessons(LESSONS, tmp_path / "a" / "b", "1.0")
    assert snapshot(tmp_path / "a" / "b") == LESSONS
    assert copied.sentences == ("3 files were added.",)


def test_a_second_start_changes_nothing_and_says_nothing(tmp_path):
    lab.copy_lessons(LESSONS, tmp_path, "1.0")
    assert lab.copy_lessons(LESSONS, tmp_path, "1.0").sentences == ()
    assert snapshot(tmp_path) == LESSONS


def test_what_the_learner_changed_stays_and_is_not_called_outdated(tmp_path):
    lab.copy_lessons(LESSONS, tmp_path, "1.0")
    (tmp_path / "01_stack.ipynb").write_bytes(b"my work")
    assert lab.copy_lessons(LESSONS, tmp_path, "1.1").sentences == ()
    assert snapshot(tmp_path) == {**LESSONS, "01_stack.ipynb": b"my work"}


def test_a_newer_lesson_lands_beside_the_learners_once(tmp_path):
    lab.copy_lessons(LESSONS, tmp_path, "1.0")
    (tmp_path / "01_stack.ipynb").write_bytes(b"my work")
    newer = {**LESSONS, "01_stack.ipynb": b"stack, second edition"}
    said = lab.copy_lessons(newer, tmp_path, "1.1").sentences
    assert said == (
        "There is a newer edition of 01_stack.ipynb: it is here as 01_stack-1.1.ipynb, and yours was left as it is.",
    )
    assert lab.copy_lessons(newer, tmp_path, "1.1").sentences == ()
    assert snapshot(tmp_path) == {
        **LESSONS,
        "01_stack.ipynb": b"my work",
        "01_stack-1.1.ipynb": b"stack, second edition",
    }


def test_a_name_that_is_taken_is_not_reused(tmp_path):
    lab.copy_lessons(LESSONS, tmp_path, "1.0")
    (tmp_path / "01_stack-1.1.ipynb").write_bytes(b"a copy of mine")
    lab.copy_lessons({"01_stack.ipynb": b"new"}, tmp_path, "1.1")
    assert (tmp_path / "01_stack-1.1.ipynb").read_bytes() == b"a copy of mine"
    assert (tmp_path / "01_stack-1.1-2.ipynb").read_bytes() == b"new"


def test_a_lesson_that_was_deleted_comes_back(tmp_path):
    lab.copy_lessons(LESSONS, tmp_path, "1.0")
    (tmp_path / "01_stack.ipynb").unlink()
    assert lab.copy_lessons(LESSONS, tmp_path, "1.0").new == ("01_stack.ipynb",)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe"])
def test_a_damaged_manifest_costs_nothing_but_a_copy(tmp_path, content):
    lab.copy_lessons(LESSONS, tmp_path, "1.0")
    (tmp_path / "01_stack.ipynb").write_bytes(b"my work")
    (tmp_path / lab.MANIFEST).write_bytes(content)
    lab.copy_lessons(LESSONS, tmp_path, "1.0")
    assert (tmp_path / "01_stack.ipynb").read_bytes() == b"my work"


def test_a_link_is_the_learners_too(tmp_path):
    elsewhere = tmp_path / "elsewhere.ipynb"
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "01_stack.ipynb").symlink_to(elsewhere)
    lab.copy_lessons(LESSONS, tmp_path / "work", "1.0")
    assert not elsewhere.exists()
    assert (tmp_path / "work" / "01_stack.ipynb").is_symlink()


contents = st.sampled_from([b"1", b"2", b"3"])
editions = st.dictionaries(st.sampled_from(["00.ipynb", "01.ipynb", "01-1.ipynb"]), contents, min_size=1)
steps = st.lists(st.one_of(editions.map(lambda files: ("deliver", files)), editions.map(lambda files: ("edit", files))))


@given(steps)
def test_no_history_of_deliveries_and_edits_changes_a_file_that_is_there(tmp_path_factory, history):
    folder = tmp_path_factory.mktemp("history")
    for number, (kind, files) in enumerate(history):
        before = snapshot(folder)
        if kind == "edit":
            for name, content in files.items():
                (folder / name).write_bytes(content + b" edited")
        else:
            lab.copy_lessons(files, folder, str(number % 2))
            assert before.items() <= snapshot(folder).items()
            assert set(files.values()) <= set(snapshot(folder).values()) | delivered_before(history[:number])


def delivered_before(history) -> set[bytes]:
    """Contents that had been put into the folder earlier, and may have been edited away since."""
    return {content for kind, files in history if kind == "deliver" for content in files.values()}


def test_half_a_lesson_never_stays_on_a_full_disk(tmp_path, monkeypatch):
    opened = Path.open

    def full(path, mode="r", *rest, **named):
        stream = opened(path, mode, *rest, **named)
        if mode == "xb":
            os.close(stream.fileno())
        return stream

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(lab.LabError, match="Cannot write to"):
        lab.copy_lessons(LESSONS, tmp_path, "1.0")
    monkeypatch.undo()
    assert snapshot(tmp_path) == {}


@pytest.fixture
def command(monkeypatch):
    """Run `kerastutor ...` without JupyterLab: the result, and JupyterLab's arguments if it was started."""
    started = []
    monkeypatch.setattr(lab, "start_jupyter", started.append)
    monkeypatch.setattr(lab, "shipped_lessons", lambda: None)
    monkeypatch.setattr(lab, "lesson_files", lambda _: LESSONS)

    def run(*arguments: str):
        return CliRunner().invoke(cli.app, list(arguments)), (started[-1] if started else None)

    return run


def one_sentence(result) -> str:
    """What was said on stderr, which must be all there is: one line, no traceback."""
    assert result.exit_code == 1
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line


def test_lab_opens_the_first_lesson_on_this_machine_only(command, tmp_path):
    result, arguments = command("lab", str(tmp_path / "my lessons"))
    assert result.exit_code == 0
    assert result.stdout == f"The lessons are in {tmp_path / 'my lessons'}.\n3 files were added.\n"
    assert "--ServerApp.ip=127.0.0.1" in arguments
    assert f"--ServerApp.root_dir={tmp_path / 'my lessons'}" in arguments
    assert "--LabApp.default_url=/lab/tree/00_start.ipynb" in arguments
    assert "--no-browser" not in arguments
    assert not any("token" in argument for argument in arguments), "the token would show in the list of processes"


def test_lab_takes_a_port_and_leaves_the_browser_closed(command, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    _, arguments = command("lab", str(tmp_path), "--no-browser", "--port", str(port))
    assert {"--no-browser", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"} <= set(arguments)


def test_a_port_that_is_taken_is_one_sentence(command, tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result, started = command("lab", str(tmp_path), "--port", str(port))
    assert one_sentence(result).startswith(f"Port {port} is taken by another program: choose another with --port")
    assert started is None


def test_a_port_of_the_system_is_one_sentence(monkeypatch):
    def refuse(*_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(lab.socket.socket, "bind", refuse)
    with pytest.raises(lab.LabError, match="Port 80 is reserved for the system"):
        lab.claim_port(80)


def test_a_file_in_place_of_the_folder_is_one_sentence(command, tmp_path):
    (tmp_path / "taken").write_text("mine")
    result, started = command("lab", str(tmp_path / "taken"))
    assert one_sentence(result) == f"{tmp_path / 'taken'} is a file, not a folder: name another folder for the lessons."
    assert (tmp_path / "taken").read_text() == "mine"
    assert started is None
    below, _ = command("lab", str(tmp_path / "taken" / "lessons"))
    assert "is a file, not a folder" in one_sentence(below)


def test_a_folder_that_cannot_be_written_is_one_sentence(command, tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    result, _ = command("lab", str(tmp_path / "lessons"))
    expected = f"Cannot write to {tmp_path / 'lessons'} (Permission denied): name another folder for the lessons."
    assert one_sentence(result) == expected


def test_an_installation_without_lessons_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(lab, "__file__", str(tmp_path / "kerastutor" / "command" / "lab.py"))
    with pytest.raises(lab.LabError, match="holds no lessons"):
        lab.shipped_lessons()


def test_caches_and_hidden_files_are_no_lessons(tmp_path):
    for name in (".ipynb_checkpoints/a.ipynb", "__pycache__/a.pyc", "01.ipynb", "img/a.svg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert list(lab.lesson_files(tmp_path)) == ["01.ipynb", "img/a.svg"]

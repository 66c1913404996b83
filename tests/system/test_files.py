"""Files that are whole or not there."""

from pathlib import Path

import pytest

from kerastutor.system.files import new_text, replace_text


@pytest.fixture
def full(monkeypatch):
    """A disk that is full when the file is to be put in its place."""

    def refused(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refused)


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, full):
    path = tmp_path / "homework.json"
    path.write_text("old")
    with pytest.raises(OSError, match="No space"):
        replace_text(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_that_fails_is_not_there(tmp_path, full):
    with pytest.raises(OSError, match="No space"):
        new_text(tmp_path / "homework.py", "new")
    assert list(tmp_path.iterdir()) == []


def test_a_new_file_is_never_put_over_another(tmp_path):
    path = new_text(tmp_path / "homework.py", "mine")
    with pytest.raises(FileExistsError):
        new_text(path, "other")
    assert path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]

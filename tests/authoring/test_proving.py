"""`kerastutor exercise check` tells an author what is left to do."""

import pytest

from kerastutor.authoring import check_file, proving
from kerastutor.authoring.starting import start

MODEL = "import keras\nmodel = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name='answer')])\n"


@pytest.mark.slow
def test_a_task_that_was_not_written_is_told_and_a_written_one_is_sound(tmp_path, monkeypatch):
    monkeypatch.setattr(proving, "KINDS", ())  # the mistakes that it tries take most of the time, and are not the point
    (tmp_path / "mine.py").write_text(MODEL)
    declared, _ = start(str(tmp_path / "hw"), tmp_path / "mine.py")
    (proof,) = check_file(declared)
    assert proof.problems == ("Its task is not written yet: say in the docstring what the learner is to build.",)
    declared.write_text(declared.read_text().replace(proving.UNWRITTEN, "Build a layer of 3 units on 4 numbers"))
    (proof,) = check_file(declared)
    assert proof.sound

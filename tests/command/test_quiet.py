"""Commands say their sentence, and TensorFlow's start-up notes stay away."""

import os
from contextlib import suppress

from kerastutor.system import quiet
from kerastutor.system.quiet import hushed
from kerastutor.teaching.authoring import declared


def test_nothing_reaches_stderr_inside_and_everything_does_after(capfd):
    with hushed():
        os.write(2, b"failed call to cuInit\n")
    os.write(2, b"said\n")
    assert capfd.readouterr().err == "said\n"


def test_what_was_held_back_is_shown_where_loading_fails(capfd):
    with suppress(ImportError), hushed():
        os.write(2, b"libcudart.so.12 not found\n")
        raise ImportError
    os.write(2, b"said\n")
    assert capfd.readouterr().err == "libcudart.so.12 not found\nsaid\n"


def test_where_nothing_can_be_held_back_keras_is_loaded_all_the_same(monkeypatch, capfd):
    def full():
        raise OSError("No space left on device")

    monkeypatch.setattr(quiet, "TemporaryFile", full)
    with hushed():
        os.write(2, b"a note\n")
    assert capfd.readouterr().err == "a note\n"


def test_an_authors_file_is_run_after_keras_was_loaded_quietly(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr("keras.distribution.list_devices", lambda: os.write(2, b"no GPU\n"))
    source = (
        "from kerastutor.exercises import declare\n\n"
        '@declare("90-a", title="A")\ndef a(keras):\n    """Build one."""\n    return None\n'
    )
    (tmp_path / "mine.py").write_text(source + 'import os\nos.write(2, b"of the author\\n")\n')
    capfd.readouterr()  # where this test is the first that loads Keras
    declared.load(tmp_path / "mine.py")
    assert capfd.readouterr().err == "of the author\n"

"""`kerastutor exercise`: what an author is told, and what the exit code says."""

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from kerastutor.command import cli
from kerastutor.exercises.catalog import catalog
from kerastutor.exercises.sealing import sealed_text
from kerastutor.teaching import authoring
from kerastutor.teaching.authoring import ExerciseProof

SOUND = ExerciseProof("07-a", (), 40, 40)
WEAK = ExerciseProof("07-b", ("Only 3 of 40 mistakes are named.",), 40, 3)

DECLARED = '''
from kerastutor.exercises import declare

@declare("90-one-layer", title="One layer")
def one_layer(keras):
    """Build a network of one Dense layer of 3 units on 4 numbers."""
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
'''


@pytest.mark.parametrize(("proofs", "status"), [((SOUND,), 0), ((SOUND, WEAK), 1)])
def test_check_prints_a_line_an_exercise_and_fails_where_one_is_not_sound(monkeypatch, tmp_path, proofs, status):
    monkeypatch.setattr(authoring, "check_file", lambda _: proofs)
    result = CliRunner().invoke(cli.app, ["exercise", "check", str(tmp_path / "any.py")])
    assert result.exit_code == status
    assert result.stdout.splitlines() == [str(proof) for proof in proofs]


@pytest.mark.parametrize("command", ["check", "seal"])
def test_a_file_that_is_not_there_is_one_sentence(tmp_path, command):
    result = CliRunner().invoke(cli.app, ["exercise", command, str(tmp_path / "none.py")])
    assert result.exit_code == 1
    assert result.stderr == f"There is no file {tmp_path / 'none.py'}.\n"


def test_seal_writes_the_exercises_beside_their_file(tmp_path):
    (tmp_path / "mine.py").write_text(DECLARED)
    result = CliRunner().invoke(cli.app, ["exercise", "seal", str(tmp_path / "mine.py")])
    assert result.exit_code == 0
    assert "90-one-layer" in (tmp_path / "mine.json").read_text()
    assert result.stdout == f"Sealed into {tmp_path / 'mine.json'}.\n"


def test_seal_replaces_only_what_was_sealed(tmp_path):
    (tmp_path / "mine.py").write_text(DECLARED)
    mine = tmp_path / "mine.json"
    mine.write_text('{"a trained": "model"}')
    result = CliRunner().invoke(cli.app, ["exercise", "seal", str(tmp_path / "mine.py")])
    assert result.exit_code == 1
    assert "holds no exercises" in result.stderr
    assert mine.read_text() == '{"a trained": "model"}'
    mine.write_text('[{"id": "90-one-layer", "version": "edited by hand"}]')
    assert CliRunner().invoke(cli.app, ["exercise", "seal", str(tmp_path / "mine.py")]).exit_code == 0


def test_a_homework_begins_is_previewed_and_released(tmp_path):
    run = CliRunner().invoke
    begun = run(cli.app, ["exercise", "new", str(tmp_path / "hw")])
    assert begun.exit_code == 0, begun.output
    (tmp_path / "hw.json").write_text(sealed_text([replace(catalog()["01-stack"], id="hw-model")]))
    shown = run(cli.app, ["exercise", "preview", str(tmp_path / "hw.json"), "--no-browser"])
    assert shown.stdout == f"The page is {tmp_path / 'hw.preview.html'}.\n"
    released = run(cli.app, ["exercise", "release", str(tmp_path / "hw.ipynb"), "--out", str(tmp_path / "out")])
    assert released.stdout == f"Give your students {tmp_path / 'out/hw.ipynb'} and {tmp_path / 'out/hw.json'}.\n"
    assert "Dense" not in (tmp_path / "out" / "hw.ipynb").read_text()


@pytest.mark.parametrize(
    "arguments",
    [
        ["new", "hw", "--from", "none.keras"],
        ["preview", "none.json", "--no-browser"],
        ["release", "none.ipynb", "--out", "out"],
    ],
)
def test_what_is_not_there_is_one_sentence(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli.app, ["exercise", *arguments])
    assert result.exit_code == 1
    assert result.stderr.startswith("There is no ")
    assert not list(tmp_path.iterdir())

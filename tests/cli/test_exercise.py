"""`kerastutor exercise`: what an author is told, and what the exit code says."""

import pytest
from typer.testing import CliRunner

from kerastutor import authoring, cli
from kerastutor.authoring import Proof

SOUND = Proof("07-a", (), 40, 40)
WEAK = Proof("07-b", ("Only 3 of 40 mistakes are named.",), 40, 3)

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

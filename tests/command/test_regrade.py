"""`kerastutor regrade`: who gains and who loses between two runs."""

from dataclasses import replace

from classroom import graded, mistakes, reference, specs
from typer.testing import CliRunner

from kerastutor.command import cli
from kerastutor.teaching.grading.records import records_to_json

STACK = specs()["01-stack"]
WRONG, RIGHT = graded("ada", STACK, next(mistakes(STACK))), graded("ada", STACK, reference(STACK))


def run(*arguments):
    return CliRunner().invoke(cli.app, ["regrade", *map(str, arguments)])


def test_it_tells_gains_and_losses_of_files_and_folders(tmp_path):
    (tmp_path / "results.json").write_text(records_to_json([WRONG]))
    (tmp_path / "after.json").write_text(records_to_json([replace(RIGHT, exercise_version="new")]))
    result = run(tmp_path, tmp_path / "after.json")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "1 student gains and nobody loses."
    assert "ada  01-stack: not yet" in result.stdout


def test_what_is_no_result_is_one_sentence(tmp_path):
    (tmp_path / "results.json").write_text("{")
    result = run(tmp_path, tmp_path / "none.json")
    assert result.exit_code == 1
    assert result.stderr == f"{tmp_path / 'results.json'} is not the results of a grading run.\n"

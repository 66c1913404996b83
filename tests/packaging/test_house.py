"""The rooms that must need nothing: `topology` and `knowledge` import the standard library and themselves only."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent.parent / "kerastutor"


def imported(file: Path) -> Iterator[str]:
    """The full names of all modules that `file` imports anywhere, inside functions too."""
    package = ["kerastutor", *file.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            yield ".".join([*base, *filter(None, [node.module])])


@pytest.mark.parametrize("room", ["topology", "knowledge"])
def test_a_room_of_pure_data_needs_the_standard_library_only(room):
    own = ("kerastutor.topology", "kerastutor.knowledge", f"kerastutor.{room}")
    for file in (PACKAGE / room).rglob("*.py"):
        for name in imported(file):
            assert name.partition(".")[0] in sys.stdlib_module_names or name.startswith(own), f"{file} imports {name}"


def test_no_file_is_a_drawer_for_everything():
    names = {file.stem for file in PACKAGE.rglob("*.py")}
    assert not names & {"utils", "util", "helpers", "common", "misc", "manager"}

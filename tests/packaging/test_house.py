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


LEARNERS_CODE = {
    "building/stepping/tracing.py": "a line of the learner's, stepped through",
    "coaching/tensors.py": "JAX has an error of its own for an axis without a length",
    "knowledge/normal_config.py": "a function that Keras cannot put into words, such as a partial one",
    "knowledge/values.py": "a `get_config` of the learner's; the attributes are looked at instead",
    "models/recording.py": "a layer that failed is called again, opened",
    "models/replaying.py": "a call that failed is repeated, to see where",
    "teaching/grading/sandbox/inside/running.py": "a file that was handed in",
    "teaching/grading/sandbox/inside/server.py": "a child that is thrown away",
    "teaching/grading/sandbox/inside/stand_ins.py": "a model of a student's that stays unbuilt, as it came",
    "training/run.py": "what ends a training; the run tells it",
}
"""Where an exception of any kind is expected since the code that runs is not ours, or is told in another way."""


def test_a_failure_of_our_own_is_never_swallowed_without_a_line_in_the_log():
    silent = {}
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ExceptHandler) and (node.type is None or _catches_all(node.type)):
                heard = any(isinstance(inner, ast.Raise) for inner in ast.walk(node)) or "log_failure" in ast.unparse(
                    node
                )
                if not heard:
                    silent.setdefault(file.relative_to(PACKAGE).as_posix(), []).append(node.lineno)
    assert sorted(silent) == sorted(LEARNERS_CODE), "log it with `log_failure`, or catch less"


def _catches_all(kind: ast.expr) -> bool:
    return bool({"Exception", "BaseException"} & {node.id for node in ast.walk(kind) if isinstance(node, ast.Name)})


def test_a_class_has_a_name_of_its_own():
    homes: dict[str, set[str]] = {}
    for file in PACKAGE.rglob("*.py"):
        for node in ast.parse(file.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, set()).add(file.relative_to(PACKAGE).as_posix())
    assert {name: files for name, files in homes.items() if len(files) > 1} == {}

"""What the README says is so: its commands, its example, its links, its tables."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement


@pytest.fixture(scope="module")
def readme(repository: Path) -> str:
    return (repository / "README.md").read_text("utf-8")


def command(repository: Path, name: str) -> str:
    script = [sys.executable, str(repository / ".ci" / "readme_command.py"), name]
    return subprocess.run(script, capture_output=True, text=True, check=True).stdout.strip()


def test_both_commands_set_up_everything_from_nothing(repository):
    for name, last in [("lessons", ".venv/bin/kerastutor lab"), ("tests", ".venv/bin/pytest")]:
        first, install, run = command(repository, name).split(" && ")
        assert first == "python3 -m venv .venv"
        assert install.startswith(".venv/bin/pip install ")
        assert run == last


def test_every_file_it_points_to_is_there(repository, readme):
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", readme)
    assert targets
    assert [target for target in targets if not (repository / target).exists()] == []


def test_every_dependency_has_its_reason(repository, readme):
    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    table = readme.partition("### Dependencies")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([\w-]+) \| [^|]{10,} \|$", table, re.M)
    assert set(rows) - {"package"} == {Requirement(line).name for line in project["dependencies"]}
    for line in project["optional-dependencies"]["test"]:
        name = Requirement(line).name
        assert name == "kerastutor" or name in table, f"{name} of the extra `test` is not explained"


def test_every_room_is_in_the_architecture(repository, readme):
    package = repository / "kerastutor"
    rooms = {f"{path.parent.name}/" for path in package.glob("*/__init__.py")}
    modules = {path.name for path in package.glob("*.py") if path.name != "__init__.py"}
    assert [name for name in sorted(rooms | modules) if f"`{name}`" not in readme] == []


def test_every_benchmark_is_in_the_table_and_every_command_of_the_table_exists(repository, readme):
    shown = set(re.findall(r"python -m benchmarks\.(\w+)", readme))
    there = {path.stem for path in (repository / "benchmarks").glob("*.py") if "__main__" in path.read_text("utf-8")}
    assert shown == there


@pytest.mark.lessons
def test_the_example_runs(readme, tmp_path):
    (example,) = re.findall(r"```python\n(.*?)```", readme, re.S)
    assert len(example.replace("\n\n", "\n").splitlines()) <= 15
    script = tmp_path / "example.py"
    script.write_text(example)
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "both" in done.stdout, "the reason names the layer that merges"


def test_nothing_is_left_to_fill_in(repository):
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        text = (repository / name).read_text("utf-8")
        assert not re.search(r"\b(TODO|TBD|FIXME|XXX|coming soon|placeholder)\b", text, re.I), name


@pytest.mark.parametrize("page", ["docs/architecture.md", "CONTRIBUTING.md"])
def test_every_file_that_a_page_names_is_there(repository, page):
    folders = [repository / name for name in ("kerastutor", "tests", "tools", "docs", "benchmarks", "binder")]
    files = [path.as_posix() for folder in folders for path in folder.rglob("*.*")]
    files += [path.as_posix() for path in repository.glob("*.*")]
    named = set(re.findall(r"`([\w./-]+\.(?:py|json|toml|txt|md))`", (repository / page).read_text("utf-8")))
    assert [name for name in sorted(named) if not any(path.endswith(f"/{name}") for path in files)] == []

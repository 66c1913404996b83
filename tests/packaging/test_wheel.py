"""The wheel holds everything, and `kerastutor lab` works from an environment that has nothing but the wheel."""

import subprocess
import sys
import sysconfig
import urllib.error
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from lab_process import ask, running_lab


def source_files(folder: Path) -> set[str]:
    """Files below `folder` that belong to the distribution, relative to it."""
    names = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {name.as_posix() for name in names if not any(part.startswith((".", "__pycache__")) for part in name.parts)}


def test_everything_in_the_package_and_every_lesson_is_in_the_wheel(repository, wheel):
    packed = set(zipfile.ZipFile(wheel).namelist())
    assert {f"kerastutor/{name}" for name in source_files(repository / "kerastutor")} <= packed
    assert {f"kerastutor/lessons/{name}" for name in source_files(repository / "lessons")} <= packed
    assert "kerastutor/py.typed" in packed
    assert any(name.endswith("licenses/LICENSE") for name in packed)


def test_nothing_else_is_in_the_wheel(wheel):
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"kerastutor"}


def layered_environment(folder: Path, wheel: Path) -> dict[str, str]:
    """A new virtual environment with the wheel alone, dependencies read from the environment of the tests.

    The dependencies' folder is a plain entry on the path: an editable kerastutor there stays out of sight.
    """
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*command, str(wheel)], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    share = Path(sys.prefix, "share", "jupyter")
    return {"JUPYTER_PATH": str(share), "JUPYTERLAB_DIR": str(share / "lab")}


def full_environment(folder: Path, wheel: Path) -> dict[str, str]:
    """A new virtual environment into which pip installed the wheel and all it asks for."""
    venv.create(folder, with_pip=True)
    subprocess.run([str(folder / "bin" / "pip"), "install", "--quiet", str(wheel)], check=True)
    return {}


def assert_lessons_are_served(environment: Path, home: Path, variables: Mapping[str, str]) -> None:
    with running_lab(environment, home, variables) as server:
        assert server["url"].startswith("http://127.0.0.1:")
        assert len(server["token"]) >= 32
        assert Path(server["root_dir"]) == home / "my lessons"
        names = [entry["name"] for entry in ask(server, "api/contents", server["token"])["content"]]
        assert [name for name in names if name.endswith(".ipynb")]
        with pytest.raises(urllib.error.HTTPError, match="403"):
            ask(server, "api/contents", "")
    assert "The lessons are in" in (home / "lab.log").read_text()


@pytest.mark.slow
def test_lab_answers_from_an_environment_with_the_wheel_alone(wheel, tmp_path):
    variables = layered_environment(tmp_path / "venv", wheel)
    where = "import kerastutor; print(kerastutor.__file__)"
    loaded = subprocess.run(
        [tmp_path / "venv/bin/python", "-c", where], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert loaded.stdout.startswith(str(tmp_path))
    assert_lessons_are_served(tmp_path / "venv", tmp_path / "home", variables)


@pytest.mark.soak
def test_lab_answers_after_pip_has_installed_everything_afresh(wheel, tmp_path):
    variables = full_environment(tmp_path / "venv", wheel)
    assert_lessons_are_served(tmp_path / "venv", tmp_path / "home", variables)
    doctor = subprocess.run([tmp_path / "venv/bin/kerastutor", "doctor"], capture_output=True, text=True)
    assert doctor.returncode == 0, doctor.stdout

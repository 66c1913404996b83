"""binder/ asks for what pyproject.toml asks for, and repo2docker, bash and the resolver accept it.

Nothing here builds an image: what mybinder.org does with it is seen there.
"""

import os
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

SCRIPTS = ("postBuild", "start")


@pytest.fixture(scope="module")
def binder(repository: Path) -> Path:
    return repository / "binder"


def program(name: str) -> str:
    """A command of the environment of the tests."""
    return str(Path(sysconfig.get_path("scripts"), name))


def python_of(binder: Path) -> str:
    """The version of Python that Binder is asked for."""
    return (binder / "runtime.txt").read_text().strip().removeprefix("python-")


def parse(lines: list[str]) -> dict[str, Requirement]:
    wanted = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {requirement.name: requirement for requirement in wanted}


def test_the_requirements_are_the_dependencies_with_the_small_tensorflow(repository, binder):
    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    there = {"python_version": python_of(binder), "sys_platform": "linux"}
    asked = parse(project["dependencies"])
    wanted = {name: each for name, each in asked.items() if each.marker is None or each.marker.evaluate(there)}
    listed = parse((binder / "requirements.txt").read_text().splitlines())
    assert "tensorflow" not in listed
    assert listed["tensorflow-cpu"].specifier == wanted.pop("tensorflow").specifier
    assert all(each.marker is None for each in listed.values()), "there is one Python on Binder"
    for name, requirement in wanted.items():
        looser = [part for part in requirement.specifier if part.operator != ">="]
        assert set(looser) <= set(listed[name].specifier), f"{name} misses an upper bound in binder/requirements.txt"
        (lower,) = [part.version for part in listed[name].specifier if part.operator == ">="]
        assert requirement.specifier.contains(lower), f"{name}>={lower} is older than pyproject.toml allows"


@pytest.mark.slow
def test_the_requirements_resolve_for_binders_python(binder):
    command = [program("uv"), "pip", "compile", "--quiet", "--python-version", python_of(binder)]
    command += ["--python-platform", "linux"]
    done = subprocess.run([*command, str(binder / "requirements.txt")], capture_output=True, text=True)
    if "failed to fetch" in done.stderr.lower():
        pytest.skip("no package index can be reached")
    assert done.returncode == 0, done.stderr
    assert "tensorflow-cpu==" in done.stdout


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_scripts_are_bash_and_may_be_run(binder, name):
    script = binder / name
    assert os.access(script, os.X_OK)
    assert script.read_text().startswith("#!/bin/bash\n")
    subprocess.run(["bash", "-n", str(script)], check=True)


def test_start_hands_over_to_the_server_with_the_settings_of_a_small_machine(binder):
    shown = subprocess.run([str(binder / "start"), "env"], capture_output=True, text=True, check=True).stdout
    assert {"KERAS_BACKEND=tensorflow", "TF_CPP_MIN_LOG_LEVEL=3", "OMP_NUM_THREADS=1"} <= set(shown.splitlines())


def test_post_build_stops_at_the_first_error(binder):
    assert "set -euo pipefail" in (binder / "postBuild").read_text()


def test_repo2docker_writes_a_dockerfile_that_uses_all_of_it(repository):
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(repository)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    dockerfile = done.stdout + done.stderr
    for line in ("binder/requirements.txt", "binder/postBuild", "binder/start", "fonts-dejavu-core"):
        assert line in dockerfile

"""What is seen behind the wall: of an environment what Python loads, and nothing that is private."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kerastutor.exercises.catalog import find
from kerastutor.exercises.sealing import sealed_text
from kerastutor.teaching.grading.records import records_from_json
from kerastutor.teaching.grading.sandbox import Limits, SandboxError, open_sandbox, places

PACKAGES = next(folder for folder in map(Path, sys.path) if any(folder.glob("keras-*.dist-info")))


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A folder that is this Python's environment, as far as anybody asks."""
    course = tmp_path / "course"
    for name in ("bin", "lib/python3.11/site-packages", "share"):
        (course / name).mkdir(parents=True)
    for name in ("pyvenv.cfg", "homework.json", "lib/homework.json", "bin/homework.json"):
        (course / name).write_text("{}")
    monkeypatch.setattr(sys, "prefix", str(course))
    return course


def test_of_an_environment_only_what_python_loads_is_seen(course):
    own = {place.relative_to(course).as_posix() for place in places.visible() if place.is_relative_to(course)}
    assert own == {"bin", "lib", "pyvenv.cfg"}


def test_of_a_repository_around_the_package_nothing_else_is_seen():
    around = places.PACKAGE.parent
    assert not any(around.is_relative_to(place) for place in places.visible() if "-packages" not in str(around))
    assert places.PACKAGE.resolve() in places.visible() or "-packages" in str(around)


@pytest.mark.parametrize("secret", ["lib/homework.json", "bin/homework.json", "lib", "lib/not there yet/grades"])
def test_what_is_private_must_not_lie_where_it_is_seen(course, secret):
    with pytest.raises(SandboxError) as told:
        with open_sandbox(Limits(), exercises=("hw",), private=(course / "homework.json", course / secret)):
            pytest.fail("It started.")
    place = course / secret.partition("/")[0]
    assert str(told.value).startswith(
        f"{course / secret} lies in {place}, which the code of submissions can read: move"
    )


def test_a_link_to_what_is_private_and_a_link_around_it_hide_nothing(course, tmp_path):
    (tmp_path / "link").symlink_to(course / "lib")
    assert places.exposed([tmp_path / "link" / "homework.json"])
    (course / "share" / "homework.json").symlink_to(course / "lib" / "homework.json")
    assert places.exposed([course / "share" / "homework.json"])
    (course / "lib" / "kept.json").symlink_to(course / "homework.json")
    assert places.exposed([course / "lib" / "kept.json"]) is None


def test_a_folder_of_packages_elsewhere_is_seen_and_searched(tmp_path, monkeypatch):
    (tmp_path / "apps" / "keras-3.dist-info").mkdir(parents=True)
    (tmp_path / "solutions").mkdir()
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "apps"), str(tmp_path / "solutions"), ""])
    assert tmp_path / "apps" in places.visible()
    assert tmp_path / "apps" in places.search_path()
    assert not places.exposed([tmp_path / "solutions"])


def test_the_answers_of_every_kerastutor_that_is_installed_are_hidden(course):
    other = course / "lib/python3.11/site-packages/kerastutor/exercises/catalog"
    other.mkdir(parents=True)
    assert {other, places.PACKAGE.resolve() / "exercises" / "catalog"} <= set(places.hidden())


def test_an_environment_behind_links_is_the_same_behind_the_wall(course, tmp_path, monkeypatch):
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "3.11").symlink_to("../course")
    (course / "lib64").symlink_to("lib")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "versions" / "3.11"))
    seen = places.visible()
    assert course / "lib" in seen
    assert not any(place.is_relative_to(tmp_path / "versions") for place in seen)
    links = places.links(seen)
    assert links[tmp_path / "versions" / "3.11"] == Path("../course")
    assert links[course / "lib64"] == Path("lib")


LOOK_ROUND = """
import os, sys
import keras, kerastutor as kt
name = "-".join(sorted(os.listdir(sys.prefix)))
kt.exercise("01-stack").check(keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, name=name)]))
"""


@pytest.fixture
def environment(tmp_path):
    """A course folder that is an environment of its own, whose packages lie elsewhere."""
    course = tmp_path / "course"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", course], check=True)
    (packages,) = course.glob("lib/python3*/site-packages")
    (packages / "elsewhere.pth").write_text(f"{PACKAGES}\n{places.PACKAGE.parent}\n")
    (course / "homework.json").write_text(sealed_text([find("01-stack")]))
    (course / "submissions").mkdir()
    (course / "submissions" / "eve.py").write_text(LOOK_ROUND)
    return course


def grade(course: Path, exercises: str) -> subprocess.CompletedProcess[str]:
    command = [
        course / "bin" / "python",
        "-P",
        "-c",
        "from kerastutor.command.cli import main; main()",
        "grade",
        "submissions",
    ]
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "KERAS_BACKEND")}
    options = ["-e", exercises, "-o", "grades"]
    return subprocess.run(
        [*command, *options], cwd=course, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_in_a_course_folder_that_is_the_environment_a_submission_finds_nothing(environment):
    done = grade(environment, "homework.json")
    assert done.returncode == 0, done.stderr
    (record,) = records_from_json((environment / "grades" / "results.json").read_text())
    assert record.cause == ""
    *_, found = [layer["id"] for layer in record.topology["layers"]]
    assert set(found.split("-")) <= {"bin", "lib", "lib64", "pyvenv.cfg"}


def test_where_a_sealed_exercise_lies_among_the_packages_nothing_is_started(environment):
    (environment / "homework.json").rename(environment / "lib" / "homework.json")
    done = grade(environment, "lib/homework.json")
    assert done.returncode == 1
    assert f"{environment / 'lib' / 'homework.json'} lies in {environment / 'lib'}" in done.stderr
    assert "move it out of there" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (environment / "grades" / "grades.csv").exists()

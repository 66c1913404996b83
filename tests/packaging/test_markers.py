"""Every Python and every system is asked for what can be had there, and for one Keras."""

import re
import runpy
import subprocess
import sys
import tomllib

import keras
import pytest
import yaml
from keras import layers
from packaging.requirements import Requirement
from packaging.version import Version

from kerastutor.system.backend import WITHOUT_TENSORFLOW

PYTHONS = ("3.11", "3.12", "3.13", "3.14", "3.15")
BROWSER = {"sys_platform": "emscripten", "platform_system": "Emscripten", "python_version": "3.14", "extra": ""}

NOT_IN_A_BROWSER = {
    "ipykernel": "talks over pyzmq, which is compiled",
    "jupyterlab": "is a server, and a tab has none; its own needs pyzmq, tornado and argon2",
    "keras": "needs optree, which is compiled and not among Pyodide's packages",
    "nbclient": "drives kernels over pyzmq",
    "nbconvert": "needs nbclient",
    "psutil": "is compiled; a tab has no processes to look at",
    "pygraphviz": "is compiled, Graphviz with it",
    "tensorflow": "is compiled, for other processors",
}

BUILT_BY_PYODIDE = {"markupsafe", "numpy", "pillow", "pydantic-core", "rpds-py", "scikit-learn", "scipy"}
"""Compiled packages that Pyodide's own distribution has, see its pyodide-lock.json."""


@pytest.fixture(scope="module")
def dependencies(repository) -> list[Requirement]:
    project = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]
    return [Requirement(line) for line in project["dependencies"]]


@pytest.fixture(scope="module")
def resolver(repository):
    return runpy.run_path(str(repository / ".ci" / "resolve.py"))


def asked_for(dependencies, environment) -> set[str]:
    return {each.name for each in dependencies if each.marker is None or each.marker.evaluate(environment)}


def test_what_a_browser_cannot_have_is_not_asked_for_there_and_all_else_is(dependencies):
    missing = {each.name for each in dependencies} - asked_for(dependencies, BROWSER)
    assert missing == set(NOT_IN_A_BROWSER)


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_elsewhere_everything_is_asked_for_and_tensorflow_where_it_has_a_wheel(dependencies, system):
    for python in PYTHONS:
        environment = {"sys_platform": system, "python_version": python, "extra": ""}
        missing = {each.name for each in dependencies} - asked_for(dependencies, environment)
        assert missing == ({"tensorflow"} if Version(python) >= Version("3.14") else set())


def test_the_code_knows_where_tensorflow_has_no_wheel_as_the_marker_does(dependencies):
    (tensorflow,) = (each for each in dependencies if each.name == "tensorflow")
    for python in PYTHONS:
        has_one = tuple(map(int, python.split("."))) < WITHOUT_TENSORFLOW
        assert tensorflow.marker.evaluate({"python_version": python, "sys_platform": "linux"}) == has_one


def test_an_extra_for_a_gpu_brings_the_backend_of_its_python(repository):
    project = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]
    extra = [Requirement(line) for line in project["optional-dependencies"]["gpu"]]
    for python in PYTHONS:
        environment = {"sys_platform": "linux", "python_version": python}
        expected = {"jax"} if Version(python) >= Version("3.14") else {"tensorflow"}
        assert asked_for(extra, environment) == expected


def test_the_hosted_check_runs_on_every_python_that_has_tensorflow(repository):
    project = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]
    ours = re.findall(r"Python :: (\d\.\d+)", " ".join(project["classifiers"]))
    workflow = yaml.safe_load((repository / ".github" / "workflows" / "check.yml").read_text("utf-8"))
    job = workflow["jobs"]["check"]
    assert job["strategy"]["matrix"]["python"] == [one for one in ours if Version(one) < Version("3.14")]
    assert [step["run"] for step in job["steps"] if "run" in step][-1] == ".ci/run"


HIDING = """
import sys

class Hiding:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {hidden!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Hiding())
"""

IN_A_BROWSER = """
import kerastutor as kt

network = kt.read("model.json")
assert kt.same(network, kt.read("model.json"))
assert not kt.diff(network, network)
assert "Dense(128" in kt.code(network)
assert kt.why_not_sequential(network) == ()
drawing = kt.draw(network)
assert "hidden" in drawing.text and "hidden" in drawing.svg
kt.show(network)
assert kt.exercise("01-stack").check(network).passed
kt.practice(level=1, seed=0)
kt.progress()
assert len(kt.data.digits().classes) == 10
"""


def test_what_a_browser_needs_works_without_what_is_not_asked_for_there(tmp_path):
    model = keras.Sequential(
        [keras.Input((784,)), layers.Dense(128, "relu", name="hidden"), layers.Dense(10, "softmax")]
    )
    (tmp_path / "model.json").write_text(model.to_json())
    hidden = {*NOT_IN_A_BROWSER, "jax", "torch", "optree", "zmq", "tornado"}
    program = HIDING.format(hidden=hidden) + IN_A_BROWSER
    environment = {"KERASTUTOR_PROGRESS": str(tmp_path / "progress.sqlite3"), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def resolved(resolver, *case):
    """A resolution, or a skip where no index can be reached."""
    try:
        return resolver["resolve"](*case)
    except resolver["Unresolved"] as trouble:
        if "failed to fetch" in str(trouble).lower():
            pytest.skip("no package index can be reached")
        raise


@pytest.mark.slow
@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
def test_pip_finds_finished_releases_and_one_keras(resolver, python):
    found = resolved(resolver, python, resolver["SYSTEMS"]["Linux"], ("jax",))
    assert [each for each in found.values() if Version(each.version).is_prerelease] == []
    assert {name for name in found if name.startswith("keras")} == {"keras"}
    assert "jax" in found
    assert ("tensorflow" in found) == (python != "3.14")


@pytest.mark.slow
def test_a_browser_gets_packages_that_run_everywhere_or_that_pyodide_has_built(resolver):
    found = resolved(resolver, "3.14", resolver["BROWSER"])
    assert {each.name for each in found.values() if not each.pure} == BUILT_BY_PYODIDE
    assert not set(NOT_IN_A_BROWSER) & set(found)

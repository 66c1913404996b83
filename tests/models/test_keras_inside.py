"""What Keras keeps to itself: touched in one file only, and there with any Keras that kerastutor supports."""

import ast
import doctest
import importlib
import inspect
import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import keras
import keras_inside_checks
import pytest
from packaging.requirements import Requirement

import kerastutor
from kerastutor import models
from kerastutor.models import keras_inside

TESTS = Path(__file__).parent.parent
PACKAGE = Path(kerastutor.__file__).parent
KERAS = Path(keras.__file__).parent / "src"
OTHERS = [path for path in os.environ.get("KERASTUTOR_OTHER_PYTHONS", "").split(os.pathsep) if path]

# ---- nowhere else ---------------------------------------------------------------------------------------------------

ONLY_NAMED = {
    "coaching/coach.py": "a file's name in a traceback says whether Keras refused",
    "knowledge/nested.py": "a saved model names its classes so, and is read without Keras",
    "widgets/extension.py": "the classes that are drawn, named so as not to load Keras",
}
"""Files that name `keras.src` in a string and touch nothing of it."""

ASKING = {"attrgetter", "delattr", "getattr", "hasattr", "methodcaller", "setattr"}
"""Functions that touch an attribute whose name they are given as a string."""


def private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__")


def attributes(tree: ast.AST) -> Iterator[str]:
    """The private names that a file gives to attributes: what its classes define, and what it sets on objects."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and private(node.name):
            yield node.name
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and private(node.attr):
            yield node.attr
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):  # a field of a class
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name) and private(target.id))


@pytest.fixture(scope="module")
def of_keras() -> set[str]:
    """The private attributes of everything in the Keras that is installed; parsing it all would take ten seconds."""
    given = re.compile(r"(?:\bdef |\bself\.|\bcls\.|^    |^ +\w+\.(?=\w+ =))(_[a-z]\w*)", re.MULTILINE)
    return {name for path in KERAS.rglob("*.py") for name in given.findall(path.read_text("utf-8")) if private(name)}


def touches(source: str, of_keras: set[str]) -> list[str]:
    """The places where a file touches private Keras, in the code and in the examples of its docstrings.

    What counts:

    - an import of `keras.src` or from it, whole or in part, and `keras.src` written out as an attribute;
    - a private attribute that Keras has, on any object; on `self`, `cls`, `super()` and the file's own classes only
      where the file does not define that attribute itself;
    - the name of one as a string, given to `getattr` and the like;
    - a string that begins with `keras.src` or holds `keras/src`, such as `import_module` takes.
    """
    tree = ast.parse(source)
    own = set(attributes(tree))
    selves = {"self", "cls", *(node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef))}
    found = [f"{node.lineno}: {ast.unparse(node)}" for node in ast.walk(tree) if touched(node, of_keras, own, selves)]
    for text, line in docstrings(tree):
        for example in doctest.DocTestParser().get_examples(text):
            found += [f"{line}, example: {one}" for one in touches(example.source, of_keras)]
    return found


def touched(node: ast.AST, of_keras: set[str], own: set[str], selves: set[str]) -> bool:
    """Whether this very node of a file that defines the attributes `own` touches private Keras."""
    if isinstance(node, ast.Import):
        return any(f"{alias.name}.".startswith("keras.src.") for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        whole = node.module == "keras" and any(alias.name == "src" for alias in node.names)
        return whole or f"{node.module}.".startswith("keras.src.")
    if isinstance(node, ast.Attribute):
        if node.attr == "src":
            return ast.unparse(node) == "keras.src"
        if node.attr not in of_keras:
            return False
        receiver = ast.unparse(node.value)
        return node.attr not in own or not (receiver in selves or receiver.startswith("super("))
    if isinstance(node, ast.Call):
        asks = ast.unparse(node.func).rpartition(".")[2] in ASKING
        names = {one.value for one in node.args if isinstance(one, ast.Constant)} if asks else set()
        return bool(names & (of_keras - own))
    text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
    return f"{text}.".startswith("keras.src.") or "keras/src" in text


def docstrings(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            text = ast.get_docstring(node)
            if text:
                yield text, getattr(node, "lineno", 1)


@pytest.mark.parametrize(
    "source",
    [
        "from keras.src.ops.operation import Operation",
        "import keras.src as inside",
        "from keras import src",
        "keras.src.backend",
        "tensor._keras_history.operation",
        "model.layers[0]._inbound_nodes",
        "getattr(layer, '_layers', [])",
        "operator.attrgetter('_value')(variable)",
        "import_module('keras.src.trainers')",
        "class Mine(keras.callbacks.Callback):\n    def look(self):\n        return self._model",
        "class Mine:\n    def __init__(self):\n        self._layers = []\n\nmodel._layers",
        'def look():\n    """What it is.\n\n    >>> keras.Input((4,))._keras_history\n    """',
    ],
)
def test_a_touch_of_private_keras_is_found(source, of_keras):
    assert touches(source, of_keras)


def test_what_is_public_or_ones_own_is_no_touch(of_keras):
    mine = "class Mine:\n    def __init__(self):\n        self._layers = []\n        self._layers.append(1)"
    for source in (mine, "model.layers", "keras.Function", "layer.__call__", "os._exit(0)", "name.endswith('_layers')"):
        assert touches(source, of_keras) == []


def test_private_keras_is_touched_in_one_file_only(of_keras):
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        places = touches(path.read_text("utf-8"), of_keras)
        if name in ONLY_NAMED:
            assert places, f"{name} no longer names keras.src: take it out of ONLY_NAMED"
            places = [place for place in places if not re.search(r"\d: ['\"]", place)]
        if places and name != "models/keras_inside.py":
            found[name] = places
    assert not found, "these belong into models/keras_inside.py, one function each"


def test_the_extension_names_the_classes_of_keras():
    from kerastutor.widgets.extension import MODELS

    graph = type(keras.Model(*[keras.Input((1,))] * 2))
    assert {(cls.__module__, cls.__name__) for cls in (keras.Model, keras.Sequential, graph)} == set(MODELS)


# ---- there, with any Keras ------------------------------------------------------------------------------------------

FUNCTIONS = {
    name: thing
    for name, thing in vars(keras_inside).items()
    if inspect.isfunction(thing) and thing.__module__ == keras_inside.__name__ and not name.startswith("_")
}


def test_each_function_has_a_check_and_says_where_it_was_seen():
    checked = {check.__name__ for check in keras_inside_checks.CHECKS}
    for name, function in FUNCTIONS.items():
        if name != "remark_on":
            assert name in checked
            assert f"to {keras_inside.NEWEST}." in function.__doc__, f"{name} was not seen in the newest"


def test_what_they_look_at_is_where_it_was():
    assert list(keras_inside_checks.moved()) == []


def test_the_one_that_moved_is_named_with_the_version(monkeypatch):
    monkeypatch.setattr(keras_inside, "calls_in", lambda graph: list(graph._nodes_by_height))
    monkeypatch.setattr(keras_inside_checks, "CHECKS", (keras_inside_checks.maker, keras_inside_checks.calls_in))
    (sentence,) = keras_inside_checks.moved()
    assert sentence.startswith(f"Keras {keras.__version__} has moved what keras_inside.calls_in looks at: AttributeErr")


@pytest.fixture
def asked_for(repository: Path) -> Requirement:
    """What pyproject.toml asks for of Keras."""
    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    return next(one for one in map(Requirement, project["dependencies"]) if one.name == "keras")


@pytest.mark.slow
@pytest.mark.parametrize("which", ["oldest", "newest"])
def test_what_they_look_at_is_where_it_was_with_the(which, asked_for, tmp_path):
    """Keras alone, without what it needs, in a folder that Python looks into first."""
    wanted = f"keras{asked_for.specifier}"
    options = {"oldest": ["--resolution", "lowest"], "newest": ["--prerelease", "allow"]}[which]
    get = [*uv(), "pip", "install", "--quiet", "--no-deps", "--target", str(tmp_path), *options, wanted]
    done = subprocess.run([*get, "--python", sys.executable], capture_output=True, text=True, check=False)
    if "failed to fetch" in done.stderr.lower():
        pytest.skip(f"the {which} Keras: no package index can be reached for `uv pip install {wanted}`")
    assert done.returncode == 0, done.stderr
    answer = moved_with(sys.executable, "jax" if find_spec("jax") else keras.config.backend(), tmp_path)
    assert answer["moved"] == []
    floor = next(part.version for part in asked_for.specifier if part.operator == ">=")
    assert which == "newest" or answer["keras"].startswith(f"{floor}."), "this is not the oldest"


@pytest.mark.slow
@pytest.mark.skipif(not OTHERS, reason="KERASTUTOR_OTHER_PYTHONS names no other environment")
def test_what_they_look_at_is_where_it_was_in_other_environments():
    for python in OTHERS:
        found = "import importlib.util as u; print(next(n for n in ('tensorflow', 'jax', 'torch') if u.find_spec(n)))"
        backend = subprocess.run([python, "-c", found], capture_output=True, text=True, check=True).stdout.strip()
        assert moved_with(python, backend)["moved"] == []


def uv() -> list[str]:
    """The command of the environment of the tests."""
    command = Path(sysconfig.get_path("scripts"), "uv")
    if not command.exists():
        pytest.skip("there is no uv to get another Keras with: pip install uv")
    return [str(command)]


def moved_with(python: str, backend: str, *first: Path) -> dict:
    """What `python -m keras_inside_checks` answers, where these folders are looked into first."""
    path = os.pathsep.join(map(str, (*first, TESTS, TESTS.parent)))
    environment = {**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": path}
    command = [python, "-W", "ignore", "-m", "keras_inside_checks"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
    missing = re.findall(r"ModuleNotFoundError: No module named '(\w+)'", run.stderr)
    if missing and missing[-1] != "keras":
        pytest.skip(f"this Keras needs more than the one that is installed: pip install {missing[-1]}")
    assert run.returncode == 0, run.stderr[-2000:]
    return json.loads(run.stdout)


# ---- a Keras that is not known --------------------------------------------------------------------------------------

LOADS = """
import keras
keras.__version__ = "3.99.0.dev2026"
import kerastutor.models.reading, kerastutor.coaching, kerastutor.building, kerastutor.training
"""


@pytest.mark.slow
def test_a_keras_that_is_not_known_is_remarked_on_once():
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", LOADS], capture_output=True, text=True, check=True)
    said = [line for line in done.stderr.splitlines() if line.startswith("Keras")]
    assert said == [keras_inside.remark_on("3.99.0.dev2026")]


@pytest.mark.parametrize("version", ["3.16.0", "3.16.0rc1", "4.0.0.dev202601010000"])
def test_only_a_keras_that_is_not_known_is_remarked_on(version, monkeypatch, caplog):
    for known in ("3.12.0", "3.13.2", f"{keras_inside.NEWEST}.12", keras.__version__):
        monkeypatch.setattr(keras, "__version__", known)
        importlib.reload(models)
    assert caplog.messages == []
    monkeypatch.setattr(keras, "__version__", version)
    importlib.reload(models)
    (message,) = caplog.messages
    assert message.startswith(f"Keras {version} is newer than kerastutor knows ({keras_inside.NEWEST}): ")

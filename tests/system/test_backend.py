"""Which backend Keras gets: yours, else one that is installed, and a sentence where that is not the usual one."""

import json
import os
import subprocess
import sys

import pytest

from kerastutor.system import backend


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine on which Keras was not loaded yet, nobody chose a backend, and these packages are installed."""
    monkeypatch.setenv("KERAS_BACKEND", "")  # so that what is set below is taken back
    monkeypatch.delenv("KERAS_BACKEND")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delitem(sys.modules, "keras", raising=False)

    def has(*packages):
        monkeypatch.setattr(backend, "is_installed", packages.__contains__)

    return has


@pytest.fixture
def said(caplog):
    return lambda: caplog.messages


@pytest.mark.parametrize(
    ("there", "chosen", "name"), [(("keras", "jax", "torch"), "jax", "JAX"), (("keras", "torch"), "torch", "PyTorch")]
)
def test_without_tensorflow_another_backend_is_taken_and_named(machine, said, there, chosen, name):
    machine(*there)
    backend.settle()
    assert os.environ["KERAS_BACKEND"] == chosen
    assert said() == [f"Keras computes with {name} here: {backend.why_missing('tensorflow')}."]


def test_where_there_is_no_backend_one_sentence_says_what_to_install(machine, said):
    machine("keras")
    backend.settle()
    assert "KERAS_BACKEND" not in os.environ
    (sentence,) = said()
    assert sentence.startswith("Keras cannot be loaded here: TensorFlow ")
    assert backend.remedy("tensorflow", []) in sentence


@pytest.mark.parametrize("choice", ["tensorflow", "torch", "numpy"])
def test_what_you_set_stays(machine, said, monkeypatch, choice):
    machine("keras", "jax")
    monkeypatch.setenv("KERAS_BACKEND", choice)
    backend.settle()
    assert os.environ["KERAS_BACKEND"] == choice
    assert said() == []


def test_a_choice_in_keras_settings_stays_but_what_keras_wrote_there_itself_is_none(machine, said, tmp_path):
    machine("keras", "jax")
    settings = tmp_path / "keras.json"
    settings.write_text(json.dumps({"backend": "torch"}))
    backend.settle()
    assert "KERAS_BACKEND" not in os.environ
    settings.write_text(json.dumps({"backend": "tensorflow"}))
    backend.settle()
    assert os.environ["KERAS_BACKEND"] == "jax"


@pytest.mark.parametrize("content", ["", "[]", "{", '{"backend": null}'])
def test_settings_that_name_nothing_are_no_choice(machine, tmp_path, content):
    machine("keras", "jax")
    (tmp_path / "keras.json").write_text(content)
    assert backend.asked_for() == "tensorflow"


@pytest.mark.parametrize("there", [("keras", "tensorflow", "jax"), ()])
def test_with_tensorflow_or_without_keras_there_is_nothing_to_settle(machine, said, there):
    machine(*there)
    backend.settle()
    assert "KERAS_BACKEND" not in os.environ
    assert said() == []


def test_a_keras_that_is_loaded_has_its_backend_already(machine, said, monkeypatch):
    machine("keras", "jax")
    monkeypatch.setitem(sys.modules, "keras", sys)
    backend.settle()
    assert "KERAS_BACKEND" not in os.environ
    assert said() == []


def test_a_folder_of_the_name_of_a_backend_is_none(tmp_path, monkeypatch):
    (tmp_path / "notes_on_jax").mkdir()
    (tmp_path / "notes_on_jax" / "monday.txt").write_text("vmap")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert not backend.is_installed("notes_on_jax")


def ran(hidden, program, tmp_path, **variables):
    """What a fresh Python prints on a machine where these packages are not installed."""
    hiding = "".join(f"sys.modules[{name!r}] = None; " for name in hidden)
    environment = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    return subprocess.run(
        [sys.executable, "-c", f"import sys; {hiding}\n{program}"],
        env={**environment, "KERAS_HOME": str(tmp_path), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_a_learner_without_tensorflow_imports_keras_and_it_computes_with_jax(tmp_path):
    pytest.importorskip("jax")
    program = "import kerastutor, keras; print(keras.config.backend())"
    done = ran(["tensorflow", "tensorflow.python"], program, tmp_path)
    assert (done.returncode, done.stdout) == (0, "jax\n")
    assert done.stderr.startswith("Keras computes with JAX here: TensorFlow ")


EACH_VERB = """
import kerastutor as kt
for use in (lambda: kt.read([]), lambda: kt.build(), lambda: kt.train(None, None), lambda: kt.race({}, None),
            lambda: kt.live(), lambda: kt.steps("1"), lambda: kt.coach, lambda: kt.prove_same(1, 2)):
    try:
        use()
    except ImportError as error:
        print(f"{type(error).__name__}: {error}")
"""


@pytest.mark.parametrize(
    ("hidden", "asked_for", "sentence"),
    [
        (("keras",), "tensorflow", "NoBackend: Keras is not installed. What to do: pip install keras."),
        (("torch",), "torch", "NoBackend: Keras cannot be loaded: PyTorch is not installed. What to do: pip install"),
        ((), "no_such", "NoBackend: Keras cannot be loaded with the backend 'no_such' (Unable to import backend"),
    ],
)
def test_every_verb_that_needs_keras_says_in_one_sentence_why_it_cannot_be_loaded(
    hidden, asked_for, sentence, tmp_path
):
    done = ran(hidden, EACH_VERB, tmp_path, KERAS_BACKEND=asked_for)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 8
    assert [line for line in lines if not line.startswith(sentence)] == []
    assert all("KERAS_BACKEND=" in line for line in lines) == (hidden != ("keras",))


def test_a_command_that_needs_keras_says_so_and_shows_no_traceback(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text("")
    program = f"sys.argv[1:] = ['exercise', 'check', {str(file)!r}]\nfrom kerastutor.command.cli import main\nmain()"
    done = ran(["torch"], program, tmp_path, KERAS_BACKEND="torch")
    assert done.returncode == 1
    assert done.stderr.startswith("Keras cannot be loaded: PyTorch is not installed.")
    assert len(done.stderr.splitlines()) == 1

"""`kerastutor doctor`: one line a check, and each fault met with what to do."""

import signal
import sqlite3
import subprocess

import pytest
from typer.testing import CliRunner

from kerastutor.command import cli, doctor
from kerastutor.command.doctor import Check, Keras
from kerastutor.exercises import store
from kerastutor.system.graphics import Machine, this_machine, why_unseen

CPU = Keras("3.15.1", "tensorflow")


@pytest.mark.parametrize(("remedy", "status"), [("", 0), ("do this", 1)])
def test_the_exit_code_tells(monkeypatch, remedy, status):
    checks = [Check("One", "fine"), Check("Two", "found", remedy)]
    monkeypatch.setattr(doctor, "examine", lambda: iter(checks))
    result = CliRunner().invoke(cli.app, ["doctor"])
    assert result.exit_code == status
    assert result.stdout.splitlines() == [check.line for check in checks]


def test_a_real_examination_names_everything_once(monkeypatch):
    monkeypatch.setattr(doctor, "probe_keras", lambda: CPU)
    subjects = [check.subject for check in doctor.examine()]
    assert subjects == ["Python", "Keras", "Device", "Graphviz", "Widgets", "Progress", "Grading"]


@pytest.mark.slow
def test_keras_is_asked_in_a_process_of_its_own(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    said = doctor.probe_keras()
    assert (said.backend, said.trouble) == ("jax", None)
    assert said.version


def test_a_backend_that_is_not_there_is_named_with_the_way_to_get_it(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "no_such_backend")
    assert doctor.keras_and_backend(doctor.probe_keras()).remedy


def test_a_backend_that_never_finishes_loading_is_given_up():
    assert "not loaded after" in doctor.probe_keras(seconds=0.01).trouble.found


@pytest.mark.parametrize(
    ("status", "stderr", "words"),
    [
        (1, "ModuleNotFoundError: No module named 'tensorflow.python'", "pip install tensorflow, or "),
        (1, "ModuleNotFoundError: No module named 'keras'", "pip install keras."),
        (-signal.SIGILL, "", "instructions this processor lacks"),
        (-signal.SIGSEGV, "", "SIGSEGV"),
        (1, "ImportError: libcudart.so: cannot open", "libcudart.so: cannot open"),
        (1, "", "install Keras and its backend again"),
    ],
)
def test_why_keras_cannot_be_loaded(status, stderr, words):
    assert words in doctor.keras_trouble(status, stderr).line


def test_a_missing_backend_is_named_with_the_ones_that_are_there():
    trouble = doctor.keras_trouble(1, "ModuleNotFoundError: No module named 'torch'", "torch", ["tensorflow", "jax"])
    assert trouble.found == "PyTorch is not installed"
    assert trouble.remedy.startswith("pip install torch, or set KERAS_BACKEND=tensorflow or KERAS_BACKEND=jax;")


def test_a_mistyped_backend_is_named():
    trouble = doctor.keras_trouble(1, "ValueError: Unable to import backend : jaks", "jaks", ["jax"])
    assert trouble.line.startswith("problem  Keras: 'jaks' is no backend that kerastutor knows. What to do: set KERAS_")


@pytest.mark.parametrize(("python", "healthy"), [((3, 10, 9), False), ((3, 13, 0), True), ((3, 15, 0), False)])
def test_a_python_that_was_not_tested_is_a_problem(python, healthy):
    assert doctor.python(python).healthy == healthy


def test_on_a_python_without_tensorflow_jax_is_said_to_be_the_backend():
    check = doctor.python((3, 14, 2))
    assert check.healthy
    assert "TensorFlow has no finished release for Python 3.14 yet, and JAX is the backend there" in check.found


def test_a_second_keras_in_the_folder_of_the_first_is_a_problem(monkeypatch):
    monkeypatch.setattr(doctor, "_installed", {"tensorflow": "2.22.0rc0", "keras-nightly": "3.16.0.dev1"}.get)
    assert "pip uninstall -y keras-nightly" in doctor.keras_and_backend(CPU).remedy


def test_an_unsupported_keras_is_a_problem():
    assert "pip install" in doctor.keras_and_backend(Keras("3.5.0", "jax")).remedy
    assert doctor.keras_and_backend(CPU).healthy


def test_the_device_cannot_be_known_while_keras_is_broken():
    broken = Keras(trouble=Check("Keras", "gone", "bring it back"))
    assert doctor.device(broken, Machine()).line.endswith("What to do: fix Keras first.")


def test_the_device_that_training_uses():
    assert doctor.device(CPU, Machine()).line == "ok       Device: training uses the CPU; no GPU was found"
    check = doctor.device(Keras("3.15.1", "jax", gpu="NVIDIA H200"), FULL)
    assert check.line == "ok       Device: training uses the GPU NVIDIA H200"


FULL = Machine(card=True, driver=True, device_file=True, packages=frozenset({"tensorflow", "nvidia-cudnn-cu12"}))


@pytest.mark.parametrize(
    ("machine", "backend", "reason"),
    [
        (Machine(card=True), "tensorflow", "its driver is not loaded"),
        (Machine(card=True, driver=True), "jax", "programs may not open it"),
        (Machine(card=True, driver=True, device_file=True), "tensorflow", "without its CUDA libraries"),
        (Machine(driver=True, device_file=True), "torch", "without its CUDA libraries"),
        (Machine(driver=True, device_file=True, packages=frozenset({"tensorflow-cpu"})), "tensorflow", "knows no GPU"),
        (Machine(driver=True, system="win32"), "tensorflow", "no GPU on Windows itself"),
        (FULL, "tensorflow", "could not start it"),
        (FULL, "jax", "without its CUDA libraries"),
    ],
)
def test_why_a_gpu_is_not_seen(machine, backend, reason):
    check = doctor.device(Keras("3.15.1", backend), machine)
    assert not check.healthy
    assert "an NVIDIA GPU is here, but" in check.line
    assert reason in check.line


@pytest.mark.parametrize("value", ["", "-1", " "])
def test_a_gpu_hidden_by_the_environment_is_found_hidden(monkeypatch, value):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", value)
    assert this_machine().hidden
    assert "CUDA_VISIBLE_DEVICES" in why_unseen(Machine(card=True, hidden=True), "jax").remedy


def test_graphviz_missing_is_met_with_the_dot_program_or_a_remedy(monkeypatch):
    failed = subprocess.CompletedProcess([], 1, "", "ImportError: no pygraphviz")
    monkeypatch.setattr(doctor.subprocess, "run", lambda *_, **__: failed)
    monkeypatch.setattr(doctor.shutil, "which", lambda _: "/usr/bin/dot")
    assert doctor.graphviz().healthy
    monkeypatch.setattr(doctor.shutil, "which", lambda _: None)
    assert "apt install graphviz" in doctor.graphviz().remedy, "it is installed, and lacks a library"
    monkeypatch.setattr(doctor, "_installed", lambda *_: None)
    assert doctor.graphviz().remedy == "pip install pygraphviz"


@pytest.mark.parametrize(
    ("bubblewrap", "system", "words"),
    [
        ("/usr/bin/bwrap", "linux", "/usr/bin/bwrap"),
        (None, "linux", "only `kerastutor grade`"),
        (None, "win32", "Linux"),
    ],
)
def test_bubblewrap_is_only_for_grading_so_that_it_is_no_problem_to_have_none(bubblewrap, system, words):
    check = doctor.grading(bubblewrap, system)
    assert check.healthy
    assert words in check.found


def test_widgets_too_old_or_missing_are_named_with_the_versions_wanted(monkeypatch):
    versions = {"jupyterlab": "3.6.1", "ipykernel": "7.4.0", "ipywidgets": "8.1.9"}
    monkeypatch.setattr(doctor, "_installed", versions.get)
    check = doctor.widgets()
    assert "anywidget missing" in check.found
    assert check.remedy.startswith('pip install "jupyterlab')
    assert '"anywidget' in check.remedy
    assert "ipykernel" not in check.remedy


def test_progress_not_yet_begun_is_well_where_it_can_be_made(tmp_path):
    path = tmp_path / "new" / "folder" / "progress.sqlite3"
    assert doctor.progress(path).healthy
    assert not path.parent.exists(), "looking must not leave anything behind"


def test_progress_that_cannot_be_made_is_a_problem(tmp_path):
    (tmp_path / "file").write_text("")
    assert "KERASTUTOR_PROGRESS" in doctor.progress(tmp_path / "file" / "progress.sqlite3").remedy


def test_progress_in_use_is_well_and_left_as_it_is(tmp_path):
    path = tmp_path / "progress.sqlite3"
    connection, _ = store.open_file(path)
    connection.close()
    before = path.read_bytes()
    assert doctor.progress(path).healthy
    assert path.read_bytes() == before


def test_a_damaged_progress_file_is_named_and_not_touched(tmp_path):
    path = tmp_path / "progress.sqlite3"
    path.write_bytes(b"not a database at all" * 100)
    assert "is damaged" in doctor.progress(path).found
    assert path.read_bytes() == b"not a database at all" * 100


def test_progress_locked_by_another_program_is_a_problem(tmp_path):
    path = tmp_path / "progress.sqlite3"
    with sqlite3.connect(path, isolation_level=None) as holder:
        holder.execute("CREATE TABLE t (x)")
        holder.execute("BEGIN EXCLUSIVE")
        assert "cannot be written" in doctor.progress(path).found
        holder.execute("ROLLBACK")
    holder.close()


def test_progress_of_a_newer_version_is_a_problem(tmp_path):
    path = tmp_path / "progress.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {store.SCHEMA_VERSION + 1}")
    connection.commit()
    connection.close()
    assert "newer kerastutor" in doctor.progress(path).found

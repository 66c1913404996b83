"""What kerastutor needs of this machine, looked at one by one: found, or what to do about it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement

from kerastutor.exercises import store
from kerastutor.system import backend, graphics

TESTED_PYTHONS = ((3, 11), (3, 14))
"""The oldest and the newest Python that kerastutor was tested with; the newest on JAX."""

# Both run in a process of their own: a backend or a C library that crashes must not take the doctor with it.
PROBE = """
import json, kerastutor, keras
from kerastutor.training.devices import training_device
device = training_device()
print(json.dumps({"version": keras.__version__, "backend": keras.config.backend(),
                  "gpu": device.name if device.kind == "GPU" else ""}))
"""
LAYOUT = "import pygraphviz; pygraphviz.AGraph('digraph { a -> b }').layout('dot')"


@dataclass(frozen=True)
class Check:
    """One line of the report: what was looked at, what was found, and what to do; no remedy means all is well."""

    subject: str
    found: str
    remedy: str = ""

    @property
    def healthy(self) -> bool:
        return not self.remedy

    @property
    def line(self) -> str:
        """The check as the learner reads it.

        >>> print(Check("Python", "3.12.1").line)
        ok       Python: 3.12.1
        >>> print(Check("Graphviz", "not found", "pip install pygraphviz").line)
        problem  Graphviz: not found. What to do: pip install pygraphviz.
        """
        if self.healthy:
            return f"ok       {self.subject}: {self.found}"
        return f"problem  {self.subject}: {self.found}. What to do: {self.remedy}."


@dataclass(frozen=True)
class Keras:
    """What Keras said when it was loaded: `gpu` names the one training uses; `trouble` is why it was not loaded."""

    version: str = ""
    backend: str = ""
    gpu: str = ""
    trouble: Check | None = None


def examine() -> Iterator[Check]:
    """All checks, each as soon as it is done; loading Keras takes some seconds."""
    yield python(sys.version_info[:3])
    keras = probe_keras()
    yield keras_and_backend(keras)
    yield device(keras, graphics.this_machine())
    yield graphviz()
    yield widgets()
    yield progress(store.default_path())
    yield grading(shutil.which("bwrap"), sys.platform)


def python(running: Sequence[int]) -> Check:
    """
    >>> python((3, 12, 1)).line
    'ok       Python: 3.12.1'
    >>> python((3, 14, 8)).found
    '3.14.8; TensorFlow has no finished release for Python 3.14 yet, and JAX is the backend there'
    """
    found = ".".join(map(str, running))
    oldest, newest = TESTED_PYTHONS
    if not oldest <= tuple(running[:2]) <= newest:
        span = " to ".join(f"{major}.{minor}" for major, minor in TESTED_PYTHONS)
        return Check("Python", f"{found}, with which kerastutor was not tested", f"use Python {span}")
    if tuple(running[:2]) >= backend.WITHOUT_TENSORFLOW:
        missing = backend.why_missing("tensorflow", running[:2])
        return Check("Python", f"{found}; {missing}, and JAX is the backend there")
    return Check("Python", found)


def probe_keras(seconds: float = 120) -> Keras:
    """Load Keras in another process and note what it says."""
    quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-c", PROBE]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, env=quiet)
    except subprocess.TimeoutExpired:
        return Keras(trouble=Check("Keras", f"not loaded after {seconds:.0f} s", "look for a slow disk, or try again"))
    if done.returncode:
        asked_for, here = backend.asked_for(), backend.installed()
        return Keras(trouble=keras_trouble(done.returncode, done.stderr, asked_for, here))
    said: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return Keras(said["version"], said["backend"], said["gpu"])


def keras_trouble(status: int, stderr: str, asked_for: str = "tensorflow", here: Sequence[str] = ()) -> Check:
    """What it means that loading Keras ended with `status` and wrote `stderr`.

    Args:
        asked_for: the backend that Keras was to load.
        here: the backends that are installed.

    >>> print(keras_trouble(1, "ModuleNotFoundError: No module named 'torch'", "torch", ["jax"]).remedy)
    pip install torch, or set KERAS_BACKEND=jax; then start Python again
    """
    last = _last_line(stderr)
    if status == -signal.SIGILL:
        return Check("Keras", "the backend needs instructions this processor lacks", 'pip install "kerastutor[jax]"')
    if status < 0:
        return Check("Keras", f"crashed while loading ({signal.Signals(-status).name})", "install the backend again")
    if asked_for not in backend.BACKENDS:
        found = f"{asked_for!r} is no backend that kerastutor knows"
        return Check("Keras", found, backend.remedy(asked_for, here))
    if last.startswith("ModuleNotFoundError: No module named "):
        missing = last.rpartition(" ")[2].strip("'\"").partition(".")[0]
        if missing == asked_for:
            return Check("Keras", backend.why_missing(missing), backend.remedy(missing, here))
        return Check("Keras", f"{missing} is not installed", f"pip install {missing}")
    return Check("Keras", f"cannot be loaded ({last})", "install Keras and its backend again")


def keras_and_backend(keras: Keras) -> Check:
    """Which Keras runs on which backend, and whether it is one that kerastutor supports."""
    if keras.trouble:
        return keras.trouble
    found = f"{keras.version} on {keras.backend} {_installed(keras.backend, f'{keras.backend}-cpu') or ''}".rstrip()
    if second := _installed("keras-nightly"):
        remedy = "pip uninstall -y keras-nightly, then pip install --force-reinstall --no-deps keras"
        return Check("Keras", f"{found}, and keras-nightly {second} lies in the same folder", remedy)
    wanted = _wanted("keras")
    if not wanted.specifier.contains(keras.version, prereleases=True):
        return Check("Keras", found, f'pip install "{wanted}"')
    return Check("Keras", found)


def device(keras: Keras, machine: graphics.Machine) -> Check:
    """What training will run on, and why not on a GPU that is there."""
    if keras.trouble:
        return Check("Device", "unknown while Keras cannot be loaded", "fix Keras first")
    if keras.gpu:
        return Check("Device", f"training uses the GPU {keras.gpu}")
    cause = graphics.why_unseen(machine, keras.backend)
    if cause:
        return Check("Device", f"training uses the CPU; an NVIDIA GPU is here, but {cause.reason}", cause.remedy)
    return Check("Device", "training uses the CPU; no GPU was found")


def graphviz() -> Check:
    """What lays out the drawings: pygraphviz in process, else the `dot` program."""
    done = subprocess.run([sys.executable, "-c", LAYOUT], capture_output=True, text=True)
    if done.returncode == 0:
        return Check("Graphviz", f"pygraphviz {version('pygraphviz')}, in process")
    found = f"pygraphviz does not work ({_last_line(done.stderr) or f'exit status {done.returncode}'})"
    if program := shutil.which("dot"):
        return Check("Graphviz", f"{program}; {found}")
    remedy = "pip install pygraphviz"
    if _installed("pygraphviz"):  # its wheel expects the libraries that every desktop has
        remedy = "install Graphviz, on Debian and Ubuntu with `sudo apt install graphviz`"
    return Check("Graphviz", f"{found} and there is no dot program, so drawings are plain", remedy)


def widgets() -> Check:
    """The packages that put widgets on the page, in the versions kerastutor asks for."""
    found, missing = [], []
    for name in ("jupyterlab", "ipykernel", "ipywidgets", "anywidget"):
        installed, wanted = _installed(name), _wanted(name)
        found.append(f"{name} {installed or 'missing'}")
        if installed is None or not wanted.specifier.contains(installed, prereleases=True):
            missing.append(f'"{wanted}"')
    return Check("Widgets", ", ".join(found), f"pip install {' '.join(missing)}" if missing else "")


def progress(path: Path) -> Check:
    """Whether progress can be written at `path`; looks only, and changes nothing."""
    elsewhere = "set KERASTUTOR_PROGRESS to a file in a folder of yours"
    if not path.exists():
        nearest = next(folder for folder in path.absolute().parents if folder.exists())
        if nearest.is_dir() and os.access(nearest, os.W_OK):
            return Check("Progress", f"will be kept in {path}")
        return Check("Progress", f"{path} cannot be made, so progress ends with each kernel", elsewhere)
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", timeout=1, uri=True, isolation_level=None)
        try:
            schema = connection.execute("PRAGMA user_version").fetchone()[0]
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        finally:
            connection.close()
    except sqlite3.OperationalError as problem:
        return Check("Progress", f"{path} cannot be written ({problem})", f"free the file, or {elsewhere}")
    except sqlite3.DatabaseError:
        remedy = "import an exported progress file; this one is set aside by itself when the next lesson starts"
        return Check("Progress", f"{path} is damaged", remedy)
    if schema > store.SCHEMA_VERSION:
        return Check("Progress", f"{path} was written by a newer kerastutor", "pip install --upgrade kerastutor")
    return Check("Progress", f"kept in {path}")


def grading(bubblewrap: str | None, system: str) -> Check:
    """What `kerastutor grade` puts between this machine and what is handed in; nobody else needs it.

    >>> print(grading(None, "darwin").line)
    ok       Grading: needs bubblewrap, which runs on Linux only; for all else it is not needed
    """
    if bubblewrap:
        return Check("Grading", f"{bubblewrap}; `kerastutor grade` says whether it is allowed all that it needs")
    if system != "linux":
        return Check("Grading", "needs bubblewrap, which runs on Linux only; for all else it is not needed")
    remedy = "on Debian and Ubuntu, `sudo apt install bubblewrap` brings it"
    return Check("Grading", f"bubblewrap is not installed, and only `kerastutor grade` needs it; {remedy}")


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1]


def _installed(*names: str) -> str | None:
    """The version of the first of these packages that is installed."""
    for name in names:
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    return None


def _wanted(name: str) -> Requirement:
    """What kerastutor itself asks for under this name."""
    wanted = map(Requirement, requires("kerastutor") or ())
    return next(each for each in wanted if each.name == name and _is_meant_for_this(each))


def _is_meant_for_this(requirement: Requirement) -> bool:
    """Whether it is asked for on this system, and not only by an extra."""
    return requirement.marker is None or requirement.marker.evaluate({"extra": ""})

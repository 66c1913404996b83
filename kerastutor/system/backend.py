"""Which backend Keras computes with, settled before Keras is loaded: left alone, it takes TensorFlow, there or not."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec

BACKENDS = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}
"""The packages that Keras computes with, in the order in which kerastutor prefers them, and what people call them."""

WITHOUT_TENSORFLOW = (3, 14)
"""The first Python for which TensorFlow has no finished release, as the markers in pyproject.toml have it."""

_HERE = sys.version_info[:2]


class NoBackend(ImportError):
    """Keras cannot be loaded; the message says why, and what to do."""


def settle() -> None:
    """Let Keras compute with what is installed where it would look for TensorFlow in vain, and say so in a sentence.

    Where nothing is installed, the sentence says what to install. What you chose yourself stays: in KERAS_BACKEND, in
    Keras' settings file, or by loading Keras first.
    """
    if "keras" in sys.modules or os.environ.get("KERAS_BACKEND") or is_installed("tensorflow"):
        return
    if asked_for() != "tensorflow" or not is_installed("keras"):
        return
    import logging  # not worth its milliseconds where there is nothing to say

    say = logging.getLogger("kerastutor").warning
    here = installed()
    if here:
        os.environ["KERAS_BACKEND"] = here[0]
        say(f"Keras computes with {BACKENDS[here[0]]} here: {why_missing('tensorflow')}.")
    else:
        say(f"Keras cannot be loaded here: {why_missing('tensorflow')}. What to do: {remedy('tensorflow', here)}.")


def asked_for() -> str:
    """The backend that Keras takes: what KERAS_BACKEND names, else what its settings file names, else TensorFlow.

    Keras itself writes `tensorflow` into that file when it is first loaded, so that there it is nobody's choice.
    """
    return os.environ.get("KERAS_BACKEND") or _in_settings() or "tensorflow"


def installed() -> list[str]:
    """The backends that are there, the preferred one first; none is loaded."""
    return [name for name in BACKENDS if is_installed(name)]


def is_installed(package: str) -> bool:
    """Whether a package can be imported. A folder that only has its name, such as one of notes about JAX, is none.

    >>> is_installed("json"), is_installed("no_such_package")
    (True, False)
    """
    if sys.modules.get(package) is not None:
        return True
    try:
        spec = find_spec(package)
    except ImportError:  # somebody's import hook forbids it
        return False
    return spec is not None and spec.origin is not None


def why_missing(backend: str, python: Sequence[int] = _HERE) -> str:
    """Why a backend is not there, as a sentence without its full stop.

    >>> why_missing("tensorflow", (3, 12))
    'TensorFlow is not installed'
    >>> why_missing("tensorflow", (3, 14))
    'TensorFlow has no finished release for Python 3.14 yet'
    """
    name = BACKENDS.get(backend, backend)
    if backend in BACKENDS and not _is_released(backend, python):
        return f"{name} has no finished release for Python {'.'.join(map(str, python))} yet"
    return f"{name} is not installed"


def remedy(backend: str, here: Sequence[str], python: Sequence[int] = _HERE) -> str:
    """What to do where Keras cannot be loaded with `backend`, as a sentence without its full stop.

    Args:
        backend: what Keras was asked for; it may be mistyped.
        here: the backends that are installed.

    >>> print(remedy("tensorflow", [], (3, 14)))
    pip install jax and set KERAS_BACKEND=jax; then start Python again
    >>> print(remedy("torch", ["jax"]))
    pip install torch, or set KERAS_BACKEND=jax; then start Python again
    >>> print(remedy("jaxx", ["tensorflow", "jax"]))
    set KERAS_BACKEND=tensorflow or KERAS_BACKEND=jax; then start Python again
    """
    choices = [f"KERAS_BACKEND={name}" for name in here if name != backend]
    other = "torch" if backend == "jax" else "jax"
    choose = f"set {' or '.join(choices)}" if choices else f"pip install {other} and set KERAS_BACKEND={other}"
    install = f"pip install {backend}, or " if _is_released(backend, python) else ""
    return f"{install}{choose}; then start Python again"


def explain(problem: Exception) -> NoBackend:
    """What it means that `import keras` failed with `problem`.

    >>> print(explain(ModuleNotFoundError("No module named 'keras'", name="keras")))
    Keras is not installed. What to do: pip install keras.
    """
    missing = (problem.name or "").partition(".")[0] if isinstance(problem, ModuleNotFoundError) else ""
    if missing == "keras":
        return NoBackend("Keras is not installed. What to do: pip install keras.")
    backend = asked_for()
    what_to_do = remedy(backend, installed())
    if missing == backend:
        return NoBackend(f"Keras cannot be loaded: {why_missing(backend)}. What to do: {what_to_do}.")
    if missing:
        return NoBackend(f"Keras cannot be loaded: {missing} is not installed. What to do: pip install {missing}.")
    reason = (str(problem).splitlines() or [type(problem).__name__])[0].rstrip(".")
    return NoBackend(f"Keras cannot be loaded with the backend {backend!r} ({reason}). What to do: {what_to_do}.")


def _is_released(backend: str, python: Sequence[int]) -> bool:
    """Whether pip finds a finished release of it for this Python, without a second Keras beside it."""
    return backend in BACKENDS and (backend != "tensorflow" or tuple(python[:2]) < WITHOUT_TENSORFLOW)


def _in_settings() -> str:
    """What Keras' settings file names as the backend; "" where it names none."""
    import json
    from pathlib import Path

    user = os.path.expanduser("~")  # noqa: PTH111 - pathlib raises where a user has no home
    home = user if os.access(user, os.W_OK) else "/tmp"  # as Keras has it
    file = Path(os.environ.get("KERAS_HOME") or Path(home, ".keras"), "keras.json")
    try:
        settings = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return ""
    return str(settings.get("backend") or "") if isinstance(settings, dict) else ""

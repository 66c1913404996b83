"""Every backend and supported Keras reads the corpus into the same bytes.

The backends installed beside this Python are run. Other versions of Keras live in environments of their own; name their
interpreters, separated as in PATH, in KERASTUTOR_OTHER_PYTHONS, and they are run too.
"""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
OTHERS = [path for path in os.environ.get("KERASTUTOR_OTHER_PYTHONS", "").split(os.pathsep) if path]


def lines(python: str, backend: str) -> list[str]:
    environment = {
        **os.environ,
        "KERAS_BACKEND": backend,
        "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)]),
    }
    run = subprocess.run(
        [python, "-m", "corpus"], env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return run.stdout.splitlines()


@pytest.fixture(scope="module")
def here() -> list[str]:
    return lines(sys.executable, "tensorflow")


def assert_same(found: list[str], expected: list[str]) -> None:
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert one == other


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_backends_agree(backend, here):
    if find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed here")
    assert_same(lines(sys.executable, backend), here)


@pytest.mark.slow
@pytest.mark.skipif(not OTHERS, reason="KERASTUTOR_OTHER_PYTHONS names no other environment")
@pytest.mark.parametrize("python", OTHERS)
def test_versions_agree(python, here):
    backend = next(name for name in ("tensorflow", "jax", "torch") if _has(python, name))
    assert_same(lines(python, backend), here)


def _has(python: str, package: str) -> bool:
    command = f"import importlib.util as u, sys; sys.exit(u.find_spec({package!r}) is None)"
    return subprocess.run([python, "-c", command], check=False).returncode == 0

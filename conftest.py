"""What every test shares: hypothesis profiles, the `unit` marker, and a home of its own for what the tutor keeps.

At the root, because doctests of the package and the lessons are tests too.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from kerastutor.system.backend import BACKENDS, is_installed

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# Deadlines measure the machine, not the code: a first call may load Keras.
_COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("default", max_examples=100, **_COMMON)
settings.register_profile("ci", max_examples=25, derandomize=True, **_COMMON)
settings.register_profile("soak", max_examples=5_000, **_COMMON)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# Importing kerastutor settles the backend, for test files that import Keras first. The files of a backend that is not
# here, as PyTorch often and TensorFlow on Python 3.14, hold no doctests.
collect_ignore_glob = [f"kerastutor/training/{name}_*.py" for name in BACKENDS if not is_installed(name)]

KINDS = ("browser", "lessons", "slow", "soak")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Notebooks are `lessons`, tests/browser is `browser`, and what is nothing else is `unit`."""
    for item in items:
        if item.path.suffix == ".ipynb":
            item.add_marker(pytest.mark.lessons)
        elif "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)
        if not any(item.get_closest_marker(kind) for kind in KINDS):
            item.add_marker(pytest.mark.unit)


@pytest.fixture(autouse=True, scope="session")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Tests keep their progress in a folder of their own, never in the developer's."""
    os.environ["KERASTUTOR_PROGRESS"] = str(tmp_path_factory.mktemp("progress") / "progress.sqlite3")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the working copy."""
    return Path(__file__).parent

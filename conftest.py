"""What every test shares: hypothesis profiles, the `unit` marker, and a home of its own for what the tutor keeps.

At the root, because doctests of the package and the lessons are tests too.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

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
MOST_PROCESSES = 8
"""How many test processes there are at most: each holds Keras in about 1 GB."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Notebooks are `lessons`, tests/browser is `browser`, and what is nothing else is `unit`."""
    for item in items:
        if item.path.suffix == ".ipynb":
            item.add_marker(pytest.mark.lessons)
        elif "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)
        if not any(item.get_closest_marker(kind) for kind in KINDS):
            item.add_marker(pytest.mark.unit)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Processes side by side for the whole suite; one for files that were named, which are done sooner than that."""
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return min(os.cpu_count() or 1, MOST_PROCESSES) if whole and not config.option.usepdb else 0


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> "FileByFile":
    return FileByFile(config, log)


class FileByFile(LoadScopeScheduling):
    """A process takes a file after the other, so that what the tests of a file share is made once."""

    def _split_scope(self, nodeid: str) -> str:
        """The file; all of tests/browser for one process, because they share one JupyterLab."""
        file = nodeid.partition("::")[0]
        return "tests/browser" if file.startswith("tests/browser/") else file


@pytest.fixture(autouse=True, scope="session")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Tests keep their progress in a folder of their own, never in the developer's."""
    os.environ["KERASTUTOR_PROGRESS"] = str(tmp_path_factory.mktemp("progress") / "progress.sqlite3")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the working copy."""
    return Path(__file__).parent

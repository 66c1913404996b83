"""The programs of `programs/`, read once."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def programs() -> ModuleType:
    """`programs.py` as a module, wherever the tests are run from."""
    path = Path(__file__).parent / "programs.py"
    spec = importlib.util.spec_from_file_location("exercise_programs", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module

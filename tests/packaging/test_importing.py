"""`import kerastutor` is cheap: nothing heavy is loaded until a name is used."""

import json
import subprocess
import sys
from importlib import import_module
from types import ModuleType

import kerastutor.exercises

HEAVY = ("keras", "tensorflow", "jax", "torch", "IPython", "ipywidgets", "anywidget", "numpy", "sklearn", "jupyterlab")
LOADED = "import json, sys; print(json.dumps(sorted(sys.modules)))"


def loaded_after(statement: str) -> list[str]:
    """The names of all modules in a new interpreter that ran `statement`."""
    done = subprocess.run([sys.executable, "-c", f"{statement}; {LOADED}"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_importing_kerastutor_loads_nothing_heavy():
    loaded = loaded_after("import kerastutor")
    assert [name for name in HEAVY if name in loaded] == []


def test_importing_kerastutor_loads_little_of_its_own():
    own = [name for name in loaded_after("import kerastutor") if name.startswith("kerastutor.")]
    assert own == ["kerastutor.system", "kerastutor.system.backend", "kerastutor.system.on_first_use"]


def test_listing_the_names_loads_nothing_either():
    loaded = loaded_after("import kerastutor; dir(kerastutor)")
    assert [name for name in HEAVY if name in loaded] == []


def test_each_public_name_is_what_it_says():
    """A module may have the name of what is in it, as `coach` does."""
    names = {
        "kerastutor": [name for name in kerastutor.__all__ if name != "data"],
        "kerastutor.exercises": kerastutor.exercises.__all__,
    }
    for package, own in names.items():
        values = {name: getattr(import_module(package), name) for name in own}
        assert [name for name, value in values.items() if isinstance(value, ModuleType)] == []


def test_importing_prints_nothing():
    done = subprocess.run([sys.executable, "-W", "error", "-c", "import kerastutor"], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_command_line_starts_without_keras_or_jupyter():
    loaded = loaded_after("import kerastutor.command.cli")
    assert [name for name in ("keras", "tensorflow", "IPython", "jupyterlab") if name in loaded] == []


def test_judging_loads_no_keras():
    loaded = loaded_after("import kerastutor.topology.sameness.canonical, kerastutor.exercises")
    assert [name for name in ("keras", "tensorflow", "jax", "torch", "numpy") if name in loaded] == []

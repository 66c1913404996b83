"""`%load_ext kerastutor` and what is imported beside it: in its own cell or at once in the next one, nothing breaks."""

import importlib.util
import subprocess
import sys

import pytest
from fresh_kernel import errors, run_all, words

IMPORTS = ("import tensorflow as tf", "from tensorflow import keras", "import keras", "import jax", "import torch")
GOES_ON = """
import keras
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
model.count_params()
"""


def there(statement: str) -> str:
    """An import, skipped by name where the package is missing."""
    package = statement.split()[1]
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    return statement


def run(statement: str, place: str) -> list:
    loads = ["%load_ext kerastutor\n" + statement] if place == "same" else ["%load_ext kerastutor", statement]
    return run_all(*loads, GOES_ON)


@pytest.mark.lessons
@pytest.mark.parametrize("place", ["same", "next"])
@pytest.mark.parametrize("statement", IMPORTS)
def test_an_import_beside_the_extension_works_and_what_follows_does(statement, place):
    cells = run(there(statement), place)
    assert errors(cells) == []
    assert words(cells[-1]).strip().endswith("8")


@pytest.mark.soak
@pytest.mark.parametrize("place", ["same", "next"])
@pytest.mark.parametrize("statement", IMPORTS)
def test_ten_times_each(statement, place):
    there(statement)
    assert [errors(run(statement, place)) for _ in range(10)] == [[]] * 10


NEVER_IN_A_THREAD = """
import sys, threading
from importlib.abc import MetaPathFinder

in_threads = []

class Looks(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        package = name.partition(".")[0]
        if threading.current_thread() is not threading.main_thread():
            if package == "kerastutor" or name in ("keras", "tensorflow", "jax", "torch"):
                in_threads.append(name)

sys.meta_path.insert(0, Looks())

from IPython.core.interactiveshell import InteractiveShell
import kerastutor as kt

shell = InteractiveShell()
shell.run_cell("%load_ext kerastutor")
shell.run_cell("import kerastutor as kt; kt.data.digits(); kt.practice(1, 1)")
assert "keras" not in sys.modules, "nothing has needed Keras yet"
shell.run_cell('''
import keras, numpy as np
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
run = kt.train(model, np.ones((8, 3)), np.ones((8, 1)), epochs=1).wait()
''')
assert shell.user_ns["run"].progress.status == "finished"
print("\\nimported in threads:", *in_threads)
"""


@pytest.mark.slow
def test_nothing_is_imported_in_a_thread():
    done = subprocess.run([sys.executable, "-c", NEVER_IN_A_THREAD], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines()[-1].split(":")[1].split() == []

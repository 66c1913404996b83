"""Around an import: before and after it, each time it is tried, and as if nobody were there."""

import importlib
import importlib.util
import sys
import traceback
import zipfile
from contextlib import contextmanager

import pytest

from kerastutor.system.on_import import around_import, without_our_step


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package that can be imported, as `heard_package`; what was heard of it."""
    (tmp_path / "heard_package").mkdir()
    (tmp_path / "heard_package" / "__init__.py").write_text("value = 1\n")
    (tmp_path / "heard_package" / "inside.py").write_text("from heard_package import value\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    heard = []

    @contextmanager
    def around():
        heard.append("before")
        yield
        heard.append(f"after {sys.modules['heard_package'].value}")

    stop = around_import("heard_package", around)
    yield tmp_path / "heard_package", heard
    stop()
    for name in [name for name in sys.modules if name.startswith("heard_package")]:
        del sys.modules[name]


@pytest.mark.parametrize(
    "statement", ["import heard_package", "import heard_package.inside", "from heard_package import value"]
)
def test_an_import_is_heard_however_it_is_written(package, statement):
    _, heard = package
    exec(statement, {})
    exec(statement, {})
    assert heard == ["before", "after 1"]


def test_asking_whether_it_is_there_is_no_import(package):
    _, heard = package
    assert importlib.util.find_spec("heard_package") is not None
    assert heard == []


def test_what_is_not_there_is_missing_as_ever(package):
    stop = around_import("no_such_package", lambda: pytest.fail("there is nothing to load"))
    with pytest.raises(ModuleNotFoundError, match="No module named 'no_such_package'"):
        importlib.import_module("no_such_package")
    stop()


def test_an_import_that_failed_is_heard_again(package):
    folder, heard = package
    (folder / "__init__.py").write_text("value = 1 / 0\n")
    with pytest.raises(ZeroDivisionError):
        importlib.import_module("heard_package")
    (folder / "__init__.py").write_text("value = 22\n")
    importlib.import_module("heard_package")
    assert heard == ["before", "before", "after 22"]


def test_the_traceback_of_an_import_that_failed_shows_no_step_of_ours(package):
    folder, _ = package
    (folder / "__init__.py").write_text("value = 1 / 0\n")
    with pytest.raises(ZeroDivisionError) as caught:
        import heard_package  # noqa: F401
    steps = traceback.extract_tb(without_our_step(caught.value).__traceback__)
    assert [step.line for step in steps] == ["import heard_package  # noqa: F401", "value = 1 / 0"]


def test_an_import_from_a_zip_is_heard_and_no_other_from_it(tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "packages.zip", "w") as packages:
        packages.writestr("zipped_one.py", "")
        packages.writestr("zipped_other.py", "")
    monkeypatch.syspath_prepend(str(tmp_path / "packages.zip"))
    heard = []

    @contextmanager
    def around():
        heard.append("zipped_one")
        yield

    stop = around_import("zipped_one", around)
    importlib.import_module("zipped_one")
    importlib.import_module("zipped_other")
    stop()
    assert heard == ["zipped_one"]


def test_nothing_is_heard_after_the_end(package):
    _, heard = package
    stop = around_import("heard_package", lambda: pytest.fail("it was ended"))
    stop()
    stop()
    importlib.import_module("heard_package")
    assert heard == ["before", "after 1"]

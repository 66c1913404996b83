"""What is done around the import of a package, by whomever and whenever it is imported."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from kerastutor.system.tracebacks import without_steps

Around = Callable[[], AbstractContextManager[None]]


def around_import(package: str, around: Around) -> Callable[[], None]:
    """Import a package inside a context of yours, as soon as anybody imports it; returns how to stop that.

    Args:
        package: its top-level name, such as `"keras"`. Where it is loaded already nothing happens.
        around: makes the context, a new one for each try; after a try that failed the next import is another one.

    >>> from contextlib import contextmanager
    >>> @contextmanager
    ... def told():
    ...     print("before")
    ...     yield
    ...     print("after")
    >>> stop = around_import("this", told)
    >>> import this  # doctest: +ELLIPSIS
    before
    The Zen of Python...
    after
    >>> stop()
    """
    finder = _Finder(package, around)
    sys.meta_path.insert(0, finder)
    return lambda: sys.meta_path.remove(finder) if finder in sys.meta_path else None


def without_our_step(error: BaseException) -> BaseException:
    """The same exception of an import that failed, its traceback as it is where nobody stands around the import.

    Python hides the steps of its own import machinery, but not where a step of somebody else is between them.
    """
    step = error.__traceback__
    while step is not None and step.tb_frame.f_code.co_filename != __file__:
        step = step.tb_next
    return error if step is None else without_steps(error, (__file__, "<frozen importlib"))


class _Finder(MetaPathFinder):
    """Finds the package as it is found without it, and lets it be executed inside the context."""

    def __init__(self, package: str, around: Around) -> None:
        self._package = package
        self._around = around

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._package:
            return None
        others = (finder for finder in sys.meta_path[sys.meta_path.index(self) + 1 :])
        found = (finder.find_spec(fullname, path, target) for finder in others if hasattr(finder, "find_spec"))
        spec = next(filter(None, found), None)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                with self._around() if module.__spec__ is spec else nullcontext():  # a zip has one loader for all
                    execute(module)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec

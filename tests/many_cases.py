"""Many cases in one test: all of them are run, and one failure names every case that failed, and why."""

from __future__ import annotations

import functools
import inspect
import traceback
from collections.abc import Callable, Iterable
from typing import TypeVar

import pytest

Case = TypeVar("Case")


def for_each(
    cases: Iterable[Case] | Callable[[], Iterable[Case]], name: Callable[[Case], str] = str
) -> Callable[[Callable[[Case], None]], Callable[[], None]]:
    """Run a test on every case, as `pytest.mark.parametrize` does, without making a test of each.

    Take it where hundreds of cases run in milliseconds each, and need no fixture: as tests they cost more than what
    they check.

    Args:
        cases: the cases, or a function that makes them once the test runs.
        name: what the failure calls a case.
    """

    def decorate(test: Callable[[Case], None]) -> Callable[[], None]:
        @functools.wraps(test)
        def run() -> None:
            chosen = list(cases() if callable(cases) else cases)
            assert chosen, "there are no cases"
            failed = []
            for case in chosen:
                try:
                    test(case)
                except Exception as error:
                    failed.append(f"{name(case)}, {_place(test, error)}: {type(error).__name__}: {error}")
            if failed:
                pytest.fail(f"{len(failed)} of {len(chosen)} cases fail\n" + "\n\n".join(failed), pytrace=False)

        run.__signature__ = inspect.Signature()  # pytest would take the case for a fixture
        return run

    return decorate


def _place(test: Callable[[Case], None], error: Exception) -> str:
    """The line of the test file in which the case failed."""
    file = test.__code__.co_filename
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return f"line {lines[-1]}"

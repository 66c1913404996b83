"""Work beside the training: a function compiles in another thread while the steps go on in the one that trains."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


def aside(work: Callable[[], Result]) -> Future[Result]:
    """Begin `work` in a thread of its own, which ends with it.

    >>> aside(lambda: 6 * 7).result()
    42
    """
    executor = ThreadPoolExecutor(1, thread_name_prefix="kerastutor-aside")
    future = executor.submit(work)
    executor.shutdown(wait=False)
    return future

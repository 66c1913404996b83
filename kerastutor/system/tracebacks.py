"""Tracebacks without the steps that only look on, so that a learner sees their own lines and those they called."""

from __future__ import annotations

from types import TracebackType


def without_steps(error: BaseException, files: tuple[str, ...]) -> BaseException:
    """The same exception, its traceback without the steps in files whose names begin so.

    >>> try:
    ...     int("four")
    ... except ValueError as error:
    ...     without_steps(error, ("<doctest",)).__traceback__ is None
    True
    """
    steps = []
    step = error.__traceback__
    while step is not None:
        if not step.tb_frame.f_code.co_filename.startswith(files):
            steps.append(step)
        step = step.tb_next
    chain = None
    for step in reversed(steps):
        chain = TracebackType(chain, step.tb_frame, step.tb_lasti, step.tb_lineno)
    return error.with_traceback(chain)

"""Watching a child from its birth to the end of its last descendant: time, memory, processes."""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import psutil

_BEAT = 0.02
"""Seconds between two looks; in that time a child gains some 50 MB at most, or a few hundred processes."""


def watch(child: int, limits: Mapping[str, Any], control: socket.socket) -> dict[str, Any]:
    """Wait until the child ends, or end it and all its descendants where a limit is passed or `control` says something.

    Returns:
        `status` as `os.waitstatus_to_exitcode` gives it, `cpu` in seconds, and what it was `stopped` for: None, `wall`,
        `memory`, `processes`, or `asked`.
    """
    deadline = time.monotonic() + limits["wall_seconds"]
    stopped = None
    with _handle(child) as ended:
        while stopped is None:
            ready = select.select([ended, control], [], [], _BEAT)[0]
            if ended in ready:
                break
            stopped = "asked" if control in ready else _passed(deadline, limits)
        if stopped is not None:
            signal.pidfd_send_signal(ended.fileno(), signal.SIGKILL)
    _, status, usage = os.wait4(child, 0)
    _end_what_is_left()
    cpu = usage.ru_utime + usage.ru_stime
    return {"status": os.waitstatus_to_exitcode(status), "cpu": cpu, "stopped": stopped}


def _handle(child: int) -> Any:
    """A file that becomes readable when the child has ended."""
    return os.fdopen(os.pidfd_open(child), "rb", buffering=0)


def _passed(deadline: float, limits: Mapping[str, Any]) -> str | None:
    if time.monotonic() > deadline:
        return "wall"
    family = psutil.Process().children(recursive=True)
    if len(family) > limits["processes"] or sum(_asked(process.num_threads) for process in family) > limits["tasks"]:
        return "processes"
    return "memory" if _more_than(limits["memory"], family) else None


def _more_than(limit: int, family: Iterable[psutil.Process]) -> bool:
    """Whether they take more memory; their exact share is asked for only where the plain sum is over the limit."""
    sizes = {process: _asked(partial(_resident, process)) for process in family}
    if sum(sizes.values()) <= limit:
        return False
    return sum(_asked(partial(_share, process)) or size for process, size in sizes.items()) > limit


def _resident(process: psutil.Process) -> int:
    return int(process.memory_info().rss)


def _share(process: psutil.Process) -> int:
    return int(process.memory_full_info().pss)


def _asked(question: Callable[[], int]) -> int:
    """0 for a process that has ended meanwhile, or that does not let itself be looked at."""
    try:
        return int(question())
    except psutil.Error:
        return 0


def _end_what_is_left() -> None:
    """End what outlived the child: nothing, where it was process 1 of a namespace of its own.

    Orphans come to the server, so while one of them lives the server has a child.
    """
    with suppress(ChildProcessError):  # there is none left
        while True:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                for process in psutil.Process().children(recursive=True):
                    with suppress(psutil.NoSuchProcess):
                        process.kill()
                os.waitpid(-1, 0)

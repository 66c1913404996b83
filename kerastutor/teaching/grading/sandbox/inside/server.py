"""The server behind the wall: it loads once what every submission needs, then forks a throw-away child for each file.

    python -m kerastutor.teaching.grading.sandbox.inside.server code|data|nothing walled|open FD

It speaks over the socket FD. A message in is one job as JSON, with two descriptors: what was handed in, and where the
child reports. A message out says how the child ended, and which layers of its wall could not be built: then it did not
look at what was handed in. The server never reads what a child reports, so that no child can mislead it.
"""

from __future__ import annotations

import fcntl
import gc
import json
import os
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from typing import IO, Any

import psutil

from kerastutor.teaching.grading.sandbox.inside import kernel
from kerastutor.teaching.grading.sandbox.inside.isolation import be_nobody, enter_namespaces, seal, wall_in
from kerastutor.teaching.grading.sandbox.inside.watch import watch

Work = Callable[[Mapping[str, Any], bytes, IO[bytes]], None]
"""What a child does: with the job, what was handed in, and the stream to report on."""

STOP = b"stop"
"""The message that asks for the end of the child."""

_HANDED_IN, _REPORT, _WALL = 3, 4, 5
"""The descriptors of a child; the last, on which it tells of its wall, is closed before it looks at anything."""

WORK = {
    "code": "kerastutor.teaching.grading.sandbox.inside.running",
    "data": "kerastutor.teaching.grading.sandbox.inside.parsing",
    "nothing": "kerastutor.teaching.grading.sandbox.inside.server",
}


def main(kind: str, wall: str, descriptor: int) -> None:
    """Serve until the other side closes."""
    control = socket.socket(fileno=descriptor)
    if wall == "walled":
        be_nobody()
    kernel.adopt_orphans()
    work: Work = import_module(WORK[kind]).work
    child = _sealed if kind == "data" else _walled
    gc.collect()
    gc.freeze()  # what is shared with the children stays shared
    control.send(json.dumps({"threads": psutil.Process().num_threads()}).encode())
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 65536, 2)
        if not message:
            return
        if message == STOP:
            continue  # it came when the child had ended
        job = json.loads(message)
        with child(job, descriptors, work) as (pid, missing):
            for number in descriptors:
                os.close(number)
            control.send(json.dumps({"missing": missing, **watch(pid, job["limits"], control)}).encode())


Born = tuple[int, list[str]]
"""The process of a child, and the layers of its wall that are missing."""


@contextmanager
def _sealed(job: Mapping[str, Any], descriptors: list[int], work: Work) -> Iterator[Born]:
    """A child that only reads."""
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        _be_child(job, [*descriptors, tell], work, lambda: seal(job["limits"]))
    os.close(tell)
    yield child, _heard(told).get("missing", [])


@contextmanager
def _walled(job: Mapping[str, Any], descriptors: list[int], work: Work) -> Iterator[Born]:
    """A child that runs code, with a home. A keeper takes the namespaces on, so that the server keeps its own."""
    with tempfile.TemporaryDirectory(dir=os.environ["HOME"], ignore_cleanup_errors=True) as home:
        told, tell = os.pipe()
        keeper = os.fork()
        if keeper == 0:
            missing = enter_namespaces()
            child = os.fork()
            if child == 0:
                wall = partial(wall_in, home, job["limits"], own_namespaces=not missing)
                _be_child(job, [*descriptors, tell], work, lambda: (*missing, *wall()))
            _tell(tell, child=child)
            os._exit(0)
        os.close(tell)
        os.waitpid(keeper, 0)
        heard = _heard(told)
        yield heard["child"], heard.get("missing", [])


def _tell(pipe: int, **said: Any) -> None:
    os.write(pipe, json.dumps(said).encode() + b"\n")


def _heard(pipe: int) -> dict[str, Any]:
    """What keeper and child say before the child begins, in any order."""
    with open(pipe, "rb") as lines:
        return {key: value for line in lines for key, value in json.loads(line).items()}


def _be_child(
    job: Mapping[str, Any], descriptors: list[int], work: Work, wall_off: Callable[[], tuple[str, ...]]
) -> None:
    """The whole life of a child: it never returns."""
    try:
        _keep_only(*descriptors)
        with os.fdopen(_HANDED_IN, "rb") as stream:
            content = stream.read()
        with os.fdopen(_REPORT, "wb", buffering=0) as stream:
            missing = wall_off()
            _tell(_WALL, missing=missing)
            os.close(_WALL)
            if job["unsafe_ok"] or not missing:
                work(job, content, stream)
            os._exit(0)
    except BaseException:
        os._exit(1)


def _keep_only(handed_in: int, report: int, wall: int) -> None:
    """Close every descriptor but these; what is printed goes nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    away = [
        fcntl.fcntl(number, fcntl.F_DUPFD, _WALL + 1) for number in (nowhere, nowhere, nowhere, handed_in, report, wall)
    ]
    for number, wanted in zip(away, (0, 1, 2, _HANDED_IN, _REPORT, _WALL), strict=True):
        os.dup2(number, wanted)
    os.closerange(_WALL + 1, os.sysconf("SC_OPEN_MAX"))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))


def work(job: Mapping[str, Any], content: bytes, stream: IO[bytes]) -> None:
    """Do nothing."""

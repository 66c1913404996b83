"""The server behind the wall: it loads once what every submission needs, then forks a throw-away child for each.

    python -m kerastutor.grading.sandbox.inside.server code|data walled|open FD

It speaks over the socket FD. A message in is one job as JSON, with two descriptors: what was handed in, and where the
child reports. A message out says how the child ended. The server never reads what a child reports, so that no child can
mislead it.
"""

from __future__ import annotations

import fcntl
import gc
import json
import os
import socket
import sys
import tempfile
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import IO, Any

import psutil

from kerastutor.grading.sandbox.inside import kernel
from kerastutor.grading.sandbox.inside.isolation import be_nobody, enter_namespaces, wall_in
from kerastutor.grading.sandbox.inside.watch import watch

Work = Callable[[Mapping[str, Any], bytes, IO[bytes]], None]
"""What a child does: with the job, what was handed in, and the stream to report on."""

STOP = b"stop"
"""The message that asks for the end of the child."""

_HANDED_IN, _REPORT = 3, 4
"""The two descriptors of a child."""

WORK = {"code": "kerastutor.grading.sandbox.inside.running", "data": "kerastutor.grading.sandbox.inside.parsing"}


def main(kind: str, wall: str, descriptor: int) -> None:
    """Serve until the other side closes."""
    control = socket.socket(fileno=descriptor)
    if wall == "walled":
        be_nobody()
    kernel.adopt_orphans()
    work: Work = import_module(WORK[kind]).work
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
        with tempfile.TemporaryDirectory(dir=os.environ["HOME"], ignore_cleanup_errors=True) as home:
            child = _fork(job, descriptors, work, home)
            for number in descriptors:
                os.close(number)
            control.send(json.dumps(watch(child, job["limits"], control)).encode())


def _fork(job: Mapping[str, Any], descriptors: list[int], work: Work, home: str) -> int:
    """Fork the child through a keeper, which takes the namespaces on so that the server keeps its own."""
    told, tell = os.pipe()
    keeper = os.fork()
    if keeper == 0:
        missing = enter_namespaces()
        child = os.fork()
        if child == 0:
            _be_child(job, descriptors, work, home, missing)
        os.write(tell, str(child).encode())
        os._exit(0)
    os.close(tell)
    os.waitpid(keeper, 0)
    with open(told, "rb") as pipe:  # noqa: PTH123 - a descriptor
        return int(pipe.read())


def _be_child(job: Mapping[str, Any], descriptors: list[int], work: Work, home: str, missing: tuple[str, ...]) -> None:
    """The whole life of a child: it never returns."""
    try:
        _keep_only(*descriptors)
        with os.fdopen(_HANDED_IN, "rb") as stream:
            content = stream.read()
        os.environ.update(HOME=home, TMPDIR=home)
        os.chdir(home)
        missing += wall_in(home, job["limits"], own_namespaces=not missing)
        with os.fdopen(_REPORT, "wb", buffering=0) as stream:
            if missing and not job["unsafe_ok"]:
                stream.write(json.dumps({"missing": missing}).encode() + b"\n")
            else:
                work(job, content, stream)
        os._exit(0)
    except BaseException:
        os._exit(1)


def _keep_only(handed_in: int, report: int) -> None:
    """Close every descriptor but these two; what is printed goes nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    away = [
        fcntl.fcntl(number, fcntl.F_DUPFD, _REPORT + 1) for number in (nowhere, nowhere, nowhere, handed_in, report)
    ]
    for number, wanted in zip(away, (0, 1, 2, _HANDED_IN, _REPORT), strict=True):
        os.dup2(number, wanted)
    os.closerange(_REPORT + 1, os.sysconf("SC_OPEN_MAX"))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))

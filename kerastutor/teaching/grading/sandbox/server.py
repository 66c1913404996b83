"""The server behind the wall, as this side of it sees it: started when first needed, asked one job at a time."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from kerastutor.teaching.grading.sandbox import launch
from kerastutor.teaching.grading.sandbox.limits import Limits

_GRACE = 10.0
"""Seconds beyond the wall limit after which the server itself is taken for dead."""
_START = 180.0
"""Seconds the server may take to load Keras, on a machine that is busy."""


class SandboxError(RuntimeError):
    """There is no sandbox to run in; the message says what to do."""


@dataclass(frozen=True)
class Ended:
    """How a child ended.

    Attributes:
        report: what it said, at most one byte more than the limit.
        stopped: None, or the limit it was stopped for: `wall`, `memory`, `processes`, `report`, or `server` where the
            server itself did not answer any more.
        status: its exit code, negative for a signal.
        cpu: seconds of computing.
        missing: the layers of protection that could not be built, as `LAYERS` names them; unless that was allowed, the
            child has looked at nothing.
    """

    report: bytes
    stopped: str | None = None
    status: int = 0
    cpu: float = 0.0
    missing: tuple[str, ...] = ()


class Server:
    """One server process and the socket to it."""

    def __init__(self, kind: str, backend: str | None, *, walled: bool) -> None:
        self._control, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._home = tempfile.TemporaryDirectory(prefix="kerastutor-", ignore_cleanup_errors=True)
        with tempfile.TemporaryFile() as said:
            with there:
                self._process = subprocess.Popen(
                    launch.command(kind, there.fileno(), walled=walled),
                    env=launch.environment(backend, launch.HOME if walled else self._home.name),
                    pass_fds=(there.fileno(),),
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=said,
                )
            self.threads = self._hello(said)["threads"]

    def run(self, job: Mapping[str, Any], content: bytes, limits: Limits) -> Ended:
        """Run one child on what was handed in, and wait for its end."""
        told, tell = os.pipe()
        try:
            handed_in = _in_memory(content)
            try:
                message = json.dumps({**job, "limits": asdict(limits)}).encode()
                socket.send_fds(self._control, [message], [handed_in, tell])
            except OSError:
                return Ended(b"", "server")
            finally:
                os.close(handed_in)
                os.close(tell)
            return self._followed(told, limits)
        finally:
            os.close(told)

    @property
    def alive(self) -> bool:
        """Whether it can take another job."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it and everything it has started."""
        self._control.close()
        self._process.kill()
        self._process.wait()
        self._home.cleanup()

    def _hello(self, said: Any) -> dict[str, Any]:
        ready = select.select([self._control], [], [], _START)[0]
        message = self._control.recv(65536) if ready else b""
        if message:
            answer: dict[str, Any] = json.loads(message)
            return answer
        self.close()
        said.seek(0)
        lines = said.read(10_000).decode("utf-8", "replace").strip().splitlines()
        raise SandboxError(f"The sandbox did not start: {lines[-1] if lines else 'it said nothing'}.")

    def _followed(self, told: int, limits: Limits) -> Ended:
        """Read what the child says until its end is told, so that it never waits for a reader."""
        report = bytearray()
        deadline = time.monotonic() + limits.wall_seconds + _GRACE
        sources: list[Any] = [self._control, told]
        os.set_blocking(told, False)
        while True:
            ready = select.select(sources, [], [], max(0.0, deadline - time.monotonic()))[0]
            if self._control in ready or not ready:
                break
            if not _read_more(told, report, limits.report):
                sources.remove(told)
                if len(report) > limits.report:
                    self._control.send(b"stop")
        message = self._control.recv(65536) if ready else b""
        if not message:
            self.close()
            return Ended(bytes(report), "server")
        _read_more(told, report, limits.report)
        ended = json.loads(message)
        stopped = "report" if len(report) > limits.report else ended["stopped"]
        return Ended(bytes(report), stopped, ended["status"], ended["cpu"], tuple(ended["missing"]))


def _read_more(told: int, report: bytearray, limit: int) -> bool:
    """Read what is there; False at its end, and where it is more than the limit."""
    while len(report) <= limit:
        try:
            piece = os.read(told, min(2**16, limit + 1 - len(report)))
        except BlockingIOError:
            return True
        if not piece:
            return False
        report += piece
    return False


def _in_memory(content: bytes) -> int:
    """A descriptor to read `content` from, that leads to no file of this machine."""
    descriptor = os.memfd_create("handed-in")
    with open(descriptor, "wb", closefd=False) as stream:
        stream.write(content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor

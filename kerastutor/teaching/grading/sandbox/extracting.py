"""A submission through the sandbox: each file to the server it belongs to, and what comes out put together."""

from __future__ import annotations

import errno
import os
import signal
import stat
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from kerastutor.teaching.grading.extraction import NO_ANSWER, Extraction, SubmittedAnswer, from_lines, in_a_row
from kerastutor.teaching.grading.intake import Submission
from kerastutor.teaching.grading.records import Verdict
from kerastutor.teaching.grading.sandbox.limits import MIB, Limits
from kerastutor.teaching.grading.sandbox.server import Ended, SandboxError, Server

_RUN = (".ipynb", ".py")
_READ = (".keras", ".json")
_LIMIT_OF_READING = 10.0
"""Seconds for a file that is only read; a megabyte of JSON takes a twentieth of one."""


class Sandbox:
    """The two servers of one worker, each started when it is first needed, and again when it has died."""

    def __init__(
        self, limits: Limits, exercises: tuple[str, ...], backend: str | None, *, walled: bool, unsafe_ok: bool
    ):
        self._limits = limits
        self._exercises = exercises
        self._backend = backend
        self._walled = walled
        self._unsafe_ok = unsafe_ok
        self._servers: dict[str, Server] = {}

    def extract(self, submission: Submission) -> Extraction:
        """The answers in all files of a submission, those in a later file after those in an earlier one."""
        return together(self._file(path) for path in submission.files)

    def close(self) -> None:
        """End both servers."""
        for server in self._servers.values():
            server.close()
        self._servers.clear()

    def _file(self, path: Path) -> Extraction:
        suffix = path.suffix.lower()
        if suffix not in (*_RUN, *_READ):
            return Extraction(Verdict.REFUSED, f"{_shown(path)} is no notebook, script, .keras or .json file.")
        try:
            content = _content(path, self._limits.submission)
        except OSError as problem:
            return Extraction(Verdict.REFUSED, f"{_shown(path)} cannot be read ({problem.strerror}).")
        if content is None:
            most = f"{self._limits.submission // MIB} MB"
            return Extraction(Verdict.TOO_LARGE, f"{_shown(path)} is larger than {most}.")
        kind = "code" if suffix in _RUN else "data"
        limits = self._limits if kind == "code" else _for_reading(self._limits)
        job = {"name": path.name, "exercises": self._exercises, "unsafe_ok": self._unsafe_ok}
        ended = self._run(kind, job, content, limits)
        if ended.missing and not self._unsafe_ok:
            lacking = " and ".join(ended.missing)
            raise SandboxError(f"The wall around a submission could not be built ({lacking}), so it was not looked at.")
        return verdict_on(ended, from_lines(ended.report, self._exercises, limits.calls), limits)

    def _run(self, kind: str, job: Mapping[str, Any], content: bytes, limits: Limits) -> Ended:
        """Run it, and once more where it was ended for no reason of its own: a full machine, a hand that kills."""
        ended = self._server(kind).run(job, content, limits)
        if _reason(ended, limits) in ("server", "killed"):
            ended = self._server(kind).run(job, content, limits)
        return ended

    def _server(self, kind: str) -> Server:
        server = self._servers.get(kind)
        if server is None or not server.alive:
            server = self._servers[kind] = Server(kind, self._backend, walled=self._walled)
        return server


def together(extractions: Iterable[Extraction]) -> Extraction:
    """Several files as one submission: what went wrong first stands, unless nothing did."""
    given: dict[str, list[SubmittedAnswer]] = defaultdict(list)
    wrong: Extraction | None = None
    for extraction in extractions:
        for exercise, answer in extraction.answers.items():
            given[exercise] = [in_a_row([*given[exercise], answer])]
        if wrong is None and extraction.verdict not in (Verdict.GRADED, Verdict.NOT_ATTEMPTED):
            wrong = extraction
    answers = {exercise: answer for exercise, (answer,) in given.items()}
    if wrong is not None:
        return replace(wrong, answers=answers)
    if answers:
        return Extraction(Verdict.GRADED, "", answers)
    return Extraction(Verdict.NOT_ATTEMPTED, NO_ANSWER)


def verdict_on(ended: Ended, said: Extraction, limits: Limits) -> Extraction:
    """What a child said, and how it ended; an end before its time is told, whatever it said."""
    stopped = {
        "wall": (Verdict.TIMED_OUT, f"It ran longer than {limits.wall_seconds:g} seconds."),
        "memory": (Verdict.OUT_OF_MEMORY, f"It needed more than {limits.memory // MIB:,} MB of memory."),
        "processes": (Verdict.REFUSED, f"It started more than {limits.processes} processes."),
        "report": (Verdict.TOO_LARGE, f"Its answers take more than {limits.report // MIB:,} MB."),
        "server": (Verdict.CRASHED, "It brought the sandbox down."),
        "cpu": (Verdict.TIMED_OUT, f"It computed longer than {limits.cpu_seconds} seconds."),
        "killed": (Verdict.OUT_OF_MEMORY, "The system ended it, most likely because the machine ran out of memory."),
    }
    why = _reason(ended, limits)
    if why is not None:
        return Extraction(*stopped[why], said.answers)
    if ended.status != 0 and said.verdict in (Verdict.GRADED, Verdict.NOT_ATTEMPTED):
        return Extraction(Verdict.CRASHED, f"Its process ended {_how(ended.status)}, before its time.", said.answers)
    return said


def _reason(ended: Ended, limits: Limits) -> str | None:
    if ended.stopped is not None:
        return ended.stopped
    if ended.status == -signal.SIGKILL or ended.status == -signal.SIGXCPU:
        return "cpu" if ended.cpu >= limits.cpu_seconds - 1 else "killed"
    return None


def _how(status: int) -> str:
    return f"with the code {status}" if status > 0 else f"by {signal.Signals(-status).name}"


def _for_reading(limits: Limits) -> Limits:
    seconds = min(limits.wall_seconds, _LIMIT_OF_READING)
    return replace(limits, wall_seconds=seconds, cpu_seconds=min(limits.cpu_seconds, int(_LIMIT_OF_READING)))


def _content(path: Path, most: int) -> bytes | None:
    """The bytes of a plain file, of no link and no device; None where they are more than `most`."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as stream:  # noqa: PTH123 - a descriptor
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is no plain file")
        content = stream.read(most + 1)
    return None if len(content) > most else content


def _shown(path: Path) -> str:
    name = path.name if path.name.isprintable() else ascii(path.name)
    return name if len(name) <= 80 else f"{name[:77]}..."

"""Who does the work: an existing dask.distributed cluster. Each of its workers opens graders of its own.

What was handed in travels to the workers, so that no disk has to be shared with them; what comes back are records.
A worker that dies is replaced by another: its submissions are graded there.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from os.path import commonpath
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import uuid4

from distributed import Client, WorkerPlugin, get_worker

from kerastutor.teaching.grading.grader import Graded, Terms, open_graders
from kerastutor.teaching.grading.intake import Submission
from kerastutor.teaching.grading.pool import Pool, PoolError

PATIENCE = 30
"""Seconds to wait for a scheduler, and for its first worker."""


@dataclass(frozen=True)
class Parcel:
    """A submission on its way: its files by their path within it."""

    student: str
    files: tuple[tuple[str, bytes], ...]

    @classmethod
    def of(cls, submission: Submission) -> Parcel:
        """Read the files of a submission."""
        if not submission.files:
            return cls(submission.student, ())
        top = Path(commonpath([path.parent for path in submission.files]))
        files = ((path.relative_to(top).as_posix(), path.read_bytes()) for path in submission.files)
        return cls(submission.student, tuple(files))

    def unpacked(self, folder: Path) -> Submission:
        """Write the files into a folder."""
        paths = []
        for name, content in self.files:
            path = folder.joinpath(*PurePosixPath(name).parts)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            paths.append(path)
        return Submission(self.student, tuple(paths))


@contextmanager
def cluster_pool(terms: Terms, address: str) -> Iterator[Pool]:
    """The workers of the cluster whose scheduler is at `address`, such as `tcp://10.0.0.5:8786`."""
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as problem:
        raise PoolError(f"No dask scheduler answers at {address} ({problem}).") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise PoolError(f"The dask cluster at {address} has no workers; start some.") from None
        name = f"kerastutor-{uuid4().hex}"
        client.register_plugin(Graders(terms), name=name)
        try:
            with client.get_executor(pure=False) as executor:
                threads = sum(client.nthreads().values())
                yield Pool(lambda task: executor.submit(_grade, name, Parcel.of(task.submission), task.known), threads)
        finally:
            if client.status == "running":
                client.unregister_worker_plugin(name)


class Graders(WorkerPlugin):  # type: ignore[misc]  # distributed has no types
    """The graders of one worker: opened with its first submission, closed with the run."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms

    def setup(self, worker: Any) -> None:
        """Called on the worker when it joins, and when the run begins."""
        self._opened = ExitStack()
        self.grade = self._opened.enter_context(open_graders(self._terms, worker.state.nthreads))

    def teardown(self, worker: Any) -> None:
        """Called on the worker when it leaves, and when the run ends."""
        self._opened.close()


def _grade(plugin: str, parcel: Parcel, known: str | None) -> Graded:
    """Runs on a worker."""
    with tempfile.TemporaryDirectory(prefix="kerastutor-") as folder:
        graded: Graded = get_worker().plugins[plugin].grade(parcel.unpacked(Path(folder)), known)
        return graded

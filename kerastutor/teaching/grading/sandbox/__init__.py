"""The sandbox: where the code of a submission runs, without key, checker, network or way back.

    with open_sandbox(Limits(), exercises=("hw1-stack",)) as extract:
        extraction = extract(submission)

Two servers stand behind a wall of bubblewrap: one that has loaded Keras, for notebooks and scripts, and a small one
that never does, for files that are only read. For every file a server forks a child. One that runs code goes into
namespaces of its own, gives up its rights, does its work and dies, and with it everything that it has started; one that
only reads lets the kernel deny it everything but reading what it was given, and saying what it found. What a child says
comes out of one pipe: a few lines of JSON about the networks it has. This process reads them as data; it holds the
keys, has no Keras and runs nothing. So whoever forges these lines can only claim a network that they could as well have
built, and only as their own.

`inside` is the half behind the wall and is never imported on this side.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kerastutor.teaching.grading.extraction import Extraction
from kerastutor.teaching.grading.intake import Submission
from kerastutor.teaching.grading.sandbox import places
from kerastutor.teaching.grading.sandbox.extracting import Sandbox
from kerastutor.teaching.grading.sandbox.limits import Limits
from kerastutor.teaching.grading.sandbox.protection import Protection, protection, remedy
from kerastutor.teaching.grading.sandbox.server import SandboxError

__all__ = ["Limits", "Protection", "SandboxError", "open_sandbox", "protection"]


@contextmanager
def open_sandbox(
    limits: Limits,
    *,
    exercises: tuple[str, ...],
    backend: str | None = None,
    unsafe_ok: bool = False,
    private: Iterable[Path] = (),
) -> Iterator[Callable[[Submission], Extraction]]:
    """A function that takes a submission apart into its answers, one at a time; it never raises for what they do.

    Args:
        limits: for each file of a submission.
        exercises: the ids of those that are graded.
        backend: of Keras in the sandbox; by default the first of tensorflow, jax and torch that is installed.
        unsafe_ok: run also where layers of protection are missing.
        private: files and folders that no submission may see, such as the key, the other submissions, the results.

    Raises:
        SandboxError: a layer is missing, or something private lies where it can be seen, and `unsafe_ok` is False.
    """
    if not unsafe_ok:
        refuse_exposed((*private, Path(tempfile.gettempdir())))
    found = protection()
    if found.missing and not unsafe_ok:
        raise SandboxError(
            f"This machine lacks protection against what submissions do ({', '.join(found.missing)}): "
            f"{remedy(found.missing[0])}; or grade with --unsafe-ok submissions that you trust."
        )
    sandbox = Sandbox(limits, exercises, backend, walled="bubblewrap" in found.there, unsafe_ok=unsafe_ok)
    try:
        yield sandbox.extract
    finally:
        sandbox.close()


def refuse_exposed(private: Iterable[Path]) -> None:
    """Raises `SandboxError` where something private lies in a folder that is seen behind the wall."""
    found = places.exposed(private)
    if found:
        path, place = found
        raise SandboxError(
            f"{path} lies in {place}, which the code of submissions can read: move it out of there, or install "
            "kerastutor into an environment elsewhere."
        )

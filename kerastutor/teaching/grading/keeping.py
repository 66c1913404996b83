"""Copies of what was handed in, made before anything runs. Later changes to the originals have no effect.

What is wrong with one file costs that file; the others of its student count. Sizes are counted while copying: what a
folder or an archive says about them is a claim.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from kerastutor.teaching.grading.layouts import has_answer
from kerastutor.teaching.grading.showing import shown

_CHUNK = 1 << 20
_OF_THE_NAME = frozenset({errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ, errno.EISDIR, errno.EEXIST})
"""What a file system says that does not take a name."""


class NotKept(ValueError):
    """A file cannot be kept; the message says which and why."""


@dataclass(frozen=True)
class Bounds:
    """How much is kept.

    Attributes:
        files: in the whole archive.
        student_files, student_bytes: of one student.
        file_bytes: of one file. What is beyond is cut off; the sandbox reads less of a file, and says so itself.
        ratio: unpacked to packed size of one file that is larger than a mebibyte.
    """

    files: int = 100_000
    student_files: int = 1_000
    student_bytes: int = 256 << 20
    file_bytes: int = 64 << 20
    ratio: int = 200

    def grown(self, packed: int) -> int:
        """Bytes that a file which is packed into so many may have."""
        return max(_CHUNK, self.ratio * packed)


BOUNDS = Bounds()


@dataclass(frozen=True)
class Held:
    """A file where it lies, in a folder or an archive.

    Attributes:
        path: within what was handed in.
        open: opens it to be read; raises `NotKept`.
        size: bytes, as claimed.
        most: bytes it may have.
        fault: why it cannot be kept, where that is seen without opening it.
        misnamed: its name is none that a file can have, so it says nothing about where students lie.
    """

    path: PurePosixPath
    open: Callable[[], AbstractContextManager[IO[bytes]]]
    size: int = 0
    most: int = BOUNDS.file_bytes + 1
    fault: str = ""
    misnamed: bool = False


@dataclass(frozen=True)
class Kept:
    """What was kept of a student: the copies, in the order given, and a sentence on each file that was left out."""

    files: tuple[Path, ...] = ()
    left_out: tuple[str, ...] = ()


def keep(own: Sequence[Held], folder: Path, bounds: Bounds = BOUNDS) -> Kept:
    """Copy the files of one student into `folder`, which is made: those that may hold an answer first, and the small
    ones before the large, so that where it is too much the rest is left out.

    Raises:
        OSError: this machine cannot, such as where its disk is full.
    """
    left = bounds.student_bytes
    copies: dict[int, Path] = {}
    faults: dict[int, str] = {}
    order = sorted(range(len(own)), key=lambda place: (not has_answer(own[place].path), own[place].size))
    if len(own) > bounds.student_files:
        faults[-1] = f"Of {len(own):,} files, {bounds.student_files:,} were taken; no more are."
    for place in order[: bounds.student_files]:
        target = folder / str(place) / own[place].path.name  # one folder a file, so that no two names get in the way
        try:
            left -= _copied(own[place], target, left, bounds)
            copies[place] = target
        except NotKept as problem:
            faults[place] = str(problem)
    return Kept(tuple(copies[place] for place in sorted(copies)), tuple(faults[place] for place in sorted(faults)))


def _copied(held: Held, target: Path, left: int, bounds: Bounds) -> int:
    """Copy one file; returns its size."""
    if held.fault:
        raise NotKept(held.fault)
    name, cut = shown(held.path), bounds.file_bytes
    with ExitStack() as opened:
        with _of_the_source(name):
            source = opened.enter_context(held.open())
        sink = opened.enter_context(_made(target, name))
        size = 0
        while size <= cut and (chunk := _read(source, min(_CHUNK, cut + 1 - size), name)):
            size += len(chunk)
            if size > held.most:
                raise NotKept(f"{name} grows to more than {held.most >> 20} MiB.")
            if size > left:
                raise NotKept(f"{name} was left out: this submission is larger than {bounds.student_bytes >> 20} MiB.")
            sink.write(chunk)
        return size


def _made(target: Path, name: str) -> IO[bytes]:
    target.parent.mkdir(parents=True)
    try:
        return target.open("xb")
    except OSError as problem:
        if problem.errno in _OF_THE_NAME:
            raise NotKept(f"{name} has a name that no file can have here ({problem.strerror}).") from None
        raise


def _read(source: IO[bytes], count: int, name: str) -> bytes:
    with _of_the_source(name):
        return source.read(count)


@contextmanager
def _of_the_source(name: str) -> Iterator[None]:
    """What the system says of the source costs the file; what is damaged inside has no number and is told elsewhere."""
    try:
        yield
    except OSError as problem:
        if problem.errno is None:
            raise
        raise NotKept(f"{name} cannot be read ({problem.strerror}).") from None


def clear(folder: Path) -> None:
    """Remove the copies."""
    shutil.rmtree(folder, ignore_errors=True)

"""Copies of our own of what was handed in, made before anything of it runs: what changes there later changes nothing.

What is wrong with one file costs that file; the others of its student count. Sizes are counted while copying: what a
folder or an archive says about them is a claim.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

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
    """Copy the files of one student into `folder`, which is made; the small ones first, so that a large one costs none.

    Raises:
        OSError: this machine cannot, such as where its disk is full.
    """
    if len(own) > bounds.student_files:
        return Kept(left_out=(f"It holds {len(own):,} files; more than {bounds.student_files:,} are not taken.",))
    left = bounds.student_bytes
    copies: dict[int, Path] = {}
    faults: dict[int, str] = {}
    for place in sorted(range(len(own)), key=lambda place: own[place].size):
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
    target.parent.mkdir(parents=True)
    try:
        with held.open() as source, target.open("xb") as sink:
            return _copy(source, sink, shown(held.path), min(left, held.most), bounds.file_bytes)
    except OSError as problem:
        if problem.errno in _OF_THE_NAME:
            raise NotKept(f"{shown(held.path)} has a name that no file can have here ({problem.strerror}).") from None
        raise


def _copy(source: IO[bytes], sink: IO[bytes], name: str, bound: int, cut: int) -> int:
    size = 0
    while size <= cut and (chunk := source.read(min(_CHUNK, cut + 1 - size))):
        size += len(chunk)
        if size > bound:
            raise NotKept(f"{name} grows to more than {bound >> 20} MiB.")
        sink.write(chunk)
    return size


def shown(path: PurePosixPath) -> str:
    """The name as it can be shown: short, and without what a terminal would obey.

    >>> shown(PurePosixPath("x" * 100 + ".py"))
    '`...xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.py`'
    """
    text = "".join(character if character.isprintable() else "?" for character in str(path))
    return f"`{text}`" if len(text) <= 63 else f"`...{text[-60:]}`"


def clear(folder: Path) -> None:
    """Remove the copies."""
    shutil.rmtree(folder, ignore_errors=True)

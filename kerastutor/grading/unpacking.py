"""Unpacking an archive of submissions that nobody vouches for.

A file in it may name a path outside, be a link, be locked, or grow without end; it then costs its own student and
nobody else. Sizes are counted while unpacking: what an archive says about itself is a claim.
"""

from __future__ import annotations

import lzma
import re
import shutil
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO
from unicodedata import category

_ARCHIVES = frozenset({".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar"})
_CHUNK = 1 << 20
_DEEPEST = 12
_DRIVE = re.compile("[A-Za-z]:")
_ENCRYPTED = 0x1
_UNIX = 3


class UnpackingError(ValueError):
    """Something cannot be unpacked safely; the message says what and why."""


@dataclass(frozen=True)
class Bounds:
    """How much is unpacked.

    Attributes:
        files: in the whole archive.
        student_files, student_bytes: of one student.
        ratio: unpacked to packed size of one file that is larger than a mebibyte.
    """

    files: int = 100_000
    student_files: int = 1_000
    student_bytes: int = 256 << 20
    ratio: int = 200


BOUNDS = Bounds()


def contents(archive: zipfile.ZipFile, bounds: Bounds = BOUNDS) -> dict[PurePosixPath, list[zipfile.ZipInfo]]:
    """The files of an archive by path as written there, two under one path together; folders are left out."""
    entries = archive.infolist()
    if len(entries) > bounds.files:
        raise UnpackingError(f"The archive holds {len(entries):,} files; more than {bounds.files:,} are not unpacked.")
    found: dict[PurePosixPath, list[zipfile.ZipInfo]] = {}
    for entry in entries:
        if not entry.is_dir():
            found.setdefault(PurePosixPath(entry.filename), []).append(entry)
    return found


def unpack(
    archive: zipfile.ZipFile, own: dict[PurePosixPath, list[zipfile.ZipInfo]], folder: Path, bounds: Bounds = BOUNDS
) -> tuple[Path, ...]:
    """Unpack the files of one student into `folder`, which is made; raises `UnpackingError` at the first bad one."""
    folder.mkdir(parents=True)
    if len(own) > bounds.student_files:
        raise UnpackingError(f"It holds {len(own):,} files; more than {bounds.student_files:,} are not unpacked.")
    left = bounds.student_bytes
    written = []
    for path, entries in own.items():
        _check(entries)
        target = folder.joinpath(*path.parts)
        left -= _write(archive, entries[0], target, left, bounds)
        written.append(target)
    return tuple(written)


def _check(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse what is no file with a plain name; raises `UnpackingError`."""
    (first, *more) = entries
    path = PurePosixPath(first.filename)
    name = _shown(path)
    if path.is_absolute() or len(path.parts) > _DEEPEST or any(part == ".." or _unusable(part) for part in path.parts):
        raise UnpackingError(f"{name} is not a plain file name inside the submission.")
    if more:
        raise UnpackingError(f"It holds two files named {name}.")
    if first.create_system == _UNIX and stat.S_IFMT(first.external_attr >> 16) not in (0, stat.S_IFREG):
        raise UnpackingError(f"{name} is a link or a device; hand in the file itself.")
    if first.flag_bits & _ENCRYPTED:
        raise UnpackingError(f"{name} is locked with a password; hand it in without one.")
    if path.suffix.lower() in _ARCHIVES:
        raise UnpackingError(f"{name} is an archive within the submission; hand in the files themselves.")


def _unusable(part: str) -> bool:
    """Names that another system reads as a path, and names that no system takes."""
    too_long = len(part.encode("utf-8", "surrogatepass")) > 255
    return too_long or "\\" in part or bool(_DRIVE.match(part)) or any(category(c) in ("Cc", "Cs") for c in part)


def _shown(path: PurePosixPath) -> str:
    """The name as it can be shown: short, and without what a terminal would obey.

    >>> _shown(PurePosixPath("x" * 100 + ".py"))
    '`...xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.py`'
    """
    text = "".join(character if character.isprintable() else "?" for character in str(path))
    return f"`{text}`" if len(text) <= 63 else f"`...{text[-60:]}`"


def _write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, left: int, bounds: Bounds) -> int:
    """Unpack one file; returns its size."""
    name = _shown(PurePosixPath(entry.filename))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry) as source, target.open("xb") as sink:
            return _copy(source, sink, name, min(left, max(_CHUNK, bounds.ratio * entry.compress_size)))
    except (FileExistsError, NotADirectoryError, IsADirectoryError):
        raise UnpackingError(f"{name} is the name of a file and of a folder.") from None
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError) as problem:
        raise UnpackingError(f"{name} is damaged and cannot be unpacked ({problem}).") from None
    except OSError as problem:
        if problem.errno is not None:  # of this machine; what bzip2 finds damaged has no number
            raise
        raise UnpackingError(f"{name} is damaged and cannot be unpacked ({problem}).") from None


def _copy(source: IO[bytes], sink: IO[bytes], name: str, bound: int) -> int:
    size = 0
    while chunk := source.read(_CHUNK):
        size += len(chunk)
        if size > bound:
            raise UnpackingError(f"{name} grows to more than {bound >> 20} MiB when it is unpacked.")
        sink.write(chunk)
    return size


def clear(folder: Path) -> None:
    """Remove what was unpacked."""
    shutil.rmtree(folder, ignore_errors=True)

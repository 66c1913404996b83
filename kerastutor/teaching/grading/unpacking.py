"""An archive of submissions that nobody vouches for.

A file in it may name a path outside, be a link, be locked, or grow without end; that costs this file and nothing else.
"""

from __future__ import annotations

import lzma
import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO
from unicodedata import category

from kerastutor.teaching.grading.folders import DEEPEST, Listing
from kerastutor.teaching.grading.keeping import BOUNDS, Bounds, Held, NotKept
from kerastutor.teaching.grading.layouts import is_archive
from kerastutor.teaching.grading.repairing import repaired
from kerastutor.teaching.grading.showing import shown

NAMELESS = PurePosixPath("(without a name)")

_DRIVE = re.compile("[A-Za-z]:")
_ENCRYPTED = 0x1
_UNIX = 3
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    RuntimeError,
    ValueError,
    OverflowError,
)
_UNREADABLE = (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError)
"""What `zipfile` says of an archive that it refuses as a whole."""


class UnpackingError(ValueError):
    """An archive cannot be unpacked at all; the message says why."""


@contextmanager
def opened_archive(source: Path, spare: Path, bounds: Bounds = BOUNDS) -> Iterator[Listing]:
    """What lies in an archive, as `opened_folder` gives it.

    Args:
        spare: where a copy of the archive goes if it cannot be read as it is.

    Raises:
        UnpackingError: it is no archive, or holds too many files.
    """
    try:
        with _opened(source, spare) as archive:
            yield contents(archive, bounds)
    except zipfile.BadZipFile as problem:
        raise UnpackingError(str(problem)) from None


def contents(archive: zipfile.ZipFile, bounds: Bounds = BOUNDS) -> Listing:
    """The files and the folders of an archive; of two files with one name the last is taken, as `unzip` does."""
    entries = archive.infolist()
    if len(entries) > bounds.files:
        raise UnpackingError(f"The archive holds {len(entries):,} files; more than {bounds.files:,} are not unpacked.")
    folders = [_path(entry) for entry in entries if _is_folder(entry) and not _is_misnamed(entry)]
    files = [(entry, _path(entry), _fault(entry)) for entry in entries if not _is_folder(entry)]
    coming = Counter(path for _, path, fault in files if not fault)
    held = []
    for entry, path, fault in files:
        coming[path] -= not fault
        if not fault and coming[path]:
            fault = f"There are two files named {shown(path)}; the last one was taken."
        held.append(
            Held(
                path,
                partial(_entry, archive, entry),
                entry.file_size,
                min(bounds.grown(entry.compress_size), bounds.file_bytes + 1),
                fault,
                misnamed=_is_misnamed(entry),
            )
        )
    return held, folders


@contextmanager
def _opened(source: Path, spare: Path) -> Iterator[zipfile.ZipFile]:
    """The archive; where one of its entries keeps `zipfile` from reading it, a copy with that entry put right."""
    try:
        archive = zipfile.ZipFile(source)
    except _UNREADABLE:
        archive = _put_right(source, spare)
    with archive:
        yield archive


def _put_right(source: Path, spare: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(repaired(source, spare))
    except (*_UNREADABLE, *_DAMAGED) as problem:
        raise UnpackingError(str(problem)) from None


@contextmanager
def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
    name = shown(_path(entry))
    try:
        with archive.open(entry) as stream:
            yield stream
    except NotKept:
        raise
    except _DAMAGED as problem:
        raise NotKept(f"{name} is damaged and cannot be unpacked ({problem}).") from None
    except OSError as problem:
        if problem.errno is not None:  # of this machine; what bzip2 finds damaged has no number
            raise
        raise NotKept(f"{name} is damaged and cannot be unpacked ({problem}).") from None


def _fault(entry: zipfile.ZipInfo) -> str:
    """Why an entry is no file with a plain name; empty where it is one."""
    name = shown(PurePosixPath(_name(entry)))
    if _is_misnamed(entry):
        return f"{name} is not a plain file name inside the submission."
    if entry.create_system == _UNIX and stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
        return f"{name} is a link or a device; hand in the file itself."
    if entry.flag_bits & _ENCRYPTED:
        return f"{name} is locked with a password; hand it in without one."
    if is_archive(_path(entry)):
        return f"{name} is an archive within the submission; hand in the files themselves."
    return ""


def _is_misnamed(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(_name(entry))
    parts = path.parts
    plain = parts and not path.is_absolute() and len(parts) <= DEEPEST
    return not plain or any(part == ".." or _is_unusable(part) for part in parts)


def _is_unusable(part: str) -> bool:
    """Names that another system reads as a path, and names that no system takes."""
    too_long = len(part.encode("utf-8", "surrogatepass")) > 255
    return too_long or "\\" in part or bool(_DRIVE.match(part)) or any(category(c) in ("Cc", "Cs") for c in part)


def _is_folder(entry: zipfile.ZipInfo) -> bool:
    return _name(entry).endswith("/")


def _name(entry: zipfile.ZipInfo) -> str:
    """As it is written there: `zipfile` ends a name at its first NUL, where another name may begin."""
    return entry.orig_filename if "\0" in entry.orig_filename else entry.filename


def _path(entry: zipfile.ZipInfo) -> PurePosixPath:
    """Where it lies; what claims to be absolute is anybody's as if it were not."""
    path = PurePosixPath(_name(entry))
    return PurePosixPath(*(part for part in path.parts if part != path.anchor)) if path.name else NAMELESS

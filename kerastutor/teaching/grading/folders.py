"""A folder of submissions, whose owners may change it while it is read: no link in it is ever followed."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from kerastutor.teaching.grading.keeping import BOUNDS, Held, NotKept
from kerastutor.teaching.grading.layouts import is_noise
from kerastutor.teaching.grading.showing import shown

DEEPEST = 12
"""Folders within folders that are looked into."""

Listing = tuple[list[Held], list[PurePosixPath]]
"""Files, and folders, by their path within what was handed in."""

_HOW = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NO_FILE = frozenset({errno.ELOOP, errno.ENOTDIR, errno.ENXIO, errno.ENODEV})
"""What the system says of a link, and of what is no file, where a file was asked for."""


@contextmanager
def opened_folder(folder: Path, ours: Path) -> Iterator[Listing]:
    """What lies in a folder, without what lies in `ours`; the files can be opened as long as the context lasts."""
    with _top(folder) as top:
        files: list[Held] = []
        folders = [PurePosixPath()]
        for place in folders:  # grows meanwhile
            found, inner = _looked_into(folder, place, ours, top)
            files += found
            folders += inner
        yield files, folders[1:]


@contextmanager
def opened_file(file: Path) -> Iterator[Listing]:
    """A single file, as `opened_folder` gives those of a folder."""
    with _top(file.parent) as top:
        path = PurePosixPath(file.name)
        yield [Held(path, partial(_opened, top, path))], []


@contextmanager
def _top(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _looked_into(folder: Path, place: PurePosixPath, ours: Path, top: int) -> Listing:
    """The files and the folders that lie directly in one folder."""
    files: list[Held] = []
    folders: list[PurePosixPath] = []
    try:
        with os.scandir(folder / place) as entries:
            for entry in entries:
                path = place / entry.name
                is_folder = entry.is_dir(follow_symlinks=False)
                if is_noise(entry.name) or (is_folder and Path(entry.path).resolve() == ours):
                    continue
                if is_folder and len(path.parts) <= DEEPEST:
                    folders.append(path)
                else:
                    files.append(_held(path, entry, top))
    except OSError as problem:
        if not place.parts:
            raise
        inside = place / "-"  # what lies in a folder is its owner's, whatever the folder is called
        files.append(Held(inside, partial(_opened, top, inside), fault=_unreadable(place, problem)))
    return files, folders


def _held(path: PurePosixPath, entry: os.DirEntry[str], top: int) -> Held:
    try:
        about = entry.stat(follow_symlinks=False)
    except OSError as problem:  # it may have gone since
        return Held(path, partial(_opened, top, path), fault=_unreadable(path, problem))
    fault = "" if stat.S_ISREG(about.st_mode) else _no_file(path)
    if stat.S_ISDIR(about.st_mode):
        fault = f"{shown(path)} lies in more than {DEEPEST} folders."
    return Held(path, partial(_opened, top, path), min(about.st_size, BOUNDS.file_bytes), fault=fault)


@contextmanager
def _opened(top: int, path: PurePosixPath) -> Iterator[IO[bytes]]:
    """Open a plain file from folder to folder, so that none of them can be a link, also none put there since."""
    with ExitStack() as folders:
        try:
            here = top
            for part in path.parts[:-1]:
                here = os.open(part, _HOW | os.O_DIRECTORY, dir_fd=here)
                folders.callback(os.close, here)
            descriptor = os.open(path.name, _HOW, dir_fd=here)
        except OSError as problem:
            raise NotKept(_no_file(path) if problem.errno in _NO_FILE else _unreadable(path, problem)) from None
        with open(descriptor, "rb") as stream:  # noqa: PTH123 - a descriptor
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise NotKept(_no_file(path))
            yield stream


def _no_file(path: PurePosixPath) -> str:
    return f"{shown(PurePosixPath(path.name))} is a link or a device; hand in the file itself."


def _unreadable(path: PurePosixPath, problem: OSError) -> str:
    return f"{shown(PurePosixPath(path.name))} cannot be read ({problem.strerror}); look at its permissions."

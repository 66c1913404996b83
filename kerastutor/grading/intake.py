"""What was handed in, as one `Submission` for each student: from a file, a folder, an archive or an LMS download."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kerastutor.grading.layouts import Student, by_student, root
from kerastutor.grading.unpacking import UnpackingError, clear, contents, unpack


class IntakeError(ValueError):
    """The submissions cannot be taken in at all; the message says why."""


@dataclass(frozen=True)
class Submission:
    """What one student handed in.

    Attributes:
        student: as the folder or file name says.
        files: the older ones first.
    """

    student: str
    files: tuple[Path, ...]


@dataclass(frozen=True)
class Received:
    """One student with their submission, or with the sentence on why it was refused."""

    student: Student
    files: tuple[Path, ...] = ()
    refused: str = ""

    @property
    def submission(self) -> Submission:
        """As the sandbox takes it."""
        return Submission(self.student.id, self.files)


def everyone(student: str) -> bool:
    """The share that holds every student."""
    return True


def take_in(source: Path, unpacked: Path, wanted: Callable[[str], bool] = everyone) -> tuple[Received, ...]:
    """What every wanted student handed in, sorted by student.

    Args:
        source: a file, a folder, or an archive (`.zip`) of submissions; in any layout of `layouts`.
        unpacked: where an archive is unpacked, which is emptied first. The folder it lies in is that of the results;
            where `source` holds it, it is no submission.
        wanted: which students, by id.

    Raises:
        IntakeError: there is nothing to take in.
    """
    clear(unpacked)
    if source.is_dir():
        return _from_folder(source, unpacked.parent.resolve(), wanted)
    if zipfile.is_zipfile(source) and source.suffix.lower() == ".zip":
        return _from_archive(source, unpacked, wanted)
    if not source.exists():
        raise IntakeError(f"There is neither a file nor a folder {source}.")
    (student,) = by_student([PurePosixPath(source.name)])
    return (_checked(student, [source]),) if wanted(student.id) else ()


def _from_folder(source: Path, ours: Path, wanted: Callable[[str], bool]) -> tuple[Received, ...]:
    paths = {PurePosixPath(path.relative_to(source).as_posix()): path for path in _walk(source, ours)}
    inside = source / root(paths)
    within = {
        PurePosixPath(path.relative_to(inside).as_posix()): path for path in paths.values() if inside in path.parents
    }
    folders = (path for path in inside.iterdir() if path.is_dir() and path.resolve() != ours)
    found = by_student(within, (PurePosixPath(path.name) for path in folders))
    if not found:
        raise IntakeError(f"There are no submissions in {source}.")
    return tuple(
        _checked(student, [within[path] for path in own]) for student, own in found.items() if wanted(student.id)
    )


def _walk(folder: Path, ours: Path) -> Iterator[Path]:
    """Everything in a folder that is no folder, and not in `ours`; what links lead to is not followed."""
    for place, folders, files in os.walk(folder):
        here = Path(place)
        folders[:] = (name for name in folders if (here / name).resolve() != ours)
        yield from (here / name for name in files)
        yield from (here / name for name in folders if (here / name).is_symlink())


def _checked(student: Student, files: Iterable[Path]) -> Received:
    files = tuple(files)
    for path in files:
        if path.is_symlink() or not path.is_file():
            return Received(student, refused=f"`{path.name}` is a link or a device; hand in the file itself.")
        if not os.access(path, os.R_OK):
            return Received(student, refused=f"`{path.name}` cannot be read; look at its permissions.")
    return Received(student, files)


def _from_archive(source: Path, unpacked: Path, wanted: Callable[[str], bool]) -> tuple[Received, ...]:
    try:
        with zipfile.ZipFile(source) as archive:
            return tuple(_unpacked(archive, unpacked, source.stem, wanted))
    except (zipfile.BadZipFile, UnpackingError) as problem:
        raise IntakeError(f"{source.name} cannot be unpacked: {problem}") from None


def _unpacked(archive: zipfile.ZipFile, unpacked: Path, name: str, wanted: Callable[[str], bool]) -> Iterator[Received]:
    entries = contents(archive)
    top = root(entries, name)
    inner = {_within(top, path): path for path in entries if _within(top, path).parts}
    folders = (_within(top, PurePosixPath(entry.filename)) for entry in archive.infolist() if entry.is_dir())
    found = by_student(inner, (PurePosixPath(path.parts[0]) for path in folders if path.parts))
    if not found:
        raise UnpackingError("there are no submissions in it.")
    for place, (student, own) in enumerate(found.items()):
        if not wanted(student.id):
            continue
        mine = {path: entries[inner[path]] for path in own}
        folder = unpacked / str(place)
        try:
            yield Received(student, unpack(archive, mine, folder))
        except UnpackingError as problem:
            clear(folder)
            yield Received(student, refused=str(problem))


def _within(top: PurePosixPath, path: PurePosixPath) -> PurePosixPath:
    """The path inside `top`, or an empty one; what claims to be absolute is anybody's as if it were not."""
    if not top.parts:
        return PurePosixPath(*(part for part in path.parts if part != path.anchor))
    return path.relative_to(top) if path.is_relative_to(top) else PurePosixPath()

"""What was handed in, as one `Submission` for each student: from a file, a folder, an archive or an LMS download.

Everything is copied before anything of it runs, into a folder of ours.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import filterfalse
from pathlib import Path, PurePosixPath

from kerastutor.teaching.grading.folders import Listing, opened_file, opened_folder
from kerastutor.teaching.grading.keeping import Held, clear, keep
from kerastutor.teaching.grading.layouts import Student, by_student, root
from kerastutor.teaching.grading.surprises import Doubt, Students, doubt_about
from kerastutor.teaching.grading.unpacking import NAMELESS, UnpackingError, opened_archive


class IntakeError(ValueError):
    """The submissions cannot be taken in at all; the message says why."""


class Surprise(IntakeError):
    """What was found is hardly what was meant; the message asks, and says how to go on.

    Attributes:
        prompt: the question to which yes means to grade what was found.
        remedy: what to do where the answer is no.
    """

    def __init__(self, doubt: Doubt, way: str) -> None:
        super().__init__(f"{doubt.question} {doubt.if_so}, {way}; {doubt.if_not}, add --yes.")
        self.prompt = doubt.prompt
        self.remedy = f"Nothing was graded. {way[0].upper()}{way[1:]}."


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
    """One student with copies of what they handed in, and a sentence on each file that could not be taken."""

    student: Student
    files: tuple[Path, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def submission(self) -> Submission:
        """As the sandbox takes it."""
        return Submission(self.student.id, self.files)


def everyone(student: str) -> bool:
    """The share that holds every student."""
    return True


def unsaid(sentence: str) -> None:
    """For sentences that nobody is to hear."""


def take_in(
    source: Path,
    copies: Path,
    wanted: Callable[[str], bool] = everyone,
    *,
    exercises: Iterable[str] = (),
    handout: str = "",
    sure: bool = False,
    nobodys: Callable[[str], None] = unsaid,
) -> tuple[Received, ...]:
    """What every wanted student handed in, sorted by student.

    Args:
        source: a file, a folder, or an archive (`.zip`) of submissions; in any layout of `layouts`.
        copies: where the copies go, which is emptied first. The folder it lies in is that of the results; where
            `source` holds it, it is no submission.
        wanted: which students, by id.
        exercises: the ids of those that are graded: no student is called like them.
        handout: what the file of the exercises is called, without its ending: no student is called so either.
        sure: take in also what is a surprise.
        nobodys: told of each entry of an archive whose name is nobody's why it could not be taken.

    Raises:
        IntakeError: there is nothing to take in.
        Surprise: the students that were found are most likely none, or only a few of those that were meant.
    """
    clear(copies)
    copies.mkdir(mode=0o700, parents=True)
    ids = tuple(exercises)
    try:
        with _listed(source, copies) as (files, folders):
            inside = root((held.path for held in files if not held.misnamed), _name_of_archive(source), ids)
            held = _by_path(files, inside)
            _tell_of_nobodys(held, nobodys)
            named = filterfalse(_is_nobodys, held)
            found = by_student(named, (PurePosixPath(path.name) for path in folders if path.parent == inside))
            if not sure:
                _be_sure(found, source, inside, doubt_about(found, ids, inside.name, handout))
            own = {student: paths for student, paths in found.items() if wanted(student.id)}
            return tuple(
                _received(student, [one for path in paths for one in held[path]], copies / str(place))
                for place, (student, paths) in enumerate(own.items())
            )
    except UnpackingError as problem:
        raise IntakeError(f"{source.name} cannot be unpacked: {problem}") from None


def _listed(source: Path, copies: Path) -> AbstractContextManager[Listing]:
    if source.is_dir():
        return opened_folder(source, copies.parent.resolve())
    if _name_of_archive(source):
        return opened_archive(source, copies / "archive.zip")
    if source.exists():
        return opened_file(source)
    raise IntakeError(f"There is neither a file nor a folder {source}.")


def _name_of_archive(source: Path) -> str:
    """What an archive is called, without its ending; empty for what is none."""
    is_one = source.is_file() and source.suffix.lower() == ".zip" and zipfile.is_zipfile(source)
    return source.stem if is_one else ""


def _by_path(files: Iterable[Held], inside: PurePosixPath) -> Mapping[PurePosixPath, Sequence[Held]]:
    """The files in the folder of the students; those of no usable name may lie anywhere."""
    found: dict[PurePosixPath, list[Held]] = {}
    for held in files:
        if held.path.is_relative_to(inside):
            found.setdefault(held.path.relative_to(inside), []).append(held)
        elif held.misnamed:
            found.setdefault(held.path, []).append(held)
    return found


def _is_nobodys(path: PurePosixPath) -> bool:
    """Whether a path names no student, as an archive can hold it."""
    return path == NAMELESS or path.parts[0] == ".."


def _tell_of_nobodys(held: Mapping[PurePosixPath, Sequence[Held]], nobodys: Callable[[str], None]) -> None:
    for path in filter(_is_nobodys, held):
        for one in held[path]:
            nobodys(one.fault)


def _be_sure(found: Students, source: Path, inside: PurePosixPath, doubt: Doubt | None) -> None:
    """Raises `IntakeError` where nobody was found, and `Surprise` where others were meant, by the look of it."""
    if not found:
        raise IntakeError(f"There are no submissions in {source}.")
    if doubt is None:
        return
    meant = " and ".join(f"`{inside / folder}`" for folder in doubt.folders)
    if not doubt.folders:
        way = doubt.way
    elif source.is_dir():
        way = f"grade {' and '.join(str(source / inside / folder) for folder in doubt.folders)}"
    else:
        way = f"unpack {source.name} and grade {meant} in it"
    raise Surprise(doubt, way)


def _received(student: Student, own: Sequence[Held], folder: Path) -> Received:
    kept = keep(own, folder)
    return Received(student, kept.files, kept.left_out)

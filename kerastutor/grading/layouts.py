"""Whose file is it? The layouts in which folders and LMS downloads name their students.

    Moodle     Ada Lovelace_12345_assignsubmission_file_/03.ipynb, or the same in one file name
    Canvas     lovelaceada_12345_67890_03.ipynb, lovelaceada_LATE_12345_67891_03-1.ipynb (handed in again, late)
    nbgrader   submitted/ada/homework/03.ipynb
    plain      ada.ipynb, or ada/03.ipynb

Names are all there is to go by, so nothing here opens a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from unicodedata import category

_NOISE = frozenset({"__MACOSX", ".ipynb_checkpoints", "__pycache__", ".DS_Store", "Thumbs.db", "desktop.ini"})
_NBGRADER = "submitted"
_NBGRADER_NOISE = "timestamp.txt"
_MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_[a-z]+(_|$)", re.DOTALL)
_CANVAS = re.compile(
    r"(?P<name>[^_]+)_(?P<late>LATE_)?(?P<number>\d+|(?<=anon_)\w{5})_(?P<upload>\d+)_(?P<file>.+)", re.DOTALL
)
_AGAIN = re.compile(r"(?P<stem>.+)-(?P<turn>\d+)(?P<suffix>(\.[^.]*)?)", re.DOTALL)


@dataclass(frozen=True)
class Student:
    """A student as the layout names them.

    Attributes:
        id: what tells them apart; names their row everywhere.
        name: for people.
        system: `moodle`, `canvas` or empty; then `number` is theirs in that system.
    """

    id: str
    name: str
    system: str = ""
    number: str = ""


def by_student(
    files: Iterable[PurePosixPath], folders: Iterable[PurePosixPath] = ()
) -> dict[Student, tuple[PurePosixPath, ...]]:
    """The files of each student, older ones first; those of no interest, such as `.DS_Store`, are left out.

    Args:
        files, folders: relative to what was handed in; a student whose folder is empty is a student still.

    >>> found = by_student(map(PurePosixPath, ["ada.ipynb", "bob/01.ipynb", "bob/02.py", "__MACOSX/bob/01.ipynb"]))
    >>> [(student.id, [path.name for path in own]) for student, own in found.items()]
    [('ada', ['ada.ipynb']), ('bob', ['01.ipynb', '02.py'])]
    """
    students = {student.id: student for path in folders if _of_interest(path) for student in [_student(path / "-")]}
    found: dict[str, list[PurePosixPath]] = {id: [] for id in students}
    for path in sorted(filter(_of_interest, files), key=_turn):
        student = _student(path)
        students.setdefault(student.id, student)
        found.setdefault(student.id, []).append(path)
    return {students[id]: _newest(students[id], found[id]) for id in sorted(found)}


def root(paths: Iterable[PurePosixPath], archive: str = "") -> PurePosixPath:
    """The folder the students lie in: nbgrader's `submitted`, the one that an archive is named after, or none.

    >>> root([PurePosixPath("submitted/ada/01.ipynb"), PurePosixPath("source/01.ipynb")])
    PurePosixPath('submitted')
    """
    tops = {path.parts[0] for path in paths if path.parts and not _NOISE.intersection(path.parts)}
    if _NBGRADER in tops:
        return PurePosixPath(_NBGRADER)
    return PurePosixPath(archive if tops == {archive} else ".")


def _of_interest(path: PurePosixPath) -> bool:
    return bool(path.parts) and not _NOISE.intersection(path.parts) and path.name != _NBGRADER_NOISE


def _student(path: PurePosixPath) -> Student:
    top = _printable(path.parts[0])
    if moodle := _MOODLE.match(top):
        return Student(f"{moodle['name']}_{moodle['number']}", moodle["name"], "moodle", moodle["number"])
    if len(path.parts) == 1 and (canvas := _CANVAS.fullmatch(top)):
        return Student(f"{canvas['name']}_{canvas['number']}", canvas["name"], "canvas", canvas["number"])
    name = PurePosixPath(top).stem if len(path.parts) == 1 else top
    return Student(name, name)


def _turn(path: PurePosixPath) -> list[tuple[list[tuple[int, str]], str]]:
    """Sorts as people count: `answer.json`, then `answer-2.json`, then `answer-10.json`, as `kt.submit` names them."""
    named = [(part, "") for part in path.parts[:-1]] + [(path.stem, path.suffix)]
    return [(_counted(name), suffix) for name, suffix in named]


def _counted(name: str) -> list[tuple[int, str]]:
    parts = re.split(r"(\d+)", name)
    return [(int(part), part) if part.isdecimal() else (-1, part) for part in parts]


def _printable(name: str) -> str:
    """The name with line ends, bytes that are no text and the like written out."""
    return "".join(ascii(c)[1:-1] if category(c) in ("Cc", "Cs") else c for c in name)


def _newest(student: Student, paths: Iterable[PurePosixPath]) -> tuple[PurePosixPath, ...]:
    """Of what was handed in to Canvas again only the last; uploads are numbered as they come."""
    if student.system != "canvas":
        return tuple(paths)
    uploads = {path: match for path in paths if (match := _CANVAS.fullmatch(_printable(path.name)))}
    files = {match["file"] for match in uploads.values()}
    last: dict[str, PurePosixPath] = {}
    for path in sorted(uploads, key=lambda path: (int(uploads[path]["upload"]), path)):
        last[_first_name(uploads[path]["file"], files)] = path
    return tuple(sorted(last.values(), key=lambda path: (int(uploads[path]["upload"]), path)))


def _first_name(file: str, files: set[str]) -> str:
    """`03.ipynb` for `03-1.ipynb`, if there is a `03.ipynb`: a name may well end in a number of its own."""
    again = _AGAIN.fullmatch(file)
    first = again["stem"] + again["suffix"] if again else file
    return first if first in files else file

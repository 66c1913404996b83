"""Whose file is it? The layouts in which folders and LMS downloads name their students.

    Moodle     Ada Lovelace_12345_assignsubmission_file_/03.ipynb, or the same in one file name
    Canvas     lovelaceada_12345_67890_03.ipynb, lovelaceada_LATE_12345_67891_03-1.ipynb (handed in again, late)
    nbgrader   submitted/ada/homework/03.ipynb
    plain      ada.ipynb, or ada/03.ipynb

Names are all there is to go by, so nothing here opens a file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from unicodedata import category

NBGRADER = "submitted"
"""The folder of the students in nbgrader; in the folder of each there is one for each assignment."""

_ANSWERS = frozenset({".ipynb", ".py", ".keras", ".json"})
_ARCHIVES = frozenset({".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar"})
_NOISE = frozenset({"__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini"})
_ENVIRONMENT = "pyvenv.cfg"
_OF_AN_ENVIRONMENT = frozenset({"bin", "include", "lib", "lib64", "share", "etc", "Lib", "Scripts", _ENVIRONMENT})
_NBGRADER_NOISE = "timestamp.txt"
_MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_[a-z]+(_|$)", re.DOTALL)
_CANVAS = re.compile(
    r"(?P<name>[^_]+)_(?P<late>LATE_)?(?P<number>\d+|(?<=anon_)\w{5})_(?P<upload>\d+)_(?P<file>.+)", re.DOTALL
)
_PART = re.compile(
    r"(part|task|exercise|question|problem|week|lesson|attempt|version|try|hw|homework|assignment|sheet|"
    r"answer|solution|submission|src|code|notebooks?|scripts?|models?|data|figures|docs?|tests?)[ _-]?\d*",
    re.IGNORECASE,
)
_LONGEST = 255
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
    students = {student.id: student for path in of_interest(folders) for student in [_student(path / "-")]}
    found: dict[str, list[PurePosixPath]] = {id: [] for id in students}
    for path in sorted(of_interest(files), key=_turn):
        student = _student(path)
        students.setdefault(student.id, student)
        found.setdefault(student.id, []).append(path)
    return {students[id]: _newest(students[id], found[id]) for id in sorted(found)}


def root(paths: Iterable[PurePosixPath], archive: str = "", exercises: Iterable[str] = frozenset()) -> PurePosixPath:
    """The folder the students lie in: nbgrader's `submitted`, or the innermost of lone folders around all of them.

    Args:
        archive: the name of the archive that the paths lie in; a lone folder may have it too.
        exercises: the ids of those that are graded; folders named after them are no students.

    >>> root([PurePosixPath("submitted/ada/01.ipynb"), PurePosixPath("source/01.ipynb")])
    PurePosixPath('submitted')
    >>> root([PurePosixPath("hand-in/ada/01.ipynb"), PurePosixPath("hand-in/bob/01.ipynb")])
    PurePosixPath('hand-in')
    """
    inside, inner = PurePosixPath(), of_interest(paths)
    while not any(path.parts[0] == NBGRADER for path in inner):
        top = _lone_folder(inner)
        if not top or not _holds_students(top, below(top, inner), archive, exercises):
            return inside
        inside, inner = inside / top, below(top, inner)
    return inside / NBGRADER


def of_interest(paths: Iterable[PurePosixPath]) -> Sequence[PurePosixPath]:
    """Without what nobody handed in: hidden files, what systems leave behind, and Python environments."""
    own = [path for path in paths if path.parts and not any(map(is_noise, path.parts))]
    environments = {path.parent for path in own if path.name == _ENVIRONMENT}
    return [path for path in own if path.name != _NBGRADER_NOISE and not _lies_in(environments, path)]


def is_noise(name: str) -> bool:
    """Whether a file or folder of this name is nobody's work."""
    return name in _NOISE or (name.startswith(".") and not name.startswith(".."))


def below(folder: str, paths: Iterable[PurePosixPath]) -> Sequence[PurePosixPath]:
    """The paths in a folder, relative to it."""
    return [PurePosixPath(*path.parts[1:]) for path in paths if path.parts[0] == folder and len(path.parts) > 1]


def has_answer(path: PurePosixPath) -> bool:
    """Whether a file of this name can hold an answer."""
    return path.suffix.lower() in _ANSWERS


def is_archive(path: PurePosixPath) -> bool:
    """Whether a file of this name holds others, and no answer itself."""
    return path.suffix.lower() in _ARCHIVES


def is_of_a_system(name: str) -> bool:
    """Whether a learning system named this file or folder, and so its student."""
    return bool(_MOODLE.match(name) or _CANVAS.fullmatch(name))


def is_container(name: str) -> bool:
    """Whether a folder of this name holds submissions, by all custom."""
    return name.casefold() in (NBGRADER, "submissions")


def is_part(name: str, exercises: Iterable[str]) -> bool:
    """Whether this names a part of what a student hands in, such as an exercise that is graded, and not a student.

    >>> [is_part(name, ["hw1-stack"]) for name in ("hw1-stack", "hw1", "part 2", "src", "ada")]
    [True, True, True, True, False]
    """
    exercises = tuple(exercises)
    handouts = {exercise.partition("-")[0] for exercise in exercises}
    is_lesson = name.isdecimal() and len(name) <= 2 and any(map(str.isdecimal, handouts))
    return is_lesson or bool(_PART.fullmatch(name)) or name in {*handouts, *exercises}


def _lies_in(environments: set[PurePosixPath], path: PurePosixPath) -> bool:
    around = zip(path.parents, reversed(path.parts), strict=True)
    return bool(environments) and any(place in environments and part in _OF_AN_ENVIRONMENT for place, part in around)


def _lone_folder(paths: Sequence[PurePosixPath]) -> str:
    """The folder that everything lies in; empty where there is none."""
    tops = {path.parts[0] for path in paths}
    return tops.pop() if len(tops) == 1 and all(len(path.parts) > 1 for path in paths) else ""


def _holds_students(top: str, inner: Sequence[PurePosixPath], archive: str, exercises: Iterable[str]) -> bool:
    """Whether a lone folder holds students, and is none itself."""
    names = {path.parts[0] for path in inner}
    if _MOODLE.match(top):
        return False
    if top == archive or is_container(top) or NBGRADER in names or any(map(is_of_a_system, names)):
        return True
    if any(len(path.parts) == 1 for path in inner):
        return False
    folders = {path.parts[0] for path in inner if has_answer(path)}
    if len(folders) == 1:
        (only,) = folders
        is_of_a_homework = is_part(top, exercises) and not is_part(only, exercises)
        return len(names) == 1 and (is_of_a_homework or _holds_students(only, below(only, inner), archive, exercises))
    return not all(is_part(folder, exercises) for folder in folders)


def _student(path: PurePosixPath) -> Student:
    top = _short(_printable(path.parts[0]))
    if moodle := _MOODLE.match(top):
        return Student(f"{moodle['name']}_{moodle['number']}", moodle["name"], "moodle", moodle["number"])
    if len(path.parts) == 1 and (canvas := _CANVAS.fullmatch(top)):
        return Student(f"{canvas['name']}_{canvas['number']}", canvas["name"], "canvas", canvas["number"])
    name = PurePosixPath(top).stem if len(path.parts) == 1 else top
    return Student(name, name)


def _turn(path: PurePosixPath) -> list[tuple[list[tuple[tuple[int, str], str]], str]]:
    """Sorts as people count: `answer.json`, then `answer-2.json`, then `answer-10.json`, as `kt.submit` names them."""
    named = [(part, "") for part in path.parts[:-1]] + [(path.stem, path.suffix)]
    return [(_counted(name), suffix) for name, suffix in named]


def _counted(name: str) -> list[tuple[tuple[int, str], str]]:
    return [(_number(part), part) for part in re.split(r"([0-9]+)", name)]


def _number(text: str) -> tuple[int, str]:
    """Sorts as the number that `text` is, however long it is; what is none comes first."""
    digits = text.lstrip("0")
    return (len(digits), digits) if text.isdecimal() else (-1, "")


def _printable(name: str) -> str:
    """The name with line ends, bytes that are no text and the like written out."""
    return "".join(ascii(c)[1:-1] if category(c) in ("Cc", "Cs") else c for c in name)


def _short(name: str) -> str:
    """A name that no file system takes, as an archive can hold it, cut to what can be told apart."""
    mark = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return name if len(name) <= _LONGEST else f"{name[:40]}...{mark}"


def _newest(student: Student, paths: Iterable[PurePosixPath]) -> tuple[PurePosixPath, ...]:
    """Of what was handed in to Canvas again only the last; uploads are numbered as they come."""
    if student.system != "canvas":
        return tuple(paths)
    uploads = {path: match for path in paths if (match := _CANVAS.fullmatch(_printable(path.name)))}
    files = {match["file"] for match in uploads.values()}
    last: dict[str, PurePosixPath] = {}
    for path in sorted(uploads, key=lambda path: (_number(uploads[path]["upload"]), path)):
        last[_first_name(uploads[path]["file"], files)] = path
    return tuple(sorted(last.values(), key=lambda path: (_number(uploads[path]["upload"]), path)))


def _first_name(file: str, files: set[str]) -> str:
    """`03.ipynb` for `03-1.ipynb`, if there is a `03.ipynb`: a name may well end in a number of its own."""
    again = _AGAIN.fullmatch(file)
    first = again["stem"] + again["suffix"] if again else file
    return first if first in files else file

"""Are these the students? Where a class was packed in a way of its own, a folder around it passes for a student, or the
parts of a homework do. What looks so is asked about before anything is graded.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from kerastutor.grading.layouts import NBGRADER, Student, below, has_answer, is_container, is_of_a_system, is_part
from kerastutor.topology.wording import several

Students = Mapping[Student, Sequence[PurePosixPath]]
"""Who was found, and their files within the folder that all lie in."""

_MANY = 5
"""So many folders or files in a student's folder are taken for a class, whatever they are."""

_NUMBERED = re.compile(r"-\d+$")
"""What `kt.submit` adds to the name of a file that is there already."""


@dataclass(frozen=True)
class Doubt:
    """What there is to ask, and the folders that may hold the students that are meant."""

    question: str
    folders: tuple[str, ...] = ()


def doubt_about(found: Students, exercises: Iterable[str] = (), inside: str = "") -> Doubt | None:
    """What is surprising about these students, if anything is.

    Args:
        exercises: the ids of those that are graded.
        inside: the name of the folder that the students lie in.

    >>> files = [PurePosixPath("all", name, "03.ipynb") for name in ("ada", "bob", "eve")]
    >>> doubt_about({Student("all", "all"): files}).question
    '1 student, `all`: did you mean the 3 folders inside `all/`?'
    """
    ids = tuple(exercises)
    tops = {path.parts[0] for paths in found.values() for path in paths if not is_of_a_system(path.parts[0])}
    held = {top: below(top, (path for paths in found.values() for path in paths)) for top in sorted(tops)}
    folders = _of_one_top_only({top: _folders(inner, ids) for top, inner in held.items()})
    alone = len(found) == 1 and inside != NBGRADER
    classes = {top: names for top, names in folders.items() if _is_class(top, names, held[top], alone)}
    count = sum(map(len, classes.values()))
    if classes and (count >= len(found) or any(map(is_container, classes))):
        return Doubt(
            f"{_told(found)}: did you mean the {several(count, 'folder')} inside {_places(classes)}?", (*classes,)
        )
    files = _of_one_top_only({top: _files(inner, ids) for top, inner in held.items()})
    lists = {top: names for top, names in files.items() if len(names) > 1}
    count = sum(map(len, lists.values()))
    if lists and count > 3 * (len(found) - 1):
        asked = f"did you mean the {count} files inside {_places(lists)}, one of each student?"
        return Doubt(f"{_told(found)}: {asked}", (*lists,))
    if len(found) > 1 and all(is_part(student.name, ids) for student in found):
        return Doubt(f"{_told(found)}: are these students? They are called like parts of what one student hands in.")
    return None


def _folders(inner: Sequence[PurePosixPath], exercises: Sequence[str]) -> set[str]:
    """The folders in a student's folder that may be students themselves: those that hold an answer."""
    names = {path.parts[0] for path in inner if len(path.parts) > 1 and has_answer(path)}
    return {name for name in names if not is_part(name, exercises)}


def _files(inner: Sequence[PurePosixPath], exercises: Sequence[str]) -> set[str]:
    """The files in a student's folder that may be of a student each: of one kind, or many; few named as exercises."""
    answers = [path for path in inner if has_answer(path)]
    stems = {path.stem for path in answers}
    names = {stem for stem in stems if _NUMBERED.sub("", stem) not in stems - {stem}}
    alike = len({path.suffix for path in answers}) == 1 or len(names) >= _MANY
    parts = sum(is_part(name, exercises) for name in names)
    return names if alike and parts * 3 < len(names) and all(len(path.parts) == 1 for path in inner) else set()


def _of_one_top_only(names: Mapping[str, set[str]]) -> Mapping[str, set[str]]:
    """Without the names that are in the folders of several students: these are exercises, such as nbgrader has."""
    often = Counter(name for own in names.values() for name in own)
    return {top: {name for name in own if often[name] == 1} for top, own in names.items()}


def _is_class(top: str, folders: set[str], inner: Sequence[PurePosixPath], alone: bool) -> bool:
    """Whether the folders in a student's folder are most likely a class."""
    if is_container(top):
        return bool(folders)
    files = {(path.parts[0], path.name) for path in inner if path.parts[0] in folders}
    shared = Counter(name for _, name in files)
    answered = any(len(path.parts) == 1 and has_answer(path) for path in inner)
    likely = len(folders) >= _MANY or max(shared.values(), default=0) > 1 or (alone and not answered)
    return len(folders) > 1 and likely


def _told(found: Students) -> str:
    names = [f"`{student.name}`" for student in found]
    shown = ", ".join(names) if len(names) <= 3 else f"{', '.join(names[:3])}, ..."
    return f"{several(len(found), 'student')}, {shown}"


def _places(tops: Iterable[str]) -> str:
    return " and ".join(f"`{top}/`" for top in tops)

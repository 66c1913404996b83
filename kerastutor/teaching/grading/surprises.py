"""Are these the students? Where a class was packed in a way of its own, a folder around it passes for a student, or the
parts of a homework do. What looks so is asked about before anything is graded.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from kerastutor.teaching.grading.layouts import (
    NBGRADER,
    Student,
    below,
    has_answer,
    is_archive,
    is_container,
    is_of_a_system,
    is_part,
)
from kerastutor.topology.wording import several

Students = Mapping[Student, Sequence[PurePosixPath]]
"""Who was found, and their files within the folder that all lie in."""

_MANY = 5
"""So many folders or files in a student's folder are taken for a class, whatever they are."""

_NUMBERED = re.compile(r"-\d+$")
"""What `kt.submit` adds to the name of a file that is there already."""


_OF_THE_COURSE = re.compile(
    r"(read ?me|licen[cs]e|instructions?|syllabus|hand-?outs?|requirements)([ ._-].*)?", re.IGNORECASE
)


@dataclass(frozen=True)
class Doubt:
    """What is surprising, and what may be meant.

    Attributes:
        found: who was found, in words.
        asked, seen: what may be meant, as a question and as a sentence.
        folders: those that may hold the students that are meant.
        if_so, if_not: when to do what `way` says, and when not.
        way: what to do where no folders are told.
        grading: what would be graded, as a question names it.
    """

    found: str
    asked: str
    seen: str
    grading: str
    folders: tuple[str, ...] = ()
    if_so: str = "If so"
    if_not: str = "if not"
    way: str = ""

    @property
    def question(self) -> str:
        """What to ask where nobody can answer."""
        return f"{self.found}: {self.asked}"

    @property
    def prompt(self) -> str:
        """What to ask so that yes means to grade what was found."""
        return f"I found {self.found}. {self.seen} Grade {self.grading} all the same?"


def doubt_about(found: Students, exercises: Iterable[str] = (), inside: str = "", handout: str = "") -> Doubt | None:
    """What is surprising about these students, if anything is.

    Args:
        exercises: the ids of those that are graded.
        inside: the name of the folder that the students lie in.
        handout: what the file of the exercises is called, without its ending.

    >>> files = [PurePosixPath("all", name, "03.ipynb") for name in ("ada", "bob", "eve")]
    >>> doubt_about({Student("all", "all"): files}).question
    '1 student, `all`: did you mean the 3 folders inside `all/`?'
    """
    ids = tuple(exercises)
    people = [student for student, paths in found.items() if not _is_of_the_course(student.name, paths, handout)]
    paths = [path for student in people for path in found[student]]
    tops = sorted({path.parts[0] for path in paths if not is_of_a_system(path.parts[0])})
    held = {top: below(top, paths) for top in tops}
    named = inside == NBGRADER  # so those in it are students
    return (
        _class_of_folders(found, len(people), held, ids, named)
        or _class_of_files(found, len(people), held, ids)
        or _archives(found)
        or _exercises(found, handout)
        or _parts(found, ids)
    )


def _is_of_the_course(name: str, paths: Sequence[PurePosixPath], handout: str) -> bool:
    """Whether this is no student but a file of the course: by its name, or because no file of it can be an answer."""
    return name == handout or bool(_OF_THE_COURSE.fullmatch(name)) or not any(map(has_answer, paths))


def _class_of_folders(
    found: Students, people: int, held: Mapping[str, Sequence[PurePosixPath]], exercises: Sequence[str], named: bool
) -> Doubt | None:
    folders = _of_one_top_only({top: _folders(inner, exercises) for top, inner in held.items()})
    grouped = all(len(folders[top]) > 1 and not _is_answered(inner) for top, inner in held.items())
    likely = not named and len(held) == people and (grouped or people == 1)
    classes = {top: names for top, names in folders.items() if _is_class(top, names, held[top], likely)}
    count = sum(map(len, classes.values()))
    if not classes or (count < people and not any(map(is_container, classes))):
        return None
    asked = f"did you mean the {several(count, 'folder')} inside {_places(classes)}?"
    seen = f"Inside {_places(classes)} {'lies' if count == 1 else 'lie'} {several(count, 'folder')} that "
    seen += f"look{'s like a student' if count == 1 else ' like students'}."
    return Doubt(_told(found), asked, seen, _grading(found), (*classes,))


def _class_of_files(
    found: Students, people: int, held: Mapping[str, Sequence[PurePosixPath]], exercises: Sequence[str]
) -> Doubt | None:
    files = _of_one_top_only({top: _files(top, inner, exercises) for top, inner in held.items()})
    lists = {top: names for top, names in files.items() if len(names) > 1 or (names and is_container(top))}
    count = sum(map(len, lists.values()))
    if not lists or (count <= 3 * (people - 1) and not any(map(is_container, lists))):
        return None
    asked = f"did you mean the {several(count, 'file')} inside {_places(lists)}, one of each student?"
    seen = f"Inside {_places(lists)} {'lies' if count == 1 else 'lie'} {several(count, 'file')}, maybe one of each "
    return Doubt(_told(found), asked, f"{seen}student.", _grading(found), (*lists,))


def _archives(found: Students) -> Doubt | None:
    """Where a student is only an archive that no learning system named."""
    names = [
        paths[0].name
        for paths in found.values()
        if len(paths) == 1 and len(paths[0].parts) == 1 and is_archive(paths[0]) and not is_of_a_system(paths[0].name)
    ]
    if not names:
        return None
    told = _listed(names)
    asked = f"did you mean what {told} {'holds' if len(names) == 1 else 'hold'}? Archives inside are not unpacked."
    seen = f"{told} {'is an archive' if len(names) == 1 else 'are archives'}, and not unpacked here."
    return Doubt(_told(found), asked, seen, _grading(found), way=f"unpack {told} and grade what was in it")


def _exercises(found: Students, handout: str) -> Doubt | None:
    """Where the exercises that are graded lie among the students, so that they would be one of them."""
    own = [path for student, paths in found.items() if student.name == handout for path in paths]
    sealed = PurePosixPath(f"{handout}.json") in own
    if not own or any(len(path.parts) > 1 for path in own) or (len(found) == 1 and not sealed):
        return None
    asked = f"is `{handout}` a student? The exercises are called so."
    seen = f"`{handout}` is what the exercises are called."
    way = "grade a folder that holds only what students handed in"
    return Doubt(_told(found), asked, seen, _grading(found), if_so="If not", if_not="if so", way=way)


def _parts(found: Students, exercises: Sequence[str]) -> Doubt | None:
    if len(found) < 2 or not all(is_part(student.name, exercises) for student in found):
        return None
    asked = "are these students? They are called like parts of what one student hands in."
    seen = "They are called like parts of what one student hands in."
    way = "put them into a folder of that student's"
    return Doubt(_told(found), asked, seen, _grading(found), if_so="If one student handed them in", way=way)


def _folders(inner: Sequence[PurePosixPath], exercises: Sequence[str]) -> set[str]:
    """The folders in a student's folder that may be students themselves: those that hold an answer."""
    names = {path.parts[0] for path in inner if len(path.parts) > 1 and has_answer(path)}
    return {name for name in names if not is_part(name, exercises)}


def _files(top: str, inner: Sequence[PurePosixPath], exercises: Sequence[str]) -> set[str]:
    """The files in a student's folder that may be of a student each: of one kind, or many; few named as exercises."""
    answers = [path for path in inner if has_answer(path)]
    if is_container(top):
        return {path.stem for path in answers if len(path.parts) == 1}
    stems = {path.stem for path in answers}
    names = {stem for stem in stems if _NUMBERED.sub("", stem) not in stems - {stem}}
    alike = len({path.suffix for path in answers}) == 1 or len(names) >= _MANY
    parts = sum(is_part(name, exercises) for name in names)
    return names if alike and parts * 3 < len(names) and all(len(path.parts) == 1 for path in inner) else set()


def _of_one_top_only(names: Mapping[str, set[str]]) -> Mapping[str, set[str]]:
    """Without the names that are in the folders of several students: these are exercises, such as nbgrader has."""
    often = Counter(name for own in names.values() for name in own)
    return {top: {name for name in own if often[name] == 1} for top, own in names.items()}


def _is_class(top: str, folders: set[str], inner: Sequence[PurePosixPath], likely: bool) -> bool:
    """Whether the folders in a student's folder are most likely a class; `likely` where nothing lies beside them."""
    if is_container(top):
        return bool(folders)
    shared = Counter(name for _, name in {(path.parts[0], path.name) for path in inner if path.parts[0] in folders})
    alike = len(folders) >= _MANY or max(shared.values(), default=0) > 1
    return len(folders) > 1 and (alike or (likely and not _is_answered(inner)))


def _is_answered(inner: Sequence[PurePosixPath]) -> bool:
    """Whether an answer lies directly in this folder."""
    return any(len(path.parts) == 1 and has_answer(path) for path in inner)


def _told(found: Students) -> str:
    return f"{several(len(found), 'student')}, {_listed([student.name for student in found])}"


def _grading(found: Students) -> str:
    names = [student.name for student in found]
    return f"`{names[0]}` as one student" if len(names) == 1 else f"them as {several(len(names), 'student')}"


def _listed(names: Sequence[str]) -> str:
    told = ", ".join(f"`{name}`" for name in names[:3])
    return told if len(names) <= 3 else f"{told} and {len(names) - 3} more"


def _places(tops: Iterable[str]) -> str:
    return " and ".join(f"`{top}/`" for top in tops)

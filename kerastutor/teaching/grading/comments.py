"""The instructor's comments: one for each class of wrong answers, in a plain file that only ever grows."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from kerastutor.system.files import replace_text
from kerastutor.teaching.grading.classes import AnswerClass

Comments = Mapping[tuple[str, str], str]
"""What the instructor says, in Markdown, by exercise and key of the class."""

NO_COMMENTS: Comments = MappingProxyType({})


class CommentsError(ValueError):
    """The file of comments cannot be read; the message names the place."""


_HEAD = '''\
# One comment for each class of wrong answers: what you write here reaches every student of the class, on their page,
# the next time `kerastutor grade` runs. Markdown; use """three quotes""" for several lines. Nothing that you write is
# ever changed; classes that are new are added at the end.
'''


def read(path: Path) -> Comments:
    """The comments in a file; none where there is no file.

    Raises:
        CommentsError: the file is not TOML of the form that `offer` writes; the message names the place.
    """
    if not path.exists():
        return NO_COMMENTS
    return _comments(path.read_text(encoding="utf-8"), path)


def offer(path: Path, classes: Sequence[AnswerClass]) -> None:
    """Add an empty entry for every class that the file does not have yet; nothing in it is changed or removed.

    Raises:
        CommentsError: as `read`; the file stays as it is.
    """
    text = path.read_text(encoding="utf-8") if path.exists() else _HEAD
    known = _comments(text, path)
    fresh = [one for one in classes if (one.exercise, one.key) not in known]
    if fresh:
        grown = "".join((text.rstrip("\n"), "\n", *map(_entry, fresh)))
        _comments(grown, path)
        replace_text(path, grown)


def _comments(text: str, path: Path) -> Comments:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise CommentsError(
            f"The comments in {path} cannot be read: {problem}. Mend that line and run again."
        ) from None
    found: dict[tuple[str, str], str] = {}
    for exercise, classes in tables.items():
        for key, entry in classes.items() if isinstance(classes, dict) else ():
            comment = entry.get("comment") if isinstance(entry, dict) else None
            if not isinstance(comment, str):
                raise CommentsError(f'In {path}, the class {key} of {exercise} needs a line like comment = "...".')
            found[exercise, key] = comment.strip()
    return MappingProxyType(found)


def _entry(found: AnswerClass) -> str:
    count = len(found.members)
    who = "1 student" if count == 1 else f"{count} students"
    first = found.representative
    about = _one_line(f"{who}, such as {first.student}: {first.message}")
    return f'\n[{_quoted(found.exercise)}.{found.key}]\n# {about}\ncomment = ""\n'


def _one_line(text: str) -> str:
    """Nothing in it can end the line, nor is it anything that TOML forbids in a remark."""
    return "".join(character if character.isprintable() else " " for character in text)[:300]


def _quoted(key: str) -> str:
    """A quoted TOML key: JSON's way to write a string is TOML's too, but for one character."""
    return json.dumps(key, ensure_ascii=False).replace("\x7f", "\\u007f")

"""Handing in: the last answers and the progress of one learner in one file, which `kerastutor grade` takes."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from kerastutor.exercises.progress import Progress
from kerastutor.files import new_text
from kerastutor.topology.graph import Json

FORMAT = "kerastutor.submission"
VERSION = 1
NAME = "kerastutor-submission.json"
_PRACTICE = "practice-"


class HandingInError(ValueError):
    """Nothing can be handed in, or the file cannot be written; the message says what to do."""


def hand_in(progress: Progress, student: str, path: Path) -> Path:
    """Write what `submission` says into a file and return its path; no other file is overwritten.

    Args:
        student: who hands in.
        path: of the file, or a folder for it; where a file is there already, the new one gets a number.

    Raises:
        HandingInError: nothing was answered yet, or the file cannot be written.
    """
    text = submission(progress, student)
    target = path / NAME if path.is_dir() else path
    try:
        return _written(text, target)
    except OSError as problem:
        raise HandingInError(f"The file cannot be written to {target.parent} ({problem.strerror}).") from None


def submission(progress: Progress, student: str) -> str:
    """The file as text.

    Its fields: `format` and `version` name this form; `student` is who hands in; `answers` has an entry for each
    exercise, with the `exercise_version` that was answered, the `topology` of the network (null where the answer is
    none) and the `value` (null where the answer is a network); `progress` is what `Progress.to_plain` gives.
    """
    answers = {
        answer.exercise: {
            "exercise_version": answer.version,
            "topology": answer.answer.get("topology"),
            "value": answer.answer.get("value"),
        }
        for answer in progress.answers()
        if not answer.exercise.startswith(_PRACTICE)
    }
    if not answers:
        raise HandingInError("There is nothing to hand in yet: check an answer first, it is kept with every check.")
    told: dict[str, Json] = {name: rows for name, rows in progress.to_plain().items() if name != "answers"}
    plain = {"format": FORMAT, "version": VERSION, "student": student, "answers": answers, "progress": told}
    return json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def logged_in() -> str:
    """The name the learner is logged in with: to JupyterHub, else to this machine; empty where nobody knows."""
    try:
        return os.environ.get("JUPYTERHUB_USER") or getpass.getuser()
    except (KeyError, OSError):
        return ""


def _written(text: str, target: Path) -> Path:
    for candidate in _numbered(target):
        try:
            return new_text(candidate, text)
        except FileExistsError:
            continue
    raise AssertionError("numbers do not end")


def _numbered(target: Path) -> Iterator[Path]:
    yield target
    for number in count(2):
        yield target.with_name(f"{target.stem}-{number}{target.suffix}")

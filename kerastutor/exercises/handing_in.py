"""Handing in: the answers and the progress of one learner in one file, which `kerastutor grade` takes."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from kerastutor.exercises.answers import MOST, Answer, by_exercise, counting, latest_that_fit, worth_keeping
from kerastutor.exercises.progress import Progress
from kerastutor.system.files import new_text
from kerastutor.topology.graph import Json

FORMAT = "kerastutor.submission"
VERSION = 1
NAME = "kerastutor-submission.json"
_PRACTICE = "practice-"
_ROOM = 8 * 2**20
"""Bytes of the answers in a file, written without spaces: as many as `kerastutor grade` reads of one."""


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


def hand_in_here(progress: Progress) -> tuple[str, Path | None]:
    """What a button hands in, beside the notebook: a sentence for the learner, and the file where there is one."""
    try:
        path = hand_in(progress, logged_in(), Path.cwd())
    except HandingInError as problem:
        return str(problem), None
    said = f"Your answers are in {path}; hand in this file. Your browser has a copy of it too. {which_count(progress)}"
    return said, path


def submission(progress: Progress, student: str) -> str:
    """The file as text.

    Its fields: `format` and `version` name this form; `student` is who hands in; `answers` has the one that counts of
    each exercise, with the `exercise_version` that was answered, the `topology` of the network (null where the answer
    is none) and the `value` (null where the answer is a network); `tried` has, where there are several, all that are
    kept, in the same form, the oldest first; `progress` is what `Progress.to_plain` gives.
    """
    tried = _handed_in(progress)
    if not tried:
        raise HandingInError("There is nothing to hand in yet: check an answer first, it is kept with every check.")
    plain: dict[str, Json] = {
        "format": FORMAT,
        "version": VERSION,
        "student": student,
        "answers": {exercise: _to_plain(counting(all)) for exercise, all in tried.items()},
        "tried": {exercise: list(map(_to_plain, all)) for exercise, all in tried.items() if len(all) > 1},
        "progress": {name: rows for name, rows in progress.to_plain().items() if name != "answers"},
    }
    return json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def which_count(progress: Progress) -> str:
    """Which of several answers is handed in, in a sentence for the learner."""
    tried, kept = _handed_in(progress), _kept(progress)
    last = [exercise for exercise, all in tried.items() if counting(all).counts == "last"]
    full = [exercise for exercise, all in tried.items() if len(all) >= MOST or len(all) < len(kept[exercise])]
    unsure = [exercise for exercise in full if counting(tried[exercise]).score is None]
    said = "Your best answer to each exercise counts"
    if last:
        some = f"{said}; for {', '.join(last)} your last one counts"
        said = "Your last answer counts" if len(last) == len(tried) else some
    latest = (f" For {exercise} the file holds your latest {len(tried[exercise])} answers." for exercise in unsure)
    return f"{said}.{''.join(latest)}"


def _handed_in(progress: Progress) -> dict[str, list[Answer]]:
    """The answers that go into the file, by exercise: all that are kept, as far as a file is read that is so large."""
    kept = _kept(progress)
    sizes = {exercise: [len(json.dumps(one.answer)) for one in all] for exercise, all in kept.items()}
    count = latest_that_fit(sizes, _ROOM)
    return {exercise: _latest_and_best(all, count[exercise]) for exercise, all in kept.items()}


def _latest_and_best(all: list[Answer], count: int) -> list[Answer]:
    best, latest = counting(all), all[-count:]
    return latest if best in latest else [best, *latest]


def _kept(progress: Progress) -> dict[str, list[Answer]]:
    """All answers that may count, by exercise; practice is nobody's homework."""
    tried = by_exercise(progress.tried())
    kept = (exercise for exercise in sorted(tried) if not exercise.startswith(_PRACTICE))
    return {exercise: list(worth_keeping(tried[exercise])) for exercise in kept}


def _to_plain(answer: Answer) -> Json:
    return {
        "exercise_version": answer.version,
        "topology": answer.answer.get("topology"),
        "value": answer.answer.get("value"),
    }


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

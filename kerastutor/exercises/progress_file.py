"""The text of an exported progress file: which rows it has, and what each of their fields may hold.

It comes from anywhere. What is taken in here is read by every later check, so a field that is not what this version
writes is refused, with the whole file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from kerastutor.exercises.results import Outcome
from kerastutor.topology.graph import Json, Topology

FORMAT = "kerastutor.progress"
VERSION = 3
"""Version 1 had no answers, version 2 no exams."""

ATTEMPT = ("uid", "at", "exercise", "version", "outcome", "earned", "parts", "fingerprint", "misconception", "reset")
HINT = ("uid", "at", "exercise", "rung", "reset")
RESET = ("uid", "at", "exercise")
ANSWER = ("uid", "at", "exercise", "version", "answer", "reset")
EXAM = ("uid", "at", "exam", "exercises", "report", "reset")
TABLES: Mapping[str, Sequence[str]] = {
    "attempts": ATTEMPT,
    "hints": HINT,
    "resets": RESET,
    "answers": ANSWER,
    "exams": EXAM,
}
_MOST = 10**6  # rungs, and parts of a score; a larger number is no count


class ProgressError(ValueError):
    """A progress file cannot be imported; the message says why."""


def rows_of(text: str | bytes) -> dict[str, list[tuple[Json, ...]]]:
    """The rows of each table, their fields in the order of `TABLES`.

    Raises:
        ProgressError: the text is no progress file of this version or an older one.
    """
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError):
        raise ProgressError("This file is not a progress file of kerastutor: it is not JSON.") from None
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise ProgressError(f"This file is not a progress file of kerastutor: its field 'format' is not {FORMAT!r}.")
    if plain.get("version") not in range(1, VERSION + 1):
        raise ProgressError(f"This progress file has version {plain.get('version')!r}; update kerastutor to import it.")
    tables = plain if plain["version"] == VERSION else {"answers": [], "exams": [], **plain}
    try:
        return {name: [_row(row, name) for row in tables[name]] for name in TABLES}
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as problem:
        raise ProgressError(f"This progress file is damaged: {type(problem).__name__} at {problem}.") from None


def _row(row: Json, table: str) -> tuple[Json, ...]:
    for column in TABLES[table]:
        _FIELDS[column](row[column], table)
    if table == "attempts" and not 0 <= row["earned"] <= row["parts"]:
        raise ValueError(f"earned = {row['earned']!r} of {row['parts']!r}")
    return tuple(row[column] for column in TABLES[table])


def _hold(fine: bool, what: object) -> None:
    if not fine:
        raise ValueError(repr(what)[:80])


def _text(value: Json, table: str) -> None:
    _hold(isinstance(value, str), value)
    value.encode()  # half of a pair of surrogates is no text that can be kept


def _text_or_none(value: Json, table: str) -> None:
    if value is not None:
        _text(value, table)


def _exercise(value: Json, table: str) -> None:
    (_text_or_none if table == "resets" else _text)(value, table)


def _count(value: Json, table: str) -> None:
    _hold(type(value) is int and 0 <= value <= _MOST, value)


def _parts(value: Json, table: str) -> None:
    _count(value, table)
    _hold(value > 0, value)


def _moment(value: Json, table: str) -> None:
    _text(value, table)
    _hold(datetime.fromisoformat(value).tzinfo is not None, value)


def _answer(value: Json, table: str) -> None:
    answer = _parsed(value)
    _hold(isinstance(answer, dict), value)
    if answer.get("topology") is not None:
        Topology.from_plain(answer["topology"])
    _text_or_none(answer.get("exam"), table)
    score = answer.get("score")
    _hold(score is None or (type(score) in (int, float) and 0 <= score <= 1), score)
    measured = answer.get("measured", {})
    _hold(isinstance(measured, dict) and all(isinstance(one, (int, float)) for one in measured.values()), measured)


def _exercises(value: Json, table: str) -> None:
    ids = _parsed(value)
    _hold(isinstance(ids, list) and all(isinstance(id, str) for id in ids), value)


def _report(value: Json, table: str) -> None:
    if value is None:
        return
    report = _parsed(value)
    _moment(report["ended"], table)
    _hold(isinstance(report["marks"], list) and len(report["marks"]) > 0, value)
    for mark in report["marks"]:
        _text(mark["title"], table)
        _text(mark["message"], table)
        _text_or_none(mark["misconception"], table)
        Outcome(mark["outcome"])
        _hold(all(type(mark[name]) in (int, float) for name in ("earned", "points")), mark)
        _hold(0 <= mark["earned"] <= mark["points"] <= _MOST, mark)
    _hold(any(mark["points"] for mark in report["marks"]), value)


def _parsed(value: Json) -> Any:
    _text(value, "")
    return json.loads(value)


_FIELDS: Mapping[str, Callable[[Json, str], object]] = {
    **dict.fromkeys(("uid", "version", "fingerprint", "exam"), _text),
    **dict.fromkeys(("misconception", "reset"), _text_or_none),
    **dict.fromkeys(("earned", "rung"), _count),
    "at": _moment,
    "exercise": _exercise,
    "outcome": lambda value, table: Outcome(value),
    "parts": _parts,
    "answer": _answer,
    "exercises": _exercises,
    "report": _report,
}

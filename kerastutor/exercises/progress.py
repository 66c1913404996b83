"""What a learner has done: attempts, hints and outcomes, kept in one SQLite file, portable as one JSON file."""

from __future__ import annotations

import json
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from kerastutor.exercises import store
from kerastutor.exercises.answers import Answer, by_exercise, counting, worth_keeping
from kerastutor.exercises.progress_file import ANSWER, ATTEMPT, EXAM, FORMAT, TABLES, VERSION, rows_of
from kerastutor.exercises.results import Outcome, Result
from kerastutor.topology.graph import Json

_FORGETTABLE = ("attempts", "hints", "answers")
_REMEMBERED = 200
"""Answers that need not be read again: at each check all those to its exercise are looked at."""
_ANSWERS = f"""
    SELECT {", ".join(ANSWER[:-1])} FROM answers WHERE reset IS NULL AND (? IS NULL OR exercise = ?) ORDER BY at, rowid
"""


class Attempt(NamedTuple):
    """One check of one exercise; `at` in UTC, ISO 8601; `fingerprint` of what was handed in."""

    at: str
    exercise: str
    version: str
    outcome: Outcome
    earned: int
    parts: int
    fingerprint: str
    misconception: str | None

    @property
    def score(self) -> float:
        """From 0 to 1."""
        return self.earned / self.parts


class Sitting(NamedTuple):
    """One time an exam was taken: `at` it began; `report` is JSON, None while it runs."""

    uid: str
    at: str
    exam: str
    exercises: tuple[str, ...]
    report: Json

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.report is None


class HintRead(NamedTuple):
    """A rung of the hint ladder that was read; `at` in UTC, ISO 8601."""

    at: str
    rung: int


@dataclass(frozen=True)
class Standing:
    """Where a learner stands with one exercise."""

    exercise: str
    attempts: tuple[Attempt, ...]
    read: tuple[HintRead, ...]

    @property
    def hints(self) -> int:
        """The highest rung read."""
        return max((hint.rung for hint in self.read), default=0)

    def attempts_with(self, misconception: str | None) -> int:
        """How many different networks were handed in of which this was said first; None: no known misconception."""
        return len({one.fingerprint for one in self._not_yet if one.misconception == misconception})

    def hints_on(self, misconception: str | None) -> int:
        """The highest rung read while this was what the last check had said first."""
        rungs = [0]
        for hint in self.read:
            said = [attempt for attempt in self.attempts if attempt.at <= hint.at]
            if said and said[-1].misconception == misconception:
                rungs.append(hint.rung)
        return max(rungs)

    @property
    def passed(self) -> bool:
        """Whether any attempt passed."""
        return any(attempt.outcome is Outcome.PASSED for attempt in self.attempts)

    @property
    def best(self) -> float:
        """The best score so far, from 0 to 1."""
        return max((attempt.score for attempt in self.attempts), default=0.0)

    @property
    def changed_attempts(self) -> int:
        """How many different networks were handed in that did not pass: repeating one, or going back, counts once."""
        return len({attempt.fingerprint for attempt in self._not_yet})

    @property
    def _not_yet(self) -> tuple[Attempt, ...]:
        return tuple(attempt for attempt in self.attempts if attempt.outcome is Outcome.NOT_YET)


class Progress:
    """The record of one learner. Safe to use from several threads, notebooks and processes at once.

    >>> progress = Progress.in_memory()
    >>> progress.standing("01-stack").attempts
    ()

    Attributes:
        path: the file, or None in memory.
        notice: one sentence where something went wrong with the file, else empty.
    """

    def __init__(self, path: Path | None, connection: sqlite3.Connection, notice: str = "") -> None:
        self.path = path
        self.notice = notice
        self._connection = connection
        self._lock = threading.RLock()

    @classmethod
    def open(cls, path: Path | None = None) -> Progress:
        """The learner's own file, or the one at `path`."""
        chosen = store.default_path() if path is None else path
        connection, notice = store.open_file(chosen)
        return cls(chosen, connection, notice)

    @classmethod
    def in_memory(cls) -> Progress:
        """A record that ends with the process."""
        return cls(None, store.in_memory())

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def record(self, result: Result, fingerprint: str) -> None:
        """Add a check; `fingerprint` stands for what was handed in. What was not judged is no attempt."""
        if result.outcome not in (Outcome.PASSED, Outcome.NOT_YET):
            return
        score = result.score
        row = (*_stamp(), result.exercise, result.version, result.outcome.value)
        self._insert("attempts", (*row, score.earned, score.parts, fingerprint, result.misconception, None))

    def record_answer(self, exercise: str, version: str, answer: Json) -> None:
        """Keep an answer, the fields of which `answers.Answer` tells; those that can no longer count are forgotten.

        One that was handed in to an exam takes the place of what was handed in to the same sitting before.
        """
        text = json.dumps(answer, ensure_ascii=False, default=str)  # an answer that is no JSON is kept as its text
        new, at = _stamp()

        def keep(connection: sqlite3.Connection) -> None:
            known = {uid: _answer(*others) for uid, *others in connection.execute(_ANSWERS, (exercise, exercise))}
            given = _answer(at, exercise, version, text)
            others = {uid: one for uid, one in known.items() if given.exam is None or one.exam != given.exam}
            kept = worth_keeping([*others.values(), given])
            gone = [(uid,) for uid in known if uid not in others or others[uid] not in kept]
            connection.executemany("DELETE FROM answers WHERE uid = ?", gone)
            row = (new, at, exercise, version, text, None)
            connection.execute("INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?)", row)

        self._write(keep)

    def answers(self) -> tuple[Answer, ...]:
        """The answer that counts of each exercise, by exercise: the best, or the last where the instructor asks."""
        tried = by_exercise(self.tried())
        return tuple(counting(tried[exercise]) for exercise in sorted(tried))

    def tried(self, exercise: str | None = None) -> tuple[Answer, ...]:
        """The answers to one exercise, or to all, that are kept because they may count, oldest first."""
        return tuple(_answer(*others) for _, *others in self._rows(_ANSWERS, (exercise, exercise)))

    def begin_exam(self, exam: str, exercises: Iterable[str]) -> None:
        """Add that an exam of these exercises has begun."""
        self._insert("exams", (*_stamp(), exam, json.dumps(list(exercises)), None, None))

    def relist_exam(self, sitting: Sitting, exercises: Iterable[str]) -> None:
        """The sitting goes on with these exercises."""
        query = "UPDATE exams SET exercises = ? WHERE uid = ?"
        self._write(lambda connection: connection.execute(query, (json.dumps(list(exercises)), sitting.uid)))

    def end_exam(self, sitting: Sitting, report: Json) -> None:
        """Add the report to the sitting, which ends it."""
        query = "UPDATE exams SET report = ? WHERE uid = ?"
        values = (json.dumps(report, ensure_ascii=False), sitting.uid)
        self._write(lambda connection: connection.execute(query, values))

    def sittings(self) -> tuple[Sitting, ...]:
        """Every time an exam was taken, oldest first."""
        rows = self._rows(f"SELECT {', '.join(EXAM[:-1])} FROM exams WHERE reset IS NULL ORDER BY at, rowid", ())
        return tuple(
            Sitting(uid, at, exam, tuple(json.loads(exercises)), None if report is None else json.loads(report))
            for uid, at, exam, exercises, report in rows
        )

    def record_hint(self, exercise: str, rung: int) -> None:
        """Add that a rung of the hint ladder was read."""
        self._insert("hints", (*_stamp(), exercise, rung, None))

    def standing(self, exercise: str) -> Standing:
        """Attempts and hints of one exercise since it was last reset, oldest first."""
        return Standing(exercise, self.attempts(exercise), self._hints(exercise))

    def attempts(self, exercise: str | None = None) -> tuple[Attempt, ...]:
        """The attempts at one exercise, or at all, that were not reset, oldest first."""
        rows = self._rows(
            f"SELECT {', '.join(ATTEMPT[1:-1])} FROM attempts WHERE reset IS NULL AND (? IS NULL OR exercise = ?) "
            "ORDER BY at, rowid",
            (exercise, exercise),
        )
        return tuple(Attempt(*row)._replace(outcome=Outcome(row[3])) for row in rows)

    def reset(self, exercise: str | None = None) -> None:
        """Begin one exercise again, or everything; `undo_reset` brings it back."""
        uid, at = _stamp()

        def forget(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT INTO resets VALUES (?, ?, ?)", (uid, at, exercise))
            for table in _FORGETTABLE:
                connection.execute(
                    f"UPDATE {table} SET reset = ? WHERE reset IS NULL AND (? IS NULL OR exercise = ?)",
                    (uid, exercise, exercise),
                )
            if exercise is None:
                connection.execute("UPDATE exams SET reset = ? WHERE reset IS NULL", (uid,))

        self._write(forget)

    def undo_reset(self) -> bool:
        """Bring back what the last reset took away; False when there is none."""
        last = self._rows("SELECT uid FROM resets ORDER BY at DESC, rowid DESC LIMIT 1", ())
        if not last:
            return False

        def restore(connection: sqlite3.Connection) -> None:
            for table in (*_FORGETTABLE, "exams"):
                connection.execute(f"UPDATE {table} SET reset = NULL WHERE reset = ?", last[0])
            connection.execute("DELETE FROM resets WHERE uid = ?", last[0])

        self._write(restore)
        return True

    def to_json(self) -> str:
        """Everything as one JSON file, with the fields of `to_plain`."""
        return json.dumps(self.to_plain(), indent=1, ensure_ascii=False)

    def to_plain(self) -> dict[str, Json]:
        """Everything as dicts and lists: `format`, `version`, and the rows of each table under its name."""
        tables = {
            name: [dict(zip(columns, row, strict=True)) for row in self._rows(_select(name), ())]
            for name, columns in TABLES.items()
        }
        return {"format": FORMAT, "version": VERSION, **tables}

    def import_json(self, text: str | bytes) -> int:
        """Add what another file holds and this one does not; returns how many attempts came in.

        Nothing here is changed or removed, and importing twice adds nothing. A text that is not an exported progress
        file raises `ProgressError` and changes nothing.
        """
        tables = rows_of(text)
        before = len(self.attempts())

        def merge(connection: sqlite3.Connection) -> None:
            for name, rows in tables.items():
                marks = ", ".join("?" * len(TABLES[name]))
                connection.executemany(f"INSERT OR IGNORE INTO {name} VALUES ({marks})", rows)

        self._write(merge)
        return len(self.attempts()) - before

    def _hints(self, exercise: str) -> tuple[HintRead, ...]:
        query = "SELECT at, rung FROM hints WHERE reset IS NULL AND exercise = ? ORDER BY at, rowid"
        return tuple(HintRead(*row) for row in self._rows(query, (exercise,)))

    def _rows(self, query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def _insert(self, table: str, row: Sequence[Any]) -> None:
        marks = ", ".join("?" * len(row))
        self._write(lambda connection: connection.execute(f"INSERT INTO {table} VALUES ({marks})", row))

    def _write(self, change: Callable[[sqlite3.Connection], object]) -> None:
        """Make a change in one transaction; where the file can no longer be written, say so and go on in memory."""
        with self._lock:
            try:
                _transact(self._connection, change)
            except sqlite3.Error as problem:
                if self.path is None:
                    raise
                self.notice = (
                    f"Progress can no longer be saved in {self.path} ({problem}); it is kept until the kernel stops. "
                    "Export it to keep it."
                )
                self._connection, self.path = store.copy_to_memory(self._connection), None
                _transact(self._connection, change)


def _transact(connection: sqlite3.Connection, change: Callable[[sqlite3.Connection], object]) -> None:
    try:
        connection.execute("BEGIN IMMEDIATE")
        change(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _stamp() -> tuple[str, str]:
    return uuid.uuid4().hex, datetime.now(UTC).isoformat(timespec="microseconds")


@lru_cache(maxsize=_REMEMBERED)
def _answer(at: str, exercise: str, version: str, text: str) -> Answer:
    return Answer(at, exercise, version, json.loads(text))


def _select(table: str) -> str:
    return f"SELECT {', '.join(TABLES[table])} FROM {table} ORDER BY at, rowid"

"""The journal of a run: what is finished is written down at once, so that a run which is killed goes on where it was.

It is one SQLite file that only grows. What a submission came to is kept by what it holds and what was allowed; what an
exercise made of it, by the content of the exercise. So a changed submission is run again, a changed exercise is judged
again without running anything. It also knows who handed in what, so that a run on the latecomers leaves everyone else's
results as they are. The results of a run are read from here alone: the same ones however often it was killed, and in
whatever order the work was done.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from kerastutor.exercises.spec import Spec
from kerastutor.teaching.grading.layouts import Student
from kerastutor.teaching.grading.records import GradedAnswer

_TABLES = """
CREATE TABLE IF NOT EXISTS extractions (key TEXT PRIMARY KEY, extraction TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS records (
    key TEXT, exercise TEXT, version TEXT, record TEXT NOT NULL, PRIMARY KEY (key, exercise, version)
);
CREATE TABLE IF NOT EXISTS hand_ins (turn INTEGER PRIMARY KEY, student TEXT NOT NULL, hand_in TEXT NOT NULL);
"""
_ADD_EXTRACTION = "INSERT OR IGNORE INTO extractions VALUES (?, ?)"
_ADD_HAND_IN = "INSERT INTO hand_ins (student, hand_in) VALUES (?, ?)"
_ADD_RECORD = "INSERT OR IGNORE INTO records VALUES (?, ?, ?, ?)"
_CHUNK = 1 << 20

Rows = Sequence[tuple[str, ...]]


class JournalError(RuntimeError):
    """The journal cannot be used; the message says what to do."""


@dataclass(frozen=True)
class HandIn:
    """What a student handed in, as the journal remembers it.

    Attributes:
        content: what it held, as `content_of` gives it: the same content is the same hand-in.
        key: of the submission, as `key_of` gives it; empty where there was no file to grade.
        left_out: a sentence on each file that could not be taken.
    """

    student: Student
    content: str
    key: str
    left_out: tuple[str, ...] = ()


def content_of(files: Iterable[Path], left_out: Iterable[str] = ()) -> str:
    """The names and bytes of what was handed in, hashed; without any file, what was left out."""
    held = [(path.name, _hashed(path)) for path in files]
    return hashlib.sha256(json.dumps(held or [*left_out]).encode()).hexdigest()


def key_of(content: str, terms: str) -> str:
    """What a submission is called under these terms, so that it is run again where one of both has changed.

    Args:
        content: what it holds, as `content_of` gives it.
        terms: what else decides what it comes to, such as the limits it runs under.
    """
    return hashlib.sha256(json.dumps([terms, content]).encode()).hexdigest()


def turns_of(hand_ins: Iterable[HandIn]) -> tuple[tuple[HandIn, ...], ...]:
    """What a student handed in, turn by turn, the last at the end. What was given before is no new turn, however often
    it is graded; under other terms it has another key, so a turn is one or several of these."""
    turns: dict[str, tuple[HandIn, ...]] = {}
    for one in hand_ins:
        turns[one.content] = (*turns.get(one.content, ()), one)
    return tuple(turns.values())


@contextmanager
def open_journal(path: Path) -> Iterator[Journal]:
    """Open a journal, or begin one; raises `JournalError` where it cannot, as while another run has it open."""
    with _explained(path):
        connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        with _explained(path):
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = WAL")  # a kill loses nothing; a power cut the last few, whole
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")  # the lock stays until the file is closed, also by a kill
            connection.executescript(_TABLES)
        yield Journal(connection, path)
    finally:
        connection.close()


class Journal:
    """What was found out so far. Nothing in it is ever changed: what is there already stays as it is."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    def extraction(self, key: str) -> str | None:
        """What a submission came to, as JSON, or None."""
        found = self._connection.execute("SELECT extraction FROM extractions WHERE key = ?", (key,)).fetchone()
        return found[0] if found else None

    def records(self, key: str, student: str, specs: Iterable[Spec]) -> tuple[GradedAnswer, ...] | None:
        """The records of a submission for these exercises, or None where one is missing."""
        rows = self._connection.execute("SELECT exercise, version, record FROM records WHERE key = ?", (key,))
        found = {(exercise, version): record for exercise, version, record in rows}
        texts = [found.get((spec.id, spec.version)) for spec in specs]
        if None in texts:
            return None
        return tuple(replace(GradedAnswer.from_plain(json.loads(text)), student=student) for text in texts if text)

    def add(self, key: str, extraction: str, records: Iterable[GradedAnswer]) -> None:
        """Write down what a submission came to: all of it, or, where the run is killed meanwhile, nothing."""
        rows = [(key, record.exercise, record.exercise_version, _text(record)) for record in records]
        self._insert([(key, extraction)], rows)

    def hand_in(self, coming: Iterable[HandIn]) -> None:
        """Write down who handed in what, where that is new."""
        known = {(own.student.id, own.content): own for all in self.handed_in().values() for own in all}
        self._insert(hand_ins=[_row(one) for one in coming if known.get((one.student.id, one.content)) != one])

    def handed_in(self) -> dict[str, list[HandIn]]:
        """What everyone handed in, by student, the last at the end."""
        found: dict[str, list[HandIn]] = {}
        for (text,) in self._connection.execute("SELECT hand_in FROM hand_ins ORDER BY turn"):
            plain = json.loads(text)
            one = HandIn(Student(**plain["student"]), plain["content"], plain["key"], tuple(plain["left_out"]))
            found.setdefault(one.student.id, []).append(one)
        return found

    def exercises(self, keys: Iterable[str]) -> set[str]:
        """The ids of the exercises that any of these submissions was judged by."""
        wanted = set(keys)
        rows = self._connection.execute("SELECT DISTINCT key, exercise FROM records")
        return {exercise for key, exercise in rows if key in wanted}

    def take_over(self, other: Path) -> None:
        """Copy what another journal holds, such as that of a shard; of whom this one knows, it knows better."""
        with open_journal(other) as source, _explained(other):
            extractions = source._connection.execute("SELECT * FROM extractions").fetchall()
            records = source._connection.execute("SELECT * FROM records").fetchall()
            theirs = source.handed_in()
        known = self.handed_in()
        fresh = [_row(turn) for student, turns in theirs.items() if student not in known for turn in turns]
        self._insert(extractions, records, fresh)

    def _insert(self, extractions: Rows = (), records: Rows = (), hand_ins: Rows = ()) -> None:
        with _explained(self._path):
            self._connection.execute("BEGIN")
            try:
                self._connection.executemany(_ADD_EXTRACTION, extractions)
                self._connection.executemany(_ADD_RECORD, records)
                self._connection.executemany(_ADD_HAND_IN, hand_ins)
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")


def _hashed(path: Path) -> str:
    whole = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            whole.update(chunk)
    return whole.hexdigest()


def _row(one: HandIn) -> tuple[str, ...]:
    return one.student.id, json.dumps(asdict(one), sort_keys=True)


def _text(record: GradedAnswer) -> str:
    return json.dumps(record.to_plain(), sort_keys=True)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as problem:
        if problem.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise JournalError(f"Another run is using {path}; wait until it has ended.") from None
        remedy = "What is finished is kept: make room, then run the same command again."
        raise JournalError(f"{path} cannot be written ({problem}). {remedy}") from None
    except sqlite3.DatabaseError as problem:
        raise JournalError(f"{path} is not a journal of kerastutor ({problem}); move it away and run again.") from None

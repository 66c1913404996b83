"""The one SQLite file that progress lives in: opened, healed, and never destroyed.

Write-ahead logging lets two notebooks write at once, and each row is one transaction, so that a killed process loses at
most the row it was writing. A file that cannot be used is set aside under a name that says why. A file of an older
version gets the tables it does not have; nothing in it is changed.
"""

from __future__ import annotations

import os
import sqlite3
import time
from datetime import datetime
from pathlib import Path

import platformdirs

SCHEMA_VERSION = 3
_WAIT_S = 10.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS attempts (
    uid TEXT PRIMARY KEY, at TEXT NOT NULL, exercise TEXT NOT NULL, version TEXT NOT NULL, outcome TEXT NOT NULL,
    earned INTEGER NOT NULL, parts INTEGER NOT NULL, fingerprint TEXT NOT NULL, misconception TEXT, reset TEXT);
CREATE TABLE IF NOT EXISTS hints (
    uid TEXT PRIMARY KEY, at TEXT NOT NULL, exercise TEXT NOT NULL, rung INTEGER NOT NULL, reset TEXT);
CREATE TABLE IF NOT EXISTS resets (uid TEXT PRIMARY KEY, at TEXT NOT NULL, exercise TEXT);
CREATE TABLE IF NOT EXISTS answers (
    uid TEXT PRIMARY KEY, at TEXT NOT NULL, exercise TEXT NOT NULL, version TEXT NOT NULL, answer TEXT NOT NULL,
    reset TEXT);
CREATE TABLE IF NOT EXISTS exams (
    uid TEXT PRIMARY KEY, at TEXT NOT NULL, exam TEXT NOT NULL, exercises TEXT NOT NULL, report TEXT, reset TEXT);
CREATE INDEX IF NOT EXISTS attempts_of ON attempts (exercise, at);
"""


class FutureVersionError(Exception):
    """The file was written by a newer kerastutor."""


def default_path() -> Path:
    """`$KERASTUTOR_PROGRESS`, or `progress.sqlite3` in the folder where this system keeps a user's data."""
    named = os.environ.get("KERASTUTOR_PROGRESS")
    return Path(named) if named else platformdirs.user_data_path("kerastutor", appauthor=False) / "progress.sqlite3"


def mirror() -> str:
    """Under which name the learner's browser keeps a copy; empty: none.

    A copy is of use where the file may not outlast the session, and it is no one else's: on a hub it is the user's; on
    Binder nobody has a name. On one's own machine the file lasts, and who uses the browser next need not see it.
    """
    if "BINDER_LAUNCH_HOST" in os.environ:
        return "binder"
    user = os.environ.get("JUPYTERHUB_USER", "")
    return f"user {user}" if user else ""


def open_file(path: Path) -> tuple[sqlite3.Connection, str]:
    """Connect to the file at `path`, made if missing; with one sentence for the learner where something was wrong.

    A damaged file, or one of a newer version, is renamed and a new one begun. Where nothing can be written, progress is
    kept in memory.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _connect(path), ""
    except FutureVersionError:
        aside = set_aside(path, "newer")
        notice = (
            f"Your progress file was written by a newer kerastutor. It is kept as {aside.name}; a new one was begun."
        )
    except (sqlite3.OperationalError, OSError) as problem:
        return in_memory(), f"Progress cannot be saved in {path.parent} ({problem}); it is kept until the kernel stops."
    except sqlite3.DatabaseError:
        aside = set_aside(path, "damaged")
        notice = f"Your progress file was damaged. It is kept as {aside.name}; a new one was begun."
    try:
        return _connect(path), notice
    except (sqlite3.Error, OSError) as problem:
        return in_memory(), f"{notice} The new one cannot be written ({problem}): it is kept until the kernel stops."


def in_memory() -> sqlite3.Connection:
    """An empty database that lasts as long as the process."""
    connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    connection.executescript(_SCHEMA)
    return connection


def copy_to_memory(connection: sqlite3.Connection) -> sqlite3.Connection:
    """A copy of everything that can still be read."""
    copy = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    try:
        connection.backup(copy)
    except sqlite3.Error:
        return in_memory()
    return copy


def set_aside(path: Path, why: str) -> Path:
    """Rename the file and its write-ahead log so that nothing is lost; returns the new path."""
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.stem}.{why}-{stamp}-{os.getpid()}{path.suffix}")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_WAIT_S, check_same_thread=False, isolation_level=None)
    try:
        _prepare(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA_VERSION:
        raise FutureVersionError(version)
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous=NORMAL")
    problem = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if problem != "ok":
        raise sqlite3.DatabaseError(problem)
    if version < SCHEMA_VERSION:
        connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version={SCHEMA_VERSION}; COMMIT;")
    connection.execute("SELECT uid, reset FROM attempts LIMIT 1").fetchone()


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to write-ahead logging. SQLite itself does not wait here for another notebook that does the same."""
    until = time.monotonic() + _WAIT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)

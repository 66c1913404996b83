"""The lessons in a folder of the learner's own, and JupyterLab opened on the first of them."""

from __future__ import annotations

import hashlib
import json
import os
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from kerastutor.system.files import replace_text

MANIFEST = ".kerastutor-lessons.json"
"""In the learner's folder: per lesson file, the SHA-256 of the edition that was last put there."""


class LabError(Exception):
    """JupyterLab cannot be started on the lessons; the message says what to do."""


@dataclass(frozen=True)
class Copied:
    """What `copy_lessons` did.

    Attributes:
        new: files that were not there before.
        beside: for each lesson with a newer edition, the learner's file and the name the newer one got.
    """

    new: tuple[str, ...]
    beside: tuple[tuple[str, str], ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What to tell the learner; nothing when nothing changed.

        >>> for sentence in Copied(new=("00.ipynb",), beside=(("01.ipynb", "01-0.2.0.ipynb"),)).sentences:
        ...     print(sentence)
        1 file was added.
        There is a newer edition of 01.ipynb: it is here as 01-0.2.0.ipynb, and yours was left as it is.
        """
        added = [f"{len(self.new)} {'file was' if len(self.new) == 1 else 'files were'} added."] if self.new else []
        newer = [
            f"There is a newer edition of {mine}: it is here as {theirs}, and yours was left as it is."
            for mine, theirs in self.beside
        ]
        return tuple(added + newer)


def shipped_lessons() -> Path:
    """The folder of lessons that came with this installation: in the wheel, or beside the package in a working copy."""
    package = Path(__file__).parents[1]
    for folder in (package / "lessons", package.parent / "lessons"):
        if any(folder.glob("*.ipynb")):
            return folder
    raise LabError("This installation holds no lessons: install kerastutor again from its wheel or a clone.")


def lesson_files(source: Path) -> dict[str, bytes]:
    """Every file below `source` by its path relative to it, `/` between folders; hidden ones and caches left out."""
    files = {}
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source)
        if path.is_file() and not any(part.startswith((".", "__")) for part in name.parts):
            files[name.as_posix()] = path.read_bytes()
    return files


def first_lesson(files: Mapping[str, bytes]) -> str:
    """The notebook to open: the numbered ones come before the others.

    >>> first_lesson({"practice.ipynb": b"", "01_stack.ipynb": b"", "00_start.ipynb": b"", "00.md": b""})
    '00_start.ipynb'
    """
    return min(name for name in files if name.endswith(".ipynb") and "/" not in name)


def copy_lessons(files: Mapping[str, bytes], folder: Path, edition: str | None = None) -> Copied:
    """Put the lessons into `folder` without touching a file that is already there.

    A lesson the learner has keeps its name and its content. When this installation brings another edition of it than
    the one last delivered, the new one lands beside it as `NAME-EDITION.ipynb`, once.

    Args:
        files: content by relative path, as `lesson_files` returns it.
        folder: created where missing.
        edition: what newer files are called after; by default the version of kerastutor.

    Raises:
        LabError: `folder` is a file, or cannot be written.
    """
    edition = edition or version("kerastutor")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        delivered = _read_manifest(folder / MANIFEST)
        new, beside = [], []
        for name, content in files.items():
            target = folder / name
            if _write_new(target, content):
                new.append(name)
            elif delivered.get(name) != _digest(content) and _content(target) != content:
                fresh, written = _put_beside(target, content, edition)
                if written:
                    beside.append((name, fresh.relative_to(folder).as_posix()))
        _write_manifest(folder / MANIFEST, {**delivered, **{name: _digest(content) for name, content in files.items()}})
    except (FileExistsError, NotADirectoryError) as problem:
        raise LabError(f"{problem.filename} is a file, not a folder: name another folder for the lessons.") from None
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise LabError(f"Cannot write to {folder} ({reason}): name another folder for the lessons.") from None
    return Copied(tuple(new), tuple(beside))


def jupyter_arguments(folder: Path, lesson: str, port: int | None, browser: bool) -> list[str]:
    """JupyterLab's command line: this machine only, with the token JupyterLab makes, opened on `lesson`."""
    arguments = ["--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={folder.resolve()}"]
    arguments.append(f"--LabApp.default_url=/lab/tree/{quote(lesson)}")
    if port is not None:
        arguments += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    if not browser:
        arguments.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--allow-root")  # in a container everybody is root; the token and 127.0.0.1 protect it
    return arguments


def claim_port(port: int) -> None:
    """Raise `LabError` where nothing can listen on this port of 127.0.0.1.

    JupyterLab would say so too, after some seconds and below a page of log.
    """
    with socket.socket() as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port just left by another server is free
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise LabError(f"Port {port} is reserved for the system: choose one above 1023 with --port.") from None
        except OSError:
            raise LabError(
                f"Port {port} is taken by another program: choose another with --port, "
                "or leave --port out and a free one is found."
            ) from None


def start_jupyter(arguments: list[str]) -> None:
    """Run JupyterLab in this process until it is stopped."""
    from jupyterlab.labapp import LabApp

    LabApp.launch_instance(arguments)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _write_new(path: Path, content: bytes) -> bool:
    """Write a file that must not be there yet; False when it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        stream = path.open("xb")
    except FileExistsError:
        return False
    try:
        with stream:
            stream.write(content)
    except OSError:
        path.unlink()  # half a lesson, on a full disk, would be taken for the learner's own
        raise
    return True


def _put_beside(target: Path, content: bytes, edition: str) -> tuple[Path, bool]:
    """Write `content` under the first free name after `target` and `edition`; False when it is already there."""
    mark = re.sub(r"[^\w.+-]", "_", edition)
    number = 1
    while True:
        suffix = mark if number == 1 else f"{mark}-{number}"
        path = target.with_name(f"{target.stem}-{suffix}{target.suffix}")
        if _write_new(path, content):
            return path, True
        if _content(path) == content:
            return path, False
        number += 1


def _read_manifest(path: Path) -> dict[str, str]:
    """What was delivered before; nothing where the file is missing or not readable as such."""
    try:
        read = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _write_manifest(path: Path, digests: Mapping[str, str]) -> None:
    replace_text(path, json.dumps(digests, indent=1, sort_keys=True) + "\n")

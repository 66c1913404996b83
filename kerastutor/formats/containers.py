"""The JSON inside a file that somebody else wrote, as plain data: capped in size and depth, nothing unpacked or run."""

from __future__ import annotations

import json
import lzma
import os
import re
import struct
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from kerastutor.topology.graph import Unreadable

Json = Any

LARGEST_TEXT = 32 * 2**20
"""Bytes of JSON that are read; EfficientNetB7 has 0.9 MB."""
LARGEST_DIRECTORY = 4 * 2**20
DEEPEST = 120
_HALF_CHARACTER = re.compile(r"\\ud[89ab][0-9a-f]{2}(?!\\ud[c-f])|(?<!\\ud[89ab]..)\\ud[c-f]", re.IGNORECASE)
"""Half of a surrogate pair, escaped as JSON does; no other program could store such a text again."""
_END_OF_DIRECTORY = struct.Struct("<4s4H2LH")


class FileRefused(Unreadable, ValueError):
    """A file that cannot be read as a model; the message says why in one sentence."""


def json_in(path: str | os.PathLike[str]) -> Json:
    """The model's JSON from a `.keras` archive or a JSON file.

    Raises:
        FileRefused: whatever is wrong with the file.
    """
    file = Path(path)
    name = _shown(file.name)
    try:
        if file.is_dir():
            raise FileRefused(f"{name} is a folder; give the path of a .keras file or of a file with model.to_json().")
        if not file.is_file():
            raise FileRefused(f"There is no file {name} in {_shown(str(file.parent))}.")
        with file.open("rb") as stream:
            raw = _raw(stream, name)
    except OSError as problem:
        raise FileRefused(f"{name} cannot be opened: {problem.strerror or type(problem).__name__}.") from None
    except ValueError as problem:
        if isinstance(problem, FileRefused):
            raise
        raise FileRefused("This path cannot be opened: it holds a character no file name has.") from None
    return parsed(raw, name)


def json_from(content: bytes, name: str) -> Json:
    """The same from what such a file holds; `name` is what messages call it.

    Raises:
        FileRefused: whatever is wrong with it.
    """
    return parsed(_raw(BytesIO(content), _shown(name)), _shown(name))


def parsed(raw: str | bytes, name: str = "This text") -> Json:
    """JSON as dicts and lists, refused where it is malformed or nested deeper than any model.

    >>> parsed('{"a": [1, 2]}')
    {'a': [1, 2]}
    """
    if len(raw) > LARGEST_TEXT:
        raise FileRefused(f"{name} is larger than {LARGEST_TEXT >> 20} MB, more than any model's JSON.")
    try:
        plain = json.loads(raw)
    except RecursionError:
        raise FileRefused(f"{name} is nested deeper than any model.") from None
    except ValueError as problem:
        raise FileRefused(f"{name} is not a saved model: its JSON is damaged ({_first_line(problem)}).") from None
    if _HALF_CHARACTER.search(raw if isinstance(raw, str) else raw.decode("utf-8", "replace")):
        raise FileRefused(f"{name} is not a saved model: it holds half a character.")
    if isinstance(plain, str) and plain.startswith("{"):
        return parsed(plain, name)  # the text of to_json() that went through json.dump once more
    if _deeper_than(plain, DEEPEST):
        raise FileRefused(f"{name} is nested deeper than any model.")
    return plain


def _raw(stream: BinaryIO, name: str) -> bytes:
    start = stream.read(8)
    if start.startswith(b"\x89HDF"):
        raise FileRefused(
            f"{name} is an HDF5 file, which holds weights but no graph that can be read safely; "
            'save the model with model.save("model.keras").'
        )
    return _from_archive(stream, name) if start.startswith(b"PK") else _whole(stream, name)


def _whole(stream: BinaryIO, name: str) -> bytes:
    stream.seek(0)
    raw = stream.read(LARGEST_TEXT + 1)
    if not raw.strip():
        raise FileRefused(f"{name} is empty.")
    return raw


def _from_archive(stream: BinaryIO, name: str) -> bytes:
    """The member `config.json`, read in memory under a cap; other members, whatever their names, are not touched."""
    _check_directory(stream, name)
    damaged = FileRefused(f"{name} is damaged: it begins like a .keras file and cannot be unpacked; save it again.")
    try:
        with zipfile.ZipFile(stream) as archive:
            members = [member for member in archive.infolist() if member.filename == "config.json"]
            if len(members) != 1:
                raise FileRefused(f"{name} is a zip file but not a .keras file: it holds no model configuration.")
            return _member(archive, members[0], name)
    except FileRefused:
        raise
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, struct.error):
        raise damaged from None
    except (NotImplementedError, RuntimeError, ValueError, OverflowError, IndexError):
        raise damaged from None


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> bytes:
    if member.flag_bits & 0x1:
        raise FileRefused(f"{name} is locked with a password; save the model without one.")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FileRefused(f"{name} is packed in a way Keras does not use; save the model with model.save().")
    with archive.open(member) as stream:
        raw = stream.read(LARGEST_TEXT + 1)  # the size that the archive claims is not trusted
    if len(raw) > LARGEST_TEXT:
        raise FileRefused(f"{name} unpacks to more than {LARGEST_TEXT >> 20} MB of configuration, more than any model.")
    return raw


def _check_directory(stream: BinaryIO, name: str) -> None:
    """Refuse an archive whose list of members alone would fill the memory; `zipfile` reads it whole."""
    length = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, length - 2**16 - _END_OF_DIRECTORY.size))
    tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + _END_OF_DIRECTORY.size > len(tail):
        raise FileRefused(f"{name} is damaged: its end is missing; save or download it again.")
    size = _END_OF_DIRECTORY.unpack_from(tail, at)[5]
    if size > LARGEST_DIRECTORY:
        raise FileRefused(f"{name} lists more files than any .keras file.")


def _deeper_than(plain: Json, limit: int) -> bool:
    level = [plain]
    for _ in range(limit):
        level = [
            inner
            for item in level
            if isinstance(item, (dict, list))
            for inner in (item.values() if isinstance(item, dict) else item)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True


def _first_line(problem: Exception) -> str:
    return str(problem).partition("\n")[0][:120]


def _shown(name: str) -> str:
    """A name for a message: quoted, escaped and not too long."""
    return repr(name if len(name) <= 80 else f"{name[:77]}...")

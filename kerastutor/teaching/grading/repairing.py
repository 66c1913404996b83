"""An archive that `zipfile` refuses as a whole because of one entry: a name that is no text, a field that is cut short.

The table at the end of an archive says of each entry what it is called, and more. What makes `zipfile` give up is taken
out of there, in a copy. Whether the entry itself can be read shows when it is unpacked.
"""

from __future__ import annotations

import os
import shutil
import struct
import zipfile
from pathlib import Path
from typing import IO

_SIGNATURE, _END = b"PK\x01\x02", b"PK\x05\x06"
_END_BYTES, _LONGEST_COMMENT = 22, 65_535
_NEEDED, _FLAGS, _SIZES, _LENGTHS, _OFFSET, _FIXED = 6, 8, 20, 28, 42, 46
"""Where in an entry of the table things lie, by PKWARE's APPNOTE.TXT, 4.3.12; after the fixed part comes its name."""

_NEWEST, _PLAIN = 63, 20
"""The newest version of the format that `zipfile` reads, and one that it always reads."""

_UTF8 = 0x800
_ZIP64, _UNICODE_NAME = 0x0001, 0x7075
_IN_ZIP64 = 0xFFFFFFFF


def repaired(source: Path, copy: Path) -> Path:
    """Copy an archive to `copy`, with a table that can be read; raises `BadZipFile` where it has none."""
    shutil.copyfile(source, copy)
    with copy.open("r+b") as stream:
        start, size = _place_of_table(stream)
        stream.seek(start)
        table = bytearray(stream.read(size))
        place = 0
        while table[place : place + 4] == _SIGNATURE and place + _FIXED <= size:
            place = _repair(table, place)
        stream.seek(start)
        stream.write(table)
    return copy


def _place_of_table(stream: IO[bytes]) -> tuple[int, int]:
    length = stream.seek(0, os.SEEK_END)
    begin = stream.seek(max(0, length - _END_BYTES - _LONGEST_COMMENT))
    last = stream.read()
    place = last.rfind(_END)
    if place < 0 or len(last) - place < _END_BYTES:
        raise zipfile.BadZipFile("it has no table of contents")
    (size,) = struct.unpack_from("<I", last, place + 12)
    if size > begin + place:
        raise zipfile.BadZipFile("its table of contents is cut off")
    return begin + place - size, size


def _repair(table: bytearray, place: int) -> int:
    """Put one entry right; returns the place of the next."""
    name_length, extra_length, comment_length = struct.unpack_from("<3H", table, place + _LENGTHS)
    extra = place + _FIXED + name_length
    (flags,) = struct.unpack_from("<H", table, place + _FLAGS)
    if flags & _UTF8 and not _is_text(table[place + _FIXED : extra]):
        struct.pack_into("<H", table, place + _FLAGS, flags & ~_UTF8)
    if table[place + _NEEDED] > _NEWEST:
        table[place + _NEEDED] = _PLAIN
    large = (*struct.unpack_from("<2I", table, place + _SIZES), *struct.unpack_from("<I", table, place + _OFFSET))
    if not _is_sound(table[extra : extra + extra_length], 8 * large.count(_IN_ZIP64)):
        table[extra : extra + extra_length] = bytes(len(table[extra : extra + extra_length]))
    return int(extra + extra_length + comment_length)


def _is_text(name: bytearray) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_sound(extra: bytearray, wanted: int) -> bool:
    """Whether the fields after a name are whole, and hold the `wanted` bytes of large sizes."""
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, place)
        place += 4 + length
        if place > len(extra) or kind == _UNICODE_NAME or (kind == _ZIP64 and length < wanted):
            return False
    return True

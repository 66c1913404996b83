"""What a saved `lambda` computes, as a short digest, without ever loading it.

Keras saves a lambda as marshalled bytecode. Loading such bytes from a stranger is unsafe, and hashing them as they are
would tell apart two equal lambdas on different lines. So the bytes are read as plain data here, and only what the
function computes goes into the digest: instructions, constants and names, not file, line and position.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import marshal
import struct
from collections.abc import Callable
from types import CodeType
from typing import Any

DEEPEST = 100
_REMEMBERED = 0x80


class _NotReadable(ValueError):
    """The bytes are not marshalled code of a Python version this reader knows."""


def digest_of_function(code: CodeType) -> str:
    """The digest of a live function's code, the same as that of its saved form.

    >>> digest_of_function((lambda x: 2 * x).__code__) == digest_of_function((lambda x: 2 * x).__code__)
    True
    >>> digest_of_function((lambda x: 2 * x).__code__) == digest_of_function((lambda x: 3 * x).__code__)
    False
    """
    return _digest(marshal.dumps(code))


def digest_of_text(text: str) -> str:
    """The digest of code as Keras saves it: marshalled bytes in base64. Any text has one."""
    try:
        return _digest(base64.b64decode("".join(text.split()), validate=True))
    except (binascii.Error, ValueError):
        return _short(text.encode("utf-8", "replace"))


def _digest(raw: bytes) -> str:
    try:
        return _short(repr(_Marshalled(raw).value()).encode("utf-8", "replace"))
    except (_NotReadable, struct.error, UnicodeDecodeError, IndexError, OverflowError):
        return _short(raw)


def _short(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:16]


class _Marshalled:
    """Reads Python's marshal format, version 4, into nested tuples. It builds no code object and runs nothing."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.at = 0
        self.depth = 0
        self.remembered: list[Any] = []

    def value(self) -> Any:
        tag = self.bytes(1)[0]
        place = None
        if tag & _REMEMBERED:
            place = len(self.remembered)
            self.remembered.append(None)
        self.depth += 1
        read = _READERS.get(chr(tag & ~_REMEMBERED))
        if read is None or self.depth > DEEPEST:
            raise _NotReadable
        value = read(self)
        self.depth -= 1
        if place is not None:
            self.remembered[place] = value
        return value

    def bytes(self, length: int) -> bytes:
        if length < 0 or self.at + length > len(self.raw):
            raise _NotReadable
        self.at += length
        return self.raw[self.at - length : self.at]

    def number(self, form: str) -> Any:
        return struct.unpack("<" + form, self.bytes(struct.calcsize("<" + form)))[0]

    def sequence(self, length: int) -> tuple[Any, ...]:
        if length > len(self.raw) - self.at:
            raise _NotReadable
        return tuple(self.value() for _ in range(length))

    def long(self) -> int:
        digits = self.number("i")
        value: int = sum(self.number("H") << (15 * place) for place in range(abs(digits)))
        return -value if digits < 0 else value

    def code(self) -> tuple[Any, ...]:
        counts = [self.number("i") for _ in range(5)]
        computes = [self.value() for _ in range(5)]
        for _ in range(3):  # file name, name, qualified name
            self.value()
        self.number("i")  # first line
        self.value()  # positions
        exceptions = self.value()
        return ("code", *counts, *computes, exceptions)

    def earlier(self) -> Any:
        return self.remembered[self.number("I")]


_READERS: dict[str, Callable[[_Marshalled], Any]] = {
    "N": lambda stream: None,
    "T": lambda stream: True,
    "F": lambda stream: False,
    ".": lambda stream: ...,
    "i": lambda stream: stream.number("i"),
    "l": _Marshalled.long,
    "g": lambda stream: stream.number("d"),
    "y": lambda stream: ("complex", stream.number("d"), stream.number("d")),
    "s": lambda stream: stream.bytes(stream.number("i")),
    "u": lambda stream: stream.bytes(stream.number("i")).decode("utf-8", "surrogatepass"),
    "t": lambda stream: stream.bytes(stream.number("i")).decode("utf-8", "surrogatepass"),
    "a": lambda stream: stream.bytes(stream.number("i")).decode("latin-1"),
    "A": lambda stream: stream.bytes(stream.number("i")).decode("latin-1"),
    "z": lambda stream: stream.bytes(stream.number("B")).decode("latin-1"),
    "Z": lambda stream: stream.bytes(stream.number("B")).decode("latin-1"),
    "(": lambda stream: stream.sequence(stream.number("i")),
    ")": lambda stream: stream.sequence(stream.number("B")),
    ">": lambda stream: ("frozenset", *sorted(map(repr, stream.sequence(stream.number("i"))))),
    "r": _Marshalled.earlier,
    "c": _Marshalled.code,
}

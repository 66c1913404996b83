"""Shares of a class, for machines that know nothing of each other, such as the tasks of a Slurm array."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass


class ShardError(ValueError):
    """This names no share; the message is one sentence."""


@dataclass(frozen=True)
class Shard:
    """Share `number` of `count`, both from 1.

    A student is in one share, whoever else is in the class.

    >>> [Shard(2, 3).holds(student) for student in ("ada", "bob", "kim", "lou")]
    [False, False, True, False]
    """

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read `2/8`; raises `ShardError`."""
        match = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text)
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            raise ShardError(f"{text!r} is no share; write 2/8 for the second of eight.")
        return cls(int(match[1]), int(match[2]))

    def holds(self, student: str) -> bool:
        """Whether the student is in this share."""
        mark = int.from_bytes(hashlib.sha256(student.encode("utf-8", "backslashreplace")).digest()[:8], "big")
        return mark % self.count == self.number - 1

    def __str__(self) -> str:
        return f"{self.number}-of-{self.count}"

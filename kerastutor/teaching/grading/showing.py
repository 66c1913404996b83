"""Names that strangers chose, as they can be shown."""

from __future__ import annotations

from pathlib import PurePosixPath


def printable(text: str) -> str:
    """Nothing that a terminal would obey.

    >>> printable("a\\x1b[2Jb")
    'a?[2Jb'
    """
    return "".join(character if character.isprintable() else "?" for character in text)


def shown(path: PurePosixPath) -> str:
    """The name of a file as it can be shown: short and printable.

    >>> shown(PurePosixPath("x" * 100 + ".py"))
    '`...xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.py`'
    """
    text = printable(str(path))
    return f"`{text}`" if len(text) <= 63 else f"`...{text[-60:]}`"

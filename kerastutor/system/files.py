"""Files that are whole or not there: written beside their place, then moved into it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def replace_text(path: Path, text: str) -> Path:
    """Write a text file in one step, so that a reader or a killed run finds the old one or the new one, never half.

    What cannot be written as UTF-8 (half a character in a file name of another system) becomes a question mark.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode("utf-8", "replace"))
        beside.chmod(0o644)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return path


def new_text(path: Path, text: str) -> Path:
    """As `replace_text`, but never over a file that is there: `FileExistsError`."""
    path.touch(exist_ok=False)
    try:
        return replace_text(path, text)
    except BaseException:
        path.unlink(missing_ok=True)
        raise

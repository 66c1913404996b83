"""Neither running nor reading: behind all walls and then nothing, to find out which of them stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any


def work(job: Mapping[str, Any], content: bytes, stream: IO[bytes]) -> None:
    """Do nothing."""

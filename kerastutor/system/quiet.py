"""TensorFlow's start-up notes kept away: red lines about CUDA that look like an error and are none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO


@contextmanager
def hushed() -> Iterator[None]:
    """While Keras is loaded inside, nothing reaches stderr; where that fails, what was held back is shown after all.

    The notes are written to file descriptor 2 before any logging is set up, so that no setting of TensorFlow reaches
    them.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        held = TemporaryFile()  # noqa: SIM115 - closed below
    except OSError:  # nowhere to hold it: Keras matters more
        yield
        return
    with held, _stderr_held_in(held):
        yield


@contextmanager
def _stderr_held_in(held: IO[bytes]) -> Iterator[None]:
    stderr = os.dup(2)
    os.dup2(held.fileno(), 2)
    try:
        yield
    except BaseException:
        held.seek(0)
        with open(stderr, "wb", closefd=False) as shown:
            shutil.copyfileobj(held, shown)
        raise
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)

"""TensorFlow's start-up notes kept away: red lines about CUDA that look like an error and are none."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def hushed() -> Iterator[None]:
    """While Keras is loaded and looks for devices inside, nothing reaches stderr.

    The notes are written to file descriptor 2 before any logging is set up, so that no setting of TensorFlow reaches
    them.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    kept = os.dup(2)
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a descriptor is wanted
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)

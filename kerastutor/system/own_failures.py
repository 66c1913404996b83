"""The log of what kerastutor swallows of its own failures: a tutor that stumbles must not stop a learner."""

from __future__ import annotations

import logging
import os
from functools import cache

SWITCH = "KERASTUTOR_DEBUG"
"""The environment variable that prints the log on stderr where it is `1`; it is read anew at each failure."""

_LOG = logging.getLogger("kerastutor")


def log_failure(what: str) -> None:
    """Log the exception that is being handled, its traceback with it.

    Args:
        what: what failed, as the beginning of a sentence: `"The rule add_broadcasts"`.
    """
    if os.environ.get(SWITCH) == "1":
        _print()
    _LOG.debug("%s failed, and was passed over.", what, exc_info=True)


@cache
def _print() -> None:
    """Print the log from now on, once."""
    _LOG.addHandler(logging.StreamHandler())
    _LOG.setLevel(logging.DEBUG)

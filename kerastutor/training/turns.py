"""One training at a time: two at once on one machine are both slower and both curves stutter."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable


class Turns:
    """A queue for whoever needs the machine alone, first come, first served.

    >>> turns = Turns()
    >>> turns.take("digits", given_up=lambda: False)
    True
    >>> turns.ahead_of("text")
    'digits'
    >>> turns.leave("digits"); turns.ahead_of("text") is None
    True
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()

    def ahead_of(self, who: object) -> object | None:
        """Who has the turn now, unless it is `who`; None when nobody has."""
        with self._changed:
            first = self._waiting[0] if self._waiting else None
            return None if first is who else first

    def take(self, who: object, given_up: Callable[[], bool]) -> bool:
        """Wait for the turn; False if `given_up()` became true before it came. Whoever gets it must `leave`."""
        with self._changed:
            self._waiting.append(who)
            while self._waiting[0] is not who:
                if given_up():
                    self._waiting.remove(who)
                    return False
                self._changed.wait(0.05)
            return True

    def leave(self, who: object) -> None:
        """Give the turn to the next one."""
        with self._changed:
            self._waiting.remove(who)
            self._changed.notify_all()


TURNS = Turns()
"""The queue of this process."""

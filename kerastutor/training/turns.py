"""One training at a time: two at once on one machine are both slower and both curves stutter."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable


class Turns:
    """A queue for whoever needs the machine alone, first come, first served.

    >>> turns = Turns()
    >>> turns.take("digits", waits=lambda ahead: True)
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

    def take(self, who: object, waits: Callable[[object], bool]) -> bool:
        """Wait for the turn; whoever gets it must `leave`.

        `waits` is asked again and again, with the one who has the turn; False if it became false before the turn came.
        """
        with self._changed:
            self._waiting.append(who)
        while (ahead := self.ahead_of(who)) is not None:
            if not waits(ahead):
                self.leave(who)
                return False
            with self._changed:
                self._changed.wait(0.05)
        return True

    def leave(self, who: object) -> None:
        """Give the turn to the next one, or the place in the queue up."""
        with self._changed:
            self._waiting.remove(who)
            self._changed.notify_all()


TURNS = Turns()
"""The queue of this process."""

"""How many steps to run at a time, so that one execution is short enough to stop and long enough to be fast."""

from __future__ import annotations

TARGET_SECONDS = 0.07
"""The length of one execution aimed at: the page and the Stop button wait no longer than this."""

GROWTH = 8
"""An execution may be this many times longer than the one before it: one measurement can mislead."""

FIRST = 4
"""Steps in the first execution, whose time says nothing: it compiles."""


class Pace:
    """Chooses the number of steps of the next execution from the times of those before.

    >>> pace = Pace()
    >>> pace.steps
    4
    >>> pace.took(4, 1.0)               # the first one compiles: not a measurement
    >>> pace.took(4, 0.004); pace.steps # 1 ms a step, but growing step by step
    32
    >>> pace.took(32, 0.032); pace.steps
    70
    """

    def __init__(self, target: float = TARGET_SECONDS) -> None:
        self.steps = FIRST
        self.seconds_per_step: float | None = None
        self._target = target
        self.warm = False

    def took(self, steps: int, seconds: float) -> None:
        """`steps` steps were run in one execution of `seconds` seconds."""
        if not self.warm:
            self.warm = True
            return
        self.seconds_per_step = max(seconds, 1e-9) / steps
        wanted = round(self._target / self.seconds_per_step)
        self.steps = max(1, min(wanted, self.steps * GROWTH))

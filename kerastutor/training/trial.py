"""Whether XLA pays: decided from the times of the first executions, and taken back where it turns out slower."""

from __future__ import annotations

_WARM_STEPS = 16
"""So many steps have to be timed before they say something."""


class Trial:
    """Chooses for each execution between the plain and the XLA function, from the times of those before.

    >>> trial = Trial(xla_from=1.5, steps=5_000)
    >>> trial.took(4, 0.3)                          # the first execution compiles: not a measurement
    >>> trial.took(32, 0.032); trial.xla            # 5 s to go at 1 ms a step: XLA takes over
    True
    >>> trial.took(32, 0.7); trial.took(32, 0.064)  # compiled, and slower than before
    >>> trial.xla
    False

    Args:
        xla_from: how many seconds the rest of the run has to take for XLA to pay; 0 always, infinity never.
        steps, seconds: how long the run is; both, if it ends with whichever is over first.
    """

    def __init__(self, xla_from: float, steps: int, seconds: float | None = None) -> None:
        self.xla = xla_from == 0.0
        self._xla_from = xla_from
        self._steps = steps
        self._seconds = float("inf") if seconds is None else seconds
        self._plain = _Clock()
        self._compiled = _Clock()

    def took(self, steps: int, seconds: float) -> None:
        """`steps` steps were run by the function that `xla` names, in `seconds` seconds."""
        self._steps -= steps
        self._seconds -= seconds
        (self._compiled if self.xla else self._plain).took(steps, seconds)
        plain, compiled = self._plain.per_step, self._compiled.per_step
        if plain is None:
            return
        if compiled is None:
            self.xla = self.xla or min(plain * self._steps, self._seconds) >= self._xla_from
        else:
            self.xla = compiled <= plain


class _Clock:
    """The time of a step in one of the two functions, its first execution left out."""

    def __init__(self) -> None:
        self._cold = True
        self._steps = 0
        self._seconds = 0.0

    def took(self, steps: int, seconds: float) -> None:
        if self._cold:
            self._cold = False
            return
        self._steps += steps
        self._seconds += seconds

    @property
    def per_step(self) -> float | None:
        return self._seconds / self._steps if self._steps >= _WARM_STEPS else None

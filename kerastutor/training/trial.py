"""Whether XLA pays: decided from the times of the first executions, and taken back where it turns out slower."""

from __future__ import annotations

from concurrent.futures import Future, wait

_WARM_STEPS = 16
"""So many steps have to be timed before they say something."""


class Trial:
    """Chooses for each execution between the plain and the XLA function, from the times of those before.

    XLA compiles aside; once it has, it takes over.

    >>> trial = Trial(xla_from=1.5, steps=5_000)
    >>> trial.took(4, 0.3)                            # the first execution compiles: not a measurement
    >>> trial.took(32, 0.032); trial.worth_compiling  # 5 s to go at 1 ms a step
    True
    >>> ready = Future(); trial.compiling(ready)
    >>> trial.took(32, 0.040); trial.xla              # not compiled yet
    False
    >>> ready.set_result(None); trial.xla
    True
    >>> trial.took(32, 0.07); trial.took(32, 0.064); trial.xla  # slower than before
    False

    Args:
        xla_from: how many seconds the rest of the run has to take for XLA to pay; 0 always, infinity never.
        steps, seconds: how long the run is; both, if it ends with whichever is over first.
    """

    def __init__(self, xla_from: float, steps: int, seconds: float | None = None) -> None:
        self._xla_from = xla_from
        self._steps = steps
        self._seconds = float("inf") if seconds is None else seconds
        self._ready: Future[object] | None = None
        self._plain = _Clock()
        self._compiled = _Clock()

    @property
    def xla(self) -> bool:
        """The next execution is for the XLA function."""
        if self._ready is None or not self._ready.done():
            return self._xla_from == 0.0
        return self._ready.exception() is None and not self._slower

    def wait(self, seconds: float) -> bool:
        """Wait for XLA to compile, at most so long; whether there is nothing to wait for any more."""
        return self._ready is None or not wait([self._ready], seconds).not_done

    @property
    def worth_compiling(self) -> bool:
        """The XLA function should be compiled now, and `compiling` told of it."""
        if self.xla or self._ready is not None or self._plain.per_step is None:
            return False
        return min(self._plain.per_step * self._steps, self._seconds) >= self._xla_from

    def compiling(self, ready: Future[object]) -> None:
        """The XLA function compiles; it can be used when `ready` is done, and never if it raised."""
        self._ready = ready

    def took(self, steps: int, seconds: float) -> None:
        """`steps` steps were run by the function that `xla` names, in `seconds` seconds."""
        self._steps -= steps
        self._seconds -= seconds
        if self.xla:
            self._compiled.took(steps, seconds)
        elif self._ready is None:  # beside a compiler, steps are slower than they are
            self._plain.took(steps, seconds)

    @property
    def _slower(self) -> bool:
        plain, compiled = self._plain.per_step, self._compiled.per_step
        return plain is not None and compiled is not None and compiled > plain


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

"""Stop, pause and go on: what the learner wants of a run, asked from any thread and read by the one that trains."""

from __future__ import annotations

import threading


class Control:
    """Wishes to a run; all methods may be called from any thread, any number of times.

    >>> control = Control()
    >>> control.stop(); control.stopping
    True
    """

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._go = threading.Event()
        self._go.set()

    @property
    def stopping(self) -> bool:
        """Stop was asked for."""
        return self._stop.is_set()

    @property
    def paused(self) -> bool:
        """Pause was asked for and not yet taken back."""
        return not self._go.is_set()

    def stop(self) -> None:
        """Stop at the end of the execution in progress; a paused run stops too."""
        self._stop.set()
        self._go.set()

    def pause(self) -> None:
        """Rest at the end of the execution in progress until `resume` or `stop`."""
        if not self._stop.is_set():
            self._go.clear()

    def resume(self) -> None:
        """Go on after `pause`."""
        self._go.set()

    def renew(self) -> None:
        """Forget all wishes: for a run that is to train some more."""
        self._stop.clear()
        self._go.set()

    def rest(self, seconds: float) -> bool:
        """Wait until the run is to go on, at most `seconds`; whether it is."""
        return self._go.wait(seconds)

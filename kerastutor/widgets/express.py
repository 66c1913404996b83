"""Clicks that are heard while a cell runs.

A kernel handles a widget's messages between two cells, so during `run.wait()` a Stop button would be deaf; newer
kernels differ from version to version in what they let through. The control channel, made for interrupting, is
always served, by a thread of its own. A page that can (JupyterLab, Notebook 7) sends its clicks there as well as the
usual way; each click has a number, and the one that comes second is ignored.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

MESSAGE = "kerastutor_click"
"""The type of the message on the control channel; `static/run.js` uses the same word."""

Content = Mapping[str, Any]

_LISTENERS: dict[str, Callable[[Content], None]] = {}


class Clicks:
    """Takes each click once, by whichever way it comes first.

    >>> clicks = Clicks(lambda wish: print(wish))
    >>> clicks.take({"do": "stop", "click": 1}); clicks.take({"do": "stop", "click": 1})
    stop
    """

    def __init__(self, act: Callable[[str], None]) -> None:
        self._act = act
        self._last = 0

    def take(self, content: Content) -> None:
        """A click has come; `click` counts them from 1 on."""
        number = content.get("click")
        if isinstance(number, int) and number > self._last:
            self._last = number
            self._act(str(content.get("do")))


def listen(name: str, take: Callable[[Content], None]) -> Callable[[], None]:
    """Call `take` with each click that the page sends to `name` on the control channel; returns how to end that.

    `take` is called on the kernel's control thread.
    """
    handlers = getattr(_kernel(), "control_handlers", None)
    if handlers is not None:
        handlers[MESSAGE] = _received
    _LISTENERS[name] = take
    return lambda: _LISTENERS.pop(name, None) and None


def _received(_stream: Any, _identity: Any, message: Mapping[str, Any]) -> None:
    content = message.get("content", {})
    take = _LISTENERS.get(content.get("to", ""))
    if take is not None:
        take(content)


def _kernel() -> Any:
    ipython = sys.modules.get("IPython")
    return getattr(ipython.get_ipython(), "kernel", None) if ipython else None

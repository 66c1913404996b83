"""What an error of Keras or of a backend says, without the lines that only say where it was."""

from __future__ import annotations

import re
from textwrap import shorten

ANSI = re.compile(r"\x1b\[[0-9;]*m")
"""What makes a message bold or red on a console."""

_WHERE = ("Exception encountered when calling", "Graph execution error:")
"""How a paragraph begins that only names the call."""

_TRACE = re.compile(r"\s|Detected at node|<stack traces|Traceback \(|\d+ root error|Original stack trace")
"""How the lines of a traceback begin that TensorFlow puts into a message."""

_ONE_OF_SOME = re.compile(r"\s+\(\d+\) [A-Z_]+:\s*")
"""How one of several errors of a graph begins: `  (0) INVALID_ARGUMENT:  `."""

_LONGEST = 300
"""Letters of a sentence: Keras puts whole lists of data into some."""

_ERROR = re.compile(r"[A-Z]\w*(Error|Exception|Interrupt|Iteration): ")
"""How Python's own last line of a traceback begins."""


def telling(error: BaseException) -> str:
    """The paragraph of a message that tells, as one line.

    >>> telling(ValueError("Exception encountered when calling Add.call().\\n\\nInputs have\\nincompatible shapes."))
    'Inputs have incompatible shapes.'
    """
    return " ".join(_telling_lines(error)) or type(error).__name__


def sentence(error: BaseException) -> str:
    """The class of an error and the first line that tells, for one who cannot see the rest.

    >>> sentence(RuntimeError("The disk is full.\\nErrno 28"))
    'RuntimeError: The disk is full.'
    """
    text = shorten(next(iter(_telling_lines(error)), ""), _LONGEST, placeholder=" …")
    if _ERROR.match(text):  # an error of the learner's own inside TensorFlow's graph
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _telling_lines(error: BaseException) -> list[str]:
    text = ANSI.sub("", str(error)).strip()
    if text.startswith("Graph execution error:"):
        return _of_a_graph(text)
    paragraphs = [part for part in re.split(r"\n\s*\n", text) if part.strip()]
    inner = [part for part in paragraphs if not part.lstrip().startswith(_WHERE)]
    return [" ".join(line.split()) for line in (inner or paragraphs or [""])[0].splitlines() if line.strip()]


def _of_a_graph(text: str) -> list[str]:
    """TensorFlow writes the whole way through the graph first, and what happened last."""
    unmarked = (_ONE_OF_SOME.sub("", line).rstrip() for line in text.splitlines()[1:])
    lines = [line for line in unmarked if line and not _TRACE.match(line)]
    raised = [line for line in lines if _ERROR.match(line)]
    told = (raised or lines or [text])[-1]
    return [told.partition("  Label values:")[0]]  # then come all labels of the batch

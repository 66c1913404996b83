"""The code that belongs to a drawing: the learner's own where it was recorded, and that of both APIs."""

from __future__ import annotations

import linecache
import os
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from textwrap import dedent

from kerastutor.formats.source import NotSequential, NotWritable, Program, written, written_as_stack
from kerastutor.topology.graph import Topology

LONG = 80
"""From how many calls on no code is written; a listing of it would hide the drawing."""

_INSTALLED = tuple({sysconfig.get_path(kind) + os.sep for kind in ("stdlib", "platstdlib", "purelib", "platlib")})
"""Where files lie that no learner wrote; tracebacks make Python read them too."""

Lines = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Listing:
    """Source code whose lines know which calls they made: pairs of a line and the ids of its calls."""

    title: str
    lines: Lines


def listings_of(topology: Topology) -> tuple[Listing, ...]:
    """The learner's own lines where they can be found, then the code of both APIs, as far as there is any."""
    generated = _generated(topology) if len(topology.calls) <= LONG and topology.outputs else ()
    return (*_own(topology), *generated)


def _own(topology: Topology) -> Iterator[Listing]:
    """The files and cells in which the calls were written, each from its first such line to its last."""
    files: dict[str, dict[int, list[str]]] = {}
    for call in topology.calls:
        if call.source:
            files.setdefault(call.source.file, {}).setdefault(call.source.line, []).append(call.id)
    for file, made in files.items():
        text = _text_of(file)
        if text:
            lines = dedent("".join(text[min(made) - 1 : max(made)])).splitlines()
            yield Listing("Your code", _numbered(lines, made, first=min(made)))


def _text_of(file: str) -> list[str]:
    """The lines of a file or cell by its name without folders; empty where none was read yet, or several so called."""
    named = [known for known in list(linecache.cache) if PurePath(known).name == file]
    own = [known for known in named if not known.startswith(_INSTALLED)]
    return linecache.getlines(own[0]) if len(own) == 1 else []


def _generated(topology: Topology) -> Iterator[Listing]:
    for title, write in (("Sequential", written_as_stack), ("Functional", written)):
        try:
            yield _listing(title, write(topology))
        except (NotSequential, NotWritable):
            continue


def _listing(title: str, source: Program) -> Listing:
    made: dict[int, list[str]] = {}
    for call, line in source.line_of.items():
        made.setdefault(line, []).append(call)
    lines = source.text.rstrip("\n").split("\n")
    return Listing(title, _numbered(lines, made, first=1))


def _numbered(lines: list[str], made: Mapping[int, list[str]], *, first: int) -> Lines:
    return tuple((line, tuple(made.get(number, ()))) for number, line in enumerate(lines, start=first))

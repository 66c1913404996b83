"""Reading a `.keras` or `.json` file that was handed in, as data: nothing of it runs, and Keras is not there.

The child that reads cannot open a file any more, so whatever it may need is loaded here, in the server. The server
also reads a few files of its own before the first child: what Python writes into functions when they first run is then
shared by all children, where otherwise each would copy the pages of memory that it is written to.
"""

from __future__ import annotations

import codecs
import json
import zipfile
from collections.abc import Mapping
from importlib import import_module
from io import BytesIO
from pathlib import Path
from pkgutil import walk_packages
from typing import IO, Any

from kerastutor import formats, knowledge, topology
from kerastutor.formats.containers import json_from
from kerastutor.formats.keras_file import FileRefused, from_saved
from kerastutor.teaching.grading.sandbox.inside.naming import exercise_named
from kerastutor.teaching.grading.sandbox.inside.reporting import ReportStream
from kerastutor.topology.graph import Json, Topology, TopologyError

for room in (formats, knowledge, topology):  # elsewhere some of it is loaded by the first model that needs it
    for module in walk_packages(room.__path__, f"{room.__name__}."):
        import_module(module.name)
for encoding in ("utf-8-sig", "utf-16", "utf-16-be", "utf-16-le", "utf-32", "utf-32-be", "utf-32-le", "cp437"):
    codecs.lookup(encoding)  # those in which JSON is written, and that of the names in an archive

HANDED_IN = "kerastutor.submission"
"""The format of the file that `kt.submit()` writes."""


_ROOM = 1 << 20
_TIMES = 16
"""Python adapts a function to what it is called with in the first few calls."""
_LAYERS = (
    ("InputLayer", {"name": "image", "batch_shape": [None, 4], "dtype": "float32"}),
    ("Dense", {"name": "digit", "units": 2, "activation": "softmax"}),
)


def work(job: Mapping[str, Any], content: bytes, stream: IO[bytes]) -> None:
    """Report the answers that the file holds, or why it is refused."""
    report = ReportStream(stream, job["limits"]["report"], len(job["exercises"]))
    try:
        plain = json_from(content, job["name"])
        if isinstance(plain, dict) and plain.get("format") == HANDED_IN:
            _handed_in(plain, job["exercises"], report)
        else:
            _model(job, plain, report)
    except FileRefused as problem:
        report.problem("refused", str(problem))
    report.end()


def _handed_in(plain: dict[str, Json], exercises: list[str], report: ReportStream) -> None:
    """A file that `kt.submit()` wrote: it carries the answers to many exercises."""
    answers = plain.get("answers")
    if not isinstance(answers, dict) or plain.get("version") != 1:
        raise FileRefused("This file was not written by kt.submit() of this version of kerastutor; submit again.")
    tried = plain.get("tried")
    for exercise in exercises:
        others = tried.get(exercise) if isinstance(tried, dict) else None  # the file of 0.1 has one answer to each
        for answer in [answers.get(exercise), *(others if isinstance(others, list) else [])]:
            if isinstance(answer, dict):
                report.answer(exercise, topology=_topology(answer.get("topology"), exercise), value=answer.get("value"))


def _topology(plain: Json, exercise: str) -> Topology | None:
    try:
        return None if plain is None else Topology.from_plain(plain)
    except TopologyError as problem:
        raise FileRefused(f"The network for {exercise!r} in this file is damaged: {problem}") from None


def _model(job: Mapping[str, Any], saved: Json, report: ReportStream) -> None:
    """A saved model; the name of its file says which exercise it answers."""
    name = Path(job["name"])
    exercise = exercise_named(name.stem, job["exercises"])
    if exercise is None:
        raise FileRefused(f"The name of {name.name} is none of the exercises that are graded; name it after one.")
    report.answer(exercise, topology=from_saved(saved))


def _practise() -> None:
    """Read each kind of file that may come, made here."""
    layers = [{"module": "keras.layers", "class_name": kind, "config": config} for kind, config in _LAYERS]
    saved = {"module": "keras", "class_name": "Sequential", "config": {"name": "model", "layers": layers}}
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as members:
        members.writestr("config.json", json.dumps(saved))
    topology = from_saved(saved).to_plain()
    handed_in = {"format": HANDED_IN, "version": 1, "answers": {"exercise": {"topology": topology}}}
    job = {"name": "exercise.keras", "exercises": ["exercise"], "limits": {"report": _ROOM}}
    for _ in range(_TIMES):
        for content in (archive.getvalue(), json.dumps(topology).encode(), json.dumps(handed_in).encode()):
            work(job, content, BytesIO())


_practise()

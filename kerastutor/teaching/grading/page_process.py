"""The pages of a large class, written by processes of their own, one for each core: drawings take most of their time.

Each is given one piece of JSON, its share of the class and what was said to it, and writes the pages of that share.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain, groupby
from pathlib import Path

from kerastutor.exercises.spec import Spec
from kerastutor.teaching.grading import feedback
from kerastutor.teaching.grading.comments import Comments
from kerastutor.teaching.grading.records import GradedAnswer

ALONE = 50
"""Students in a share at least: starting a process takes as long as so many pages."""


def write_pages(
    records: Iterable[GradedAnswer], specs: Mapping[str, Spec], folder: Path, comments: Comments, name: str
) -> tuple[Path, ...]:
    """Write the pages of `feedback.write_pages`, the same ones, in less time; returns their paths.

    Raises:
        OSError: one cannot be written, such as where the disk is full.
    """
    shares = _shares(records)
    if len(shares) == 1:
        return feedback.write_pages(shares[0], specs, folder, comments, name)
    write = partial(_written_elsewhere, specs=specs, folder=folder, comments=comments, name=name)
    with ThreadPoolExecutor(len(shares)) as waiting:
        return tuple(chain.from_iterable(waiting.map(write, shares)))


def _shares(records: Iterable[GradedAnswer]) -> Sequence[Sequence[GradedAnswer]]:
    """The class dealt out like cards, so that nobody gets all the large networks."""
    ordered = sorted(records, key=lambda record: record.student)
    students = [tuple(own) for _, own in groupby(ordered, key=lambda record: record.student)]
    count = max(1, min(len(os.sched_getaffinity(0)), len(students) // ALONE))
    return [tuple(chain.from_iterable(students[first::count])) for first in range(count)]


def _written_elsewhere(
    share: Sequence[GradedAnswer], specs: Mapping[str, Spec], folder: Path, comments: Comments, name: str
) -> tuple[Path, ...]:
    """By a process that ends afterwards; where it is killed, the work is done here."""
    asked = {
        "folder": str(folder),
        "specs": [spec.to_plain() for spec in specs.values()],
        "comments": [[*place, comment] for place, comment in comments.items()],
        "records": [record.to_plain() for record in share],
        "name": name,
    }
    command = [sys.executable, "-P", "-m", __name__]
    done = subprocess.run(command, input=json.dumps(asked), stdout=subprocess.PIPE, encoding="utf-8", check=False)
    if done.returncode:
        return feedback.write_pages(share, specs, folder, comments, name)
    said = json.loads(done.stdout)
    if "failed" in said:
        raise OSError(*said["failed"])
    return tuple(folder / name for name in said["written"])


def main() -> None:
    """Write what is asked for on stdin, and say on stdout which pages there are."""
    asked = json.loads(sys.stdin.read())
    specs = {spec.id: spec for spec in map(Spec.from_plain, asked["specs"])}
    comments = {(exercise, key): comment for exercise, key, comment in asked["comments"]}
    records = map(GradedAnswer.from_plain, asked["records"])
    try:
        paths = feedback.write_pages(records, specs, Path(asked["folder"]), comments, asked["name"])
    except OSError as problem:
        print(json.dumps({"failed": [problem.errno, problem.strerror, problem.filename]}))
    else:
        print(json.dumps({"written": [path.name for path in paths]}))


if __name__ == "__main__":
    main()

"""Every lesson notebook, as a student hands it in: it runs to its end in the sandbox and all its answers are found."""

import json
import re
from pathlib import Path

import pytest

from kerastutor.teaching.grading.intake import Submission
from kerastutor.teaching.grading.records import Verdict
from kerastutor.teaching.grading.sandbox import Limits, open_sandbox

pytestmark = pytest.mark.slow

CHECKED = re.compile(r"""(?:exercise\(["']([\w-]+)["']\)\.check|hand_in\(["']([\w-]+)["'],)""")
UNSOLVED = re.compile(r"^(\w+) = (None|\.\.\.)(?=\s|$)", re.MULTILINE)
SOLVED = r"\1 = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])"


def sources(notebook):
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def exercises(path):
    found = CHECKED.findall("\n".join(sources(json.loads(path.read_text()))))
    return {first or second for first, second in found}


LESSONS = sorted(path for path in Path("lessons").glob("*.ipynb") if exercises(path))


def solved(path):
    """The notebook with a network in place of every answer that is missing."""
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if CHECKED.search(source):
            cell["source"] = UNSOLVED.sub(SOLVED, source)
    return json.dumps(notebook)


@pytest.fixture(scope="module")
def extract():
    wanted = sorted(set().union(*map(exercises, LESSONS)))
    with open_sandbox(Limits(), exercises=wanted) as extract:
        yield extract


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_runs_to_its_end_and_its_answers_are_found(extract, path, tmp_path):
    file = tmp_path / path.name
    file.write_text(solved(path))
    found = extract(Submission("somebody", (file,)))
    assert (found.verdict, found.cause) == (Verdict.GRADED, "")
    assert set(found.answers) == exercises(path)

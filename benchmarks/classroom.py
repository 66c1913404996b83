"""A class rehearsed: 300 submissions of every kind through the whole path, from the download to the report.

    python -m benchmarks.classroom [STUDENTS] [--keep FOLDER]

The class is made up from the lessons' exercises: right answers in several spellings, answers with one mistake, broken
files and hostile ones, as notebooks, scripts, `.keras` and `.json` files, in the zip that Moodle gives. What each
answer should come to is known beforehand, from how it was made and without the judge; the figures are the time of the
command `kerastutor grade`, what the verdicts were, and how many are not as expected (the bar is none).
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from kerastutor.exercises.catalog import find
from kerastutor.exercises.levelling import accepted
from kerastutor.exercises.results import Outcome
from kerastutor.exercises.sealing import sealed_text
from kerastutor.exercises.spec import NetworkAnswer, Spec
from kerastutor.formats.source import functional, sequential
from kerastutor.models.twins import build
from kerastutor.topology.graph import Topology
from kerastutor.topology.inventing.mutation import KINDS, mutate
from kerastutor.topology.sequential import why_not_sequential

EXERCISES = ("01-stack", "01-two-branches", "03-text-and-numbers", "05-siamese", "06-residual-block", "10-inception")
BEGIN = "import keras\nimport kerastutor as kt\nfrom keras import layers\n"
SECONDS = 20
"""What a submission may take; the hostile ones that never end take it all."""

NOTHING = "nothing"
"""What is expected of a broken or hostile answer: any verdict, and no points."""


@dataclass(frozen=True)
class Answer:
    """One answer to one exercise, ready to be handed in.

    Attributes:
        sources: programs that build `model`, in several spellings.
        keras: the saved model.
        expected: the outcome.
    """

    topology: Topology
    sources: tuple[str, ...]
    keras: bytes
    expected: str


Handed = tuple[Mapping[str, str | bytes], Mapping[str, str]]
"""The files of a student by name, and what is expected of each exercise."""


def main() -> None:
    """Make the class, grade it, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("students", type=int, nargs="?", default=300)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        expected = hand_in(folder, options.students)
        seconds = graded(folder)
        report(folder / "results", expected, seconds)


def hand_in(folder: Path, students: int) -> Mapping[tuple[str, str], str]:
    """Write the sealed exercises and the download; returns what is expected, by student and exercise."""
    specs = [find(id) for id in EXERCISES]
    (folder / "homework.json").write_text(sealed_text(specs), encoding="utf-8")
    pools = {spec.id: (list(right_answers(spec)), list(wrong_answers(spec))) for spec in specs}
    rng = random.Random(300)
    expected: dict[tuple[str, str], str] = {}
    with zipfile.ZipFile(folder / "class.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(students):
            student = f"{name_of(number)}_{1000 + number}"
            files, outcomes = kind_of(number)(rng, pools)
            archive.writestr(f"{student}_assignsubmission_file_/", "")
            for name, content in files.items():
                archive.writestr(f"{student}_assignsubmission_file_/{name}", content)
            expected |= {(student, exercise): outcome for exercise, outcome in outcomes.items()}
    return expected


def graded(folder: Path) -> float:
    """Run the command and return the seconds it took."""
    command = [sys.executable, "-P", "-c", "from kerastutor.command.cli import main; main()", "grade", "class.zip"]
    options = ["-e", "homework.json", "-o", "results", "--seconds", str(SECONDS)]
    begun = time.perf_counter()
    subprocess.run([*command, *options], cwd=folder, check=True)
    return time.perf_counter() - begun


def report(results: Path, expected: Mapping[tuple[str, str], str], seconds: float) -> None:
    """Print the figures."""
    with (results / "details.csv").open(newline="", encoding="utf-8") as stream:
        rows = {(row["student"].lstrip("'"), row["exercise"]): row for row in csv.DictReader(stream)}
    assert {(student.lstrip("'"), exercise) for student, exercise in expected} == rows.keys()
    other = [
        (key, outcome, rows[key[0].lstrip("'"), key[1]])
        for key, outcome in expected.items()
        if not as_expected(outcome, rows[key[0].lstrip("'"), key[1]])
    ]
    students = len({student for student, _ in expected})
    print(f"{students} submissions, {len(rows)} answers: {seconds:.1f} s, {seconds / students * 1000:.0f} ms each")
    print("outcomes:", dict(Counter(row["outcome"] for row in rows.values()).most_common()))
    print("verdicts:", dict(Counter(row["verdict"] for row in rows.values()).most_common()))
    print(f"not as expected: {len(other)} of {len(rows)} (bar: 0)")
    for (student, exercise), outcome, row in other[:20]:
        print(f"  {student} {exercise}: expected {outcome}, is {row['outcome']}: {row['cause']}{row['message']}")


def as_expected(outcome: str, row: Mapping[str, str]) -> bool:
    """Whether a row of details.csv is what was expected."""
    return row["marks"] == "0" if outcome == NOTHING else row["outcome"] == outcome


def name_of(number: int) -> str:
    """A name; some are made to do harm in a spreadsheet or a page."""
    hostile = {7: "=HYPERLINK(1)", 8: "<img src=x onerror=alert(1)>", 9: '@SUM(A1) & "co"', 10: "Renée Ångström"}
    return hostile.get(number, f"Student {number:03}")


def right_answers(spec: Spec) -> Iterator[Answer]:
    """Every accepted network."""
    assert isinstance(spec.answer, NetworkAnswer)
    for reference in spec.answer.references:
        yield answer(reference, Outcome.PASSED)


def wrong_answers(spec: Spec) -> Iterator[Answer]:
    """Networks with one mistake, of every kind that gives a network that can be built."""
    assert isinstance(spec.answer, NetworkAnswer)
    for kind in KINDS:
        for seed in range(2):
            try:
                mutant = mutate(spec.answer.references[0], kind, seed).topology
                yield answer(mutant, Outcome.PASSED if accepted(mutant, spec.answer) else Outcome.NOT_YET)
            except (LookupError, ValueError, TypeError):
                continue


def answer(topology: Topology, expected: Outcome) -> Answer:
    """The network in every form in which it can be handed in."""
    sources = [functional(topology), *([] if why_not_sequential(topology) else [sequential(topology)])]
    model = build(topology)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.keras")
        model.save(path)
        saved = path.read_bytes()
    return Answer(topology, tuple(sources), saved, expected.value)


Pools = Mapping[str, tuple[list[Answer], list[Answer]]]
Kind = Callable[[random.Random, Pools], Handed]


def kind_of(number: int) -> Kind:
    """Two in five are right, as many have mistakes, and of ten one is broken, and one hostile or empty."""
    match number % 10:
        case 0 | 1 | 2 | 3:
            return right
        case 4 | 5 | 6 | 7:
            return mistaken
        case 8:
            return lambda rng, pools: broken(rng, pools, number // 10)
        case _:
            return lambda rng, pools: hostile(rng, pools, number // 10)


def right(rng: random.Random, pools: Pools) -> Handed:
    """Every exercise, right."""
    return in_some_form(rng, {exercise: rng.choice(good) for exercise, (good, _) in pools.items()})


def mistaken(rng: random.Random, pools: Pools) -> Handed:
    """Some exercises with a mistake, the same ones more often than others, and some left out."""
    chosen = {}
    for exercise, (good, bad) in pools.items():
        fate = rng.random()
        if fate < 0.6:
            chosen[exercise] = bad[min(int(rng.expovariate(0.4)), len(bad) - 1)]
        elif fate < 0.9:
            chosen[exercise] = rng.choice(good)
    return in_some_form(rng, chosen)


def in_some_form(rng: random.Random, chosen: Mapping[str, Answer]) -> Handed:
    """The answers as a notebook, a script, saved models, the file of `kt.submit()`, or some of each."""
    outcomes = dict.fromkeys(EXERCISES, "not_attempted") | {
        exercise: answer.expected for exercise, answer in chosen.items()
    }
    form = rng.choice(("notebook", "notebook", "notebook", "script", "saved", "submitted", "mixed"))
    cells = {exercise: cell(rng, exercise, answer) for exercise, answer in chosen.items()}
    if form == "script":
        return {"homework.py": BEGIN + "".join(cells.values())}, outcomes
    if form == "saved":
        return {f"{exercise}.keras": answer.keras for exercise, answer in chosen.items()}, outcomes
    if form == "submitted":
        return {"kerastutor-submission.json": submitted(chosen)}, outcomes
    saved = list(chosen)[:2] if form == "mixed" else []
    files: dict[str, str | bytes] = {f"{exercise}.keras": chosen[exercise].keras for exercise in saved}
    files["homework.ipynb"] = notebook(
        [BEGIN, *(source for exercise, source in cells.items() if exercise not in saved)]
    )
    return files, outcomes


def cell(rng: random.Random, exercise: str, answer: Answer) -> str:
    """A spelling of the answer: either API, with or without names, alone or inside another model."""
    source = rng.choice(answer.sources)
    if rng.random() < 0.5:
        source = re.sub(r', name="[^"]*"|name="[^"]*", ', "", source)
    if rng.random() < 0.3:
        source += "\nmodel = keras.Model(model.inputs, model(model.inputs))\n"
    return f'{source}\nkt.exercise("{exercise}").check(model)\n'


def notebook(cells: Sequence[str]) -> str:
    """A notebook of these code cells."""
    made = [
        {
            "cell_type": "code",
            "id": str(place),
            "metadata": {},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for place, source in enumerate(cells)
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def submitted(chosen: Mapping[str, Answer]) -> str:
    """What `kt.submit()` writes."""
    answers = {
        exercise: {"exercise_version": find(exercise).version, "topology": answer.topology.to_plain(), "value": None}
        for exercise, answer in chosen.items()
    }
    return json.dumps({"format": "kerastutor.submission", "version": 1, "student": "me", "answers": answers})


def broken(rng: random.Random, pools: Pools, turn: int) -> Handed:
    """What goes wrong without ill will."""
    good = cell(rng, "01-stack", pools["01-stack"][0][0])
    files: Sequence[Mapping[str, str | bytes]] = (
        {"homework.ipynb": "this is no notebook"},
        {"homework.ipynb": notebook([BEGIN, "layer = layers.Dense(10"])},
        {"homework.py": BEGIN + "layers.Dense(-1)\n"},
        {"01-stack.keras": rng.randbytes(2000)},
        {"essay.docx": b"PK\x03\x04 my essay"},
        {"homework.ipynb": ""},
        {},
        {"homework.py": f"{BEGIN}{good}undefined_name\n"},
        {"homework.ipynb": notebook([])},
        {"homework.json": '{"class_name": "Sequential"}'},
    )
    handed = files[turn % len(files)]
    answered = {"01-stack": "passed"} if good in str(handed.get("homework.py")) else {}
    return handed, dict.fromkeys(EXERCISES, NOTHING) | answered


HOSTILE = (
    "import os\nos._exit(0)",
    "raise SystemExit(0)",
    'print(\'{"answer": "01-stack", "outcome": "passed"}\')',
    "while True:\n    pass",
    "import os\nwhile True:\n    os.fork()",
    "hoard = []\nwhile True:\n    hoard.append(bytearray(50_000_000))",
    "while True:\n    print('x' * 1_000_000)",
    "import kerastutor.exercises.judging as judging\njudging.judge = lambda *all, **more: True",
    "from kerastutor.exercises.catalog import find\n"
    "kt.exercise('01-stack').check(find('01-stack').answer.references[0])",
    "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:8888').read()",
    "class Dense(layers.Layer):\n    pass\nmodel = keras.Sequential([keras.Input((784,)), Dense()])\n"
    "kt.exercise('01-stack').check(model)",
    "open('/tmp/fill', 'wb').write(b'0' * 10_000_000_000)",
    "import subprocess\nsubprocess.Popen(['sleep', '1000'], start_new_session=True)",
    "import signal\nfor number in range(1, 64):\n    try:\n        signal.signal(number, signal.SIG_IGN)\n"
    "    except (OSError, ValueError):\n        pass\nimport os\nos.kill(os.getppid(), 9)\nos.kill(-1, 9)",
    "class Lie(str):\n    def __eq__(self, other):\n        return True\n    __hash__ = str.__hash__\n"
    "kt.exercise(Lie('01-stack')).check(Lie('right'))",
)
"""Programs that want points, a file, or the machine."""


def hostile(rng: random.Random, pools: Pools, turn: int) -> Handed:
    """An attack, as a notebook."""
    attack = HOSTILE[turn % len(HOSTILE)]
    return {"homework.ipynb": notebook([BEGIN, attack])}, dict.fromkeys(EXERCISES, NOTHING)


if __name__ == "__main__":
    main()

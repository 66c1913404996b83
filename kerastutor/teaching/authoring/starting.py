"""The first files of a homework: a declared exercise with remarks, and a notebook with the solution marked."""

from __future__ import annotations

import re
import runpy
import textwrap
from pathlib import Path
from typing import Any

from kerastutor.exercises.settings import check_id
from kerastutor.exercises.spec import ExerciseError
from kerastutor.system.files import new_text
from kerastutor.teaching.authoring.declared import load_keras
from kerastutor.topology.graph import Topology

_MODEL = """\
import keras
from keras import layers

model = keras.Sequential(
    [
        keras.Input(shape=(784,), name="image"),
        layers.Dense(128, activation="relu", name="hidden"),
        layers.Dense(10, activation="softmax", name="digit"),
    ]
)
"""
_TASK = """\
Build a network that tells digits apart. (This is what the learner reads, in Markdown.)

- An image comes in as **784** numbers.
- One hidden `Dense` layer with `relu`, from **32** to **512** units wide.
- A `Dense` layer returns the probability of each of the **10** digits (`softmax`).
"""
_TASK_OF_YOURS = """\
Write here what the learner reads, in Markdown.

- Say what comes in and what goes out.
- Say what is compared: every layer, setting and arrow that is not left free above.
"""
_DECLARATION = '''\
"""The exercises of {name}. `kerastutor exercise check {name}.py` proves them, `kerastutor exercise seal` seals them."""

from kerastutor.exercises import between, declare, free


@declare(
    "{id}",  # learners write kt.exercise("{id}"); small letters, digits and dashes
    title="A network of your own",
    points=1,
    starter="model = None  # your model here",
    # What you leave to the learner; the name is that of a layer below. Delete the line to leave nothing.
    freedoms=[{freedom}],
    # What you ask for beyond the graph (import it from kerastutor.exercises):
    # requirements=[parameters(max=200_000), shares("encoder", times=2), residual(over=2), inputs("image")],
    # Hints of your own come before those of the tutor, the idea first:
    # hints=["How many numbers come in?"],
    # A student's best answer is graded. Where the last one should be:
    # counts="last",
)
def exercise():
    """{task}
    """
{body}
    return model  # or several models in a tuple, where several are right
'''


def start(name: str, model: Path | None = None) -> tuple[Path, Path]:
    """Write `NAME.py`, an exercise to be edited, and `NAME.ipynb`, the notebook around it; returns both paths.

    Args:
        name: such as `homework1`; it may begin with a folder.
        model: a working model to begin with: a script that leaves it in `model` (`.py`), or a saved one (`.keras`,
            `.json`). The script is run.

    Raises:
        ExerciseError: a file is there already, the name makes no id, or there is no model to read.
    """
    base = Path(name)
    exercise, notebook = base.with_name(f"{base.name}.py"), base.with_name(f"{base.name}.ipynb")
    for path in (exercise, notebook):
        if path.exists():
            raise ExerciseError(f"{path} is there already, and stays as it is; choose another name.")
    id = f"{re.sub(r'[^a-z0-9]+', '-', base.name.lower()).strip('-')}-model"
    check_id(id)
    source = _MODEL if model is None else _source(_read(model))
    freedom = 'free("hidden", units=between(32, 512))' if model is None else ""
    task = textwrap.indent(_TASK if model is None else _TASK_OF_YOURS, "    ").strip()
    declared = _DECLARATION.format(
        name=base.name, id=id, freedom=freedom, task=task, body=textwrap.indent(source, "    ").rstrip()
    )
    if model is not None:
        declared = declared.replace("import between, declare, free", "import declare  # also between, free, one_of")
    return _written(exercise, declared), _written(notebook, _notebook(base.name, id, source))


def _read(path: Path) -> Topology:
    from kerastutor import networks

    if not path.is_file():
        raise ExerciseError(f"There is no file {path}.")
    load_keras()
    model = _left_by(path) if path.suffix == ".py" else path
    try:
        return networks.read(model)
    except (TypeError, ValueError) as problem:
        raise ExerciseError(f"{path.name} holds no model that can be read. {problem}") from problem


def _left_by(script: Path) -> Any:
    try:
        model = runpy.run_path(str(script)).get("model")
    except (Exception, SystemExit) as problem:
        raise ExerciseError(f"{script.name} stopped with {type(problem).__name__}: {problem}") from problem
    if model is None:
        raise ExerciseError(f"{script.name} leaves no `model`; end it with a line like model = keras.Model(...).")
    return model


def _source(topology: Topology) -> str:
    """The shortest program that builds the network."""
    from kerastutor import networks
    from kerastutor.formats.expressions import NotWritable
    from kerastutor.topology.sequential import why_not_sequential

    try:
        return networks.code(topology, "functional" if why_not_sequential(topology) else "sequential")
    except NotWritable as problem:
        raise ExerciseError(f"The model cannot be written as code. {problem}") from problem


def _notebook(name: str, id: str, source: str) -> str:
    import nbformat

    words, code = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
    solution = f'### BEGIN SOLUTION\n{source.rstrip()}\n### END SOLUTION\nkt.exercise("{id}").check(model)'
    cells: list[Any] = [
        words(f"# {name}\n\nRead each task, write your model below it, and run the check. The last cell hands in."),
        code("%load_ext kerastutor\nimport keras\nimport kerastutor as kt\nfrom keras import layers"),
        code(f'kt.exercise("{id}")'),
        code(solution),
        words("## Hand in\n\nThis writes one file with your answers. Hand in that file, or this notebook."),
        code("kt.submit()"),
    ]
    for place, cell in enumerate(cells):
        cell["id"] = f"cell-{place}"
    return str(nbformat.writes(nbformat.v4.new_notebook(cells=cells))) + "\n"


def _written(path: Path, text: str) -> Path:
    try:
        return new_text(path, text)
    except FileExistsError:
        raise ExerciseError(f"{path} is there already, and stays as it is; choose another name.") from None
    except OSError as problem:
        raise ExerciseError(f"{path} cannot be written: {problem.strerror}.") from None

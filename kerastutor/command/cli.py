"""The `kerastutor` command."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kerastutor.command import lab as lessons
from kerastutor.system.backend import NoBackend

if TYPE_CHECKING:
    from kerastutor.teaching.grading.command import Settings

app = typer.Typer(
    help="Learn the two ways of building a Keras model, Sequential and functional, inside Jupyter.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

exercise = typer.Typer(help="For authors: prove and seal a file of exercises.", no_args_is_help=True)
app.add_typer(exercise, name="exercise")
DECLARATIONS = Annotated[Path, typer.Argument(metavar="FILE", help="A Python file with @declare(...) functions.")]


@contextmanager
def one_sentence(*faults: type[Exception]) -> Iterator[None]:
    """End the command with exit code 1 and the message of a foreseen fault, which needs no traceback."""
    try:
        yield
    except faults as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(1) from None


def in_terminal() -> bool:
    """Whether somebody is there who can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


@app.command()
def lab(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Where the lessons go; what is there stays as it is.")
    ] = Path("kerastutor-lessons"),
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port on 127.0.0.1; without it a free one is found.")
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the first lesson in a browser.")] = True,
) -> None:
    """Copy the lessons to a folder and open JupyterLab on the first of them."""
    with one_sentence(lessons.LabError):
        files = lessons.lesson_files(lessons.shipped_lessons())
        copied = lessons.copy_lessons(files, folder)
        if port is not None:
            lessons.claim_port(port)
    typer.echo("\n".join((f"The lessons are in {folder.resolve()}.", *copied.sentences)))
    lessons.start_jupyter(lessons.jupyter_arguments(folder, lessons.first_lesson(files), port, browser))


@app.command()
def doctor() -> None:
    """Check what kerastutor needs, one line each; the exit code is 1 where something has to be done."""
    from kerastutor.command import doctor as examination  # reaches the exercises, which `lab` has no need to load

    healthy = True
    for check in examination.examine():
        typer.echo(check.line)
        healthy = healthy and check.healthy
    raise typer.Exit(0 if healthy else 1)


@app.command()
def publish(folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the pages go.")]) -> None:
    """Execute all lessons and write them as web pages, with an index and a one-page summary to print."""
    from kerastutor.teaching import publishing

    with one_sentence(lessons.LabError, publishing.PublishingError):
        pages = publishing.publish(lessons.shipped_lessons(), folder, lambda name: typer.echo(f"Running {name} …"))
    typer.echo(f"{len(pages)} pages are written; begin with {folder / 'index.html'}.")


@app.command()
def grade(
    submissions: Annotated[
        Path, typer.Argument(help="A folder, a zip, or a download from Moodle, Canvas or nbgrader; or one file.")
    ],
    exercises: Annotated[
        str,
        typer.Option("--exercises", "-e", help="A sealed .json, a .py of declarations, a lesson (03) or an exercise."),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Where the results go, and the journal.")],
    workers: Annotated[int, typer.Option(min=0, help="Submissions at once; 0 is one for each core.")] = 0,
    dask: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Use this cluster, such as tcp://10.0.0.5:8786.")
    ] = None,
    shard: Annotated[str | None, typer.Option(metavar="I/N", help="Grade only this share, such as 2/8.")] = None,
    seconds: Annotated[float, typer.Option(min=1, help="Time that a submission may take.")] = 120,
    memory: Annotated[int, typer.Option(min=64, help="Megabytes that a submission may use.")] = 2048,
    unsafe_ok: Annotated[
        bool, typer.Option("--unsafe-ok", help="Grade although protection is missing: for submissions that you trust.")
    ] = False,
    assignment: Annotated[str | None, typer.Option(help="Its name in Canvas.")] = None,
    canvas_roster: Annotated[
        Path | None, typer.Option(metavar="FILE", help="An export of the Canvas gradebook, to know who is who.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; grade the students that were found.")] = False,
) -> None:
    """Grade what a class handed in; a run that was stopped goes on where it was, and others' results stay."""
    from kerastutor.teaching.grading import command
    from kerastutor.teaching.grading.sandbox import Limits
    from kerastutor.teaching.grading.shards import Shard, ShardError

    with one_sentence(*command.FAULTS, ShardError):
        settings = command.Settings(
            limits=Limits(wall_seconds=seconds, cpu_seconds=math.ceil(seconds), memory=memory << 20),
            unsafe_ok=unsafe_ok,
            workers=workers,
            cluster=dask,
            shard=Shard.parse(shard) if shard else None,
            assignment=assignment,
            roster=canvas_roster,
            sure=yes,
        )
        _grade_or_ask(partial(command.grade, submissions, exercises, out), settings)


def _grade_or_ask(run: Callable[[Settings], Iterable[str]], settings: Settings) -> None:
    """Print what grading says. Where the students look wrong, ask whoever sits at the terminal before going on."""
    from kerastutor.teaching.grading.intake import Surprise

    try:
        for sentence in run(settings):
            typer.echo(sentence)
    except Surprise as found:
        if not in_terminal():
            raise
        if not typer.confirm(found.prompt, err=True):
            typer.echo(found.remedy, err=True)
            raise typer.Exit(1) from None
        for sentence in run(replace(settings, sure=True)):
            typer.echo(sentence)


@app.command()
def regrade(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="The results.json of a run, or its folder.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="Those of a later one.")],
) -> None:
    """Say who gains and who loses between two runs, and why: for when an exercise was changed after grading."""
    from kerastutor.teaching.grading import regrading
    from kerastutor.teaching.grading.records import RecordsError

    with one_sentence(RecordsError, OSError):
        changes = regrading.changes(regrading.records_of(before), regrading.records_of(after))
    typer.echo("\n".join((regrading.summary(changes), *regrading.lines(changes))))


@exercise.command()
def check(file: DECLARATIONS) -> None:
    """Prove that each exercise rejects its starter, accepts its references in every form, and names mistakes."""
    from kerastutor.exercises.spec import ExerciseError
    from kerastutor.teaching import authoring

    with one_sentence(ExerciseError):
        proofs = authoring.check_file(file)
    typer.echo("\n".join(map(str, proofs)))
    raise typer.Exit(0 if all(proof.sound for proof in proofs) else 1)


@exercise.command()
def seal(file: DECLARATIONS) -> None:
    """Write the exercises of FILE as plain JSON beside it, which is what a check reads."""
    from kerastutor.exercises.spec import ExerciseError
    from kerastutor.teaching import authoring

    with one_sentence(ExerciseError):
        typer.echo(f"Sealed into {authoring.seal_file(file)}.")


@exercise.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Such as homework1; it may begin with a folder.")],
    model: Annotated[
        Path | None, typer.Option("--from", metavar="MODEL", help="A working model: a script, .keras or .json.")
    ] = None,
) -> None:
    """Write NAME.py, an exercise to be edited, and NAME.ipynb, the notebook around it, solution marked."""
    from kerastutor.exercises.spec import ExerciseError
    from kerastutor.teaching import authoring

    with one_sentence(ExerciseError):
        declared, notebook = authoring.start(name, model)
    typer.echo(f"Edit {declared}, then run `kerastutor exercise check {declared}`. Your notebook is {notebook}.")


@exercise.command()
def preview(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of declarations (.py) or a sealed one (.json).")],
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page.")] = True,
) -> None:
    """Write the cards of FILE as students see them to a page beside it, and open it."""
    from kerastutor.exercises.spec import ExerciseError
    from kerastutor.teaching import authoring

    with one_sentence(ExerciseError):
        page = authoring.preview(file)
    typer.echo(f"The page is {page}.")
    if browser:
        typer.launch(str(page))


@exercise.command()
def release(
    notebook: Annotated[Path, typer.Argument(metavar="NOTEBOOK", help="Yours, with the solutions marked.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the students' files go.")],
    exercises: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The exercises; by default the sealed ones beside the notebook.")
    ] = None,
) -> None:
    """Make the students' notebook of yours: solutions out, starters in, answers withheld."""
    from kerastutor.exercises.spec import ExerciseError
    from kerastutor.teaching import authoring

    with one_sentence(ExerciseError, authoring.ReleaseError):
        written = authoring.release(notebook, out, exercises)
    typer.echo(f"Give your students {' and '.join(map(str, written))}.")


def main() -> None:
    """Entry point of the `kerastutor` command; that Keras cannot be loaded may show in any of them."""
    try:
        app()
    except NoBackend as trouble:
        raise SystemExit(str(trouble)) from None

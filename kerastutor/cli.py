"""The `kerastutor` command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kerastutor import lab as lessons

app = typer.Typer(
    help="Learn the two ways of building a Keras model, Sequential and functional, inside Jupyter.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


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
    try:
        files = lessons.lesson_files(lessons.shipped_lessons())
        copied = lessons.copy_lessons(files, folder)
        if port is not None:
            lessons.claim_port(port)
    except lessons.LabError as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None
    typer.echo("\n".join((f"The lessons are in {folder.resolve()}.", *copied.sentences)))
    lessons.start_jupyter(lessons.jupyter_arguments(folder, lessons.first_lesson(files), port, browser))


@app.command()
def doctor() -> None:
    """Check what kerastutor needs, one line each; the exit code is 1 where something has to be done."""
    from kerastutor import doctor as examination  # reaches the exercises, which `lab` has no need to load

    healthy = True
    for check in examination.examine():
        typer.echo(check.line)
        healthy = healthy and check.healthy
    raise typer.Exit(0 if healthy else 1)


def main() -> None:
    """Entry point of the `kerastutor` command."""
    app()

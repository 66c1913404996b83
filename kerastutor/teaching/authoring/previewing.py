"""The cards of a file of exercises on a page, as a student sees them before the first attempt."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from kerastutor.exercises.exercise import Exercise
from kerastutor.exercises.progress import Progress
from kerastutor.exercises.sealing import read_sealed
from kerastutor.exercises.spec import ExerciseError, Spec
from kerastutor.system.files import replace_text
from kerastutor.teaching.authoring.declared import sealed_in
from kerastutor.teaching.pages import render
from kerastutor.teaching.pages.rendering import in_readers_colours

_TEMPLATE = Path(__file__).parent / "templates" / "preview.html"


def preview(path: Path, target: Path | None = None) -> Path:
    """Write the page and return its path.

    Args:
        path: a file of declarations (`.py`) or a sealed file (`.json`).
        target: of the page; by default `NAME.preview.html` beside the file.

    Raises:
        ExerciseError: there are no exercises in the file.
    """
    from kerastutor.widgets import cards

    target = target or path.with_name(f"{path.stem}.preview.html")
    progress = Progress.in_memory()
    made = ((spec, cards.task_card(Exercise(spec, progress))) for spec in exercises_in(path))
    shown = [(spec, Markup(in_readers_colours(card))) for spec, card in made]
    return replace_text(target, render(_TEMPLATE, file=path.name, shown=shown))


def exercises_in(path: Path) -> tuple[Spec, ...]:
    """The exercises of a file of declarations or a sealed file."""
    if not path.is_file():
        raise ExerciseError(f"There is no file {path}.")
    return read_sealed(path) if path.suffix == ".json" else sealed_in(path)

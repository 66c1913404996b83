"""An instructor's notebook made the students': solutions out, starters in, checks kept, outputs cleared.

Solutions are marked as nbgrader and otter-grader mark them, by a line `### BEGIN SOLUTION` and a line
`### END SOLUTION`, or by the tag `solution` on a whole cell; `### BEGIN HIDDEN TESTS` to `### END HIDDEN TESTS` goes
too. Beside the notebook lies the sealed file without the answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kerastutor.exercises.beside import find
from kerastutor.exercises.catalog import catalog
from kerastutor.exercises.sealing import sealed_text
from kerastutor.exercises.spec import Spec, WithheldAnswer
from kerastutor.exercises.withholding import withheld
from kerastutor.system.files import replace_text
from kerastutor.teaching.authoring.previewing import exercises_in

MARK = "kerastutor_release"
"""What the metadata of a released notebook say, so that releasing again may replace it and nothing else."""

_PLACEHOLDER = "# your code here"
_BEGIN, _END = (
    re.compile(rf"^(?P<indent>\s*)#+\s*{word}\s+(?P<what>SOLUTION|HIDDEN TESTS)\s*$", re.I) for word in ("BEGIN", "END")
)
_MARKER = re.compile(r"#\s*(BEGIN|END)\s+(SOLUTION|HIDDEN TEST)", re.I)
_NAMED = re.compile(r"""exercise\(\s*["']([^"']+)["']\s*\)""")
_TELLING = 8  # characters from which a line of a solution is told from any other


class ReleaseError(ValueError):
    """A notebook cannot be released; the message says which cell is to be mended."""


def release(notebook: Path, folder: Path, exercises: Path | None = None) -> tuple[Path, ...]:
    """Write the students' notebook, and the sealed file without answers beside it, into `folder`; returns the paths.

    Args:
        notebook: the instructor's; it stays as it is.
        folder: another one than the notebook's, made where it is missing.
        exercises: the file of the exercises (`.py` or `.json`); by default those beside the notebook.

    Raises:
        ReleaseError: a mark has no partner, a solution is left somewhere, or a file there is no former release.
        ExerciseError: an exercise of the notebook is nowhere to be found.
    """
    import nbformat

    if not notebook.is_file():
        raise ReleaseError(f"There is no notebook {notebook}.")
    if folder.resolve() == notebook.resolve().parent:
        raise ReleaseError(f"{folder} holds your own notebook; give --out another folder.")
    try:
        own = nbformat.read(notebook, as_version=4)
    except Exception as problem:  # nbformat raises whatever its parsers raise
        raise ReleaseError(f"{notebook.name} is no notebook: {problem}.") from None
    specs = _exercises(own, notebook, exercises)
    released = for_students(own, specs)
    folder.mkdir(parents=True, exist_ok=True)
    target, sealed = folder / notebook.name, folder / f"{notebook.stem}.json"
    _hold_former(target, sealed)
    replace_text(target, nbformat.writes(released) + "\n")
    keyless = [withheld(spec) for spec in specs.values() if spec.id not in catalog()]
    if not keyless:
        return (target,)
    replace_text(sealed, sealed_text(keyless))
    return target, sealed


def for_students(notebook: Any, specs: Mapping[str, Spec]) -> Any:
    """The notebook with every solution taken out, as a new one.

    Raises:
        ReleaseError: a mark has no partner, or a solution is left somewhere.
    """
    import nbformat

    cells, taken = [], []
    for number, cell in enumerate(notebook.cells, start=1):
        if "solution" in cell.metadata.get("tags", []):
            taken.append(_Region(cell.source.splitlines()))
            continue
        starter = _starter(notebook.cells[number - 1 :], specs)
        source, regions = _without_solutions(cell.source, starter, f"cell {number}")
        taken.extend(regions)
        cells.append(_bare(cell, source))
    kept = {name: notebook.metadata[name] for name in ("kernelspec",) if name in notebook.metadata}
    released = nbformat.v4.new_notebook(cells=cells, metadata={**kept, MARK: True})
    _hold_secret(released, taken)
    return released


@dataclass(frozen=True)
class _Region:
    """The lines of one solution, without its marks."""

    lines: Sequence[str]
    telling: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        stripped = (line.strip() for line in self.lines)
        telling = {
            line for line in stripped if len(line) >= _TELLING and not line.startswith(("#", "import ", "from "))
        }
        object.__setattr__(self, "telling", frozenset(telling))

    def shows_in(self, text: str) -> bool:
        """Whether at least half of the lines that tell something are in the text."""
        found = sum(1 for line in self.telling if line in text)
        return bool(self.telling) and 2 * found >= len(self.telling)


def _without_solutions(source: str, starter: str, place: str) -> tuple[str, list[_Region]]:
    lines: list[str] = []
    regions: list[_Region] = []
    inside: list[str] | None = None
    what = ""
    for line in source.splitlines():
        begin, end = _BEGIN.match(line), _END.match(line)
        if begin and inside is None:
            inside, what = [], begin["what"].upper()
            if what == "SOLUTION":
                put_in = _PLACEHOLDER if regions else starter
                lines += [begin["indent"] + each for each in put_in.splitlines()]
        elif begin or (end and (inside is None or end["what"].upper() != what)):
            raise ReleaseError(f"In {place} the line {line.strip()!r} has no partner; BEGIN and END go in pairs.")
        elif end:
            regions.append(_Region(inside or []))
            inside = None
        else:
            (lines if inside is None else inside).append(line)
    if inside is not None:
        raise ReleaseError(f"In {place} the line '### BEGIN {what}' has no '### END {what}'.")
    return "\n".join(lines), regions


def _starter(cells: Sequence[Any], specs: Mapping[str, Spec]) -> str:
    """The starter of the next exercise that is named, from the first of these cells on."""
    named = next((specs[id] for cell in cells for id in _named(cell) if id in specs), None)
    return (named.starter if named else "") or _PLACEHOLDER


def _named(cell: Any) -> Iterator[str]:
    if cell.cell_type == "code":
        yield from _NAMED.findall(cell.source)


def _exercises(notebook: Any, path: Path, exercises: Path | None) -> dict[str, Spec]:
    """The exercises that the notebook names, with their answers."""
    given = {} if exercises is None else {spec.id: spec for spec in exercises_in(exercises)}
    ids = dict.fromkeys(id for cell in notebook.cells for id in _named(cell))
    return {id: given[id] if id in given else find(id, path.resolve().parent) for id in ids}


def _bare(cell: Any, source: str) -> Any:
    """The cell with this source and nothing else that could tell: no outputs, no metadata but its tags."""
    import nbformat

    tags = [tag for tag in cell.metadata.get("tags", []) if tag != "solution"]
    made = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}.get(
        cell.cell_type, nbformat.v4.new_raw_cell
    )(source, metadata={"tags": tags} if tags else {})
    if "id" in cell:
        made["id"] = cell["id"]
    if "attachments" in cell:
        made["attachments"] = cell["attachments"]
    return made


def _hold_secret(released: Any, taken: Sequence[_Region]) -> None:
    """Nothing of a solution is left: no mark that was misspelt, and no copy in another cell or beside one."""
    for number, cell in enumerate(released.cells, start=1):
        text = "\n".join(_texts(cell))
        mark = _MARKER.search(text)
        if mark:
            raise ReleaseError(
                f"Cell {number} of the students' notebook still holds {mark[0]!r}; write the mark exactly."
            )
        if any(region.shows_in(text) for region in taken):
            raise ReleaseError(f"Cell {number} of the students' notebook still shows a solution; mark it there too.")


def _texts(part: Any) -> Iterator[str]:
    """Every string in a part of a notebook."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping):
        for value in part.values():
            yield from _texts(value)
    elif isinstance(part, Sequence):
        for value in part:
            yield from _texts(value)


def _hold_former(notebook: Path, sealed: Path) -> None:
    """Only a former release may be replaced."""
    try:
        ours = not notebook.exists() or MARK in json.loads(notebook.read_text(encoding="utf-8"))["metadata"]
        keyless = not sealed.exists() or all(isinstance(spec.answer, WithheldAnswer) for spec in exercises_in(sealed))
    except (ValueError, KeyError, TypeError):
        ours = keyless = False
    if not (ours and keyless):
        raise ReleaseError(
            f"{notebook.parent} holds a {notebook.stem} that is no former release; give --out another folder."
        )

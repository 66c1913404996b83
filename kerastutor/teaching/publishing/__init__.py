"""The lessons as static pages: executed, with an index and a one-page summary of the course to print."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbclient.exceptions import CellExecutionError

from kerastutor.teaching.publishing import course, lesson


class PublishingError(RuntimeError):
    """A lesson does not run; the message says which."""


def publish(source: Path, target: Path, told: Callable[[str], None] = lambda _: None) -> tuple[Path, ...]:
    """Execute every notebook in `source` and write it to `target` as HTML, with `index.html` and `summary.html`.

    Args:
        told: is called with the name of each notebook before it is executed, which takes some seconds each.

    Raises:
        PublishingError: a cell failed that was not meant to.
    """
    target.mkdir(parents=True, exist_ok=True)
    names = [path for path in sorted(source.glob("*.ipynb")) if path.stem != "index"]  # the pages have their own
    notebooks = [_executed(path, told) for path in names]
    pages = [course.page_of(path.stem, lesson.words(found)) for path, found in zip(names, notebooks, strict=True)]
    written = [
        _write(target / f"{page.name}.html", lesson.page(page, notebook, before, after))
        for page, notebook, before, after in zip(pages, notebooks, [None, *pages], [*pages[1:], None], strict=False)
    ]
    written.append(_write(target / "index.html", course.index(pages)))
    written.append(_write(target / "summary.html", course.summary(pages)))
    return tuple(written)


def _executed(path: Path, told: Callable[[str], None]) -> Any:
    told(path.stem)
    try:
        return lesson.executed(path)
    except CellExecutionError as problem:
        raise PublishingError(
            f"{path.name} is not published, because a cell of it stopped with {problem.ename}: {problem.evalue}"
        ) from problem


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path

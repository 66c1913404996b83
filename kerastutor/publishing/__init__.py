"""The lessons as static pages: executed, with an index and a one-page summary of the course to print."""

from __future__ import annotations

from pathlib import Path

from kerastutor.publishing import course, lesson


def publish(source: Path, target: Path) -> tuple[Path, ...]:
    """Execute every notebook in `source` and write it to `target` as HTML, with `index.html` and `summary.html`.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell failed that was not meant to.
    """
    target.mkdir(parents=True, exist_ok=True)
    names = [path for path in sorted(source.glob("*.ipynb")) if path.stem != "index"]  # the pages have their own
    notebooks = [lesson.executed(path) for path in names]
    pages = [course.page_of(path.stem, lesson.words(found)) for path, found in zip(names, notebooks, strict=True)]
    written = [
        _write(target / f"{page.name}.html", lesson.page(page, notebook, before, after))
        for page, notebook, before, after in zip(pages, notebooks, [None, *pages], [*pages[1:], None], strict=False)
    ]
    written.append(_write(target / "index.html", course.index(pages)))
    written.append(_write(target / "summary.html", course.summary(pages)))
    return tuple(written)


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path

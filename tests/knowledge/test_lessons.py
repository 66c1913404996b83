"""The list of lessons says what the notebooks say."""

import nbformat

from kerastutor.knowledge.lessons import LESSONS


def test_every_lesson_is_listed_with_its_title(repository):
    headings = {
        path.stem: nbformat.read(path, as_version=4).cells[0].source.splitlines()[0]
        for path in (repository / "lessons").glob("[0-9]*.ipynb")
    }
    assert headings == {one.name: f"# {int(one.number)}. {one.title}" for one in LESSONS.values()}

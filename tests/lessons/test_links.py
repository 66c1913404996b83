"""Links in the lessons, the documents and the README lead somewhere; what leads outside is well formed. No network."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*sorted((ROOT / "lessons").glob("*.ipynb")), *sorted((ROOT / "docs").glob("*.md")), *sorted(ROOT.glob("*.md"))]
HOSTS = {
    "archive.ics.uci.edu",
    "creativecommons.org",
    "d2l.ai",
    "github.com",
    "img.shields.io",
    "keras.io",
    "mybinder.org",
    "semver.org",
}
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_BARE = re.compile(r"https?://[^\s)>\"'`|]+")
_FENCE = re.compile(r"^```.*?^```", re.S | re.M)


def words(path):
    """What is read on a page, without its code."""
    if path.suffix == ".md":
        return _FENCE.sub("", path.read_text("utf-8"))
    cells = nbformat.read(path, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def anchors(path):
    """The anchors of the headings of a page, as GitHub makes them."""
    headings = re.findall(r"^#+ +(.+)$", words(path), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


each_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)


@each_page
def test_what_leads_to_a_file_or_heading_finds_it(path):
    for target in _LINK.findall(words(path)):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


@each_page
def test_what_leads_outside_is_https_to_a_known_host(path):
    for target in _BARE.findall(words(path)):
        parts = urlsplit(target)
        assert parts.scheme == "https", target
        assert parts.hostname in HOSTS or parts.hostname in ("127.0.0.1", "localhost"), target

"""`kerastutor lab` seen from the browser: the page it opens is the first lesson, with a kernel."""

import json
import sys
from pathlib import Path

from lab_process import running_lab, wait_for_kernel


def heading(notebook: Path) -> str:
    """The first heading of a lesson."""
    lines = "".join(json.loads(notebook.read_text("utf-8"))["cells"][0]["source"]).splitlines()
    return next(line.lstrip("# ") for line in lines if line.startswith("# "))


def test_the_page_that_opens_is_the_first_lesson(browser, repository, tmp_path):
    first = min((repository / "lessons").glob("*.ipynb"))
    with running_lab(Path(sys.prefix), tmp_path / "home", {}) as server:
        page = browser.new_page()
        page.goto(f"{server['url']}?token={server['token']}")
        page.locator(".jp-NotebookPanel:visible h1", has_text=heading(first)).wait_for(timeout=60_000)
        assert wait_for_kernel(server)["name"] == "python3"
        assert page.url.endswith(f"/lab/tree/{first.name}")
        page.close()

"""Every lesson from top to bottom in a kernel of its own: seconds, and the most memory the kernel held.

    python -m benchmarks.lessons

Bars: each lesson under 45 s, all under 6 minutes together, a kernel under 1.2 GB. The peer is a kernel that
imports Keras and does no more.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

LESSONS = Path(__file__).parent.parent / "lessons"
PEAK = "import json, resource; print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2))"
BARS = {"one lesson, s": 45.0, "all lessons, s": 360.0, "kernel, GB": 1.2}


def run(notebook: nbformat.NotebookNode) -> tuple[float, float]:
    """Execute a notebook: seconds from the start of the kernel, and its peak of resident memory in GB."""
    notebook.cells.append(nbformat.v4.new_code_cell(PEAK))
    began = time.perf_counter()
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    seconds = time.perf_counter() - began
    return seconds, float(json.loads(notebook.cells[-1].outputs[-1].text))


def main() -> int:
    """Print a line for each notebook, and whether the bars hold; the exit code is 1 where one does not."""
    bare = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("import keras")])
    print("{:28} {:6.1f} s  {:.2f} GB".format("import keras alone", *run(bare)), flush=True)
    figures = {}
    for path in sorted(LESSONS.glob("*.ipynb")):
        figures[path.stem] = run(nbformat.read(path, as_version=4))
        print("{:28} {:6.1f} s  {:.2f} GB".format(path.stem, *figures[path.stem]), flush=True)
    slowest, largest = (max(column) for column in zip(*figures.values(), strict=True))
    reached = dict(zip(BARS, (slowest, sum(seconds for seconds, _ in figures.values()), largest), strict=True))
    for name, value in reached.items():
        print(f"{name:28} {value:6.1f}  bar {BARS[name]:g}: {'holds' if value <= BARS[name] else 'MISSED'}")
    return int(any(value > BARS[name] for name, value in reached.items()))


if __name__ == "__main__":
    sys.exit(main())

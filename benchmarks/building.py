"""The builder: from a click in real Chromium to the redrawn page, with a real kernel, on a network of 30 calls.

    KERAS_BACKEND=tensorflow python -m benchmarks.building --rounds 15

Three clicks are timed: adding a layer, undoing it, and changing one in the middle, which calls all that follow anew.
Beside them stands what Keras itself takes for the calls, in the same kernel, and the load of the machine.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from browser import conftest as jupyter  # the same server and browser as the tests drive

CELLS = [
    """import time, keras, kerastutor as kt
x = inputs = keras.Input((64,), name="inputs")
for number in range(29):
    x = keras.layers.Dense(64, activation="relu", name=f"dense_{number}")(x)
builder = kt.build(keras.Model(inputs, x))""",
    """took = []
for _ in range(20):
    begin = time.perf_counter()
    keras.layers.Dense(64)(x)
    took.append(time.perf_counter() - begin)
print(sorted(took)[10] * 1000)""",
]

# Milliseconds from the click to the frame in which the page shows what the click asked for.
TIMED = """([selector, index, test]) => new Promise((done, failed) => {
  const root = document.querySelector('.kt-builder'), wanted = new Function('root', `return ${test}`);
  const begin = performance.now();
  const seen = new MutationObserver(() => {
    if (!wanted(root)) return;
    seen.disconnect();
    requestAnimationFrame(() => done(performance.now() - begin));
  });
  seen.observe(root, {childList: true, subtree: true, characterData: true, attributes: true});
  setTimeout(() => failed(new Error('no answer in 60 s')), 60000);
  root.querySelectorAll(selector)[index].click();
})"""


@contextmanager
def page_with(cells: list[str]) -> Iterator[jupyter.Lab]:
    """A notebook of these cells, open in a browser."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        base = Path(folder)
        root = base / "notebooks"
        root.mkdir()
        jupyter.write_notebook(root / "bench.ipynb", cells)
        port = jupyter.free_port()
        process = subprocess.Popen(
            jupyter.lab_command(port, "token", root),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=jupyter.lab_environment(base),
            start_new_session=True,
        )
        try:
            jupyter.wait_until_up(process, f"http://127.0.0.1:{port}/api/status?token=token", base / "lab.log")
            browser = driver.chromium.launch(executable_path=jupyter.chromium(), args=["--no-sandbox", "--disable-gpu"])
            lab = jupyter.Lab(browser.new_page(viewport={"width": 1280, "height": 900}))
            lab.page.goto(f"http://127.0.0.1:{port}/lab/tree/bench.ipynb?reset&token=token")
            lab.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=120_000)
            lab.wait_for_idle(120)
            yield lab
            browser.close()
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)


def clicks(page: Any, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each kind of click, `rounds` times."""
    took: dict[str, list[float]] = {"add a layer": [], "undo": [], "change in the middle": []}
    page.locator(".kt-builder .graph [data-key=dense_28]").dispatch_event("click")
    page.locator(".kt-builder .chosen b").wait_for()
    for turn in range(rounds):
        page.get_by_label("Layers", exact=True).select_option("Dense")
        page.locator(".kt-builder .form [name=units]").fill("64")
        boxes = "root.querySelectorAll('.graph .b[data-key]').length"
        count = page.evaluate("document.querySelectorAll('.kt-builder .graph .b[data-key]').length")
        took["add a layer"].append(page.evaluate(TIMED, ["button.main", 0, f"{boxes} > {count}"]))
        page.wait_for_timeout(400)
        took["undo"].append(page.evaluate(TIMED, [".bar button", 0, f"{boxes} === {count}"]))
        page.wait_for_timeout(400)
        middle = page.locator(".kt-builder .graph [data-key=dense_15]")
        middle.dispatch_event("click")
        page.get_by_role("button", name="Parameters", exact=True).click()
        page.get_by_role("button", name="Change", exact=True).wait_for()
        units = 64 + turn + 1
        page.locator(".kt-builder .form [name=units]").fill(str(units))
        shown = f"root.querySelector('.codes').textContent.includes('Dense({units}')"
        took["change in the middle"].append(page.evaluate(TIMED, ["button.main", 0, shown]))
        page.wait_for_timeout(400)
        page.locator(".kt-builder .graph [data-key=dense_28]").dispatch_event("click")
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    with page_with(CELLS) as lab:
        lab.run(0)
        lab.page.wait_for_selector(".kt-builder .graph [data-key=dense_28]", timeout=240_000)
        lab.run(1)
        print(f"one Dense called by Keras alone: {float(lab.text(1)):.0f} ms")
        for name, took in clicks(lab.page, rounds).items():
            ordered = sorted(took)
            late = ordered[int(0.95 * (len(ordered) - 1))]
            print(f"{name}: median {statistics.median(ordered):.0f} ms, 95th percentile {late:.0f} ms")
    print(f"load of the machine, 1 minute: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()

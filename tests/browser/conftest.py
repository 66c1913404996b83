"""A real JupyterLab on 127.0.0.1 and headless Chromium, with nothing fetched from outside.

`open_lab(cells)` writes a notebook of these cells, opens it and returns a `Lab` once its kernel is idle. Screenshots go
to artifacts/, which git ignores: `lab.screenshot("builder-dark")`.
"""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tarfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest
from lab_process import ask, stop

playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright")

ARTIFACTS = Path(__file__).parent.parent.parent / "artifacts"
AXE = "axe-core@4.10.3"

SETTINGS: dict[str, dict[str, Any]] = {
    # Otherwise cells that are off the screen may leave the page, and the nth cell is another one.
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
}

# The page's own indicator says idle before there is a kernel; running a cell then opens a dialog and hangs.
READY = """() => {
  const session = window.jupyterapp?.shell?.currentWidget?.context?.sessionContext, kernel = session?.session?.kernel;
  return !!(session?.isReady && kernel && kernel.connectionStatus === 'connected' && kernel.status === 'idle');
}"""

PATIENCE_MS = 300_000
"""How long a command of JupyterLab may take, such as running a cell, on a machine that does other things as well."""

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NO_CHROMIUM = (
    "no Chromium found: run `sudo apt install chromium` (Debian, Ubuntu), install Google Chrome, "
    "or set KT_CHROMIUM to the program"
)


@dataclass(frozen=True)
class Server:
    """A running JupyterLab: where it listens, its token, and the folder it serves."""

    url: str
    token: str
    root: Path


def chromium() -> str | None:
    """The Chromium or Chrome to drive: KT_CHROMIUM, else the first found on the PATH."""
    named = os.environ.get("KT_CHROMIUM")
    return named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def lab_environment(base: Path) -> dict[str, str]:
    """An environment in which Jupyter reads and writes nothing outside `base`."""
    for name, value in SETTINGS.items():
        file = base / "user-settings" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(value))
    folders = {
        "HOME": base,
        "JUPYTER_CONFIG_DIR": base / "config",
        "JUPYTER_DATA_DIR": base / "data",
        "JUPYTER_RUNTIME_DIR": base / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": base / "user-settings",
        "JUPYTERLAB_WORKSPACES_DIR": base / "workspaces",
        "IPYTHONDIR": base / "ipython",
        "KERASTUTOR_PROGRESS": base / "progress.sqlite3",
    }
    return {**os.environ, **{name: str(folder) for name, folder in folders.items()}}


def lab_command(port: int, token: str, root: Path) -> list[str]:
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--expose-app-in-browser"]
    command += ["--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    command += [f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={root}"]
    command += ["--ServerApp.terminals_enabled=False"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    return command


def wait_until_up(process: "subprocess.Popen[bytes]", url: str, log: Path, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One JupyterLab for the whole run, in a home of its own."""
    base = tmp_path_factory.mktemp("lab")
    root, log = base / "notebooks", base / "lab.log"
    root.mkdir()
    server = Server(f"http://127.0.0.1:{free_port()}", secrets.token_hex(16), root)
    port = int(server.url.rpartition(":")[2])
    with log.open("wb") as stream:
        process = subprocess.Popen(
            lab_command(port, server.token, root),
            stdout=stream,
            stderr=stream,
            env=lab_environment(base),
            start_new_session=True,
        )
        try:
            wait_until_up(process, f"{server.url}/api/status?token={server.token}", log)
            yield server
        finally:
            stop(process)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Headless Chromium. Without one the test is skipped with the remedy; KT_REQUIRE_BROWSER=1 makes that a failure."""
    program = chromium()
    if program is None:
        if os.environ.get("KT_REQUIRE_BROWSER"):
            pytest.fail(NO_CHROMIUM)
        pytest.skip(NO_CHROMIUM)
    with playwright.sync_playwright() as driver:
        chrome = driver.chromium.launch(
            executable_path=program, headless=True, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield chrome
        chrome.close()


@pytest.fixture(scope="session")
def axe(tmp_path_factory):
    """The source of axe-core, fetched from the npm registry into a cache outside the repository."""
    cache = Path(os.environ.get("KT_CACHE", Path.home() / ".cache" / "kerastutor-tests"))
    script = cache / f"{AXE}.js"
    if not script.exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("npm is not installed; it fetches axe-core")
        folder = tmp_path_factory.mktemp("axe")
        packed = subprocess.run(
            [npm, "pack", AXE], cwd=folder, capture_output=True, text=True, timeout=120, check=False
        )
        if packed.returncode:
            pytest.skip("the npm registry, which has axe-core, cannot be reached")
        with tarfile.open(next(folder.glob("*.tgz"))) as archive:
            source = archive.extractfile("package/axe.min.js").read()
        cache.mkdir(parents=True, exist_ok=True)
        script.write_bytes(source)
    return script.read_text()


@dataclass
class Lab:
    """One notebook open in the page; `errors` and `external` collect what must stay empty."""

    page: Any
    errors: list[str] = field(default_factory=list)
    external: list[str] = field(default_factory=list)

    def command(self, name: str, wait: bool = True) -> None:
        """Run a JupyterLab command, and by default wait until it is done: a page whose kernel never answers fails."""
        late = f"new Promise((_, no) => setTimeout(() => no(new Error(name + ' does not end')), {PATIENCE_MS}))"
        call = "window.jupyterapp.commands.execute(name)"
        self.page.evaluate(
            f"async name => {{ await Promise.race([{call}, {late}]) }}" if wait else f"name => {{ {call} }}", name
        )

    def run_all(self) -> None:
        self.command("notebook:run-all-cells")

    def run(self, index: int, wait: bool = True) -> None:
        """Run the cell at `index`, from 0."""
        self.page.evaluate(
            """index => {
              const notebook = window.jupyterapp.shell.currentWidget.content;
              notebook.activeCellIndex = index; notebook.deselectAll();
            }""",
            index,
        )
        self.command("notebook:run-cell", wait)

    def outputs(self, index: int) -> list[dict[str, Any]]:
        """The outputs of the cell at `index` from the document's model: never matches the cell's source by mistake."""
        return self.page.evaluate(
            "index => window.jupyterapp.shell.currentWidget.content.widgets[index].model.outputs.toJSON()", index
        )

    def text(self, index: int) -> str:
        """What the cell at `index` printed, with its plain-text results."""
        parts = []
        for output in self.outputs(index):
            text = output.get("text", output.get("data", {}).get("text/plain", ""))
            parts.append("".join(text))
        return "".join(parts)

    def wait_for_output(self, index: int, kind: str = "stream") -> None:
        """Until the cell at `index` has an output of this type: it may come after the answer that the cell is done."""
        self.page.wait_for_function(
            """([index, kind]) => window.jupyterapp.shell.currentWidget.content.widgets[index].model.outputs.toJSON()
              .some(output => output.output_type === kind)""",
            arg=[index, kind],
        )

    def cell(self, index: int) -> Any:
        return self.page.locator(".jp-Notebook-cell").nth(index)

    def wait_for_idle(self, seconds: float = 60) -> None:
        self.page.wait_for_function(READY, timeout=seconds * 1000)

    def theme(self, name: str) -> None:
        """Switch the whole page to "JupyterLab Dark" or "JupyterLab Light"."""
        self.page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", name)
        light = "true" if name.endswith("Light") else "false"
        self.page.wait_for_selector(f'body[data-jp-theme-light="{light}"]', state="attached", timeout=20_000)

    def screenshot(self, name: str) -> Path:
        """Save what the page shows as artifacts/NAME.png."""
        ARTIFACTS.mkdir(exist_ok=True)
        path = ARTIFACTS / f"{re.sub(r'[^A-Za-z0-9._-]+', '-', name)}.png"
        self.page.screenshot(path=str(path))
        return path


def watch(lab: Lab, own: str) -> None:
    """Collect page errors, console errors, and every request that leaves the machine."""
    lab.page.on("pageerror", lambda error: lab.errors.append(str(error)))
    lab.page.on("console", lambda message: lab.errors.append(message.text) if message.type == "error" else None)

    def request(sent: Any) -> None:
        if not sent.url.startswith((own, own.replace("http", "ws", 1), "data:", "blob:")):
            lab.external.append(sent.url)

    lab.page.on("request", request)


def write_notebook(path: Path, cells: list[str]) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    nbformat.write(notebook, path)


def end_kernels(server: Server) -> None:
    """Each holds Keras in a gigabyte, and a page that is closed leaves its kernel running."""
    for kernel in ask({"url": f"{server.url}/"}, "api/kernels", server.token):
        url = f"{server.url}/api/kernels/{kernel['id']}"
        headers = {"Authorization": f"token {server.token}"}
        urllib.request.urlopen(urllib.request.Request(url, method="DELETE", headers=headers), timeout=30).close()


@pytest.fixture
def open_lab(lab_server: Server, browser: Any) -> Iterator[Callable[..., Lab]]:
    """`open_lab(cells)` or `open_lab(notebook=path)`: a notebook in JupyterLab, its kernel idle.

    Further keywords go to Playwright's `new_context`, e.g. `viewport={"width": 480, "height": 900}` or
    `color_scheme="dark"`.
    """
    contexts = []

    def open_notebook(cells: list[str] | None = None, notebook: Path | None = None, **options: Any) -> Lab:
        name = f"{secrets.token_hex(4)}-{notebook.name if notebook else 'cells.ipynb'}"
        if notebook is None:
            write_notebook(lab_server.root / name, cells or [])
        else:
            shutil.copy(notebook, lab_server.root / name)
        context = browser.new_context(
            **{"viewport": {"width": 1280, "height": 900}, "accept_downloads": True, **options}
        )
        contexts.append(context)
        lab = Lab(context.new_page())
        watch(lab, lab_server.url)
        lab.page.goto(f"{lab_server.url}/lab/tree/{name}?reset&token={lab_server.token}")
        lab.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        lab.wait_for_idle()
        return lab

    yield open_notebook
    for context in contexts:
        context.close()
    end_kernels(lab_server)

"""`kerastutor lab` as a process: start it in a home of its own, find its server, ask it something."""

import json
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any


@contextmanager
def running_lab(environment: Path, home: Path, variables: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """`kerastutor lab --no-browser` of this environment: what Jupyter wrote down about its server."""
    home.mkdir()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "PYTHON", "XDG"))}
    own = {"HOME": str(home), "JUPYTER_RUNTIME_DIR": str(home / "runtime"), "JUPYTER_CONFIG_DIR": str(home / "config")}
    log = (home / "lab.log").open("w")
    process = subprocess.Popen(
        [str(environment / "bin" / "kerastutor"), "lab", "my lessons", "--no-browser"],
        cwd=home,
        env={**clean, **own, **variables},
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    try:
        yield wait_for_server(process, home)
    finally:
        stop(process)
        log.close()


def stop(process: "subprocess.Popen[bytes]") -> None:
    """As when a terminal is closed; what has not ended then, kernels included, is killed.

    How Jupyter ends is not ours: one that is told to while a kernel starts (jupyter-server 2.21) waits for ever.
    """
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(20)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for_server(process: "subprocess.Popen[bytes]", home: Path, seconds: float = 60) -> dict[str, Any]:
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        for file in (home / "runtime").glob("jpserver-*.json"):
            try:
                server = json.loads(file.read_text())
                ask(server, "api/status", server["token"])
            except (OSError, ValueError):
                continue
            return server
        time.sleep(0.1)
    raise AssertionError((home / "lab.log").read_text())


def wait_for_kernel(server: Mapping[str, Any], seconds: float = 60) -> dict[str, Any]:
    """The first kernel of the server that is ready to run a cell."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        kernels = ask(server, "api/kernels", server["token"])
        for kernel in kernels:
            if kernel["execution_state"] == "idle":
                return dict(kernel)
        time.sleep(0.1)
    raise AssertionError(f"no kernel is ready: {kernels}")


def ask(server: Mapping[str, Any], path: str, token: str) -> Any:
    request = urllib.request.Request(server["url"] + path, headers={"Authorization": f"token {token}"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)

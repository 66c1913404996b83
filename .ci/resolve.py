"""What pip would install on every Python and system, without installing it: `python .ci/resolve.py`.

Asks the package index through uv, which comes with the extra `test`, and prints a line for each system.
"""

import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parent.parent / "pyproject.toml"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
BROWSER = "wasm32-pyodide2025"
SYSTEMS = {"Linux": "x86_64-manylinux_2_28", "macOS": "aarch64-apple-darwin", "browser": BROWSER}
"""What people call a system, and what uv does; a browser runs Pyodide, which is Python 3.14."""

SHOWN = ("keras", "keras-nightly", "tensorflow", "jax", "numpy", "jupyterlab", "pygraphviz")


class Unresolved(Exception):
    """There is no set of packages that fits; the message is the resolver's."""


@dataclass(frozen=True)
class Package:
    """One package of a resolution; `pure` where its wheel runs everywhere."""

    name: str
    version: str
    pure: bool


def resolve(python: str, platform: str, extras: Sequence[str] = ()) -> dict[str, Package]:
    """The packages that kerastutor and these extras bring, by name.

    Raises:
        Unresolved: nothing fits, or no index can be reached.
    """
    uv = str(Path(sysconfig.get_path("scripts"), "uv"))
    command = [uv, "pip", "compile", "--quiet", "--format", "pylock.toml", str(PROJECT)]
    command += ["--python-version", python, "--python-platform", platform]
    for extra in extras:
        command += ["--extra", extra]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise Unresolved(done.stderr.strip())
    return {each["name"]: _package(each) for each in tomllib.loads(done.stdout)["packages"]}


def _package(entry: dict) -> Package:
    wheels = (str(wheel.get("url") or wheel.get("path")) for wheel in entry.get("wheels", ()))
    return Package(entry["name"], entry["version"], any(wheel.endswith("-none-any.whl") for wheel in wheels))


def cases() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """System, Python and extras of everything that is looked at."""
    for system in ("Linux", "macOS"):
        for python in PYTHONS:
            yield system, python, ()
            yield system, python, ("jax",)
    yield "browser", "3.14", ()


def main() -> int:
    failed = 0
    for system, python, extras in cases():
        asked = f"{system:<8} {python:<5} {'.[' + ','.join(extras) + ']' if extras else '.':<7}"
        try:
            found = resolve(python, SYSTEMS[system], extras)
        except Unresolved as trouble:
            failed = 1
            print(f"{asked} cannot be installed: {trouble}", flush=True)
        else:
            shown = ", ".join(f"{name} {found[name].version}" for name in SHOWN if name in found)
            print(f"{asked} {len(found):>3} packages: {shown}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())

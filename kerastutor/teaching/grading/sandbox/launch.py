"""How the server is started: inside bubblewrap, with the interpreter and its packages to read, and nothing else."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from kerastutor.system.backend import installed
from kerastutor.teaching.grading.sandbox import places

HOME = "/sandbox"
"""The one place where what is behind the wall can write."""

_SERVER = "kerastutor.teaching.grading.sandbox.inside.server"


def command(kind: str, descriptor: int, *, walled: bool) -> list[str]:
    """The command line of a server of this kind that talks over this descriptor."""
    wall = "walled" if walled else "open"
    python = [sys.executable, "-P", "-s", "-m", _SERVER, kind, wall, str(descriptor)]
    return [*_bubblewrap(), *python] if walled else python


def bubblewrap() -> str | None:
    """The path of bubblewrap, where it is installed."""
    return shutil.which("bwrap")


def environment(backend: str | None, home: str) -> dict[str, str]:
    """All variables the server has: none comes from this process, so none of its secrets does.

    One thread for the linear algebra libraries, because a process with threads must not fork.
    """
    return {
        "HOME": home,
        "USER": "learner",
        "LANG": "C.UTF-8",
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": os.pathsep.join(map(str, places.search_path())),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "KERAS_BACKEND": backend or next(iter(installed()), "tensorflow"),
        "KERAS_HOME": f"{home}/.keras",
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": f"{home}/.matplotlib",
        "CUDA_VISIBLE_DEVICES": "",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        **dict.fromkeys(("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), "1"),
        **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    }


def _bubblewrap() -> Iterator[str]:
    yield from (bubblewrap() or "bwrap", "--die-with-parent", "--new-session", "--hostname", "sandbox")
    yield from ("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try")
    yield from ("--cap-drop", "ALL")
    if os.geteuid() == 0:  # the server becomes nobody, since the kernel does not count the processes of root
        yield from ("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
    else:
        yield from ("--unshare-user", "--uid", "1000", "--gid", "1000")
    yield from _seen()
    yield from ("--proc", "/proc", "--dev", "/dev", "--tmpfs", HOME)
    yield from ("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", HOME, "--")


def _seen() -> Iterator[str]:
    """The places that are seen, to read; over the answers in them lies an empty folder."""
    seen = places.visible()
    names = places.links(seen)
    for link, target in names.items():
        yield from (*_folders_around(link), "--symlink", str(target), str(link))
    for place in seen:
        yield from (*_folders_around(place), "--ro-bind", str(place), str(place))
    if not any(path.is_relative_to("/tmp") for path in (*seen, *names)):
        yield from ("--symlink", HOME.lstrip("/"), "/tmp")
    for place in places.hidden():
        yield from ("--tmpfs", str(place), "--remount-ro", str(place))


def _folders_around(place: Path) -> Iterator[str]:
    for folder in reversed(place.parents[:-1]):
        yield from ("--perms", "0755", "--dir", str(folder))

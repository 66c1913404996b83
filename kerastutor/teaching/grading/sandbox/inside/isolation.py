"""The walls around one child. For code: namespaces, an empty home, limits, and no way back. For a file that is only
read: limits, and a kernel that grants it nothing but to read what it holds, to say what it found, and to end.

The second is the stronger one and costs half as much. Whoever found a hole in the parser, and so could run what they
like in there, would still reach no file, no process and no network, whichever namespace it is in; and since every file
has a child of its own, also no other student's answer.
"""

from __future__ import annotations

import errno
import os
import resource
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kerastutor.teaching.grading.sandbox.inside import kernel, syscalls

PLACE = "/sandbox"
"""Where homes are; behind the wall of bubblewrap nothing else can be written to."""

_OWN_USER = "1000"
_NOBODY = 65534
_FOR_RUNNING, _FOR_READING = syscalls.for_running(), syscalls.for_reading()  # made once, in the server
_SAFE = kernel.MS_NOSUID | kernel.MS_NODEV

NAMESPACES = {
    "users": kernel.CLONE_NEWUSER,
    "processes": kernel.CLONE_NEWPID,
    "network": kernel.CLONE_NEWNET,
    "files": kernel.CLONE_NEWNS,
    "messages": kernel.CLONE_NEWIPC,
    "names": kernel.CLONE_NEWUTS,
}


def be_nobody() -> None:
    """Give up being root, behind the wall: limits on processes do not hold for root."""
    if os.geteuid() == 0:
        Path(PLACE).chmod(0o1777)
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
        kernel.show_to_itself()


def enter_namespaces() -> tuple[str, ...]:
    """Leave every namespace of the server; the next fork is process 1 of its own. Returns what layers are missing."""
    user, group = os.getuid(), os.getgid()
    try:
        kernel.unshare(sum(NAMESPACES.values()))
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{_OWN_USER} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{_OWN_USER} {group} 1")
    except OSError:
        return ("namespaces",)
    return ()


def wall_in(home: str, limits: Mapping[str, Any], *, own_namespaces: bool) -> tuple[str, ...]:
    """What a child does before it runs what was handed in. Returns the layers that are missing.

    It sees an empty home, no processes, and nothing it could write to elsewhere; then it gives up all rights.
    """
    os.environ.update(HOME=home, TMPDIR=home)
    os.chdir(home)
    steps: dict[str, Callable[[], None]] = {
        "home": lambda: _hide(home, limits),
        "capabilities": _give_up_rights,
        "limits": lambda: _set_limits(limits),
        "system calls": lambda: _filter_calls(_FOR_RUNNING),
    }
    if not own_namespaces:
        del steps["home"]  # what is mounted outside a namespace of one's own is mounted for everyone
    return _missing(steps)


def seal(limits: Mapping[str, Any]) -> tuple[str, ...]:
    """What a child does before it reads what was handed in as data. Returns the layers that are missing.

    From then on it opens nothing: what it needs has to be loaded, and its two descriptors open.
    """
    return _missing(
        {
            "capabilities": _give_up_rights,
            "limits": lambda: _set_limits(limits),
            "system calls": lambda: _filter_calls(_FOR_READING),
        }
    )


def _missing(steps: Mapping[str, Callable[[], None]]) -> tuple[str, ...]:
    return tuple(layer for layer, step in steps.items() if not _done(step))


def _hide(home: str, limits: Mapping[str, Any]) -> None:
    """Put an empty home of limited size over everything that the server can write to, and nothing over `/proc`."""
    kernel.mount("", "/", kernel.MS_REC | kernel.MS_PRIVATE)
    kernel.mount("tmpfs", PLACE, _SAFE, f"size={limits['home']},nr_inodes={limits['home_files']},mode=700")
    Path(home).mkdir()
    os.chdir(home)
    kernel.mount("tmpfs", "/proc", _SAFE, "size=8k,nr_inodes=8,mode=555")
    Path("/proc/self").mkdir()  # TensorFlow does not run without these two
    Path("/proc/self/exe").symlink_to(sys.executable)
    Path("/proc/self/cmdline").write_text("python\0")
    kernel.mount("tmpfs", "/proc", _SAFE | kernel.MS_REMOUNT | kernel.MS_RDONLY)


def _give_up_rights() -> None:
    kernel.drop_capabilities()
    kernel.forbid_new_privileges()


def _filter_calls(program: bytes | None) -> None:
    if program is None:
        raise OSError(errno.ENOENT, "there is no libseccomp")
    kernel.filter_calls(program)


def _set_limits(limits: Mapping[str, Any]) -> None:
    bounds = {
        resource.RLIMIT_CPU: limits["cpu_seconds"],
        resource.RLIMIT_FSIZE: limits["file"],
        resource.RLIMIT_NOFILE: limits["open_files"],
        resource.RLIMIT_NPROC: limits["tasks"],
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for kind, bound in bounds.items():
        resource.setrlimit(kind, (bound, bound))


def _done(step: Callable[[], None]) -> bool:
    try:
        step()
    except (OSError, ValueError):
        return False
    return True

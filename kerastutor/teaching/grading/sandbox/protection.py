"""Which walls this machine can give, found by building them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from threading import Lock

from kerastutor.teaching.grading.sandbox import launch
from kerastutor.teaching.grading.sandbox.limits import Limits
from kerastutor.teaching.grading.sandbox.server import SandboxError, Server

LAYERS = {
    "bubblewrap": "The code of a submission sees the interpreter and its packages to read, and no other file.",
    "namespaces": "It sees no other process and no network.",
    "home": "It writes to an empty home of limited size, which is gone afterwards.",
    "capabilities": "It has no rights beyond those of an ordinary user.",
    "limits": "The kernel bounds its computing time, files and threads.",
    "system calls": "Calls of the kernel that no network needs are denied.",
}

REMEDIES = {
    "bubblewrap": "install it, on Debian and Ubuntu with `sudo apt install bubblewrap`",
    "namespaces": "allow user namespaces, with `sudo sysctl kernel.unprivileged_userns_clone=1` or "
    "`kernel.apparmor_restrict_unprivileged_userns=0`; in a container, ask its administrator",
    "home": "allow user namespaces to mount file systems; in a container, ask its administrator",
    "capabilities": "use a Linux kernel of version 5.4 or later",
    "limits": "raise the hard limits of this shell, see `ulimit -H -a`",
    "system calls": "install libseccomp, on Debian and Ubuntu with `sudo apt install libseccomp2`",
}

_ASKED_ONCE = Lock()


@dataclass(frozen=True)
class Protection:
    """The layers there are, and those that are missing, in the words of `LAYERS`."""

    there: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """One sentence for each layer."""
        return (
            *(LAYERS[layer] for layer in self.there),
            *(f"Missing: {LAYERS[layer]} To have it, {remedy(layer)}." for layer in self.missing),
        )


def remedy(layer: str) -> str:
    """What to do about a missing layer; bubblewrap that is installed and builds nothing lacks namespaces."""
    return REMEDIES["namespaces" if layer == "bubblewrap" and launch.bubblewrap() else layer]


def protection() -> Protection:
    """Build every wall and say which stand; once, since a machine does not change while it grades."""
    with _ASKED_ONCE:
        return _found(launch.bubblewrap())


@cache
def _found(bubblewrap: str | None) -> Protection:
    missing: tuple[str, ...] = () if bubblewrap else ("bubblewrap",)
    try:
        missing += _built(walled=not missing)
    except SandboxError:
        missing = ("bubblewrap", *_built(walled=False)) if not missing else tuple(LAYERS)
    return Protection(tuple(layer for layer in LAYERS if layer not in missing), tuple(dict.fromkeys(missing)))


def _built(*, walled: bool) -> tuple[str, ...]:
    server = Server("nothing", None, walled=walled)
    try:
        job = {"name": "nothing.json", "exercises": [], "unsafe_ok": False}
        return server.run(job, b"", Limits(wall_seconds=30)).missing
    finally:
        server.close()

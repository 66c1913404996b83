"""What of this machine is seen behind the wall: the system's libraries, the interpreter with its packages, the tutor.

Of an environment only what Python loads is seen, not the folder around it, which may be that of a course. A place is
bound once, under its real name; its other names are links behind the wall too. So what is hidden in it is hidden under
every name.
"""

from __future__ import annotations

import site
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import kerastutor

PACKAGE = Path(kerastutor.__file__).parent

_SYSTEM = tuple(
    Path("/", name)
    for name in (
        *("bin", "sbin", "lib", "lib32", "lib64", "usr/bin", "usr/sbin", "usr/lib", "usr/lib32", "usr/lib64"),
        *("usr/libexec", "usr/local/bin", "usr/local/lib", "usr/local/lib64", "usr/share/zoneinfo"),
        *("usr/share/fonts", "usr/local/share/fonts", "usr/share/fontconfig", "usr/share/xml/fontconfig"),
        *("etc/ld.so.cache", "etc/ld.so.conf", "etc/ld.so.conf.d", "etc/alternatives", "etc/localtime", "etc/fonts"),
    )
)
_OF_AN_ENVIRONMENT = ("bin", "lib", "lib32", "lib64", "pyvenv.cfg")
_ANSWERS = Path("kerastutor", "exercises", "catalog")


def visible() -> tuple[Path, ...]:
    """The places that are seen, by their real names, none inside another."""
    found: list[Path] = []
    for place in sorted({path.resolve() for path in _wanted()}):
        if not _holder(place, found):
            found.append(place)
    return tuple(found)


def links(places: Iterable[Path]) -> dict[Path, Path]:
    """The other names of what is seen: links outside of `places`, and where each leads."""
    seen = tuple(places)
    found = dict(chain.from_iterable(map(_links_on, _wanted())))
    return {link: target for link, target in found.items() if not _holder(link, seen)}


def hidden() -> tuple[Path, ...]:
    """Folders with answers that lie in what is seen: those of this kerastutor, and of any other that is installed."""
    roots = {Path("/usr"), Path("/usr/local"), *_prefixes()}
    installed = chain.from_iterable(root.glob(f"lib*/python*/*-packages/{_ANSWERS}") for root in roots)
    beside = (folder / _ANSWERS for folder in (PACKAGE.parent, *_packages()))
    return tuple(sorted({path.resolve() for path in (*installed, *beside) if path.is_dir()}))


def exposed(private: Iterable[Path]) -> tuple[Path, Path] | None:
    """The first of some private files and folders that would be seen, and the place it lies in; None if none would."""
    places, covered = visible(), hidden()
    for path in private:
        place = _holder(path.resolve(), places)
        if place and not _holder(path.resolve(), covered):
            return path, place
    return None


def search_path() -> tuple[Path, ...]:
    """Where Python has to be told to look: the tutor, and packages outside of the interpreter's own folders."""
    others = (folder for folder in _packages() if not _holder(folder, _prefixes()))
    return PACKAGE.parent, *others


def _wanted() -> Iterator[Path]:
    """Everything that is to be seen and is there, by the names it is known under."""
    own = (prefix / name for prefix in _prefixes() for name in _OF_AN_ENVIRONMENT)
    standard = (Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
    named = chain(_SYSTEM, own, standard, _packages(), (Path(sys.executable), PACKAGE))
    return (path for path in named if path.exists())


def _prefixes() -> set[Path]:
    return {Path(sys.prefix), Path(sys.exec_prefix), Path(sys.base_prefix), Path(sys.base_exec_prefix)}


def _packages() -> tuple[Path, ...]:
    """The folders on Python's path that an installer filled, wherever a `.pth` file or `PYTHONPATH` has them."""
    own = [site.getusersitepackages()] if site.ENABLE_USER_SITE else []
    folders = (Path(entry).absolute() for entry in (*own, *sys.path) if entry)
    return tuple(dict.fromkeys(folder for folder in folders if any(folder.glob("*.dist-info"))))


def _links_on(path: Path) -> Iterator[tuple[Path, Path]]:
    """Every link that the system follows on the way to `path`, and where it leads, as it says itself."""
    here = Path(path.anchor)
    for part in path.parts[1:]:
        here = here.parent if part == ".." else here / part
        if here.is_symlink():
            target = here.readlink()
            yield here, target
            yield from _links_on(here.parent / target)
            here = here.resolve()


def _holder(path: Path, folders: Iterable[Path]) -> Path | None:
    return next((folder for folder in folders if path.is_relative_to(folder)), None)

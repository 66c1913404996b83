"""The few calls of Linux that Python 3.11 does not offer: `unshare`, `mount`, `capset`, `prctl`."""

from __future__ import annotations

import ctypes
import os
import struct

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_REMOUNT = 32
MS_REC = 1 << 14
MS_PRIVATE = 1 << 18

_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_SECCOMP = 22
_PR_SET_DUMPABLE = 4
_SECCOMP_MODE_FILTER = 2
_INSTRUCTION = 8
_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def unshare(flags: int) -> None:
    """Leave the namespaces in `flags` for new ones."""
    _checked(_libc.unshare(ctypes.c_int(flags)))


def mount(kind: str, place: str, flags: int, options: str = "") -> None:
    """Mount a new file system of this kind; with kind `""`, change how the one at `place` is shared."""
    name = kind.encode() or None
    _checked(_libc.mount(name, place.encode(), name, ctypes.c_ulong(flags), options.encode() or None))


def forbid_new_privileges() -> None:
    """Let no program that is started have more rights than this process."""
    _prctl(_PR_SET_NO_NEW_PRIVS)


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ends."""
    _prctl(_PR_SET_CHILD_SUBREAPER)


def show_to_itself() -> None:
    """Let a process that has changed its user look into its own `/proc` again."""
    _prctl(_PR_SET_DUMPABLE)


def drop_capabilities() -> None:
    """Give up every capability for good."""
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    _checked(_libc.capset(header, bytes(24)))


def filter_calls(program: bytes) -> None:
    """Let a filter decide, from now on and for good, which calls of the kernel this process may make."""
    instructions = ctypes.create_string_buffer(program, len(program))
    count = len(program) // _INSTRUCTION
    described = ctypes.create_string_buffer(struct.pack("@HP", count, ctypes.addressof(instructions)))
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(described))


def _prctl(option: int, *values: int) -> None:
    padded = (*(values or (1,)), 0, 0, 0)[:4]
    _checked(_libc.prctl(ctypes.c_int(option), *(ctypes.c_ulong(value) for value in padded)))


def _checked(returned: int) -> None:
    if returned != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))

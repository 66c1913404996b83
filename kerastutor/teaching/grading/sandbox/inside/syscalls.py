"""The calls of the kernel that a child may make, written as filters by libseccomp: one for each kind of child.

Code that runs may make all but a few: a network is built with reading, memory and threads. What is denied serves to
look into other processes, to mount file systems, to make namespaces in which limits do not hold, and to keep memory
that no process is charged for. A file that is only read needs next to none, so all others are denied.
"""

from __future__ import annotations

import ctypes
import errno
import tempfile

from kerastutor.teaching.grading.sandbox.inside.kernel import CLONE_NEWUSER

DENIED = (
    *("ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd", "process_madvise"),
    *("mount", "umount2", "pivot_root", "chroot", "setns", "unshare", "swapon", "swapoff", "quotactl", "acct"),
    *("open_tree", "move_mount", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr", "name_to_handle_at"),
    *("memfd_create", "memfd_secret", "shmget", "shmat", "msgget", "semget", "mq_open", "userfaultfd"),
    *("io_uring_setup", "io_uring_enter", "io_uring_register", "io_setup", "fanotify_init", "open_by_handle_at"),
    *("bpf", "perf_event_open", "keyctl", "add_key", "request_key", "lookup_dcookie", "syslog"),
    *("reboot", "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module"),
    *("settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "sethostname", "setdomainname"),
    *("iopl", "ioperm", "modify_ldt", "personality", "vhangup", "sched_setscheduler", "sched_setattr"),
)

READING = (
    *("read", "write", "close", "exit", "exit_group"),
    *("brk", "mmap", "munmap", "mremap", "mprotect", "madvise", "futex"),
    *("rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "clock_gettime", "getrandom"),
)
"""What it takes to read an open file, think, write into an open pipe, close both, and end."""

_AF_INET6 = 10
_SOCKETS = (1, 2, _AF_INET6)
"""The families of sockets that are local to a network namespace: Unix and both forms of IP."""

_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000
_EQUAL, _GREATER, _MASKED_EQUAL = 4, 6, 7
_UNKNOWN = -1


class _Compare(ctypes.Structure):
    """`struct scmp_arg_cmp` of libseccomp."""

    _fields_ = [
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("mask", ctypes.c_uint64),
        ("value", ctypes.c_uint64),
    ]


def for_running() -> bytes | None:
    """The filter for code, as the kernel takes it, to be made once; None where there is no libseccomp."""
    made = _begun(_ALLOW)
    if made is None:
        return None
    library, filter = made
    for name in DENIED:
        _rule(library, filter, name, _ERRNO | errno.EPERM)
    for family in set(range(_AF_INET6)) - set(_SOCKETS):
        _rule(library, filter, "socket", _ERRNO | errno.EAFNOSUPPORT, _Compare(0, _EQUAL, family))
    _rule(library, filter, "socket", _ERRNO | errno.EAFNOSUPPORT, _Compare(0, _GREATER, _AF_INET6))
    _rule(library, filter, "clone", _ERRNO | errno.EPERM, _Compare(0, _MASKED_EQUAL, CLONE_NEWUSER, CLONE_NEWUSER))
    _rule(library, filter, "clone3", _ERRNO | errno.ENOSYS)  # its flags are out of sight; C libraries then use `clone`
    return _written(library, filter)


def for_reading() -> bytes | None:
    """The filter for files that are only read; as `for_running`."""
    made = _begun(_ERRNO | errno.EPERM)
    if made is None:
        return None
    library, filter = made
    for name in READING:
        _rule(library, filter, name, _ALLOW)
    return _written(library, filter)


def _begun(default: int) -> tuple[ctypes.CDLL, ctypes.c_void_p] | None:
    """A filter that answers every call like this."""
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        return None
    library.seccomp_init.restype = ctypes.c_void_p
    return library, ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(default)))


def _rule(library: ctypes.CDLL, filter: ctypes.c_void_p, name: str, action: int, *compares: _Compare) -> None:
    number = library.seccomp_syscall_resolve_name(name.encode())
    if number == _UNKNOWN:
        return  # this libseccomp is older than the call
    array = (_Compare * max(1, len(compares)))(*compares)
    rule = filter, ctypes.c_uint32(action), ctypes.c_int(number), ctypes.c_uint(len(compares)), array
    if library.seccomp_rule_add_array(*rule) != 0:
        raise OSError(errno.EINVAL, f"libseccomp refuses the rule for {name}")


def _written(library: ctypes.CDLL, filter: ctypes.c_void_p) -> bytes:
    with tempfile.TemporaryFile() as made:
        library.seccomp_export_bpf(filter, ctypes.c_int(made.fileno()))
        made.seek(0)
        return made.read()

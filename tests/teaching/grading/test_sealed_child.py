"""A hole in the parser: whoever runs code of their own in a child that only reads gains nothing by it.

The hole is made here: a module that Python loads at its start puts a program in the parser's place, for one file. The
server is without bubblewrap, through which that module could not be seen; so nothing holds but the child's own wall,
and what is tried has to be harmless where it is broken.
"""

import json

import pytest

from kerastutor.teaching.grading.sandbox import Limits, launch
from kerastutor.teaching.grading.sandbox.server import Server

HOLE = """
import ctypes, os, resource, socket, subprocess, threading, time
from kerastutor.formats import containers
CANARY = {canary!r}
libc = ctypes.CDLL(None, use_errno=True)

def called(function, *arguments):
    if function(*arguments) == -1:
        raise OSError(ctypes.get_errno(), "denied")

ATTEMPTS = {{
    "read a file": lambda: open("/etc/passwd").read(),
    "write a file": lambda: open(CANARY, "w"),
    "write to a descriptor": lambda: os.open(CANARY, os.O_WRONLY | os.O_CREAT),
    "write into the parent": lambda: open(f"/proc/{{os.getppid()}}/mem", "r+b"),
    "look into the parent": lambda: called(libc.ptrace, 16, os.getppid(), 0, 0),
    "read the parent": lambda: called(libc.process_vm_readv, os.getppid(), b" " * 16, 1, b" " * 16, 1, 0),
    "send a signal to the parent": lambda: os.kill(os.getppid(), 0),
    "stay": lambda: os.fork(),
    "start a program": lambda: os.execv("/bin/true", ["true"]),
    "start a process": lambda: subprocess.run(["touch", CANARY]),
    "start a thread": lambda: threading.Thread(target=print).start(),
    "call": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
    "call nearby": lambda: socket.socketpair(),
    "list a folder": lambda: os.listdir("/"),
    "make a folder": lambda: os.mkdir(CANARY),
    "link": lambda: os.symlink("/etc/passwd", CANARY),
    "leave a namespace": lambda: called(libc.unshare, 0x10000000),
    "change a limit": lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)),
    "keep memory": lambda: os.memfd_create("kept"),
    "take another descriptor": lambda: os.dup(3),
    "wait": lambda: time.sleep(0.01),
}}

def refused(attempt):
    try:
        attempt()
    except (OSError, RuntimeError, ValueError):
        return True
    return False

honest = containers.json_from

def attack(content, name):
    if content != {handed_in!r}:
        return honest(content, name)
    done = [name for name, attempt in ATTEMPTS.items() if not refused(attempt)]
    answers = {{"done": {{"value": [done, len(ATTEMPTS)]}}}}
    return {{"format": "kerastutor.submission", "version": 1, "answers": answers}}

containers.json_from = attack
"""
HANDED_IN = b"{}"


@pytest.fixture
def report_of_attack(tmp_path, monkeypatch):
    hole = tmp_path / "hole"
    hole.mkdir()
    (hole / "sitecustomize.py").write_text(HOLE.format(canary=str(tmp_path / "canary"), handed_in=HANDED_IN))
    plain = launch.environment
    monkeypatch.setattr(
        launch,
        "environment",
        lambda *given: {**(made := plain(*given)), "PYTHONPATH": f"{hole}:{made['PYTHONPATH']}"},
    )
    server = Server("data", None, walled=False)
    try:
        job = {"name": "answer.json", "exercises": ["done"], "unsafe_ok": False}
        ended = server.run(job, HANDED_IN, Limits(wall_seconds=10))
        assert (ended.stopped, ended.status) == (None, 0)
        assert server.alive
    finally:
        server.close()
    return json.loads(ended.report)


def test_code_in_a_child_that_only_reads_can_do_nothing_but_say_something(report_of_attack, tmp_path):
    done, tried = report_of_attack["value"]
    assert tried > 20
    assert done == []
    assert not (tmp_path / "canary").exists()

"""No attack gains a point, a file or a second, and the next submission is graded as if nothing had been.

Each file of `attacks` is a small program that tries what its first line says. They are no `.py` files, so that nothing
runs them but the sandbox. What they may find is planted: an answer that only the key knows, in a file, in this
process and in its environment; a folder to write to; servers to talk to.
"""

import os
import re
import secrets
import socket
import time
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from kerastutor.exercises.catalog import find
from kerastutor.exercises.spec import NetworkAnswer, Spec, ValueAnswer
from kerastutor.teaching.grading.intake import Submission
from kerastutor.teaching.grading.judging import judge_answer, judged
from kerastutor.teaching.grading.records import Verdict
from kerastutor.teaching.grading.sandbox import Limits, open_sandbox
from kerastutor.teaching.grading.sandbox.limits import MIB
from kerastutor.topology.graph import Topology

pytestmark = pytest.mark.slow

ATTACKS = sorted(Path(__file__).with_name("attacks").glob("*.txt"))
EXERCISES = ("key-network", "key-value", "01-stack")
LIMITS = Limits(
    wall_seconds=4,
    cpu_seconds=2,
    memory=512 * MIB,
    processes=8,
    tasks=64,
    home=8 * MIB,
    home_files=100,
    file=4 * MIB,
    open_files=64,
    report=MIB // 4,
    calls=500,
)
TOKEN = f"token-{secrets.token_hex(16)}"
GAINED = "gained"

PRELUDE = """
import re
GAINED, KEY_UNITS, EXERCISES = "gained", 3, {exercises!r}
KEY, CANARY, PARENT, PORT, ABSTRACT = {key!r}, {canary!r}, {parent}, {port}, {abstract!r}
def token_in(raw):
    found = re.search(rb"token-[0-9a-f]{{32}}", raw)
    return found and found[0].decode()
def wrong():
    import keras
    return keras.Sequential([keras.Input((8,)), keras.layers.Dense(5), keras.layers.Dense(4)])
"""

HONEST = """
import keras
import kerastutor as kt
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(5, "relu"), keras.layers.Dense(3, "softmax")])
kt.exercise("key-network").check(model)
"""

WRONG = """
import kerastutor as kt
kt.exercise("key-network").check(wrong())
"""

ENDS = {
    "answer_bomb": {Verdict.TOO_LARGE},
    "answers_without_end": {Verdict.TIMED_OUT},
    "endless_calculation": {Verdict.TIMED_OUT, Verdict.OUT_OF_MEMORY},
    "endless_loop_catching_everything": {Verdict.TIMED_OUT},
    "endless_loop_ignoring_signals": {Verdict.TIMED_OUT},
    "endless_sleep": {Verdict.TIMED_OUT},
    "fork_bomb": {Verdict.REFUSED, Verdict.TIMED_OUT},
    "infinite_network": {Verdict.TOO_LARGE},
    "lines_without_end": {Verdict.TOO_LARGE},
    "memory_bomb": {Verdict.OUT_OF_MEMORY},
    "memory_bomb_in_children": {Verdict.OUT_OF_MEMORY},
    "output_flood": {Verdict.TIMED_OUT},
    "signal_handlers": {Verdict.TIMED_OUT},
}

OTHER_NETWORKS = {"class_named_dense", "lying_config"}
"""What these hand in is not `wrong()`: what is right in it is paid for, as in any answer."""


class Arena:
    """A sandbox, and everything that an attack could reach for."""

    def __init__(self, folder, extract, listener, datagrams, abstract):
        self.folder, self.extract = folder, extract
        self.listeners = (listener, datagrams, abstract)
        self.canary = folder / "canary"
        self.canary.mkdir()
        self.key = folder / "key.json"
        self.key.write_text(TOKEN)
        self.prelude = PRELUDE.format(
            exercises=EXERCISES,
            key=str(self.key),
            canary=str(self.canary),
            parent=os.getpid(),
            port=listener.getsockname()[1],
            abstract=abstract.getsockname()[1:].decode(),
        )
        self.reference = self.run(HONEST).answers["key-network"].topology
        self.specs = (
            Spec("key-network", "", "", NetworkAnswer((Topology.from_plain(self.reference),))),
            Spec("key-value", "", "", ValueAnswer(TOKEN, "")),
            find("01-stack"),
        )
        self.processes = len(descendants())
        built_wrong = self.run(self.prelude + WRONG)
        self.wrong = self.shares(built_wrong)["key-network"]

    def run(self, program):
        file = self.folder / "attack.py"
        file.write_text(program)
        return self.extract(Submission("somebody", (file,)))

    def shares(self, extraction):
        return {record.exercise: record.share for record in judged("", extraction, self.specs, judge_answer)}

    def nobody_called(self):
        for listener in self.listeners:
            with pytest.raises(BlockingIOError):
                listener.recv(1) if listener.type == socket.SOCK_DGRAM else listener.accept()


def descendants():
    return psutil.Process().children(recursive=True)


@pytest.fixture(scope="module")
def arena(tmp_path_factory):
    os.environ["KERASTUTOR_TEST_SECRET"] = TOKEN
    with ExitStack() as opened:
        listener = opened.enter_context(socket.create_server(("127.0.0.1", 0)))
        datagrams = opened.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        datagrams.bind(listener.getsockname())
        abstract = opened.enter_context(socket.socket(socket.AF_UNIX))
        abstract.bind(f"\0kerastutor-{secrets.token_hex(8)}")
        abstract.listen()
        for one in (listener, datagrams, abstract):
            one.setblocking(False)
        extract = opened.enter_context(open_sandbox(LIMITS, exercises=EXERCISES))
        yield Arena(tmp_path_factory.mktemp("arena"), extract, listener, datagrams, abstract)
    del os.environ["KERASTUTOR_TEST_SECRET"]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda path: path.stem)
def test_an_attack_gains_nothing(arena, attack):
    began = time.monotonic()
    extraction = arena.run(arena.prelude + attack.read_text())
    took = time.monotonic() - began
    shares = arena.shares(extraction)
    assert shares["key-network"] < 1 if attack.stem in OTHER_NETWORKS else shares["key-network"] <= arena.wrong
    assert shares["key-value"] == shares["01-stack"] == 0
    assert GAINED not in repr(extraction.answers)
    assert TOKEN not in repr(extraction)
    assert extraction.verdict in ENDS.get(attack.stem, set(Verdict))
    assert extraction.verdict is Verdict.GRADED or re.fullmatch(r"[ -~…–]{5,300}\.", extraction.cause)
    assert took < LIMITS.wall_seconds + 8
    assert list(arena.canary.iterdir()) == []
    assert arena.key.read_text() == TOKEN
    arena.nobody_called()
    honest = arena.run(HONEST)
    assert honest.verdict is Verdict.GRADED
    assert arena.shares(honest)["key-network"] == 1
    assert len(descendants()) == arena.processes


def test_each_says_what_it_tries():
    assert all(re.match(r'"""[A-Z].*\."""\n', attack.read_text()) for attack in ATTACKS)

"""Proving by numbers in a process of its own: the only one of a grading run that loads Keras and computes networks.

It gets two topologies as data and runs nothing of a student's. It is started when a network is first written in another
way than the answer, with the same weights; it has limits of its own, and where it ends, structure decides.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys

from kerastutor.topology.graph import Topology
from kerastutor.topology.sameness.proof import UNLIKE_WEIGHTS, Proof, undecided, weights_differ

SECONDS = 20.0
"""Computing time for one proof; one of the lessons' networks takes about a tenth of a second."""

_MEMORY = 16 << 30
"""Bytes of addresses, of which a backend takes several thousand million before it computes anything."""

_NOT_FOUND_OUT = "Whether it computes the same could not be found out, so only its structure was compared."


class Prover:
    """Whether two networks compute the same, asked of a process that starts with the first question. For one thread.

    The process ends when this one does: it reads questions until there are no more.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def __call__(self, first: Topology, second: Topology) -> Proof:
        """What came of it, `first` being what was handed in; undecided where the process ends without an answer."""
        if weights_differ(first, second):
            return Proof(False, None, UNLIKE_WEIGHTS)
        if _names_a_file(first):
            return undecided(_NOT_FOUND_OUT)
        if self._process is None or self._process.poll() is not None:
            self._process = _started()
        line = _answer(self._process, json.dumps([first.to_plain(), second.to_plain()]))
        return Proof(**json.loads(line)) if line else undecided(_NOT_FOUND_OUT)


def _names_a_file(handed_in: Topology) -> bool:
    """Whether a layer would read a file of a student's choice when it is made, as a vocabulary may be one."""
    return any(isinstance(layer.config.get("vocabulary"), str) for layer in handed_in.layers)


def _started() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"},
    )


def _answer(process: subprocess.Popen[str], question: str) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(question + "\n")
        process.stdin.flush()
    except BrokenPipeError:
        return ""
    line = process.stdout.readline()
    return line if line.endswith("\n") else ""


def main() -> None:
    """Prove what comes in, line by line, until there is no more."""
    from kerastutor import networks

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY if hard == resource.RLIM_INFINITY else min(_MEMORY, hard), hard))
    for line in sys.stdin:
        first, second = map(Topology.from_plain, json.loads(line))
        signal.setitimer(signal.ITIMER_PROF, SECONDS)  # when it ends, so does the process, whatever it is doing
        proof = networks.prove(first, second)
        signal.setitimer(signal.ITIMER_PROF, 0)
        print(json.dumps(vars(proof)), flush=True)


if __name__ == "__main__":
    main()

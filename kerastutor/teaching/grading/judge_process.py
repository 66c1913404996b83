"""Judging in a process of its own: several at once, and one that a made-up network keeps busy can be ended.

Comparing two networks can take for ever where one of them was made for that. So the process that compares has a limit
on the computing time of each answer and on its memory, and is replaced when it dies. It is ours: it imports no Keras
and runs nothing of a learner's; whether a network computes the same although it is written differently, it asks the
process in `prove_process`. It is asked and answers in lines of JSON.
"""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from kerastutor.exercises.spec import Spec
from kerastutor.teaching.grading.extraction import SubmittedAnswer
from kerastutor.teaching.grading.judging import TOO_LARGE, failed, judge_answer, unjudged
from kerastutor.teaching.grading.prove_process import Prover
from kerastutor.teaching.grading.records import GradedAnswer, Verdict

SECONDS = 10.0
"""Computing time for one answer; one of the lessons' takes about a hundredth of one."""

_MEMORY = 4 << 30
_REMEMBERED = 1024
"""Answers: in a class the same networks come again and again."""


class Judge:
    """The exercises of a run, ready to judge; `close` ends the process behind it. For one thread."""

    def __init__(self, specs: Iterable[Spec], seconds: float = SECONDS) -> None:
        self._specs = {spec.id: spec for spec in specs}
        self._seconds = seconds
        self._process = self._started()

    def __call__(self, student: str, spec: Spec, answer: SubmittedAnswer) -> GradedAnswer:
        """The record of one answer; a process that dies, and not of its work, is asked once more."""
        request = json.dumps([spec.id, answer.topology, answer.value, answer.leftovers, answer.too_large])
        for _ in range(2):
            line = self._asked(request)
            if line:
                return replace(GradedAnswer.from_plain(json.loads(line)), student=student)
            died_of = self._process.wait()
            self._process = self._started()
            if died_of == -signal.SIGPROF:
                return unjudged(student, spec, Verdict.TOO_LARGE, TOO_LARGE)
        return failed(student, spec, RuntimeError(f"the judging process died with {died_of}"))

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def _started(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-P", "-m", __name__, str(self._seconds)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
        assert process.stdin is not None
        process.stdin.write(json.dumps([spec.to_plain() for spec in self._specs.values()]) + "\n")
        return process

    def _asked(self, request: str) -> str:
        """The answering line, or nothing where the process has died."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.write(request + "\n")
            stdin.flush()
        except BrokenPipeError:
            return ""
        line = stdout.readline()
        return line if line.endswith("\n") else ""


def main() -> None:
    """Judge what comes in, line by line, until there is no more."""
    seconds = float(sys.argv[1])
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, hard))  # the process that proves needs more
    prove = Prover()
    specs = {spec.id: spec for spec in map(Spec.from_plain, json.loads(sys.stdin.readline()))}

    @lru_cache(maxsize=_REMEMBERED)
    def judged(request: str) -> str:
        exercise, *answer = json.loads(request)
        return json.dumps(judge_answer("", specs[exercise], SubmittedAnswer(*answer), prove).to_plain())

    for line in sys.stdin:
        signal.setitimer(signal.ITIMER_PROF, seconds)  # when it ends, so does the process, whatever it is doing
        print(judged(line), flush=True)
        signal.setitimer(signal.ITIMER_PROF, 0)


if __name__ == "__main__":
    main()

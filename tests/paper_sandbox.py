"""A sandbox and a judge for tests of what is around them: a file is JSON that says what comes out; nothing is run.

{"answers": {"01-stack": TOPOLOGY}, "verdict": "crashed", "cause": "...", "raise": "sandbox gone"}
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kerastutor.exercises.catalog import find
from kerastutor.exercises.spec import NetworkAnswer, Spec
from kerastutor.teaching.grading.extraction import Extraction, SubmittedAnswer
from kerastutor.teaching.grading.intake import Submission
from kerastutor.teaching.grading.judging import judge_answer
from kerastutor.teaching.grading.records import GradedAnswer, Verdict


def reference(exercise: str) -> dict[str, Any]:
    """The answer to an exercise of the course, as plain data."""
    answer = find(exercise).answer
    assert isinstance(answer, NetworkAnswer)
    return answer.references[0].to_plain()


@contextmanager
def open_paper_sandbox(log: Path | None = None) -> Iterator[Callable[[Submission], Extraction]]:
    """A sandbox; every submission it sees is a line in `log`."""

    def extract(submission: Submission) -> Extraction:
        if log is not None:
            with log.open("a") as stream:
                stream.write(submission.student + "\n")
        return _extraction(submission.files[-1].read_bytes())

    yield extract


class PaperJudge:
    """Judges in this process: one of its own takes half a second to start, and has tests of its own."""

    def __init__(self, specs: Iterable[Spec]) -> None:
        pass

    def __call__(self, student: str, spec: Spec, answer: SubmittedAnswer) -> GradedAnswer:
        return judge_answer(student, spec, answer)

    def close(self) -> None:
        pass


def _extraction(content: bytes) -> Extraction:
    try:
        plain: Mapping[str, Any] = json.loads(content)
    except ValueError:
        return Extraction(Verdict.REFUSED, "This is no notebook.", {})
    while "until" in plain and not Path(plain["until"]).exists():
        time.sleep(0.01)
    if "raise" in plain:
        raise RuntimeError(plain["raise"])
    answers = {
        exercise: SubmittedAnswer(value, None, None) if isinstance(value, dict) else SubmittedAnswer(None, value, None)
        for exercise, value in plain.get("answers", {}).items()
    }
    return Extraction(Verdict(plain.get("verdict", "graded")), plain.get("cause", ""), answers)

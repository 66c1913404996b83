"""`results.json` as Gradescope documents it for autograders: a test for each exercise, and the score of all."""

from __future__ import annotations

import json
from collections.abc import Mapping

from kerastutor.exercises.results import Outcome
from kerastutor.exercises.spec import Spec
from kerastutor.teaching.grading.judging import NOT_GRADED_YET
from kerastutor.teaching.grading.records import GradedAnswer

_NOT_GRADED = "This is not graded yet."


def results(records: Mapping[str, GradedAnswer], specs: Mapping[str, Spec]) -> str:
    """The results of one student, given by exercise."""
    plain = {
        "score": round(sum(record.marks for record in records.values()), 2),
        "output": "Each exercise was judged by the network that was handed in, however it is written.",
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [
            _test(str(place), records[exercise], spec) for place, (exercise, spec) in enumerate(specs.items(), start=1)
        ],
    }
    return json.dumps(plain, indent=1, ensure_ascii=False) + "\n"


def _test(place: str, record: GradedAnswer, spec: Spec) -> Mapping[str, object]:
    """One exercise; without score and status where we could not check, which is no zero and no failure."""
    test = {
        "number": place,
        "name": spec.title,
        "score": record.marks,
        "max_score": record.points,
        "status": "passed" if record.outcome == Outcome.PASSED else "failed",
        "output": " ".join(filter(None, (_first(record), record.counted, record.left_out))),
        "tags": list(record.misconceptions),
        "visibility": "visible",
        "extra_data": {"exercise": record.exercise, "version": record.exercise_version, "outcome": record.outcome},
    }
    hidden = {"score", "status"} if record.unknown else set()
    return {name: value for name, value in test.items() if name not in hidden}


def _first(record: GradedAnswer) -> str:
    """What is said first, which says once that it is not graded yet."""
    said = not record.unknown or record.message == NOT_GRADED_YET
    return record.message if said else f"{_NOT_GRADED} {record.message}"

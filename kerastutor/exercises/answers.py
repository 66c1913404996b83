"""Which answers to an exercise are kept, and which of them counts: the best, or the last where the instructor asks.

A learner tries things after passing, and that must never cost anything. And whoever grades may find another answer the
best than the check here did: the key may have changed since, and training is not judged again. So all different answers
are kept and handed in, whatever their scores, and whoever grades judges them all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from kerastutor.topology.graph import Json
from kerastutor.topology.ids import is_automatic

Counts = Literal["best", "last"]
"""Which of several answers to an exercise counts."""

MOST = 50
"""Different answers to one exercise that are kept, handed in and graded; of more of them, the latest."""

_NAME = re.compile(r"[^/#~]+")
_MODELS = ("Functional", "Model", "Sequential")
_NAMELESS = ("api", "config", "kind", "value", "weights")
"""Fields in which `sequential` or `relu` is no name of a layer."""


@dataclass(frozen=True)
class Answer:
    """One answer to one exercise, with what was found of it when it was checked.

    `answer` is JSON: the `topology` of a network, and what training `measured` of it, or the `value` asked for; its
    `score` from 0 to 1, missing where it could not be judged here; `counts`, where that is the last answer; and `exam`,
    the `uid` of the sitting in which it was handed in.
    """

    at: str
    exercise: str
    version: str
    answer: Json

    @property
    def score(self) -> float | None:
        """From 0 to 1; None where it was not judged, as where only the instructor has the key."""
        score: float | None = self.answer.get("score")
        return score

    @property
    def exam(self) -> str | None:
        """The `uid` of the sitting in which it was handed in; None where it was given outside of exams."""
        exam: str | None = self.answer.get("exam")
        return exam

    @cached_property
    def identity(self) -> str:
        """As `identity` has it, worked out once: each check looks at all answers that are kept."""
        return identity(self.answer)

    @property
    def counts(self) -> Counts:
        """Which answer to this exercise counts, as the exercise said when this one was checked."""
        return "last" if self.answer.get("counts") == "last" else "best"


def worth(score: float | None) -> tuple[bool, bool, float]:
    """What answers are compared by: full marks, then what nobody could judge, which may deserve them, then the score.

    >>> sorted([0.5, 1.0, None, 0.75], key=worth)
    [0.5, 0.75, None, 1.0]
    """
    return score == 1, score is None, score or 0.0


def counting(answers: Sequence[Answer]) -> Answer:
    """Which of the answers to one exercise, given oldest first, counts.

    Among equals it is the latest: what the learner wrote last is what they expect to read about.
    """
    if answers[-1].counts == "last":
        return answers[-1]
    return max(reversed(answers), key=lambda answer: worth(answer.score))


def worth_keeping(answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """The answers to one exercise, given oldest first, of which any may count: each different one where it was last.

    Of more than `MOST` these are the latest, and among them always the best one to each version of the exercise: a
    score says nothing of another version.
    """
    best = {one.version: one for one in sorted(answers, key=lambda one: worth(one.score))}
    latest: dict[tuple[str, str | None], Answer] = {}
    for one in reversed(answers):
        latest.setdefault((one.identity, one.exam), one)
    first = dict.fromkeys(map(id, (answers[-1], *best.values(), *latest.values())))
    kept = set(list(first)[:MOST])
    return tuple(one for one in answers if id(one) in kept)


def identity(answer: Json) -> str:
    """A text that is equal for two answers that are the same, whatever numbers Keras put into their names.

    A cell that is run again builds the same network with `dense_7` in the place of `dense_4`.
    """
    topology = answer.get("topology")
    if not isinstance(topology, dict):
        return json.dumps(answer.get("value"), sort_keys=True)
    new = _numbered_anew(topology)
    calls = [{**call, "source": None} for call in topology["calls"]]
    return json.dumps(_renamed({**topology, "calls": calls}, new), sort_keys=True)


def _numbered_anew(topology: Json) -> dict[str, str]:
    """The names that Keras gave by itself, with their place among all such names in the place of Keras' number."""
    layers = [(part, layer["kind"]) for layer in topology["layers"] for part in _NAME.findall(layer["id"])]
    kinds = {name: [re.split("[.>]", kind)[-1], f"{kind}Layer", *_MODELS] for name, kind in layers}
    models = dict.fromkeys((topology["name"], *(scope[1] for scope in topology.get("scopes", ()))), _MODELS)
    automatic = [name for name, own in {**kinds, **models}.items() if is_automatic(name, own)]
    return {name: f"#{place}" for place, name in enumerate(automatic)}


def _renamed(plain: Json, new: dict[str, str]) -> Json:
    if isinstance(plain, str):
        return _NAME.sub(lambda name: new.get(name[0], name[0]), plain)
    if isinstance(plain, dict):
        return {key: value if key in _NAMELESS else _renamed(value, new) for key, value in plain.items()}
    return [_renamed(part, new) for part in plain] if isinstance(plain, (list, tuple)) else plain


def by_exercise(answers: Iterable[Answer]) -> dict[str, list[Answer]]:
    """The answers to each exercise, in the order in which they come."""
    found: dict[str, list[Answer]] = {}
    for answer in answers:
        found.setdefault(answer.exercise, []).append(answer)
    return found


def latest_that_fit(sizes: Mapping[str, Sequence[int]], room: int) -> dict[str, int]:
    """How many of the answers to each exercise to take, from the latest on, where there is no room for all.

    The last is always taken; then one of each exercise in turn, so that no exercise takes the room of another.

    Args:
        sizes: of the answers to each exercise, the oldest first.
        room: for all of them together.

    >>> latest_that_fit({"many": [3] * 40, "few": [3, 3]}, room=18)
    {'many': 4, 'few': 2}
    """
    taken = dict.fromkeys(sizes, 0)
    for back in range(1, max(map(len, sizes.values()), default=0) + 1):
        for exercise, all in sizes.items():
            in_turn = taken[exercise] == back - 1 and back <= len(all)
            if in_turn and (back == 1 or all[-back] <= room):
                taken[exercise] = back
                room -= all[-back]
    return taken

"""When a solution may be seen: the author's choice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from kerastutor.topology.graph import Json

When = Literal["always", "after_attempts", "after_passing", "after_date", "never"]


@dataclass(frozen=True)
class SolutionPolicy:
    """When `solution()` opens.

    >>> after_attempts(3).closed(changed_attempts=1, passed=False, today=date(2026, 1, 1))
    'The solution opens after 2 more attempts that change the answer.'
    >>> after_attempts(3).closed(changed_attempts=0, passed=True, today=date(2026, 1, 1)) is None
    True
    """

    when: When
    attempts: int = 0
    day: date | None = None

    def closed(self, *, changed_attempts: int, passed: bool, today: date) -> str | None:
        """None when the solution may be seen, otherwise one sentence on when it will open."""
        if self.when == "never":
            return "The author keeps the solution of this exercise closed."
        if self.when == "always" or (passed and self.when != "after_date"):
            return None
        if self.when == "after_passing":
            return "The solution opens when the exercise is passed."
        if self.when == "after_attempts":
            left = self.attempts - changed_attempts
            more = "attempt that changes" if left == 1 else "attempts that change"
            return None if left <= 0 else f"The solution opens after {left} more {more} the answer."
        assert self.day is not None
        return None if today >= self.day else f"The solution opens on {self.day.isoformat()}."

    def to_plain(self) -> Json:
        """A dict for JSON; `from_plain` reads it back."""
        plain: dict[str, Json] = {"when": self.when}
        if self.when == "after_attempts":
            plain["attempts"] = self.attempts
        if self.day is not None:
            plain["day"] = self.day.isoformat()
        return plain

    @classmethod
    def from_plain(cls, plain: Json) -> SolutionPolicy:
        """Read what `to_plain` wrote."""
        day = plain.get("day")
        return cls(plain["when"], plain.get("attempts", 0), None if day is None else date.fromisoformat(day))


ALWAYS = SolutionPolicy("always")
AFTER_PASSING = SolutionPolicy("after_passing")
NEVER = SolutionPolicy("never")
AFTER_THREE_ATTEMPTS = SolutionPolicy("after_attempts", 3)


def after_attempts(attempts: int) -> SolutionPolicy:
    """Open after so many attempts that changed the network, or after passing."""
    return SolutionPolicy("after_attempts", attempts)


def after_date(day: date) -> SolutionPolicy:
    """Open from this day on."""
    return SolutionPolicy("after_date", day=day)

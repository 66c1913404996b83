"""Two runs held against each other: who gains, who loses, and why. For when an exercise was changed after grading."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kerastutor.teaching.grading.records import OUTCOMES, GradedAnswer, RecordsError, records_from_json
from kerastutor.teaching.grading.showing import printable


@dataclass(frozen=True)
class ChangedAnswer:
    """One answer whose marks or outcome changed; `before` or `after` is None where the other run alone has it."""

    before: GradedAnswer | None
    after: GradedAnswer | None

    @property
    def student(self) -> str:
        """Whose answer it is."""
        return self._any.student

    @property
    def exercise(self) -> str:
        """To which exercise."""
        return self._any.exercise

    @property
    def gain(self) -> float:
        """How many marks more than before; negative where some are lost."""
        return round(_marks(self.after) - _marks(self.before), 2)

    @property
    def why(self) -> str:
        """One sentence on where the change comes from."""
        if self.before is None:
            return "It was not graded before."
        if self.after is None:
            return "It is not there any more."
        causes = [cause for cause, changed in _causes(self.before, self.after) if changed]
        sentence = f"{'; '.join(causes) or 'it was judged anew'}."
        return sentence[0].upper() + sentence[1:]

    @property
    def told(self) -> str:
        """From which outcome to which, in words."""
        return f"{_told(self.before)} → {_told(self.after)}"

    @property
    def _any(self) -> GradedAnswer:
        record = self.after or self.before
        assert record is not None
        return record


def records_of(path: Path) -> tuple[GradedAnswer, ...]:
    """The records of a run: its `results.json`, or the folder that holds it.

    Raises:
        OSError, RecordsError: it cannot be read, or is something else.
    """
    file = path / "results.json" if path.is_dir() else path
    try:
        return records_from_json(file.read_text(encoding="utf-8"))
    except (RecordsError, UnicodeDecodeError):
        raise RecordsError(f"{file} is not the results of a grading run.") from None


def changes(before: Iterable[GradedAnswer], after: Iterable[GradedAnswer]) -> tuple[ChangedAnswer, ...]:
    """What changed between two runs: losses first, then gains, then changes that cost nothing; by student in each."""
    old, new = ({(record.student, record.exercise): record for record in run} for run in (before, after))
    pairs = [ChangedAnswer(old.get(place), new.get(place)) for place in sorted({*old, *new})]
    changed = [pair for pair in pairs if pair.gain or _outcome(pair.before) != _outcome(pair.after)]
    return tuple(sorted(changed, key=lambda change: (change.gain >= 0, change.gain == 0)))


def summary(found: Iterable[ChangedAnswer]) -> str:
    """One sentence on a regrading.

    >>> summary(())
    'Nobody gains and nobody loses.'
    """
    gains = {change.student for change in found if change.gain > 0}
    losses = {change.student for change in found if change.gain < 0}
    sentence = f"{_people(len(gains), 'gains', 'gain')} and {_people(len(losses), 'loses', 'lose')}."
    return sentence[0].upper() + sentence[1:]


def lines(found: Iterable[ChangedAnswer]) -> tuple[str, ...]:
    """A line of text for each change."""
    return tuple(
        f"{change.gain:+g}  {printable(change.student)}  {change.exercise}: {change.told}. {change.why}"
        for change in found
    )


def _causes(before: GradedAnswer, after: GradedAnswer) -> tuple[tuple[str, bool], ...]:
    return (
        ("the exercise changed", before.exercise_version != after.exercise_version),
        (f"it is worth {after.points:g} instead of {before.points:g}", before.points != after.points),
        ("another network counts", bool(before.topology) and before.fingerprint != after.fingerprint),
        (f"the first run said: {before.cause.rstrip('.')}", before.result is None and bool(before.cause)),
        (f"this run says: {after.cause.rstrip('.')}", after.result is None and bool(after.cause)),
    )


def _marks(record: GradedAnswer | None) -> float:
    return 0.0 if record is None else record.marks


def _outcome(record: GradedAnswer | None) -> str:
    return "" if record is None else record.outcome


def _told(record: GradedAnswer | None) -> str:
    return "nothing" if record is None else f"{OUTCOMES[record.outcome].headline.lower()}, {record.marks:g}"


def _people(count: int, one: str, several: str) -> str:
    if count == 0:
        return f"nobody {one}"
    return f"1 student {one}" if count == 1 else f"{count} students {several}"

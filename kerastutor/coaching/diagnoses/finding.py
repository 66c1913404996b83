"""What a diagnosis says: which mistake of the catalogue, in the learner's names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kerastutor.knowledge.mistakes import MISTAKES, Mistake


@dataclass(frozen=True)
class Finding:
    """One mistake that was recognised.

    Attributes:
        mistake: its id in the catalogue.
        values: the learner's names and shapes, for the braces of its sentences.
        about: the model or layer that it is about, where that is known; it makes no difference between two findings.
    """

    mistake: str
    values: Mapping[str, str] = field(default_factory=dict)
    about: Any = field(default=None, compare=False, repr=False)

    @property
    def entry(self) -> Mistake:
        return MISTAKES[self.mistake]

    @property
    def sentence(self) -> str:
        """What went wrong."""
        return self.entry.sentence.format_map(self.values)

    @property
    def why(self) -> str:
        """Why Keras insists."""
        return self.entry.why.format_map(self.values)

    @property
    def remedy(self) -> str:
        """What to try."""
        return self.entry.remedy.format_map(self.values)

    def checked(self) -> Finding:
        """Itself; KeyError where a value is missing for one of its sentences."""
        for text in (self.entry.sentence, self.entry.why, self.entry.remedy):
            text.format_map(self.values)
        return self


def found(mistake: str, about: Any = None, **values: object) -> Finding:
    """A finding, its values as text.

    >>> found("duplicate_names", name="a").sentence
    'Two layers are called a.'
    """
    return Finding(mistake, {name: str(value) for name, value in values.items()}, about)

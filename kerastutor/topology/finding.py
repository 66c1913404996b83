"""What was found: which mistake, in which names it is told, and where in the network it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kerastutor.knowledge.mistakes import Mistake, mistakes
from kerastutor.topology.graph import Ref


@dataclass(frozen=True)
class Finding:
    """One mistake that was recognised.

    Attributes:
        mistake: its id in the catalogue.
        values: the learner's names and shapes, for the braces of its sentences.
        calls: the learner's calls to look at.
        tensors: the learner's tensors to look at.
        about: the living model or layer that it is about, where that is known; it makes no difference between two
            findings.
    """

    mistake: str
    values: Mapping[str, str] = field(default_factory=dict)
    calls: tuple[str, ...] = ()
    tensors: tuple[Ref, ...] = ()
    about: Any = field(default=None, compare=False, repr=False)

    @property
    def entry(self) -> Mistake:
        """Its row in the catalogue."""
        return mistakes()[self.mistake]

    @property
    def sentence(self) -> str:
        """What is wrong."""
        sentence = self.entry.sentence.format_map(self.values)
        return f"The {sentence[4:]}" if sentence.startswith("the ") else sentence  # a name keeps its small letter

    @property
    def why(self) -> str:
        """Why it matters, or why Keras insists; empty where nothing general can be said."""
        return self.entry.why.format_map(self.values)

    @property
    def remedy(self) -> str:
        """What to try."""
        return self.entry.remedy.format_map(self.values)

    @property
    def hints(self) -> tuple[str, ...]:
        """The hints of an exercise; the last holds the line of code to write."""
        return tuple(hint.format_map(self.values) for hint in self.entry.hints)

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
    return Finding(mistake, {name: str(value) for name, value in values.items()}, about=about)

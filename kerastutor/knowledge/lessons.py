"""The lessons of the course: their titles, and where each can be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_READ_AT = "https://github.com/kerastutor/kerastutor/blob/main/lessons"


@dataclass(frozen=True)
class Lesson:
    """One lesson: its number, such as `01`, the name of its notebook without ending, and its title."""

    number: str
    name: str
    title: str

    @property
    def address(self) -> str:
        """Where it can be read in a browser."""
        return f"{_READ_AT}/{self.name}.ipynb"

    def __str__(self) -> str:
        return f"lesson {int(self.number)}, {self.title}"


LESSONS: Mapping[str, Lesson] = MappingProxyType(
    {
        name[:2]: Lesson(name[:2], name, title)
        for name, title in (
            ("00_five_minutes", "Five minutes"),
            ("01_stack", "The stack"),
            ("02_graph", "The graph"),
            ("03_two_inputs", "Two inputs"),
            ("04_several_outputs", "Several outputs"),
            ("05_one_layer_many_calls", "One layer, many calls"),
            ("06_skip_connections", "Skip connections"),
            ("07_blocks_in_blocks", "Blocks in blocks"),
            ("08_your_own_class", "Your own class"),
            ("09_choosing", "Choosing"),
            ("10_capstone", "Capstone"),
        )
    }
)
"""Every lesson by its number, in order."""

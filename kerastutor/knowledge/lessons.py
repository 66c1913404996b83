"""The lessons of the course: their titles, how long they take, and where each can be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_READ_AT = "https://github.com/kerastutor/kerastutor/blob/main/lessons"


@dataclass(frozen=True)
class Lesson:
    """One lesson: its number, such as `01`, the name of its notebook, its title, and the minutes it takes."""

    number: str
    name: str
    title: str
    minutes: int

    @property
    def address(self) -> str:
        """Where it can be read in a browser."""
        return f"{_READ_AT}/{self.name}.ipynb"

    def __str__(self) -> str:
        return f"lesson {int(self.number)}, {self.title}"


LESSONS: Mapping[str, Lesson] = MappingProxyType(
    {
        name[:2]: Lesson(name[:2], name, title, minutes)
        for name, title, minutes in (
            ("00_five_minutes", "Five minutes", 5),
            ("01_stack", "The stack", 20),
            ("02_graph", "The graph", 25),
            ("03_two_inputs", "Two inputs", 25),
            ("04_several_outputs", "Several outputs", 20),
            ("05_one_layer_many_calls", "One layer, many calls", 25),
            ("06_skip_connections", "Skip connections", 25),
            ("07_blocks_in_blocks", "Blocks in blocks", 20),
            ("08_your_own_class", "Your own class", 20),
            ("09_choosing", "Choosing", 20),
            ("10_capstone", "Capstone", 30),
        )
    }
)
"""Every lesson by its number, in order."""

"""What stands for everything that the tutor would show, measure or draw, where nobody looks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class Blank(float):
    """Every use of it does nothing and gives another one: it is called, indexed, looped over, and printed as 0.0.

    It is a number so that a notebook that calculates with what the tutor measured goes on.

    >>> run = Blank()
    >>> f"{run.progress.rows[-1]['loss']:.2f}", list(run.attempts()), run.best > 0.9
    ('0.00', [], False)
    """

    def __new__(cls, *others: Any, **options: Any) -> Blank:
        return super().__new__(cls, 0.0)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return Blank()

    def __call__(self, *others: Any, **options: Any) -> Any:
        return Blank()

    def __getitem__(self, key: Any) -> Any:
        return Blank()

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *failure: object) -> None:
        """An error goes on its way."""

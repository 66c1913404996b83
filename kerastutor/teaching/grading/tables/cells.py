"""CSV that a spreadsheet reads as text: everything quoted, and nothing taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The text of a CSV file, the same bytes for the same cells.

    >>> csv_text(["student", "total"], [["=1+1", number(2.5)]])
    '"student","total"\\r\\n"\\'=1+1","2.5"\\r\\n'
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in (header, *rows):
        writer.writerow(map(defused, row))
    return text.getvalue()


def defused(cell: str) -> str:
    """The cell with an apostrophe before it where a spreadsheet would take it for a formula.

    >>> defused("@SUM(A1)"), defused("a-b"), defused(" =1")
    ("'@SUM(A1)", 'a-b', "' =1")
    """
    begins = cell.lstrip(" \xa0").startswith(_BEGINS_A_FORMULA)
    return f"'{cell}" if begins else cell


def number(value: float) -> str:
    """To two places, without zeros that say nothing.

    >>> number(2.0), number(0.666), number(100.0)
    ('2', '0.67', '100')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".")

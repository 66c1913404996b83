"""The parameters of layers: what each means in plain words, and what can be given for it.

The rows are data, in `parameters.json` beside this file, by name: `units` means the same wherever it stands.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """What is known about the parameters of one name.

    Attributes:
        words: what it means, in plain words; empty where the name has to say it all.
        type: integer, number, values (a number or several), or layer; empty where the default says it.
        choices: what can be chosen; None stands for "none".
        minimum, maximum: the range of a number, as far as there is one.
        tuple: programs write several values of it as a tuple.
        per_axis: one number for each spatial axis, or one for all.
        advanced: of interest to few.
    """

    words: str = ""
    type: Literal["", "integer", "number", "values", "layer"] = ""
    choices: tuple[Any, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    tuple: bool = False
    per_axis: bool = False
    advanced: bool = False


@lru_cache(maxsize=1000)  # strangers may bring any number of names
def parameter(name: str) -> Parameter:
    """What is known about parameters of this name; those that end alike (`kernel_regularizer`) have a row together.

    >>> parameter("rate").words, parameter("rate").maximum
    ('the share of the numbers that is dropped in training', 1.0)
    >>> parameter("bias_constraint").advanced, parameter("unheard_of").advanced
    (True, False)
    """
    _, underscore, ending = name.rpartition("_")
    row = _ROWS.get(name) or _ROWS.get(underscore + ending) or {}
    return Parameter(**{column: _frozen(value) for column, value in row.items()})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


_ROWS: Mapping[str, Mapping[str, Any]] = json.loads(Path(__file__).with_name("parameters.json").read_text("utf-8"))[
    "parameters"
]

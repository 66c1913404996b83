"""Names for variables in written code."""

from __future__ import annotations

import keyword
import re

RESERVED = frozenset({"keras", "layers", "ops", "np", "model", "inputs", "outputs", "abs", "float", "slice", "_"})


class Names:
    """The variables of one program: each a safe identifier, no two the same."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def fresh(self, wanted: str) -> str:
        """A variable called as much like `wanted` as can be, whatever that text is.

        >>> names = Names()
        >>> names.fresh("Block 1/conv"), names.fresh("class"), names.fresh("x; import os"), names.fresh("x")
        ('block_1_conv', 'class_', 'x_import_os', 'x')
        """
        stem = re.sub(r"[^0-9a-z]+", "_", wanted.lower()[:60]).strip("_")
        if not stem or stem[0].isdigit():
            stem = f"tensor_{stem}" if stem else "tensor"
        if keyword.iskeyword(stem) or keyword.issoftkeyword(stem) or stem in RESERVED:
            stem = f"{stem}_"
        name, times = stem, 1
        while name in self.taken:
            times += 1
            name = f"{stem}_{times}"
        self.taken.add(name)
        return name

"""Names for variables in written code, and which names of layers Keras would have given by itself."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable

RESERVED = frozenset({"keras", "layers", "ops", "np", "model", "inputs", "outputs", "abs", "float", "slice", "_"})


def automatic_name(class_name: str) -> str:
    """The name Keras gives to the first layer of a class.

    >>> automatic_name("MaxPooling2D"), automatic_name("ReLU")
    ('max_pooling2d', 're_lu')
    """
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", class_name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()


def is_automatic(name: str, class_names: Iterable[str]) -> bool:
    """Whether Keras may give this name by itself to a layer of one of these classes.

    >>> is_automatic("dense_12", ["Dense"]), is_automatic("dense_head", ["Dense"])
    (True, False)
    """
    stem = re.sub(r"_\d+$", "", name)
    return any(stem == automatic_name(class_name) for class_name in class_names)


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

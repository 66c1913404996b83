"""The names that Keras gives to layers by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable


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

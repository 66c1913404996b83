"""Packages that load their public names on first use, so that importing one of their modules costs no more than it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def on_first_use(package: str, homes: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The `__getattr__` and `__dir__` of a package, see PEP 562.

    Args:
        homes: by public name the module it is defined in; `package.name` as the home of `name` is that module itself.

    >>> __getattr__, __dir__ = on_first_use("kerastutor", {"Topology": "kerastutor.topology.graph"})
    >>> __getattr__("Topology")
    <class 'kerastutor.topology.graph.Topology'>
    >>> __getattr__("graph")
    Traceback (most recent call last):
    AttributeError: kerastutor has no 'graph'; it has Topology.
    """

    def attribute(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"{package} has no {name!r}; it has {', '.join(homes)}.")
        home = import_module(homes[name])
        value = home if homes[name] == f"{package}.{name}" else getattr(home, name)
        setattr(sys.modules[package], name, value)
        return value

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *homes})

    return attribute, names

"""Packages that load their public names on first use, so that importing one of their modules costs no more than it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any


def on_first_use(
    package: str, homes: Mapping[str, str], unlisted: Mapping[str, str] = MappingProxyType({})
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The `__getattr__` and `__dir__` of a package, see PEP 562; only its public names are listed.

    Args:
        homes: by public name the module it is defined in; `package.name` as the home of `name` is that module itself.
        unlisted: the same for names that programs look for and nobody types.

    >>> __getattr__, __dir__ = on_first_use("kerastutor", {"Topology": "kerastutor.topology.graph"})
    >>> __getattr__("Topology")
    <class 'kerastutor.topology.graph.Topology'>
    >>> __getattr__("graph")
    Traceback (most recent call last):
    AttributeError: kerastutor has no 'graph'; it has Topology.
    """

    def attribute(name: str) -> Any:
        home = homes.get(name) or unlisted.get(name)
        if home is None:
            raise AttributeError(f"{package} has no {name!r}; it has {', '.join(homes)}.")
        module = import_module(home)
        value = module if home == f"{package}.{name}" else getattr(module, name)
        setattr(sys.modules[package], name, value)
        return value

    def names() -> list[str]:
        return sorted(homes)

    return attribute, names

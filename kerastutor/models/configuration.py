"""The raw configuration of a live layer or operation, as Keras would save it."""

from __future__ import annotations

from typing import Any


def configuration(kind: str, operation: Any) -> dict[str, Any]:
    """What `get_config` says; for a class that cannot say it, nothing."""
    try:
        return operation.get_config()
    except NotImplementedError:
        return {}

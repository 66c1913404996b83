"""What the things on a learner's line are, made already or not."""

from __future__ import annotations

from typing import Any

import keras
from keras import KerasTensor

from kerastutor.building.evidence import Evidence
from kerastutor.building.sites import Unknown


def made_class(evidence: Evidence) -> type | None:
    """The layer class that is being made on the learner's line."""
    function = evidence.site.function
    return function if isinstance(function, type) and issubclass(function, keras.Layer) else None


def is_symbolic(value: Any) -> bool:
    return isinstance(value, KerasTensor) or (isinstance(value, Unknown) and value.cls is KerasTensor)


def is_layer(value: Any) -> bool:
    if isinstance(value, Unknown):
        return isinstance(value.cls, type) and issubclass(value.cls, keras.Layer)
    return isinstance(value, keras.Layer)


def is_layer_class(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, keras.Layer)
